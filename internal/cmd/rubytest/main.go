// Command rubytest runs Ruby's own tests inside the sandbox, each file in a call of
// its own, and compares what fails with a list of what is expected to:
//
//	rubytest -tests RUBY [-expect FILE] [-v] [NAME...]
//
// RUBY is the folder of Ruby's sources, which the repository does not hold; NAME is a
// file below its folder test, such as ruby/test_array.rb. Tests that start a
// process or a thread are skipped.
//
// A line of FILE is a test, or a whole file, and why it fails; the exit code is 1 if
// any other fails, or one of these does not.
package main

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/lang/ruby"
)

//go:embed harness.rb
var harness string

// testsPath is where a guest sees RUBY.
const testsPath = "/tests"

// folders below test whose tests are run.
var folders = []string{
	"ruby", "ruby/enc", "base64", "bigdecimal", "cgi", "csv", "date", "did_you_mean", "digest", "erb", "error_highlight", "fiber", "fileutils", "json",
	"logger", "monitor", "objspace", "optparse", "ostruct", "pathname", "psych", "psych/visitors", "psych/handlers", "ripper", "set", "stringio", "strscan", "uri", "yaml", "zlib", ".",
}

func main() {
	tests := flag.String("tests", "", "the folder of Ruby's sources")
	expect := flag.String("expect", "", "the list of expected failures")
	timeout := flag.Duration("timeout", 5*time.Minute, "for each file")
	memory := flag.Int64("memory", 1<<30, "bytes for each file")
	parallel := flag.Int("parallel", runtime.GOMAXPROCS(0), "files at once")
	verbose := flag.Bool("v", false, "print what was skipped, too")
	flag.Parse()
	unexpected, err := run(os.Stdout, *tests, *expect, flag.Args(), limits{*timeout, *memory, *parallel}, *verbose)
	if err != nil {
		fmt.Fprintln(os.Stderr, "rubytest:", err)
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
	file            string
	passed, skipped int
	failed          []failure
}

type failure struct{ test, reason string }

func run(out io.Writer, folder, expectFile string, files []string, limit limits, verbose bool) (int, error) {
	if folder == "" {
		return 0, errors.New("-tests is missing")
	}
	expected, err := readExpected(expectFile)
	if err != nil {
		return 0, err
	}
	all := len(files) == 0
	if all {
		for _, below := range folders {
			found, err := fs.Glob(os.DirFS(folder), path.Join("test", below, "test_*.rb"))
			if err != nil {
				return 0, err
			}
			for _, file := range found {
				files = append(files, strings.TrimPrefix(file, "test/"))
			}
		}
	}
	ctx := context.Background()
	language := *ruby.Language()
	language.Trees = append(slices.Clone(language.Trees), lang.Tree{Path: testsPath, Files: os.DirFS(folder), Sum: folder})
	executor, err := funcbox.New(ctx, funcbox.WithLanguages(&language), funcbox.WithMaxConcurrent(limit.parallel))
	if err != nil {
		return 0, err
	}
	defer func() { _ = executor.Close(ctx) }()

	var workers sync.WaitGroup
	var writing sync.Mutex
	reports, queue := make([]report, len(files)), make(chan int)
	for range limit.parallel {
		workers.Go(func() {
			for i := range queue {
				reports[i] = runFile(ctx, executor, files[i], limit, verbose, out, &writing)
			}
		})
	}
	for i := range files {
		queue <- i
	}
	close(queue)
	workers.Wait()
	return summarize(out, reports, expected, all), nil
}

func runFile(ctx context.Context, executor *funcbox.Executor, file string, limit limits, verbose bool, out io.Writer, writing *sync.Mutex) report {
	r := report{file: file}
	res, err := executor.Execute(ctx, funcbox.Request{
		Language: "ruby", Code: harness, Filename: "harness.rb", Argv: []string{testsPath, file}, Env: map[string]string{"HOME": "/tmp"},
		Limits: funcbox.Limits{Timeout: limit.timeout, MemoryBytes: limit.memory, FilesystemBytes: 512 << 20, OutputBytes: 64 << 20},
	})
	if err != nil {
		r.failed = append(r.failed, failure{file, err.Error()})
		return r
	}
	writing.Lock()
	defer writing.Unlock()
	for line := range strings.Lines(res.Stdout) {
		kind, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		test, reason, _ := strings.Cut(rest, " ")
		switch kind {
		case "ok":
			r.passed++
		case "skip":
			r.skipped++
			if verbose {
				_, _ = fmt.Fprintf(out, "    %s: skipped: %s\n", test, reason)
			}
		case "fail":
			r.failed = append(r.failed, failure{test, reason})
		case "error":
			r.failed = append(r.failed, failure{file, reason})
		}
	}
	if err := res.Err(); err != nil {
		reason, _, _ := strings.Cut(err.Error(), "\n")
		r.failed = append(r.failed, failure{file, "did not end: " + reason})
	}
	_, _ = fmt.Fprintf(out, "%-40s %7.1fs %5d passed %4d skipped %4d failed\n", file, res.Meta.Duration.Seconds(), r.passed, r.skipped, len(r.failed))
	for _, f := range r.failed {
		_, _ = fmt.Fprintf(out, "    %s: %s\n", f.test, f.reason)
	}
	return r
}

// summarize prints the totals and returns how much is not as expected.
func summarize(out io.Writer, reports []report, expected map[string]string, all bool) int {
	var passed, skipped, failed int
	var unexpected []string
	seen := make(map[string]bool)
	for _, r := range reports {
		passed += r.passed
		skipped += r.skipped
		failed += len(r.failed)
		for _, f := range r.failed {
			seen[f.test] = true
			if expected[f.test] == "" {
				unexpected = append(unexpected, "fails: "+f.test+": "+f.reason)
			}
		}
	}
	if all {
		for test := range expected {
			if !seen[test] {
				unexpected = append(unexpected, "does not fail: "+test)
			}
		}
	}
	slices.SortFunc(unexpected, cmp.Compare[string])
	_, _ = fmt.Fprintf(out, "\n%d files: %d passed, %d skipped, %d failed, %d of them expected\n", len(reports), passed, skipped, failed, failed-len(unexpected))
	for _, line := range unexpected {
		_, _ = fmt.Fprintln(out, line)
	}
	return len(unexpected)
}

// readExpected reads lines "test reason"; those that begin with # are comments.
func readExpected(file string) (map[string]string, error) {
	expected := make(map[string]string)
	if file == "" {
		return expected, nil
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		test, reason, found := strings.Cut(line, " ")
		if !found {
			return nil, fmt.Errorf("%s: no reason for %s", file, test)
		}
		expected[test] = reason
	}
	return expected, nil
}
