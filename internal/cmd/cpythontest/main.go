// Command cpythontest runs CPython's own regression tests inside the sandbox, each
// file in a sandbox of its own, and compares what fails with a list of what is
// expected to:
//
//	cpythontest -tests LIB [-expect FILE] [-v] [NAME...]
//
// LIB is the folder Lib of CPython's sources, which the repository does not hold;
// NAME is a test file such as test_json, or one test of it such as
// test_json.test_dump. The tests of C programs, threads, processes and the network
// skip themselves here as they do in upstream's own builds for WASI.
//
// A line of FILE is a test, or a whole file, and why it fails; the exit code is 1 if
// any other fails, or one of these does not.
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/lang/python"
)

//go:embed harness.py
var harness string

func main() {
	tests := flag.String("tests", "", "the folder Lib of CPython's sources")
	expect := flag.String("expect", "", "the list of expected failures")
	timeout := flag.Duration("timeout", 10*time.Minute, "for each file")
	memory := flag.Int64("memory", 1<<30, "bytes for each file")
	parallel := flag.Int("parallel", runtime.GOMAXPROCS(0), "files at once")
	verbose := flag.Bool("v", false, "print failures whole, and what was skipped")
	flag.Parse()
	unexpected, err := run(os.Stdout, *tests, *expect, flag.Args(), limits{*timeout, *memory, *parallel}, *verbose)
	if err != nil {
		fmt.Fprintln(os.Stderr, "cpythontest:", err)
		os.Exit(2)
	}
	if unexpected > 0 {
		os.Exit(1)
	}
}

type limits struct {
	timeout  time.Duration
	memory   int64
	parallel int
}

// report is what came of one file.
type report struct {
	name     string
	passed   int
	skipped  string // why, if the whole file was
	broken   string // how it ended, if it did not return
	outcomes []outcome
	took     time.Duration
}

type outcome struct{ test, kind, text string }

func run(out io.Writer, folder, expectFile string, names []string, limit limits, verbose bool) (int, error) {
	if folder == "" {
		return 0, errors.New("-tests is missing")
	}
	expected, err := readExpected(expectFile)
	if err != nil {
		return 0, err
	}
	files, only, err := chosen(os.DirFS(folder), names)
	if err != nil {
		return 0, err
	}
	ctx := context.Background()
	withTests := *python.Language()
	withTests.Trees = append(slices.Clone(withTests.Trees), lang.Tree{Path: "/tests", Files: testTree{os.DirFS(folder)}})
	executor, err := funcbox.New(ctx, funcbox.WithLanguages(&withTests), funcbox.WithMaxConcurrent(limit.parallel))
	if err != nil {
		return 0, err
	}
	defer func() { _ = executor.Close(ctx) }()

	var workers sync.WaitGroup
	reports, queue := make([]report, len(files)), make(chan int)
	for range limit.parallel {
		workers.Go(func() {
			for i := range queue {
				reports[i] = runFile(ctx, executor, files[i], only[files[i]], limit)
				reports[i].write(out, expected, verbose)
			}
		})
	}
	for i := range files {
		queue <- i
	}
	close(queue)
	workers.Wait()
	return summarize(out, reports, expected, len(names) == 0), nil
}

// chosen lists the test files, and for each those of its tests that were named.
func chosen(tests fs.FS, names []string) (files []string, only map[string][]string, err error) {
	only = make(map[string][]string)
	for _, name := range names {
		file, test, _ := strings.Cut(strings.TrimPrefix(name, "test."), ".")
		if !slices.Contains(files, file) {
			files = append(files, file)
		}
		if test != "" {
			only[file] = append(only[file], "test."+file+"."+test)
		}
	}
	if len(files) > 0 {
		return files, only, nil
	}
	entries, err := fs.ReadDir(tests, "test")
	for _, entry := range entries {
		if name, isFile := strings.CutSuffix(entry.Name(), ".py"); strings.HasPrefix(name, "test_") && isFile != entry.IsDir() {
			files = append(files, name)
		}
	}
	return files, only, err
}

// testTree is of Lib the tests, and modules that the tests compare with and that
// the embedded library leaves out.
type testTree struct{ fs.FS }

var besideTests = []string{"test", "_pyio.py", "_pydatetime.py", "_pydecimal.py", "multiprocessing", "_osx_support.py", "_android_support.py", "_apple_support.py"}

func (t testTree) Open(name string) (fs.File, error) {
	if first, _, _ := strings.Cut(name, "/"); name != "." && !slices.Contains(besideTests, first) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return t.FS.Open(name)
}

func (t testTree) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(t.FS, name)
	if name == "." {
		entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return !slices.Contains(besideTests, e.Name()) })
	}
	return entries, err
}

