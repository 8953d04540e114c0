package ruby_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
)

// TestSessions: what stays from call to call, step by step.
func TestSessions(t *testing.T) {
	executor := newExecutor(t)
	type step struct {
		code, function string
		args           []any
		want           any
		fails          string // type and message
		stdout         string
	}
	for name, steps := range map[string][]step{
		"variables": {
			{code: "x = 20; y = []", want: []any{}}, {code: "x += 1; y << x", want: []any{int64(21)}},
			{code: "z = x * 2\n[x, y, z]", want: []any{int64(21), []any{int64(21)}, int64(42)}}, {code: "local_variables.size > 3", want: true},
			{code: "undefined_name", fails: "NameError: undefined local variable or method `undefined_name' for main"},
			{code: "[x, binding.local_variable_get(:z)]", want: []any{int64(21), int64(42)}},
		},
		"methods, constants and globals": {
			{code: "LIMIT = 3; $g = 4; def f(n) = n + LIMIT + $g; nil"}, {code: "f(1)", want: int64(8)}, {code: "def f(n) = n; f(1)", want: int64(1)},
			{function: "f", args: []any{7}, want: int64(7)}, {function: "gone", fails: `FunctionNotFound: function "gone" is not defined; the code defines: f`},
			{code: "class Counter; attr_accessor :n; end; c = Counter.new; c.n = 1; nil"}, {code: "class Counter; def up = self.n += 1; end; c.up", want: int64(2)},
		},
		"errors keep the state": {
			{code: "a = 1; raise KeyError, 'no'", fails: "KeyError: no"}, {code: "a", want: int64(1)}, {code: "a = ", fails: "SyntaxError: "}, {code: "a", want: int64(1)},
			{code: "[$!, $@]", want: []any{nil, nil}}, {code: "throw :x", fails: "UncaughtThrowError: uncaught throw :x"}, {code: "-> {}.then { [_1] }", fails: "TypeError: result[0]: Proc cannot be returned"},
			{code: "def dive = dive + 1; dive", fails: "SystemStackError: stack level too deep"}, {code: "a + 1", want: int64(2)},
		},
		"arguments": {
			{code: "args.sum", args: []any{1, 2}, want: int64(3)}, {code: "args.size", want: int64(0)},
		},
		"surroundings": {
			{code: "ENV['X'] = '1'; Dir.mkdir('/tmp/d'); Dir.chdir('/tmp/d'); $stdout.sync = false; print 'a'", stdout: "a"}, {code: "[ENV['X'], Dir.pwd]", want: []any{"1", "/tmp/d"}},
			{code: "$f = File.open('kept', 'w'); $f << 'abc'; nil"}, {code: "$f << 'd'; $f.flush; File.read('kept')", want: "abcd"}, {code: "srand(5); rand(1000)", want: int64(867)}, {code: "rand(1000)", want: int64(206)},
		},
		"requires": {{code: "require 'csv'", want: true}, {code: "require 'csv'", want: false}, {code: "[1, 2].to_csv", want: "1,2\n"}},
		"DATA":     {{code: "DATA.read\n__END__\none", want: "one"}, {code: "DATA.read\n__END__\ntwo", want: "two"}},
		"fibers end with the call": {
			{code: "f = Fiber.new { Fiber.yield 1; 2 }; f.resume", want: int64(1)}, {code: "f.alive?", want: false},
			{code: "f.resume", fails: "FiberError: dead fiber called: it ended with the call of the session in which it was last resumed"},
			{code: "g = Fiber.new { 5 }; nil"}, {code: "g.resume", want: int64(5)},
			{code: "e = [1, 2, 3].each; e.next", want: int64(1)}, {code: "e.next", fails: "FiberError: dead fiber called: it ended with the call of the session in which it was last resumed"},
			{code: "e.rewind; [e.next, e.next]", want: []any{int64(1), int64(2)}}, {code: "h = Array.new(300) { |i| x = Fiber.new { Fiber.yield i }; x.resume; x }; h.size", want: int64(300)},
			{code: "GC.start; h.none?(&:alive?)", want: true}, {code: "Array.new(400) { |i| x = Fiber.new { Fiber.yield i }; x.resume; x }.size", want: int64(400)},
		},
		"timeouts end with the call": {
			{code: "require 'timeout'; f = Fiber.new { Timeout.timeout(0.01) { Fiber.yield } }; f.resume"}, {code: "sleep 0.03; 10_000.times { [1].each {} }; 1", want: int64(1)},
		},
		"at_exit waits": {{code: "at_exit { puts 'bye' }; 1", want: int64(1)}, {code: "2", want: int64(2)}},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			session, err := executor.NewSession(ctx, funcbox.SessionOptions{Language: "ruby"})
			require.NoError(t, err)
			defer func() { require.NoError(t, session.Close(ctx)) }()
			for _, step := range steps {
				res, err := session.Execute(ctx, funcbox.Request{Code: step.code, Function: step.function, Args: step.args})
				require.NoError(t, err)
				if step.fails != "" {
					require.NotNil(t, res.Error, "%s: %v", step.code, res.Value)
					require.Contains(t, res.Error.Type+": "+res.Error.Message, step.fails, step.code)
					continue
				}
				require.NoError(t, res.Err(), "%s: %+v", step.code, res.Error)
				require.Equal(t, step.want, res.Value, step.code)
				require.Equal(t, step.stdout, res.Stdout, step.code)
			}
		})
	}
}

