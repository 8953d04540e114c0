package c

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/wasm"
)

// TestEmulated: what the C library has in a form of its own only is there without asking,
// and without warnings.
func TestEmulated(t *testing.T) {
	for language, code := range map[*lang.Language]string{
		Language(): `#include <signal.h>
			#include <sys/mman.h>
			#include <sys/resource.h>
			#include <time.h>
			#include <unistd.h>
			static int handled;
			static void handle(int signal) { handled = signal; }
			int f(int x) {
				signal(SIGINT, handle);
				raise(SIGINT);
				char *page = mmap(NULL, 100, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
				page[99] = (char)x;
				return handled == SIGINT && page[99] == x && getpid() > 0 && clock() >= 0;
			}`,
		CPP(): `#include <csignal>
			#include <ctime>
			static int handled;
			int f(int x) {
				std::signal(SIGTERM, [](int signal) { handled = signal; });
				std::raise(SIGTERM);
				return handled == SIGTERM && std::clock() >= 0 && x;
			}`,
	} {
		cache := wasm.MemoryOnly
		if language == CPP() {
			cache = "" // for the precompiled headers
		}
		b := newBench(t, language, cache)
		build, err := b.compile(lang.Source{Code: code, Options: lang.CompileOptions{Warnings: []string{"all", "extra", "error"}}})
		require.NoError(t, err)
		got := b.execute(build, "f", []any{4}, nil)
		require.Equal(t, int64(1), got.value, got.message)
		build.Release()
	}
}

// TestJumps: what jumps leaves every try statement and the scopes of all variables behind,
// in units that know nothing of it, and however its name was written.
func TestJumps(t *testing.T) {
	b := newBench(t, CPP(), "")
	const middle = "extern \"C\" void leap();\nextern \"C\" void middle() { try { leap(); } catch (...) {} }"
	const back = "#include <setjmp.h>\nextern \"C\" { jmp_buf back; void middle(); }\nint f(int x) { if (setjmp(back)) return x; middle(); return -1; }"
	for name, test := range map[string]struct {
		source lang.Source
		want   any
		kind   string
	}{
		"by a macro": {lang.Source{
			Code:    back,
			Files:   map[string][]byte{"/workspace/middle.cpp": []byte(middle), "/workspace/leap.c": []byte("#include <setjmp.h>\nextern jmp_buf back;\nvoid leap(void) { LEAP(back, 1); }")},
			Options: lang.CompileOptions{Defines: map[string]string{"LEAP": "longjmp"}},
		}, int64(4), ""},
		"by a name in two pieces": {lang.Source{
			Code: "extern \"C\" int start(int x);\nint f(int x) { return start(x); }\n" + middle,
			Files: map[string][]byte{"/workspace/leap.c": []byte("#include <setjmp.h>\nextern void middle(void);\nstatic jmp_buf back;\n#define NAME(a, b) a##b\n" +
				"void leap(void) { NAME(long, jmp)(back, 1); }\nint start(int x) { if (setjmp(back)) return x; middle(); return -1; }")},
		}, int64(4), ""},
		"a failure in a try":    {lang.Source{Code: "#include <funcbox.h>\nint f(int x) { try { funcbox_fail(\"LookupError\", \"no %d\", x); } catch (...) { return 5; } }"}, nil, "LookupError"},
		"a failure in a scope":  {lang.Source{Code: "#include <funcbox.h>\n#include <string>\nint f(int x) { std::string s(100, 'x'); funcbox_fail(\"LookupError\", \"%s\", s.c_str()); }"}, nil, "LookupError"},
		"a failure from a call": {lang.Source{Code: "#include <string>\n[[gnu::noinline]] void check(int);\nint f(int x) { std::string s(100, 'x'); check(x); return s.size(); }", Files: map[string][]byte{"/workspace/check.cpp": []byte("#include <funcbox.h>\nvoid check(int x) { if (x == 4) funcbox_fail(\"LookupError\", \"no\"); }")}}, nil, "LookupError"},
	} {
		t.Run(name, func(t *testing.T) {
			build, err := b.compile(test.source)
			require.NoError(t, err)
			defer build.Release()
			got := b.execute(build, "f", []any{4}, nil)
			require.NoError(t, got.outcome.Err)
			require.Equal(t, test.kind, got.kind, got.message)
			require.Equal(t, test.want, got.value)
		})
	}
}

// TestLeaps: programs that have nothing that jumps are not compiled for it.
func TestLeaps(t *testing.T) {
	b := newBench(t, CPP(), "")
	source := &lang.Source{Workdir: "/workspace", Code: `#include <funcbox/bind.hpp>
		#include <iostream>
		#include <map>
		#include <stdexcept>
		std::map<std::string, int> f(const std::string &name) {
			try {
				std::cout << name << std::endl;
				return {{name, std::stoi(name)}};
			} catch (const std::exception &e) {
				throw std::runtime_error(e.what());
			}
		}
		FUNCBOX_FUNCTIONS(FUNCBOX_FUNCTION(f, 1, "f(name)"))`}
	files, err := languageCPP.collect(source, "main.cpp")
	require.NoError(t, err)
	job := &compilation{dialect: &languageCPP, sources: files, tools: b.compiler.tools, options: &source.Options, source: source}
	require.False(t, job.mentionsJumps())
	job.files[headersPath], err = b.compiler.headers.get(t.Context(), job.options)
	require.NoError(t, err)
	job.files[headersSource] = []byte(commonHeaders)
	objects, _, err := job.compileUnits(t.Context(), withHeaders)
	require.NoError(t, err)
	require.False(t, leaps(objects[0]))
}