func runFile(ctx context.Context, executor *funcbox.Executor, name string, only []string, limit limits) report {
	res, err := executor.Execute(ctx, funcbox.Request{
		Language: "python", Code: harness, Filename: "harness.py", Function: "run",
		Args: []any{name, only}, Env: map[string]string{"PYTHONPATH": "/tests"},
		Limits: funcbox.Limits{Timeout: limit.timeout, MemoryBytes: limit.memory, FilesystemBytes: 512 << 20, OutputBytes: 64 << 20},
	})
	r := report{name: name}
	if err != nil {
		r.broken = err.Error()
		return r
	}
	r.took = res.Meta.Duration
	if err := res.Err(); err != nil {
		lines := strings.Split(strings.TrimSpace(res.Stderr), "\n")
		r.broken = fmt.Sprintf("%v; last: %s", err, lines[len(lines)-1])
		if res.Error != nil && res.Error.Stack != "" {
			r.broken += "\n" + res.Error.Stack
		}
		return r
	}
	value, _ := res.Value.(map[string]any)
	passed, _ := value["passed"].(int64)
	r.passed = int(passed)
	r.skipped, _ = value["skipped"].(string)
	outcomes, _ := value["outcomes"].([]any)
	for _, each := range outcomes {
		if fields, ok := each.([]any); ok && len(fields) == 3 {
			r.outcomes = append(r.outcomes, outcome{fmt.Sprint(fields[0]), fmt.Sprint(fields[1]), fmt.Sprint(fields[2])})
		}
	}
	return r
}

// failed lists the tests that failed, each once; of a file that did not return, the
// file.
func (r *report) failed() []string {
	if r.broken != "" {
		return []string{"test." + r.name}
	}
	var names []string
	for _, o := range r.outcomes {
		if o.kind == "fail" && !slices.Contains(names, o.test) {
			names = append(names, o.test)
		}
	}
	return names
}

func (r *report) count(kind string) int {
	n := 0
	for _, o := range r.outcomes {
		if o.kind == kind {
			n++
		}
	}
	return n
}

var writing sync.Mutex

func (r *report) write(out io.Writer, expected expectations, verbose bool) {
	writing.Lock()
	defer writing.Unlock()
	switch {
	case r.broken != "":
		_, _ = fmt.Fprintf(out, "%-34s %9.1fs  did not end: %s\n", r.name, r.took.Seconds(), firstLines(r.broken, verbose))
	case r.skipped != "":
		_, _ = fmt.Fprintf(out, "%-34s %9.1fs  skipped: %s\n", r.name, r.took.Seconds(), r.skipped)
	default:
		_, _ = fmt.Fprintf(out, "%-34s %9.1fs  %5d passed %4d skipped %4d failed\n", r.name, r.took.Seconds(), r.passed, r.count("skip"), len(r.failed()))
	}
	for _, o := range r.outcomes {
		if o.kind == "fail" && (verbose || expected.reason(o.test) == "") {
			_, _ = fmt.Fprintf(out, "    %s: %s\n", o.test, lastLine(o.text, verbose))
		} else if o.kind == "skip" && verbose {
			_, _ = fmt.Fprintf(out, "    %s: skipped: %s\n", o.test, o.text)
		}
	}
}

func firstLines(text string, verbose bool) string {
	if !verbose {
		text, _, _ = strings.Cut(text, "\n")
	}
	return text
}

func lastLine(text string, verbose bool) string {
	text = strings.TrimSpace(text)
	if verbose {
		return strings.ReplaceAll(text, "\n", "\n        ")
	}
	return text[strings.LastIndexByte(text, '\n')+1:]
}

// summarize prints the totals and returns how much is not as expected.
func summarize(out io.Writer, reports []report, expected expectations, all bool) int {
	var files, skippedFiles, passed, skipped, failed int
	var unexpected []string
	seen := make(map[string]bool)
	for i := range reports {
		r := &reports[i]
		files++
		if r.skipped != "" {
			skippedFiles++
		}
		passed += r.passed
		skipped += r.count("skip")
		for _, test := range r.failed() {
			failed++
			if line := expected.match(test); line != "" {
				seen[line] = true
			} else {
				unexpected = append(unexpected, "fails: "+test)
			}
		}
	}
	if all {
		for line := range expected {
			if !seen[line] {
				unexpected = append(unexpected, "does not fail, though listed: "+line)
			}
		}
	}
	slices.Sort(unexpected)
	_, _ = fmt.Fprintf(out, "\n%d files, %d of them skipped; %d tests passed, %d skipped, %d failed; %d not as expected\n", files, skippedFiles, passed, skipped, failed, len(unexpected))
	for _, line := range unexpected {
		_, _ = fmt.Fprintf(out, "  %s\n", line)
	}
	return len(unexpected)
}

// expectations are reasons by test, class or file.
type expectations map[string]string

func readExpected(file string) (expectations, error) {
	expected := expectations{}
	if file == "" {
		return expected, nil
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	for number, line := range strings.Split(string(content), "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		test, reason, _ := strings.Cut(line, " ")
		if reason = strings.TrimSpace(reason); reason == "" {
			return nil, fmt.Errorf("%s:%d: no reason is given for %s", file, number+1, test)
		}
		expected["test."+test] = reason
	}
	return expected, nil
}

// match finds the line that a test is expected to fail by; "" if there is none.
func (e expectations) match(test string) string {
	for name := test; name != "" && name != "test"; name = name[:max(strings.LastIndexByte(name, '.'), 0)] {
		if e[name] != "" {
			return name
		}
	}
	return ""
}

func (e expectations) reason(test string) string { return e[e.match(test)] }