// TestSessionListing: what code before has defined gets its arguments as in a program,
// also when other code was run under the same name since.
func TestSessionListing(t *testing.T) {
	ctx := context.Background()
	session, err := newExecutor(t).NewSession(ctx, funcbox.SessionOptions{Language: "ruby"})
	require.NoError(t, err)
	defer func() { require.NoError(t, session.Close(ctx)) }()
	run := func(code string) {
		res, err := session.Execute(ctx, funcbox.Request{Code: code})
		require.NoError(t, err)
		require.NoError(t, res.Err(), code)
	}
	// The same places in the text, other defaults.
	run("LIMIT = 3\ndef f(a, b = 1, k: LIMIT) = [a, b, k]\n$seen = 0")
	run("def gone; end; Object.remove_method(:gone)\ndef g(a, b = 2, k: LIMIT) = [a, b, k]\nHALF = ->(n, by: 2) { n / by }\nmodule Shop; def self.total(a, tax: 1) = a + tax; end")
	run("$seen += 1; x = 4")
	run("half = x /2\ndef h(a = 1) = a # is no expression without x")
	run("add = ->(a, b = x) { a + b }")
	run("class Method; def parameters = raise('no'); end; _h = 5; args = 3")
	for _, test := range []struct {
		function string
		args     []any
		kwargs   map[string]any
		want     any
		fails    string
	}{
		{"f", []any{funcbox.Named{"k": 5, "a": 7}}, nil, []any{int64(7), int64(1), int64(5)}, ""},
		{"f", []any{funcbox.Named{"b": 2, "a": 7}}, nil, []any{int64(7), int64(2), int64(3)}, ""},
		{"f", []any{7}, map[string]any{"b": 2}, nil, "ArgumentError: f(a, b = 1, k: LIMIT): b cannot be given by name"},
		{"f", nil, nil, nil, "ArgumentError: f(a, b = 1, k: LIMIT): a is missing"},
		{"g", []any{funcbox.Named{"b": 5, "a": 7}}, nil, []any{int64(7), int64(5), int64(3)}, ""},
		{"g", nil, nil, nil, "ArgumentError: g(a, b = 2, k: LIMIT): a is missing"},
		{"HALF", []any{8}, map[string]any{"by": 4}, int64(2), ""},
		{"HALF", nil, nil, nil, "ArgumentError: HALF(n, by: 2): n is missing"},
		{"Shop.total", []any{funcbox.Named{"a": 1, "tax": 2}}, nil, int64(3), ""},
		{"Shop.total", nil, nil, nil, "ArgumentError: Shop.total(a, tax: 1): a is missing"},
		{"add", []any{funcbox.Named{"b": 5, "a": 7}}, nil, int64(12), ""},
		{"h", []any{5}, nil, int64(5), ""},
		{"h", []any{1, 2}, nil, nil, "ArgumentError: h(a = …): it takes 0 to 1 positional argument, 2 are given"},
		{"gone", nil, nil, nil, `FunctionNotFound: function "gone" is not defined; the code defines: f, g, h, HALF`},
	} {
		res, err := session.Execute(ctx, funcbox.Request{Function: test.function, Args: test.args, Kwargs: test.kwargs})
		require.NoError(t, err)
		if test.fails != "" {
			require.NotNil(t, res.Error, "%s: %v", test.function, res.Value)
			require.Equal(t, test.fails, res.Error.Type+": "+res.Error.Message)
			continue
		}
		require.NoError(t, res.Err(), "%s: %+v", test.function, res.Error)
		require.Equal(t, test.want, res.Value, test.function)
	}
	// A function that is defined anew takes other arguments.
	run("def f(z) = z\n$seen += 1")
	res, err := session.Call(ctx, "f", funcbox.Named{"z": 4})
	require.NoError(t, err)
	require.Equal(t, int64(4), res.Value, "%+v", res.Error)
	res, err = session.Execute(ctx, funcbox.Request{Code: "[$seen, x, Object.const_defined?(:DATA), __FILE__]"})
	require.NoError(t, err)
	require.Equal(t, []any{int64(2), int64(4), false, "main.rb"}, res.Value, "to ask has changed nothing")
}

