package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/c"
)

const (
	addC   = "int add(int a, int b) { return a + b; }\n"
	wordsC = `#include <algorithm>
#include <map>
#include <string>
#include <vector>
std::map<std::string, int> count(const std::vector<std::string> &words) {
    std::map<std::string, int> counts;
    for (const auto &word : words) counts[word]++;
    return counts;
}
`
	loopC = "unsigned loop(unsigned n) { unsigned x = 1; for (unsigned i = 0; i < n; i++) x = x * 1664525u + (x >> 7); return x; }\n"
	fibC  = "int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }\n"
)

// cTable is the section about C and C++, whose programs are compiled.
func cTable(ctx context.Context, _ *funcbox.Executor) error {
	ex, err := funcbox.New(ctx, funcbox.WithLanguages(c.Language(), c.CPP()))
	if err != nil {
		return err
	}
	defer func() { _ = ex.Close(ctx) }()
	if err := ex.Warm(ctx); err != nil {
		return err
	}
	fmt.Println("\nC and C++: one isolated call, code given each time")
	call := func(language, code, function string, args []any, want any) error {
		return execute(ctx, ex, funcbox.Request{Language: language, Code: code, Function: function, Args: args}, want)
	}
	base, err := median(3000, func() error { return call("c", addC, "add", []any{2, 3}, int64(5)) })
	if err != nil {
		return err
	}
	row("  C, add(2, 3), compiled before", base, base)
	took, err := median(3000, func() error { return call("cpp", addC, "add", []any{2, 3}, int64(5)) })
	if err != nil {
		return err
	}
	row("  C++, add(2, 3), compiled before", took, base)

	number := time.Now().UnixNano() // no code of an earlier run
	fresh := func(code string) string { number++; return fmt.Sprintf("%s// %d\n", code, number) }
	for _, program := range []struct {
		name, language, code, function string
		args                           []any
	}{
		{"C, new code, -O1", "c", addC, "add", []any{2, 3}},
		{"C++, new code, -O1", "cpp", addC, "add", []any{2, 3}},
		{"C++, new code with vector, string and map, -O1", "cpp", wordsC, "count", []any{[]any{"a", "b", "a"}}},
	} {
		took, err := median(9, func() error {
			res, err := ex.Execute(ctx, funcbox.Request{Language: program.language, Code: fresh(program.code), Function: program.function, Args: program.args})
			if err == nil {
				err = res.Err()
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", program.name, err)
		}
		row("  "+program.name, took, base)
	}
	if err := cWork(ctx, ex); err != nil {
		return err
	}
	return cFirstUse()
}

// cWork compares compiled code with what a native compiler makes of it.
func cWork(ctx context.Context, ex *funcbox.Executor) error {
	for _, work := range []struct {
		name, code, function string
		arg                  int
	}{
		{"a tight loop of 200 million rounds", loopC, "loop", 200_000_000},
		{"fib(40)", fibC, "fib", 40},
	} {
		fmt.Printf("\nC: %s, -O2\n", work.name)
		base, err := median(5, func() error {
			res, err := ex.Execute(ctx, funcbox.Request{
				Language: "c", Code: work.code, Function: work.function, Args: []any{work.arg},
				Compile: funcbox.CompileOptions{Optimize: "2"}, Limits: funcbox.Limits{Timeout: 5 * time.Minute},
			})
			if err == nil {
				err = res.Err()
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", work.name, err)
		}
		row("  funcbox", base, base)
		took, err := nativeC(work.code, work.function, work.arg)
		if err != nil {
			return err
		}
		if took > 0 {
			row("  gcc -O2, a process", took, base)
		}
	}
	return nil
}

// nativeC times a program that gcc made; 0: there is no gcc.
func nativeC(code, function string, arg int) (time.Duration, error) {
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		return 0, nil
	}
	dir, err := os.MkdirTemp("", "funcbox-bench-*")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	source, program := filepath.Join(dir, "program.c"), filepath.Join(dir, "program")
	// The number is read where the program runs, so that gcc does not work ahead.
	code += fmt.Sprintf("#include <stdlib.h>\nint main(int argc, char **argv) { return %s(atoi(argv[1])) == 12345; }\n", function)
	if err := os.WriteFile(source, []byte(code), 0o600); err != nil {
		return 0, err
	}
	if out, err := exec.Command(gcc, "-O2", "-o", program, source).CombinedOutput(); err != nil {
		return 0, fmt.Errorf("gcc: %w: %s", err, out)
	}
	return median(5, func() error { return exec.Command(program, fmt.Sprint(arg)).Run() })
}

// cFirstUse measures processes of their own: what a machine pays once, and the memory
// that compiling takes.
func cFirstUse() error {
	fmt.Println("\nC and C++: first use on a machine, and a program in a new process after that")
	self, err := os.Executable()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "funcbox-bench-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	child := func(language string, cores int) (took time.Duration, peak int64, err error) {
		cmd := exec.Command(self, "-first-c", dir, "-of", language)
		cmd.Env = append(os.Environ(), fmt.Sprintf("GOMAXPROCS=%d", cores))
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return 0, 0, err
		}
		return parseRead(out)
	}
	for _, step := range []struct {
		name, language string
		cores          int
		empty          bool
	}{
		{"clang, on 1 core", "c", 1, true},
		{"clang, on all cores", "c", runtime.NumCPU(), true},
		{"a new C program", "c", runtime.NumCPU(), false},
		{"the precompiled headers of C++ and a new program", "cpp", runtime.NumCPU(), false},
		{"a new C++ program with vector, string and map", "cpp", runtime.NumCPU(), false},
	} {
		if step.empty {
			if err := os.RemoveAll(dir); err != nil {
				return err
			}
		}
		took, peak, err := child(step.language, step.cores)
		if err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		fmt.Printf("%-64s %12s %6.0f MiB\n", "  "+step.name+"; peak of the process's memory", took.Round(time.Millisecond), float64(peak)/(1<<20))
	}
	took, peak, err := child(oneCompile, runtime.NumCPU())
	if err != nil {
		return fmt.Errorf("one compile: %w", err)
	}
	fmt.Printf("%-64s %12s %6.0f MiB\n", "  one compile of that with clang loaded; what memory grows by", took.Round(time.Millisecond), float64(peak)/(1<<20))
	size, err := folderBytes(dir)
	fmt.Printf("%-64s %8.0f MiB\n", "  what the cache folder has then", float64(size)/(1<<20))
	return err
}

// oneCompile has firstUse measure a compile of C++ by itself.
const oneCompile = "compile"

// firstUse is the child process of cFirstUse.
func firstUse(cacheDir, of string) error {
	ctx := context.Background()
	language, code, function, args := c.Language(), addC, "add", []any{2, 3}
	if of != "c" {
		language, code, function, args = c.CPP(), wordsC, "count", []any{[]any{"a"}}
	}
	begin, before := time.Now(), int64(0)
	ex, err := funcbox.New(ctx, funcbox.WithLanguages(language), funcbox.WithCacheDir(cacheDir))
	if err != nil {
		return err
	}
	if of == oneCompile {
		if err := ex.Warm(ctx); err != nil {
			return err
		}
		debug.FreeOSMemory()
		if err := resetPeak(); err != nil {
			return err
		}
		begin, before = time.Now(), peakMemory()
	}
	res, err := ex.Execute(ctx, funcbox.Request{Language: language.Name, Code: fmt.Sprintf("%s// %d\n", code, begin.UnixNano()), Function: function, Args: args})
	if err == nil {
		err = res.Err()
	}
	fmt.Println(int64(time.Since(begin)), peakMemory()-before)
	return errors.Join(err, ex.Close(ctx))
}

// resetPeak has peakMemory begin anew from what is in memory now; see proc(5) about
// clear_refs. Where memory is not told, there is nothing to reset.
func resetPeak() error {
	err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func folderBytes(dir string) (total int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	return total, err
}
