package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/python"
)

const pythonAdd = "def add(a, b): return a + b\n"

// pythonWork is timed in the sandbox and in a native interpreter; run() returns
// something that tells whether it was done.
var pythonWork = []struct {
	name, code string
	runs       int
	want       any
}{
	{"fib(27)", "def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)\ndef run(): return fib(27)\n", 7, int64(196418)},
	{"a JSON round trip of 1 MB", `
import json
value = [{"id": i, "name": f"name {i}", "tags": ["a", "b"], "price": i / 7} for i in range(14000)]
text = json.dumps(value)
def run(): return len(json.dumps(json.loads(text))) == len(text) > 1_000_000
`, 7, true},
	{"a regular expression over 1 MB", `
import re
text = "the quick brown fox, 2024-02-29, jumps over mail@example.org and x. " * 15000
pattern = re.compile(r"(\d{4})-(\d\d)-(\d\d)|([\w.]+)@([\w.]+)")
def run(): return len(pattern.findall(text))
`, 7, int64(30000)},
	{"sorting a million integers", `
import random
values = [random.getrandbits(40) for _ in range(1_000_000)]
def run(): return len(sorted(values))
`, 3, int64(1_000_000)},
}

// pythonTimed adds to a piece of work what times it: the median of runs in
// nanoseconds is the last expression.
func pythonTimed(code string, runs int) string {
	return fmt.Sprintf(`%s
import time
times = []
for _ in range(%d):
    begin = time.perf_counter_ns()
    done = run()
    times.append(time.perf_counter_ns() - begin)
median = sorted(times)[len(times) // 2]
`, code, runs)
}

func pythonTable(ctx context.Context) error {
	ex, err := funcbox.New(ctx, funcbox.WithLanguages(python.Language()), funcbox.WithMaxConcurrent(manyInstances))
	if err != nil {
		return err
	}
	defer func() { _ = ex.Close(ctx) }()
	if err := ex.Warm(ctx); err != nil {
		return err
	}
	native := nativePython()
	for _, section := range []func(context.Context, *funcbox.Executor, string) error{pythonCalls, pythonProcesses, pythonSpeed, pythonMemory} {
		if err := section(ctx, ex, native); err != nil {
			return err
		}
	}
	return nil
}

// nativePython finds an interpreter to compare with, the same version if there is
// one; "" if there is none.
func nativePython() string {
	for _, name := range []string{"python3.13", "python3"} {
		path, err := exec.LookPath(name)
		if err == nil && exec.Command(path, "-I", "-S", "-c", "").Run() == nil {
			return path
		}
	}
	return ""
}

func addPython(ctx context.Context, ex *funcbox.Executor) error {
	return execute(ctx, ex, funcbox.Request{Language: "python", Code: pythonAdd, Function: "add", Args: []any{2, 3}}, int64(5))
}

func pythonCalls(ctx context.Context, ex *funcbox.Executor, native string) error {
	fmt.Println("\nPython: one isolated call, code given each time")
	base, err := median(3000, func() error { return addPython(ctx, ex) })
	if err != nil {
		return err
	}
	row("  add(2, 3)", base, base)
	for _, other := range []struct {
		name string
		req  funcbox.Request
		want any
	}{
		{"add(2, 3), the only function, found by itself", funcbox.Request{Code: pythonAdd, Args: []any{2, 3}}, int64(5)},
		{"a coroutine", funcbox.Request{Code: "async def f(): return 5", Function: "f"}, int64(5)},
		{"a script that imports json and re and prints", funcbox.Request{Code: "import json, re\nprint(json.dumps(re.findall('b', 'abc')))"}, nil},
	} {
		other.req.Language = "python"
		took, err := median(500, func() error { return execute(ctx, ex, other.req, other.want) })
		if err != nil {
			return err
		}
		row("  "+other.name, took, base)
	}
	if native != "" {
		took, err := median(21, func() error { return exec.Command(native, "-I", "-S", "-c", pythonAdd+"print(add(2, 3))").Run() })
		if err != nil {
			return err
		}
		row("  "+nativeName(native)+" -I -S -c, a process for each call", took, base)
	}
	return nil
}

func nativeName(native string) string {
	version, err := exec.Command(native, "-I", "-S", "-c", "import sys; print('python%d.%d' % sys.version_info[:2], end='')").Output()
	if err != nil {
		return native
	}
	return string(version)
}

