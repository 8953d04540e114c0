package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/ruby"
)

const rubyAdd = "def add(a, b) = a + b\n"

// rubyWork is timed in the sandbox and in a native interpreter; run returns
// something that tells whether it was done.
var rubyWork = []struct {
	name, code string
	runs       int
	want       any
}{
	{"fib(27)", "def fib(n) = n < 2 ? n : fib(n - 1) + fib(n - 2)\ndef run = fib(27)\n", 7, int64(196418)},
	{"a million blocks, from each, map and times", `
A = (0...333_333).to_a
def run
  n = 0
  A.each { |x| n += 1 }
  A.map { |x| n += 1 }
  333_334.times { |x| n += 1 }
  n
end
`, 7, int64(1_000_000)},
	{"20,000 exceptions raised and rescued", `
def run
  n = 0
  20_000.times { begin; raise ArgumentError, "no"; rescue ArgumentError; n += 1; end }
  n
end
`, 7, int64(20_000)},
	{"a JSON round trip of 1 MB", `
require "json"
VALUE = (0...14_000).map { |i| { "id" => i, "name" => "name #{i}", "tags" => %w[a b], "price" => i / 7.0 } }
TEXT = JSON.generate(VALUE)
def run = JSON.generate(JSON.parse(TEXT)).size == TEXT.size && TEXT.size > 900_000
`, 5, true},
	{"a regular expression over 1 MB", `
TEXT = "the quick brown fox, 2024-02-29, jumps over mail@example.org and x. " * 15_000
def run = TEXT.scan(/(\d{4})-(\d\d)-(\d\d)|([\w.]+)@([\w.]+)/).size
`, 5, int64(30_000)},
	{"200,000 strings into a hash", `
def run
  h = {}
  200_000.times { |i| h["key #{i}"] = i }
  h.size
end
`, 5, int64(200_000)},
	{"20,000 switches of fibers", `
def run
  f = Fiber.new { loop { Fiber.yield 1 } }
  20_000.times.sum { f.resume }
end
`, 5, int64(20_000)},
}

// rubyTimed adds to a piece of work what times it: the median of runs in
// nanoseconds.
func rubyTimed(code string, runs int) string {
	return fmt.Sprintf(`%s
done = nil
times = Array.new(%d) do
  from = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
  done = run
  Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond) - from
end
median = times.sort[times.size / 2]
`, code, runs)
}

func rubyTable(ctx context.Context) error {
	ex, err := funcbox.New(ctx, funcbox.WithLanguages(ruby.Language()))
	if err != nil {
		return err
	}
	defer func() { _ = ex.Close(ctx) }()
	if err := ex.Warm(ctx); err != nil {
		return err
	}
	native := nativeRuby()
	for _, section := range []func(context.Context, *funcbox.Executor, string) error{rubyCalls, rubyProcesses, rubySpeed} {
		if err := section(ctx, ex, native); err != nil {
			return err
		}
	}
	return nil
}

// nativeRuby finds an interpreter to compare with, the same version if there is one;
// "" if there is none.
func nativeRuby() string {
	for _, name := range []string{"ruby3.3", "ruby"} {
		path, err := exec.LookPath(name)
		if err == nil && exec.Command(path, "--disable-gems", "-e", "").Run() == nil {
			return path
		}
	}
	return ""
}

func addRuby(ctx context.Context, ex *funcbox.Executor) error {
	return execute(ctx, ex, funcbox.Request{Language: "ruby", Code: rubyAdd, Function: "add", Args: []any{2, 3}}, int64(5))
}

func rubyCalls(ctx context.Context, ex *funcbox.Executor, native string) error {
	fmt.Println("\nRuby: one isolated call, code given each time")
	base, err := median(3000, func() error { return addRuby(ctx, ex) })
	if err != nil {
		return err
	}
	row("  add(2, 3)", base, base)
	for _, other := range []struct {
		name string
		req  funcbox.Request
		want any
	}{
		{"add(2, 3), the only function, found by itself", funcbox.Request{Code: rubyAdd, Args: []any{2, 3}}, int64(5)},
		{"an exception raised and rescued", funcbox.Request{Code: "def f; raise 'no'; rescue => e; e.message.size; end", Function: "f"}, int64(2)},
		{"a script that requires json and prints", funcbox.Request{Code: "require 'json'\nputs JSON.generate([1, { a: 'b' }])"}, nil},
		{"a script that requires csv, which is not in the image", funcbox.Request{Code: "require 'csv'\nCSV.parse('a,b').first.size"}, int64(2)},
	} {
		other.req.Language = "ruby"
		took, err := median(300, func() error { return execute(ctx, ex, other.req, other.want) })
		if err != nil {
			return err
		}
		row("  "+other.name, took, base)
	}
	if native == "" {
		return nil
	}
	for _, flag := range []string{"--disable-gems", "--enable-gems"} {
		took, err := median(21, func() error { return exec.Command(native, flag, "-e", rubyAdd+"puts add(2, 3)").Run() })
		if err != nil {
			return err
		}
		row("  ruby "+flag+" -e, a process for each call", took, base)
	}
	return nil
}

// firstRubyResult is the child process whose life rubyProcesses measures.
func firstRubyResult(cacheDir string) error {
	ctx := context.Background()
	ex, err := funcbox.New(ctx, funcbox.WithLanguages(ruby.Language()), funcbox.WithCacheDir(cacheDir))
	if err != nil {
		return err
	}
	return addRuby(ctx, ex)
}

func rubyProcesses(context.Context, *funcbox.Executor, string) error {
	fmt.Println("\nRuby: a new process to its first result")
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
		return exec.Command(self, "-first-ruby", dir).Run()
	})
	if err != nil {
		return err
	}
	warm, err := median(21, func() error { return exec.Command(self, "-first-ruby", dir).Run() })
	if err != nil {
		return err
	}
	row("  with a warm cache", warm, warm)
	row("  with a cold cache", cold, warm)
	return nil
}

func rubySpeed(ctx context.Context, ex *funcbox.Executor, native string) error {
	for _, work := range rubyWork {
		fmt.Printf("\nRuby: %s\n", work.name)
		code := rubyTimed(work.code, work.runs)
		res, err := ex.Execute(ctx, funcbox.Request{Language: "ruby", Code: code + "\n[median, done]", Limits: funcbox.Limits{Timeout: 5 * time.Minute, MemoryBytes: 1 << 30}})
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
		out, err := exec.Command(native, "--disable-gems", "-e", code+"\nprint median").Output()
		if err != nil {
			return err
		}
		var took int64
		if _, err := fmt.Sscan(string(out), &took); err != nil {
			return err
		}
		row("  ruby, inside the process", time.Duration(took), time.Duration(nanoseconds))
	}
	return nil
}
