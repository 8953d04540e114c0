package c

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/wasm"
)

// TestHostileSources: whatever a program does to the compiler or the linker ends as an
// error of the program that says what it was, and the next one compiles.
func TestHostileSources(t *testing.T) {
	doubled := func(format string, levels int) string {
		var b strings.Builder
		for i := 1; i <= levels; i++ {
			fmt.Fprintf(&b, format, i, i-1)
		}
		return b.String()
	}
	inC, inCPP := newBench(t, Language(), wasm.MemoryOnly), newBench(t, CPP(), "")
	tools := inC.compiler.tools
	defer func(before int64) { tools.fuel = before }(tools.fuel)
	require.NoError(t, inCPP.compiler.Prepare(t.Context()))
	const little = 100_000_000 // all of it is a minute
	const f = "int f(void) { return 1; }\n"
	for name, test := range map[string]struct {
		bench  *bench
		source lang.Source
		want   string
	}{
		"macros that grow":      {inC, lang.Source{Code: "#define A0 1,1\n" + doubled("#define A%d A%[2]d,A%[2]d\n", 40) + "int all[] = {A40};\n" + f}, "the compiler was stopped: it"},
		"headers that grow":     {inC, lang.Source{Code: "#include \"a.h\"\n" + f, Files: map[string][]byte{"/workspace/a.h": []byte("#if __INCLUDE_LEVEL__ < 40\n#include \"a.h\"\n#include \"a.h\"\n#endif\n")}}, "the compiler was stopped: it"},
		"deep expression":       {inC, lang.Source{Code: "int f(void) { return " + strings.Repeat("(", 100_000) + "1" + strings.Repeat(")", 100_000) + "; }"}, "nest"},
		"deep types":            {inC, lang.Source{Code: "int " + strings.Repeat("*", 200_000) + "p;\n" + f}, ""},
		"assembler":             {inC, lang.Source{Code: "__asm__(\".incbin \\\"/usr/lib/libc.a\\\"\");\n" + f}, ""},
		"template recursion":    {inCPP, lang.Source{Code: "template <int N> struct S { static constexpr int value = S<N + 1>::value; };\nint f() { return S<0>::value; }"}, "recursive template instantiation exceeded maximum depth"},
		"template explosion":    {inCPP, lang.Source{Code: "template <int N, int M> struct S { S<N - 1, 2 * M> a; S<N - 1, 2 * M + 1> b; };\ntemplate <int M> struct S<0, M> {};\nS<30, 0> s; int f() { return sizeof s; }"}, "the compiler was stopped: it"},
		"endless constexpr":     {inCPP, lang.Source{Code: "constexpr int loop() { int i = 0; for (;;) i ^= 1; return i; }\nconstexpr int value = loop();\nint f() { return value; }"}, "constexpr evaluation hit maximum step limit"},
		"constexpr memory":      {inCPP, lang.Source{Code: "#include <vector>\nconstexpr int f1() { std::vector<int> v(1 << 28); return v.size(); }\nconstexpr int value = f1();\nint f() { return value; }"}, ""},
		"imports of the engine": {inC, lang.Source{Code: "__attribute__((import_module(\"funcbox\"), import_name(\"secret\"))) void secret(void); void f(void) { secret(); }"}, "imports funcbox.secret, which does not exist"},
		"exports of the engine": {inC, lang.Source{Code: "__attribute__((export_name(\"funcbox_call\"))) void mine(int length) {}\n" + f}, "funcbox_call"},
		"a name of ours":        {inC, lang.Source{Code: "const char *funcbox_functions = \"mine\";\n" + f}, "duplicate symbol: funcbox_functions"},
		"no file of the host":   {inC, lang.Source{Code: "#include \"/etc/passwd\"\n"}, "'/etc/passwd' file not found"},
		"reading of ours":       {inC, lang.Source{Code: "#include \"/.funcbox/0.o\"\n"}, "file not found"},
	} {
		t.Run(name, func(t *testing.T) {
			if tools.fuel = little; name == "endless constexpr" {
				tools.fuel = 10 * little
			}
			build, err := test.bench.compile(test.source)
			if err == nil {
				require.Empty(t, test.want, "it compiles")
				build.Release()
				return
			}
			var failure *lang.CompileFailure
			require.ErrorAs(t, err, &failure)
			require.Contains(t, failure.Diagnostics, test.want)
			require.LessOrEqual(t, len(failure.Diagnostics), toolOutputBytes+1000)
		})
	}
	require.Equal(t, int64(3), inC.call("int add(int a, int b) { return a + b; }", "add", 1, 2).value)
}

