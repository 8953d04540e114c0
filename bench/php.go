package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/php"
)

const phpAdd = "function add($a, $b) { return $a + $b; }\n"

// phpWork is timed in the sandbox and in a native interpreter; run() returns
// something that tells whether it was done.
var phpWork = []struct {
	name, code string
	runs       int
	want       any
}{
	{"fib(27)", "function fib($n) { return $n < 2 ? $n : fib($n - 1) + fib($n - 2); }\nfunction run() { return fib(27); }\n", 7, int64(196418)},
	{"a JSON round trip of 1 MB", `
for ($i = 0; $i < 14000; $i++) $value[] = ['id' => $i, 'name' => "name $i", 'tags' => ['a', 'b'], 'price' => $i / 7];
$text = json_encode($value);
function run() { global $text; return json_encode(json_decode($text, true)) === $text && strlen($text) > 1_000_000; }
`, 7, true},
	{"a regular expression over 1 MB", `
$text = str_repeat('the quick brown fox, 2024-02-29, jumps over mail@example.org and x. ', 15000);
function run() { global $text; return preg_match_all('/(\d{4})-(\d\d)-(\d\d)|([\w.]+)@([\w.]+)/', $text); }
`, 7, int64(30000)},
	{"sorting a million integers", `
mt_srand(1);
for ($i = 0; $i < 1_000_000; $i++) $values[] = mt_rand();
function run() { global $values; $copy = $values; sort($copy); return count($copy); }
`, 3, int64(1_000_000)},
	{"10,000 switches of fibers", `
function run() { $f = new Fiber(function () { for (;;) Fiber::suspend(); }); $f->start(); for ($i = 1; $i < 5000; $i++) $f->resume(); return $i; }
`, 7, int64(5000)},
	{"500 fibers made and left suspended", `
function run() { for ($i = 0; $i < 500; $i++) { $f[$i] = new Fiber(fn() => Fiber::suspend()); $f[$i]->start(); } return $i; }
`, 7, int64(500)},
	{"1,000 exceptions through array_map", `
function run() { for ($i = 0; $i < 1000; $i++) try { array_map(fn() => throw new Exception, [1]); } catch (Exception) {} return $i; }
`, 7, int64(1000)},
}

// phpTimed adds to a piece of work what times it: $median, in nanoseconds, and $done.
func phpTimed(code string, runs int) string {
	return fmt.Sprintf(`%s
for ($round = 0; $round < %d; $round++) {
	$begin = hrtime(true);
	$done = run();
	$times[] = hrtime(true) - $begin;
}
sort($times);
$median = $times[count($times) >> 1];
`, code, runs)
}

func phpTable(ctx context.Context) error {
	ex, err := funcbox.New(ctx, funcbox.WithLanguages(php.Language()))
	if err != nil {
		return err
	}
	defer func() { _ = ex.Close(ctx) }()
	if err := ex.Warm(ctx); err != nil {
		return err
	}
	native := nativePHP()
	for _, section := range []func(context.Context, *funcbox.Executor, string) error{phpCalls, phpProcesses, phpSpeed} {
		if err := section(ctx, ex, native); err != nil {
			return err
		}
	}
	return nil
}

// nativePHP finds an interpreter to compare with; "" if there is none.
func nativePHP() string {
	for _, name := range []string{"php8.4", "php"} {
		path, err := exec.LookPath(name)
		if err == nil && exec.Command(path, "-n", "-r", "").Run() == nil {
			return path
		}
	}
	return ""
}

func addPHP(ctx context.Context, ex *funcbox.Executor) error {
	return execute(ctx, ex, funcbox.Request{Language: "php", Code: phpAdd, Function: "add", Args: []any{2, 3}}, int64(5))
}

func phpCalls(ctx context.Context, ex *funcbox.Executor, native string) error {
	fmt.Println("\nPHP: one isolated call, code given each time")
	base, err := median(3000, func() error { return addPHP(ctx, ex) })
	if err != nil {
		return err
	}
	row("  add(2, 3)", base, base)
	for _, other := range []struct {
		name string
		req  funcbox.Request
		want any
	}{
		{"add(2, 3), the only function, found by itself", funcbox.Request{Code: phpAdd, Args: []any{2, 3}}, int64(5)},
		{"a fiber, started and resumed once", funcbox.Request{Code: "$f = new Fiber(fn() => Fiber::suspend(2) + 3); $f->start(); $f->resume(2); return $f->getReturn();"}, int64(5)},
		{"a fiber left suspended", funcbox.Request{Code: "$f = new Fiber(fn() => Fiber::suspend(5)); return $f->start();"}, int64(5)},
		{"a script that matches, formats and prints", funcbox.Request{Code: "preg_match('/b/', 'abc', $m); echo json_encode($m), (new DateTime('2024-02-29'))->format('c');"}, nil},
	} {
		other.req.Language = "php"
		took, err := median(500, func() error { return execute(ctx, ex, other.req, other.want) })
		if err != nil {
			return err
		}
		row("  "+other.name, took, base)
	}
	if native != "" {
		took, err := median(21, func() error { return exec.Command(native, "-n", "-r", phpAdd+"echo add(2, 3);").Run() })
		if err != nil {
			return err
		}
		row("  php -n -r, a process for each call", took, base)
	}
	return nil
}

// firstPHPResult is the child process whose life phpProcesses measures.
func firstPHPResult(cacheDir string) error {
	ctx := context.Background()
	ex, err := funcbox.New(ctx, funcbox.WithLanguages(php.Language()), funcbox.WithCacheDir(cacheDir))
	if err != nil {
		return err
	}
	return addPHP(ctx, ex)
}

func phpProcesses(context.Context, *funcbox.Executor, string) error {
	fmt.Println("\nPHP: a new process to its first result")
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
		return exec.Command(self, "-first-php", dir).Run()
	})
	if err != nil {
		return err
	}
	warm, err := median(21, func() error { return exec.Command(self, "-first-php", dir).Run() })
	if err != nil {
		return err
	}
	row("  with a warm cache", warm, warm)
	row("  with a cold cache", cold, warm)
	return nil
}

func phpSpeed(ctx context.Context, ex *funcbox.Executor, native string) error {
	for _, work := range phpWork {
		fmt.Printf("\nPHP: %s\n", work.name)
		code := phpTimed(work.code, work.runs)
		res, err := ex.Execute(ctx, funcbox.Request{Language: "php", Code: code + "return [$median, $done];", Limits: funcbox.Limits{Timeout: 5 * time.Minute, MemoryBytes: 1 << 30}})
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
		out, err := exec.Command(native, "-n", "-d", "memory_limit=1G", "-r", code+"echo $median;").Output()
		if err != nil {
			return err
		}
		var took int64
		if _, err := fmt.Sscan(string(out), &took); err != nil {
			return err
		}
		row("  php -n, inside the process", time.Duration(took), time.Duration(nanoseconds))
	}
	return nil
}