// firstPythonResult is the child process whose life pythonProcesses measures.
func firstPythonResult(cacheDir string) error {
	ctx := context.Background()
	ex, err := funcbox.New(ctx, funcbox.WithLanguages(python.Language()), funcbox.WithCacheDir(cacheDir))
	if err != nil {
		return err
	}
	return addPython(ctx, ex)
}

func pythonProcesses(context.Context, *funcbox.Executor, string) error {
	fmt.Println("\nPython: a new process to its first result")
	self, err := os.Executable()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "funcbox-bench-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	cold, err := median(3, func() error {
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
		return exec.Command(self, "-first-python", dir).Run()
	})
	if err != nil {
		return err
	}
	warm, err := median(21, func() error { return exec.Command(self, "-first-python", dir).Run() })
	if err != nil {
		return err
	}
	row("  with a warm cache", warm, warm)
	row("  with a cold cache", cold, warm)
	return nil
}

func pythonSpeed(ctx context.Context, ex *funcbox.Executor, native string) error {
	for _, work := range pythonWork {
		fmt.Printf("\nPython: %s\n", work.name)
		code := pythonTimed(work.code, work.runs)
		res, err := ex.Execute(ctx, funcbox.Request{Language: "python", Code: code + "\n[median, done]", Limits: funcbox.Limits{Timeout: 5 * time.Minute, MemoryBytes: 1 << 30}})
		if err == nil {
			err = res.Err()
		}
		if err != nil {
			return fmt.Errorf("%s: %w", work.name, err)
		}
		got, ok := res.Value.([]any)
		if !ok || len(got) != 2 || got[1] != work.want {
			return fmt.Errorf("%s: got %v, want %v", work.name, res.Value, work.want)
		}
		nanoseconds, _ := got[0].(int64)
		row("  funcbox", time.Duration(nanoseconds), time.Duration(nanoseconds))
		if native == "" {
			continue
		}
		out, err := exec.Command(native, "-I", "-S", "-c", code+"\nprint(median)").Output()
		if err != nil {
			return err
		}
		var took int64
		if _, err := fmt.Sscan(string(out), &took); err != nil {
			return err
		}
		row("  "+nativeName(native)+", inside the process", time.Duration(took), time.Duration(nanoseconds))
	}
	return nil
}

// manyInstances are alive at once in pythonMemory.
const manyInstances = 1000

// pythonMemory starts calls that all wait for input, and looks at the process when
// all of them do.
func pythonMemory(ctx context.Context, ex *funcbox.Executor, _ string) error {
	before, err := proportionalBytes()
	if errors.Is(err, os.ErrNotExist) {
		return nil // only Linux tells
	} else if err != nil {
		return err
	}
	var waiting sync.WaitGroup
	var calls sync.WaitGroup
	var failed atomic.Pointer[error]
	release := make(chan struct{})
	waiting.Add(manyInstances)
	for range manyInstances {
		calls.Go(func() {
			arrived := sync.OnceFunc(waiting.Done)
			defer arrived() // even if it fails before
			err := execute(ctx, ex, funcbox.Request{
				Language: "python", Code: "import sys\ndef wait(): return len(sys.stdin.read())", Function: "wait",
				Stdin:  readFunc(func([]byte) (int, error) { arrived(); <-release; return 0, io.EOF }),
				Limits: funcbox.Limits{Timeout: 5 * time.Minute},
			}, int64(0))
			if err != nil {
				failed.Store(&err)
			}
		})
	}
	waiting.Wait()
	after, err := proportionalBytes()
	close(release)
	calls.Wait()
	if failure := failed.Load(); failure != nil {
		return *failure
	}
	if err != nil {
		return err
	}
	fmt.Printf("\nPython: memory of %d instances alive\n", manyInstances)
	fmt.Printf("%-64s %9d MB\n", "  together", (after-before)>>20)
	fmt.Printf("%-64s %9d KB\n", "  each", (after-before)/manyInstances>>10)
	return nil
}

type readFunc func([]byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }

// proportionalBytes is the memory of the process; pages that instances share count
// once.
func proportionalBytes() (int64, error) {
	content, err := os.ReadFile("/proc/self/smaps_rollup")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(content)) {
		if rest, ok := strings.CutPrefix(line, "Pss:"); ok {
			var kilobytes int64
			_, err := fmt.Sscan(rest, &kilobytes)
			return kilobytes << 10, err
		}
	}
	return 0, errors.New("smaps_rollup has no Pss")
}
