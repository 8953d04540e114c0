package c

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/wasm"
)

// TestCaches: a program is compiled once, whoever asks for it, and found on disk by the
// next process unless it was damaged.
func TestCaches(t *testing.T) {
	folder := t.TempDir()
	b := newBench(t, Language(), folder)
	source := lang.Source{Code: "int answer(void) { return 42; }"}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			build, err := b.compile(source)
			if err != nil {
				t.Error(err)
				return
			}
			defer build.Release()
			if got := b.execute(build, "answer", nil, nil).value; got != int64(42) {
				t.Errorf("got %v", got)
			}
		})
	}
	wait.Wait()
	build, err := b.compile(source)
	require.NoError(t, err)
	require.False(t, build.Compiled)
	build.Release()
	files, err := filepath.Glob(filepath.Join(folder, "compiled", "*"+storeSuffix))
	require.NoError(t, err)
	require.Len(t, files, 1)

	for _, damaged := range []bool{false, true} {
		if damaged {
			content, err := os.ReadFile(files[0])
			require.NoError(t, err)
			content[len(content)/2] ^= 1
			require.NoError(t, os.WriteFile(files[0], content, 0o600))
		}
		other := newBench(t, Language(), folder)
		build, err := other.compile(source)
		require.NoError(t, err)
		require.Equal(t, damaged, build.Compiled)
		require.Equal(t, int64(42), other.execute(build, "answer", nil, nil).value)
		build.Release()
	}
}

// TestEviction: builds that are evicted while they run end first.
func TestEviction(t *testing.T) {
	b := newBench(t, Language(), wasm.MemoryOnly)
	b.compiler.most = 1
	held, err := b.compile(lang.Source{Code: "int number(void) { return 0; }"})
	require.NoError(t, err)
	for i := range 3 {
		require.Equal(t, int64(i), b.call(fmt.Sprintf("int number(void) { return %d; }", i), "number").value)
	}
	require.Len(t, b.compiler.builds, 1)
	require.Equal(t, int64(0), b.execute(held, "number", nil, nil).value)
	held.Release()
}

// TestDiagnostics: what clang and the linker say, with the names that the user knows.
func TestDiagnostics(t *testing.T) {
	b := newBench(t, Language(), wasm.MemoryOnly)
	for name, test := range map[string]struct {
		source lang.Source
		want   []string
	}{
		"a mistake":      {lang.Source{Code: "int f(void) {\n  return x;\n}"}, []string{"main.c:2:10: error: use of undeclared identifier 'x'"}},
		"another name":   {lang.Source{Code: "int f(", Filename: "src/tool.c"}, []string{"src/tool.c:1:7: error"}},
		"in a header":    {lang.Source{Code: "#include \"a.h\"\n", Files: map[string][]byte{"/workspace/a.h": []byte("int = 1;")}}, []string{"In file included from main.c:1:\na.h:1:5: error"}},
		"in another":     {lang.Source{Code: "int f(void);", Files: map[string][]byte{"/workspace/lib/b.c": []byte("\nint = 1;")}}, []string{"lib/b.c:2:5: error"}},
		"missing":        {lang.Source{Code: "int g(void);\nint f(void) { return g(); }"}, []string{"wasm-ld: error: main.c: undefined symbol: g"}},
		"not in libc":    {lang.Source{Code: "#include <stdio.h>\nint f(void) { return tmpfile() != NULL; }"}, []string{"main.c:2:22: warning: 'tmpfile' is deprecated: tmpfile is not defined on WASI", "wasm-ld: error: main.c: undefined symbol: tmpfile"}},
		"no header":      {lang.Source{Code: "#include <nothing.h>"}, []string{"main.c:1:10: fatal error: 'nothing.h' file not found"}},
		"a standard":     {lang.Source{Code: "int f(void) { return 0; }", Options: lang.CompileOptions{Standard: "c++20"}}, []string{`no standard "c++20"`}},
		"a level":        {lang.Source{Code: "", Options: lang.CompileOptions{Optimize: "3"}}, []string{`no level of optimization "3"`}},
		"a macro":        {lang.Source{Code: "", Options: lang.CompileOptions{Defines: map[string]string{"A B": ""}}}, []string{`macro "A B"`}},
		"a warning":      {lang.Source{Code: "", Options: lang.CompileOptions{Warnings: []string{"l,-flag"}}}, []string{"no name of a warning"}},
		"error by flag":  {lang.Source{Code: "int f(int x) { int y; return x; }", Options: lang.CompileOptions{Warnings: []string{"all", "error"}}}, []string{"error: unused variable 'y'"}},
		"an import":      {lang.Source{Code: "__attribute__((import_module(\"env\"), import_name(\"evil\"))) void evil(void); void f(void) { evil(); }"}, []string{"imports env.evil, which does not exist"}},
		"large variable": {lang.Source{Code: "static char room[600 << 20]; char *f(int i) { return room + i; }"}, []string{"it took more than 512 MiB of memory"}},
		"header bomb":    {lang.Source{Code: "#include \"main.c\"\n"}, []string{"In file included from main.c:1:\n[189 more]\nmain.c:1:10: error: #include nested too deeply"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.compile(test.source)
			var failure *lang.CompileFailure
			require.ErrorAs(t, err, &failure)
			for _, want := range test.want {
				require.Contains(t, failure.Diagnostics, want)
			}
			require.NotContains(t, failure.Diagnostics, string(outputPath))
		})
	}
}

