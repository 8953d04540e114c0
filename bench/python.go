package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/python"
)

var pythonLanguage = language{
	title:   "Python",
	first:   "-first-python",
	value:   python.Language,
	options: []funcbox.Option{funcbox.WithMaxConcurrent(manyInstances)},

	add: "def add(a, b): return a + b\n",
	calls: []call{
		{"a coroutine", funcbox.Request{Code: "async def f(): return 5", Function: "f"}, int64(5)},
		{"a script that imports json and re and prints", funcbox.Request{Code: "import json, re\nprint(json.dumps(re.findall('b', 'abc')))"}, nil},
	},
	callRuns: 500,

	work:   pythonWork,
	timed:  pythonTimed,
	result: "[median, done]",
	median: "median",
	native: interpreter{
		commands: []string{"python3.13", "python3"},
		version:  "import sys; print('python%d.%d' % sys.version_info[:2], end='')",
		calls:    [][]string{{"-I", "-S", "-c"}},
		work:     []string{"-I", "-S", "-c"},
		print:    "print(%s)",
	},

	more: pythonMemory,
}

var pythonWork = []work{
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

const pythonTimed = `%s
import time
times = []
for _ in range(%d):
    begin = time.perf_counter_ns()
    done = run()
    times.append(time.perf_counter_ns() - begin)
median = sorted(times)[len(times) // 2]
`

// manyInstances are alive at once in pythonMemory.
const manyInstances = 1000

// pythonMemory starts calls that all wait for input, and looks at the process when
// all of them do.
func pythonMemory(ctx context.Context, ex *funcbox.Executor) error {
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
