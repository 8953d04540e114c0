package c

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/wasm"
)

// TestListings: what a call can name, and how it is printed.
func TestListings(t *testing.T) {
	for _, test := range []struct {
		name     string
		language *lang.Language
		code     string
		want     []string
		only     string
		main     bool
	}{
		{
			"C", Language(), `#include <stdio.h>
				typedef struct point { int x, y; } point;
				enum color { RED };
				static int hidden(void) { return 1; }
				int _own(void) { return hidden(); }
				double sum(const double *values, size_t count) { return count ? values[0] : 0; }
				point moved(point p, enum color c, const char *why) { return p; }
				void out(int *restrict result) { *result = 1; }
				int unnamed(int, char) { return 0; }`,
			[]string{"double sum(const double *values)", "point moved(point p, enum color c, const char *why)", "void out(int *result = NULL)", "int unnamed(int argument1, char argument2)"}, "", false,
		},
		{"only one of C", Language(), "static int twice(int x) { return 2 * x; }\nint f(int x) { return twice(x); }\nint g(int (*f)(int)) { return f(1); }", []string{"int f(int x)", "int g(a function pointer f)"}, "f", false},
		{"main of C", Language(), "int main(void) { return 0; }", nil, "", true},
		{"main with arguments", Language(), "int main(int argc, char **argv) { return argc == 0 || !argv; }\nint f(void) { return 1; }", []string{"int f()"}, "f", true},
		{
			"C++", CPP(), `#include <string>
				#include <vector>
				namespace geo {
				struct Circle { double radius; static double area(double radius = 1.5) { return radius; } double own() { return radius; } };
				class Square { static int hidden() { return 1; } public: static int side(int n) { return n + hidden(); } };
				namespace { int secret() { return 1; } }
				int f() { return secret(); }
				}
				std::string greet(const std::string &name, std::string greeting = "Hi", bool loud = false, int times = -2, std::vector<int> list = {1, 2}) { return name; }
				template <class T> T same(T value) { return value; }
				auto twice = [](int value) { return 2 * value; };
				static int hidden() { return 1; }
				int operator+(geo::Circle, int) { return hidden(); }
				int größe(int 名) { return 名; }
				int declared(int a, int b = 7);
				int declared(int a, int other) { return a + other; }`,
			[]string{
				"double geo::Circle::area(double radius = 1.5)", "int geo::Square::side(int n)", "int geo::f()",
				`std::string greet(const std::string &name, std::string greeting = "Hi", bool loud = false, int times = -2, std::vector<int> list = {1, 2})`,
				"int twice(int value)", "int größe(int 名)", "int declared(int a, int other = 7)",
			}, "", false,
		},
		{"main of C++", CPP(), "int helper() { return 1; }\nint main() { return helper() - 1; }", []string{"int helper()"}, "helper", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t, test.language, wasm.MemoryOnly)
			if test.language == CPP() {
				b = newBench(t, test.language, "") // for the precompiled headers
			}
			build, err := b.compile(lang.Source{Code: test.code})
			require.NoError(t, err)
			defer build.Release()
			var got []string
			for i := range build.Listing.Functions {
				got = append(got, test.language.Signature.Format(&build.Listing.Functions[i]))
			}
			require.Equal(t, test.want, got)
			require.Equal(t, test.only, build.Listing.Only)
			require.Equal(t, test.main, build.HasMain)
		})
	}
}

// TestUncallable: functions of C++ that a call cannot reach do not keep the others from
// being called, and say why.
func TestUncallable(t *testing.T) {
	b := newBench(t, CPP(), "")
	code := `#include <cmath>
		#include <functional>
		#include <memory>
		#include <string>
		struct Open { std::FILE *file; };
		int fine(int x) { return x; }
		int apply(int x, std::function<int(int)> f) { return f(x); }
		int over(int x) { return x; }
		double over(double x, const std::string &text) { return x + text.size(); }
		void writes(int &to) { to = 1; }
		int opened(const Open &o) { return o.file != nullptr; }
		int printed(const char *format, ...) { return 1; }
		double hypot3(double a, double b) { return std::hypot(a, b); }
		int index(int x) { return x + 1; }`
	for _, test := range []struct {
		function string
		args     []any
		want     any
		message  string // of an UnsupportedType
	}{
		{"fine", []any{1}, int64(1), ""},
		{"index", []any{1}, int64(2), ""}, // the C library has another
		{"hypot3", []any{3, 4}, 5.0, ""},
		{"apply", []any{1, 2}, nil, "parameter 2 of apply(x,f): values of type std::function<int (int)> cannot cross"},
		{"over", []any{1}, nil, "several functions are called over, and a call cannot tell which is meant: int over(int x); double over(double x, const std::string &text)"},
		{"writes", []any{1}, nil, "what the function writes to int & would be lost: return it"},
		{"opened", []any{map[string]any{}}, nil, "opened: values of type _IO_FILE *, which a struct has as its field file, cannot cross"},
		{"printed", []any{"x"}, nil, "printed takes a variable number of arguments"},
	} {
		got := b.call(code, test.function, test.args...)
		if test.message == "" {
			require.Equal(t, test.want, got.value, "%s: %s %s", test.function, got.kind, got.message)
			continue
		}
		require.Equal(t, "UnsupportedType", got.kind, test.function)
		require.Contains(t, got.message, test.message)
	}
}