// TestSources: several files, headers, options and warnings.
func TestSources(t *testing.T) {
	b := newBench(t, Language(), wasm.MemoryOnly)
	build, err := b.compile(lang.Source{
		Code: "#include \"lib/twice.h\"\n#include <stdio.h>\nint f(int x) { int unused; printf(\"%s\", __FILE__); return twice(x) + OFFSET; }",
		Files: map[string][]byte{
			"/workspace/lib/twice.h": []byte("int twice(int x);"), "/workspace/lib/twice.c": []byte("#include \"twice.h\"\nint twice(int x) { return 2 * x; }"),
			"/workspace/data.csv": []byte("not C"),
		},
		Options: lang.CompileOptions{Standard: "c11", Optimize: "2", Warnings: []string{"all"}, Defines: map[string]string{"OFFSET": "100"}},
	})
	require.NoError(t, err)
	defer build.Release()
	require.Contains(t, build.Warnings, "main.c:3:20: warning: unused variable 'unused'")
	got := b.execute(build, "", []any{4}, nil)
	require.Equal(t, int64(108), got.value, got.message)
	require.Equal(t, "main.c", got.stdout)
}

// TestSourcesOfCPP: units of both languages, and a jump over a try in a unit that knows
// nothing of it.
func TestSourcesOfCPP(t *testing.T) {
	b := newBench(t, CPP(), "")
	build, err := b.compile(lang.Source{
		Code: "#include <setjmp.h>\njmp_buf back;\nvoid middle();\nextern \"C\" int twice(int x);\n" +
			"int f(int x) {\n  if (setjmp(back)) return twice(x) + OFFSET;\n  middle();\n  return -1;\n}\nint main() { return f(0); }",
		Files: map[string][]byte{
			"/workspace/middle.cpp": []byte("void leap();\nvoid middle() { try { leap(); } catch (...) {} }"),
			"/workspace/leap.cc":    []byte("#include <setjmp.h>\nextern jmp_buf back;\nvoid leap() { longjmp(back, 1); }"),
			"/workspace/twice.c":    []byte("int twice(int x) { return 2 * x; }"),
		},
		Options: lang.CompileOptions{Warnings: []string{"all", "extra", "error"}, Defines: map[string]string{"OFFSET": "100"}},
	})
	require.NoError(t, err)
	defer build.Release()
	require.True(t, build.HasMain)
	got := b.execute(build, "f", []any{4}, nil)
	require.Equal(t, int64(108), got.value, got.message)
}

// TestScript: main runs as a script, with arguments and its exit code.
func TestScript(t *testing.T) {
	b := newBench(t, Language(), wasm.MemoryOnly)
	code := "#include <stdio.h>\nint main(int argc, char **argv) { printf(\"%s %d %s\\n\", argv[0], argc, argv[1]); return argc - 2; }"
	build, err := b.compile(lang.Source{Code: code})
	require.NoError(t, err)
	defer build.Release()
	got := b.execute(build, "", nil, []string{"one"})
	require.Equal(t, "main.c 2 one\n", got.stdout)
	require.Equal(t, wasm.Returned, got.outcome.Ending)
	got = b.execute(build, "", nil, []string{"one", "two"})
	require.Equal(t, wasm.Exited, got.outcome.Ending)
	require.Equal(t, uint32(1), got.outcome.ExitCode)
}

// TestCancel: who stops waiting is let go, and a program that nobody waits for is not
// compiled to its end.
func TestCancel(t *testing.T) {
	b := newBench(t, Language(), wasm.MemoryOnly)
	require.NoError(t, b.compiler.Prepare(t.Context()))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := b.compiler.Compile(ctx, &lang.Source{Code: "int f(void) { return 0; }", Workdir: "/workspace"})
	require.ErrorIs(t, err, context.Canceled)
}

// TestTraps: each ends the call and says what happened, and where.
func TestTraps(t *testing.T) {
	b := newBench(t, Language(), wasm.MemoryOnly)
	code := `#include <assert.h>
#include <stdlib.h>
int divide(int a, int b) { return a / b; }
struct pair { int first, second; };
struct pair *none(void) { return NULL; }
int null(void) { return none()->second; }
void store(void) { *(int *)none() = 1; }
int wild(int at) { return *(volatile int *)(at * 1000000000u); }
int deep(int n) { volatile char room[1000]; room[0] = 1; return deep(n + 1) + room[0]; }
void gone(void) { abort(); }
void claim(int x) { assert(x == 1); }
void nowhere(void) { __builtin_trap(); }`
	for function, test := range map[string]struct {
		args []any
		want string
	}{
		"divide": {[]any{1, 0}, "integer divide by zero"}, "wild": {[]any{4}, "out of bounds memory access"}, "deep": {[]any{1}, "stack overflow: wasm error: out of bounds memory access"},
		"null": {nil, "member access within null pointer of type 'struct pair' (main.c:6:"}, "store": {nil, "store to null pointer of type 'int' (main.c:7:"},
		"gone": {nil, "abort"}, "claim": {[]any{2}, "x == 1"}, "nowhere": {nil, "unreachable"},
	} {
		got := b.call(code, function, test.args...)
		require.Equal(t, wasm.Trapped, got.outcome.Ending, function)
		require.Contains(t, strings.ToLower(got.outcome.Err.Error()), test.want, function)
		if function == "divide" || function == "wild" || function == "deep" || function == "nowhere" {
			require.Contains(t, got.outcome.Err.Error(), "."+function+"(", "what the engine says names the function")
		}
	}
}
