// Command bench prints what calls cost, as a table whose rows are medians and
// ratios of medians from one run on one machine. It is a module of its own, so
// that the engines it compares with are no dependencies of the library.
//
//	go run .                       the table
//	go run . -only files           its rows about files of the host
//	go run . -soak 100000          that many calls of every kind, then what is left of them
//	go run . -unmetered FILE.wasm  adds the cost of metering; lang/js/build/build.sh
//	                               says where it leaves the module before metering
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"time"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/lang/js"
)

const (
	addCode = "function add(a, b) { return a + b }"
	fibCode = "function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) }"
)

func main() {
	first := flag.String("first", "", "print the time to the first result with this cache folder (used by the table)")
	read := flag.String("read", "", "read this file in a guest and print time and peak memory (used by the table)")
	firstPython := flag.String("first-python", "", "the same as -first, of Python")
	firstPHP := flag.String("first-php", "", "the same as -first, of PHP")
	firstRuby := flag.String("first-ruby", "", "the same as -first, of Ruby")
	firstC := flag.String("first-c", "", "print time and peak memory of a new program of C or C++, as -of says, with this cache folder (used by the table)")
	of := flag.String("of", "c", "the language of -first-c: c or cpp, or compile for what one compile of C++ takes when clang is loaded")
	soak := flag.Int("soak", 0, "run this many calls and report what is left")
	unmetered := flag.String("unmetered", "", "the JavaScript runtime before metering")
	only := flag.String("only", "", "the only section of the table: add, throughput, processes, fib, files, sync, metering, collector, cancellation, programs, python, php, ruby or c")
	flag.Parse()
	var err error
	switch {
	case *first != "":
		err = firstResult(*first, js.Language(), add)
	case *firstPython != "":
		err = pythonLanguage.firstResult(*firstPython)
	case *firstPHP != "":
		err = phpLanguage.firstResult(*firstPHP)
	case *firstRuby != "":
		err = rubyLanguage.firstResult(*firstRuby)
	case *firstC != "":
		err = firstUse(*firstC, *of)
	case *read != "":
		err = readThrough(*read)
	case *soak > 0:
		err = soakTest(*soak)
	default:
		err = printTable(*unmetered, *only)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// firstResult is the child process whose life the table measures: a call of work in
// a new executor.
func firstResult(cacheDir string, language *lang.Language, work func(context.Context, *funcbox.Executor) error) error {
	ctx := context.Background()
	ex, err := funcbox.New(ctx, funcbox.WithLanguages(language), funcbox.WithCacheDir(cacheDir))
	if err != nil {
		return err
	}
	return work(ctx, ex)
}

func add(ctx context.Context, ex *funcbox.Executor) error {
	return execute(ctx, ex, funcbox.Request{Language: "js", Code: addCode, Function: "add", Args: []any{2, 3}}, int64(5))
}

func execute(ctx context.Context, ex *funcbox.Executor, req funcbox.Request, want any) error {
	res, err := ex.Execute(ctx, req)
	if err != nil {
		return err
	}
	if err := res.Err(); err != nil {
		return err
	}
	if res.Value != want {
		return fmt.Errorf("got %v, want %v", res.Value, want)
	}
	return nil
}

// median runs work n times and returns the median of its times.
func median(n int, work func() error) (time.Duration, error) {
	times := make([]time.Duration, n)
	for i := range times {
		begin := time.Now()
		if err := work(); err != nil {
			return 0, err
		}
		times[i] = time.Since(begin)
	}
	slices.Sort(times)
	return times[n/2], nil
}

// row prints one line; the ratio is to base, or left out where that is 0.
func row(name string, value, base time.Duration) {
	ratio := ""
	if base > 0 {
		ratio = fmt.Sprintf("%.3gx", float64(value)/float64(base))
	}
	fmt.Printf("%-64s %12s %10s\n", name, value.Round(100*time.Nanosecond), ratio)
}

func printTable(unmetered, only string) error {
	ctx := context.Background()
	fmt.Printf("%s/%s, %d cores, %s\n\n", runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0), runtime.Version())
	ex, err := funcbox.New(ctx, funcbox.WithLanguages(js.Language()))
	if err != nil {
		return err
	}
	defer func() { _ = ex.Close(ctx) }()
	if err := ex.Warm(ctx); err != nil {
		return err
	}
	for _, section := range []struct {
		name string
		run  func(context.Context, *funcbox.Executor) error
	}{
		{"add", isolatedAdd},
		{"throughput", throughput},
		{"processes", processes},
		{"fib", fib},
		{"files", files},
		{"sync", syncing},
		{"metering", func(ctx context.Context, _ *funcbox.Executor) error { return metering(ctx, unmetered) }},
		{"collector", collector},
		{"cancellation", cancellation},
		{"programs", programs},
		{"python", func(ctx context.Context, _ *funcbox.Executor) error { return pythonLanguage.table(ctx) }},
		{"php", func(ctx context.Context, _ *funcbox.Executor) error { return phpLanguage.table(ctx) }},
		{"ruby", func(ctx context.Context, _ *funcbox.Executor) error { return rubyLanguage.table(ctx) }},
		{"c", cTable},
	} {
		if only == "" || only == section.name {
			if err := section.run(ctx, ex); err != nil {
				return fmt.Errorf("%s: %w", section.name, err)
			}
		}
	}
	return nil
}

func isolatedAdd(ctx context.Context, ex *funcbox.Executor) error {
	fmt.Println("one isolated call of add(2, 3), code given each time")
	base, err := median(20_000, func() error { return add(ctx, ex) })
	if err != nil {
		return err
	}
	row("  funcbox", base, base)
	for _, other := range others {
		took, err := median(other.runs, other.add)
		if err != nil {
			return fmt.Errorf("%s: %w", other.name, err)
		}
		row("  "+other.name, took, base)
	}
	if node, err := exec.LookPath("node"); err == nil {
		took, err := median(20, func() error {
			return exec.Command(node, "-e", addCode+"; console.log(add(2, 3))").Run()
		})
		if err != nil {
			return err
		}
		row("  node -e, a process for each call", took, base)
	}
	return nil
}

func processes(context.Context, *funcbox.Executor) error {
	fmt.Println("\na new process to its first result")
	self, err := os.Executable()
	if err != nil {
		return err
	}
	empty, err := median(11, func() error { return exec.Command(self, "-help").Run() })
	_ = err // -help exits with a code of its own
	cold, warm, err := firstResults("-first", 5)
	if err != nil {
		return err
	}
	row("  with a warm cache", warm, warm)
	row("  with a cold cache", cold, warm)
	row("  a process that does nothing", empty, warm)
	return nil
}

// firstResults measures new processes that run firstResult, as flag tells them: runs
// of them with an empty cache folder, then more with the folder these left.
func firstResults(flag string, runs int) (cold, warm time.Duration, err error) {
	self, err := os.Executable()
	if err != nil {
		return 0, 0, err
	}
	dir, err := os.MkdirTemp("", "funcbox-bench-*")
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	cold, err = median(runs, func() error {
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
		return exec.Command(self, flag, dir).Run()
	})
	if err != nil {
		return 0, 0, err
	}
	warm, err = median(21, func() error { return exec.Command(self, flag, dir).Run() })
	return cold, warm, err
}

func fib(ctx context.Context, ex *funcbox.Executor) error {
	fmt.Println("\nfib(27)")
	base, err := median(11, func() error {
		return execute(ctx, ex, funcbox.Request{Language: "js", Code: fibCode, Function: "fib", Args: []any{27}}, int64(196418))
	})
	if err != nil {
		return err
	}
	row("  funcbox", base, base)
	for _, other := range others {
		took, err := median(5, other.fib)
		if err != nil {
			return fmt.Errorf("%s: %w", other.name, err)
		}
		row("  "+other.name, took, base)
	}
	if node, err := exec.LookPath("node"); err == nil {
		for _, flags := range [][]string{nil, {"--jitless"}} {
			name := "node"
			for _, flag := range flags {
				name += " " + flag
			}
			took, err := nodeFib(node, flags)
			if err != nil {
				return err
			}
			row("  "+name+", inside the process", took, base)
		}
	}
	return nil
}

func nodeFib(node string, flags []string) (time.Duration, error) {
	script := fibCode + "; const times = []; for (let i = 0; i < 11; i++) { const t = process.hrtime.bigint(); fib(27); times.push(process.hrtime.bigint() - t) }; times.sort((a, b) => a < b ? -1 : 1); console.log(String(times[5]))"
	out, err := exec.Command(node, append(slices.Clone(flags), "-e", script)...).Output()
	if err != nil {
		return 0, err
	}
	var nanoseconds int64
	if _, err := fmt.Sscan(string(out), &nanoseconds); err != nil {
		return 0, err
	}
	return time.Duration(nanoseconds), nil
}