// TestBindingErrors: which errors are those of the lines that make functions callable.
func TestBindingErrors(t *testing.T) {
	for name, test := range map[string]struct {
		diagnostics string
		want        []string // messages of f and g; nil: they are the program's
	}{
		"by name":       {"<funcbox>:4:1: error: reference to overloaded function 'g'\n", []string{"", ""}},
		"a type":        {"<funcbox>:3:1: error: static assertion failed: funcbox: parameter 1 of f(x)\nnote\n", []string{"parameter 1 of f(x)", ""}},
		"a field":       {"/usr/include/funcbox/record.hpp:89:1: error: due to 'readable<int *>': funcbox: a field of a struct\n<funcbox>:4:1: note: in read<A, &nowhere.value.at>\n", []string{"", "g: values of type int *, which a struct has as its field at, cannot cross"}},
		"by name only":  {"/usr/include/funcbox/list.hpp:9:1: error: funcbox: one\n/usr/include/funcbox/bind.hpp:89:12: note: 'funcbox::detail::call_with<&g, int, 0UL>'\n", []string{"", "one"}},
		"both":          {"<funcbox>:3:1: error: funcbox: one\n<funcbox>:4:1: error: funcbox: two\n<funcbox>:3:1: error: funcbox: three\n", []string{"one", "two"}},
		"the program's": {"<funcbox>:3:1: error: funcbox: one\nmain.cpp:1:1: error: no\n", nil},
		"no function's": {"<funcbox>:9:1: error: funcbox: one\n", nil},
		"no line":       {"/usr/include/string:1:1: error: no\nmain.cpp:1:1: note: here\n", nil},
		"none":          {"wasm-ld: no\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			found := []*declaration{{name: "f", written: "int (int)"}, {name: "g", written: "int (int)"}}
			require.Equal(t, test.want != nil, adapt(found, test.diagnostics))
			if test.want != nil {
				require.Equal(t, test.want, []string{found[0].refused, found[1].refused})
			}
		})
	}
}

// TestSplitFunction: types of functions as clang writes them.
func TestSplitFunction(t *testing.T) {
	for written, want := range map[string][3]string{
		"int (int, double)":                        {"int", "(int, double)", "int (*)(int, double)"},
		"std::function<int (int)> (void) noexcept": {"std::function<int (int)>", "(void) noexcept", "std::function<int (int)> (*)(void) noexcept"},
		"void (int (*)(int))":                      {"void", "(int (*)(int))", "void (*)(int (*)(int))"},
		"auto () -> int":                           {"auto", "() -> int", "auto (*)() -> int"},
		"int":                                      {"", "", ""},
		"(int)":                                    {"", "(int)", ""},
		"))((":                                     {"", "", ""},
	} {
		result, parameters, _ := splitFunction(written)
		require.Equal(t, want[0], result, written)
		require.Equal(t, want[1], parameters, written)
		require.Equal(t, want[2], (&declaration{written: written}).pointer(), written)
	}
}

// TestConstantOf: default arguments that the host can know.
func TestConstantOf(t *testing.T) {
	for text, want := range map[string]any{
		"1": int64(1), "-2": int64(-2), "1.5": 1.5, "1e3": 1000.0, "true": true, "false": false, `"a b"`: "a b", "0": int64(0),
		"010": nil, "0x10": nil, "1u": nil, "'a'": nil, `"a\n"`: nil, "{}": nil, "f()": nil, "": nil, "-": nil, "inf": nil, `"`: nil,
	} {
		got, ok := constantOf(text)
		require.Equal(t, want != nil, ok, text)
		require.Equal(t, want, got, text)
	}
}