// TestCanceled: who stops waiting is let go at once, while clang itself is compiled for
// the first time or while it compiles a program, and closing does not wait for either.
func TestCanceled(t *testing.T) {
	endless := lang.Source{Workdir: "/workspace", Code: "#define A0 1,1\n#define A1 A0,A0\n#define A2 A1,A1\n#define A3 A2,A2\n#define A4 A3,A3\n" +
		"#define A5 A4,A4\n#define A6 A5,A5\n#define A7 A6,A6\n#define A8 A7,A7\n#define A9 A8,A8\n#define A10 A9,A9\n#define A11 A10,A10\n" +
		"#define A12 A11,A11\n#define A13 A12,A12\n#define A14 A13,A13\n#define A15 A14,A14\n#define A16 A15,A15\n#define A17 A16,A16\nint all[] = {A17,A17,A17,A17,A17,A17};\nint f(void) { return all[0]; }"}
	compile := func(t *testing.T, compiler lang.Compiler) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		_, err := compiler.Compile(ctx, &endless)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, compiler.Prepare(ctx), context.DeadlineExceeded)
	}
	t.Run("a program", func(t *testing.T) {
		b := newBench(t, Language(), wasm.MemoryOnly)
		require.NoError(t, b.compiler.Prepare(t.Context()))
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err := b.compiler.Compile(ctx, &endless)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
	t.Run("clang", func(t *testing.T) {
		if testing.Short() {
			t.Skip("needs clang")
		}
		engine, err := wasm.NewEngine(t.Context(), wasm.Config{CacheDir: t.TempDir()})
		require.NoError(t, err)
		compiler, err := Language().NewCompiler(lang.CompilerConfig{Engine: engine, CacheDir: wasm.MemoryOnly, Logger: slog.New(slog.DiscardHandler)})
		require.NoError(t, err)
		compile(t, compiler)
		require.NoError(t, compiler.Close(context.Background()))
		require.NoError(t, engine.Close(context.Background()))
	})
}

// TestDamagedCache: a build whose file holds what another program was compiled to, or
// nothing of use, harms nothing.
func TestDamagedCache(t *testing.T) {
	folder := t.TempDir()
	b := newBench(t, Language(), folder)
	source := lang.Source{Code: "int answer(void) { return 42; }"}
	build, err := b.compile(source)
	require.NoError(t, err)
	build.Release()
	files, err := filepath.Glob(filepath.Join(folder, "compiled", "*"+storeSuffix))
	require.NoError(t, err)
	require.Len(t, files, 1)
	key := strings.TrimSuffix(filepath.Base(files[0]), storeSuffix)
	good := b.compiler.store.read(key)
	for name, bad := range map[string]*program{
		"no module":   {module: []byte("junk"), listing: good.listing},
		"no listing":  {module: good.module, listing: []byte{0xff}},
		"no protocol": {module: []byte("\x00asm\x01\x00\x00\x00"), listing: good.listing},
	} {
		t.Run(name, func(t *testing.T) {
			b.compiler.store.write(key, bad)
			other := newBench(t, Language(), folder)
			build, err := other.compile(source)
			require.NoError(t, err)
			require.Equal(t, int64(42), other.execute(build, "answer", nil, nil).value)
			build.Release()
		})
	}
	require.NoError(t, os.RemoveAll(filepath.Join(folder, "compiled")))
	build, err = newBench(t, Language(), folder).compile(source)
	require.NoError(t, err)
	build.Release()
}
