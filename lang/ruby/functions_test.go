package ruby_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
)

// TestFunctions: what can be called, and how arguments get there.
func TestFunctions(t *testing.T) {
	executor := newExecutor(t)
	for _, test := range []struct {
		name, code, function string
		args                 []any
		kwargs               map[string]any
		want                 any
		fails                string // type and message
	}{
		{name: "defaults", code: `def f(a, b = a * 2) = [a, b]`, function: "f", args: []any{2}, want: []any{int64(2), int64(4)}},
		{name: "rest", code: `def f(a, *b, c) = [a, b, c]`, function: "f", args: []any{1, 2, 3, 4}, want: []any{int64(1), []any{int64(2), int64(3)}, int64(4)}},
		{name: "keywords", code: `def f(a, k:, l: 3, **r) = [a, k, l, r]`, function: "f", args: []any{1}, kwargs: map[string]any{"k": "x", "z": nil},
			want: []any{int64(1), "x", int64(3), map[string]any{"z": nil}}},
		{name: "keywords for a hash", code: `def f(options) = options`, function: "f", kwargs: map[string]any{"a": 1}, want: map[string]any{"a": int64(1)}},
		{name: "missing keyword", code: `def f(k:) = k`, function: "f", fails: "ArgumentError: f(k:): k is missing"},
		{name: "unknown keyword", code: `def f(k: 1) = k`, function: "f", kwargs: map[string]any{"z": 1}, fails: "ArgumentError: f(k: 1): there is no parameter z"},
		{name: "too few", code: `def f(a, b) = a`, function: "f", args: []any{1}, fails: "ArgumentError: f(a, b): b is missing"},
		{name: "no block", code: `def f = block_given?`, function: "f", want: false},
		{name: "yield", code: `def f = yield`, function: "f", fails: "LocalJumpError: no block given (yield)"},
		{name: "of a module", code: `module M; def self.f(x) = x + 1; end`, function: "M.f", args: []any{1}, want: int64(2)},
		{name: "of a nested class", code: `module M; class C; def self.f(x) = x + 1; end; end`, function: "M::C.f", args: []any{1}, want: int64(2)},
		{name: "module_function", code: `module M; module_function; def f = 1; end`, function: "M.f", want: int64(1)},
		{name: "of main", code: `def self.f = 1`, function: "f", want: int64(1)},
		{name: "private of a module", code: `module M; class << self; private def f = 1; end; end`, function: "M.f",
			fails: `FunctionNotFound: function "M.f" is not defined; the code defines no functions`},
		{name: "inherited from Object", code: `module M; end`, function: "M.instance_eval", args: []any{"1"},
			fails: `FunctionNotFound: function "M.instance_eval" is not defined; the code defines no functions`},
		{name: "of Kernel", code: `def f = 1`, function: "puts", fails: `FunctionNotFound: function "puts" is not defined; the code defines: f`},
		{name: "new", code: `Point = Struct.new(:x, :y)`, function: "Point.new", args: []any{1, 2}, want: map[string]any{"x": int64(1), "y": int64(2)}},
		{name: "lambda", code: `SQUARE = ->(x) { x * x }`, function: "SQUARE", args: []any{3}, want: int64(9)},
		{name: "lambda with keywords", code: `ADD = lambda { |a, b: 1| a + b }`, function: "ADD", args: []any{3}, kwargs: map[string]any{"b": 4}, want: int64(7)},
		{name: "lambda in a module", code: `module M; F = ->(x) { x }; end`, function: "M::F", args: []any{3}, want: int64(3)},
		{name: "local lambda", code: `add = ->(a, b) { a + b }`, function: "add", args: []any{1, 2}, want: int64(3)},
		{name: "method object", code: `def f(x) = -x; M = method(:f)`, function: "M", args: []any{1}, want: int64(-1)},
		{name: "question mark", code: `def even?(x) = x.even?`, function: "even?", args: []any{2}, want: true},
		{name: "define_method", code: `define_method(:f) { |x| return x + 1 }`, function: "f", args: []any{1}, want: int64(2)},
		{name: "order", code: "def beta = 1\ndef alpha = 2; OTHER = -> {}\ndef _hidden = 3", function: "x",
			fails: `FunctionNotFound: function "x" is not defined; the code defines: beta, alpha, OTHER, _hidden`},

		{name: "the only public one", code: `def _helper = 1; def f(x) = x + _helper`, args: []any{1}, want: int64(2)},
		{name: "the only lambda", code: `F = ->(x) { x }`, args: []any{1}, want: int64(1)},
		{name: "a script with a helper", code: "def f = 1\nf + 1", want: int64(2)},
		{name: "definitions only", code: "require 'set'\nLIMIT = 3\nclass A; end\ndef f = LIMIT", want: int64(3)},
		{name: "several", code: "def f = 1\ndef g = 2", fails: "FunctionNotFound: no function is named, and the code has several: f, g"},
		{name: "several in a script", code: "def f = 1\ndef g = 2\nf + g", want: int64(3)},
		{name: "several and arguments", code: "def f = 1\ndef g = 2\nf + g", args: []any{1}, fails: "FunctionNotFound: no function is named, and the code has several: f, g"},
		{name: "arguments of a body", code: "args.sum + kwargs[:k]", args: []any{1, 2}, kwargs: map[string]any{"k": 3}, want: int64(6)},
		{name: "no arguments of a body", code: "[args, kwargs]", want: []any{[]any{}, map[string]any{}}},
		{name: "a private helper", code: "private def f(x) = x", args: []any{1}, want: int64(1)},
		{name: "a method made by a call", code: "define_method(:f) { |x| x }", args: []any{1}, want: int64(1)},
		{name: "run only as a script", code: "def f(x) = x\nputs 1 / 0 if __FILE__ != $0", args: []any{1}, want: int64(1)},
		{name: "the last value", code: "x = 20\nx + 1", want: int64(21)},
		{name: "return", code: "return 5 if true\n6", want: int64(5)},
		{name: "nothing", code: "", want: nil},
		{name: "data", code: "DATA.read\n__END__\nabc\n", want: "abc\n"},
		{name: "enumerator", code: `def f = [1, 2].each`, want: []any{int64(1), int64(2)}},
		{name: "lazy", code: `def f = (1..).lazy.map { _1 * 2 }.first(2)`, want: []any{int64(2), int64(4)}},
		{name: "return from a block", code: `def f; [1, 2].each { |x| return x }; end`, want: int64(1)},
		{name: "main file", code: `[__FILE__ == $0, __FILE__, __dir__, caller.size]`, want: []any{true, "main.rb", "/workspace", int64(0)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			res, err := executor.Execute(context.Background(), funcbox.Request{
				Language: "ruby", Code: test.code, Function: test.function, Args: test.args, Kwargs: test.kwargs,
			})
			require.NoError(t, err)
			if test.fails != "" {
				require.NotNil(t, res.Error)
				require.Equal(t, test.fails, res.Error.Type+": "+res.Error.Message)
				return
			}
			require.NoError(t, res.Err(), "%+v", res.Error)
			require.Equal(t, test.want, res.Value)
			require.Empty(t, res.Stderr)
		})
	}
}