// TestProgramState: a call of a program sees what was loaded, and nothing of other calls.
func TestProgramState(t *testing.T) {
	ctx := context.Background()
	program, err := newExecutor(t).Load(ctx, funcbox.Request{Language: "ruby", Code: `
		require "json"; require "time"; require "set"
		TABLE = Array.new(20_000) { |i| "entry number #{i} of the table" }
		FIBER = Fiber.new { Fiber.yield 1 }; FIBER.resume
		SEEN = []; srand(1); FIRST = rand
		at_exit { puts "bye" }
		def entry(i) = TABLE[i]
		def seen = SEEN << SEEN.size
		def random = [rand, Random.rand, FIRST, SecureRandom.hex(4)]
		def fiber = FIBER.resume
		def collect = (GC.start; TABLE.sum(&:size))`})
	require.NoError(t, err)
	defer func() { require.NoError(t, program.Close()) }()
	call := func(function string, args ...any) *funcbox.ExecutionResult {
		res, err := program.Call(ctx, function, args...)
		require.NoError(t, err)
		return res
	}
	drawn := make(map[any]bool)
	for range 3 {
		res := call("entry", 19_999)
		require.NoError(t, res.Err())
		require.Equal(t, "entry number 19999 of the table", res.Value)
		require.Equal(t, "bye\n", res.Stdout)
		require.Equal(t, []any{int64(0)}, call("seen").Value)
		list := call("random").Value.([]any)
		drawn[list[0]], drawn[list[1]], drawn[list[3]] = true, true, true
		require.Equal(t, 0.417022004702574, list[2], "as drawn when it was loaded")
		require.Equal(t, "FiberError", call("fiber").Error.Type)
		require.Equal(t, int64(608_890), call("collect").Value)
	}
	require.Len(t, drawn, 9)
}

// TestHostObject: what Funcbox.host is besides its functions.
func TestHostObject(t *testing.T) {
	executor := newExecutor(t, funcbox.WithHostFunc("lookup", func(_ context.Context, args []any, kwargs map[string]any) (any, error) {
		return []any{args, kwargs}, nil
	}), funcbox.WithHostFunc("class", func(context.Context, []any, map[string]any) (any, error) { return "taken", nil }))
	for code, want := range map[string]any{
		`Funcbox.host.lookup(1, "b", key: :c)`: []any{[]any{int64(1), "b"}, map[string]any{"key": "c"}},
		`Funcbox.call(:lookup, { "a" => 1 })`:  []any{[]any{map[string]any{"a": int64(1)}}, map[string]any{}},
		`Funcbox.call("class")`:                "taken",
		`Funcbox.functions`:                    []any{"class", "lookup"},
		`[Funcbox.host.respond_to?(:lookup), Funcbox.host.respond_to?("gone"), Funcbox.host.respond_to?(:puts)]`: []any{true, false, false},
		`Funcbox.host.inspect`: "#<Funcbox::Host: class, lookup>",
		`Funcbox.host.puts rescue [$!.class.name, $!.is_a?(StandardError)]`: []any{"Funcbox::HostError", true},
		`Funcbox.host.lookup([-> {}]) rescue $!.message`:                    "args[0][0]: Proc cannot be passed",
		`Funcbox.host.lookup(key: Object.new) rescue $!.message`:            "kwargs.key: Object cannot be passed",
		`Fiber.new { Funcbox.host.lookup(1) }.resume`:                       []any{[]any{int64(1)}, map[string]any{}},
	} {
		res, err := executor.Execute(context.Background(), funcbox.Request{Language: "ruby", Code: "require 'funcbox'\n" + code})
		require.NoError(t, err)
		require.NoError(t, res.Err(), "%s: %+v", code, res.Error)
		require.Equal(t, want, res.Value, code)
	}
}
