package ruby_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
)

// TestErrors: what the host is told of programs that fail or leave.
func TestErrors(t *testing.T) {
	executor := newExecutor(t)
	for name, test := range map[string]struct {
		code           string
		kind, message  string // "": it does not fail
		stack          string // what is in it
		exit           int
		stdout, stderr string
	}{
		"backtrace": {code: "def inner = raise(KeyError, 'no')\ndef outer\n  inner\nend\nouter", kind: "KeyError", message: "no", exit: 1,
			stack: "main.rb:1:in `inner'\nmain.rb:3:in `outer'\nmain.rb:5:in `<main>'"},
		"in a block": {code: "[1].each do |x|\n  x / 0\nend", kind: "ZeroDivisionError", message: "divided by 0", exit: 1,
			stack: "main.rb:2:in `/'\nmain.rb:2:in `block in <main>'\nmain.rb:1:in `each'\nmain.rb:1:in `<main>'"},
		"cause": {code: "begin\n  Integer('x')\nrescue ArgumentError\n  raise IOError, 'broken'\nend", kind: "IOError", message: "broken", exit: 1,
			stack: "main.rb:4:in `rescue in <main>'\nmain.rb:1:in `<main>'\ncaused by ArgumentError: invalid value for Integer(): \"x\"\n<internal:kernel>:307:in `Integer'\nmain.rb:2:in `<main>'"},
		"of a class":     {code: "module M; class Odd < StandardError; def message = 'odd'; end; end; raise M::Odd", kind: "M::Odd", message: "odd", exit: 1},
		"without a name": {code: "raise Class.new(RangeError), 'x'", kind: "RangeError", message: "x", exit: 1},
		"no method":      {code: "nil.upcase", kind: "NoMethodError", message: "undefined method `upcase' for nil", exit: 1},
		"frozen literal": {code: "# frozen_string_literal: true\n'a' << 'b'", kind: "FrozenError", message: `can't modify frozen String: "a"`, exit: 1, stack: "main.rb:2:in `<main>'"},
		"syntax": {code: "def f\n  [1, 2\nend", kind: "SyntaxError", exit: 1,
			message: "main.rb:3: syntax error, unexpected `end', expecting ']'"},
		"stop iteration":  {code: "[].each.next", kind: "StopIteration", message: "iteration reached an end", exit: 1},
		"not rescued":     {code: "begin; raise Exception, 'all'; rescue; 1; end", kind: "Exception", message: "all", exit: 1},
		"in an ensure":    {code: "begin; raise 'a'; ensure; puts 'left'; end", kind: "RuntimeError", message: "a", exit: 1, stdout: "left\n"},
		"exit":            {code: "at_exit { puts 'bye' }; begin; exit 3; ensure; puts 'left'; end", kind: "Exit", exit: 3, stdout: "left\nbye\n"},
		"exit true":       {code: "exit; puts 1"},
		"exit false":      {code: "exit false", kind: "Exit", exit: 1},
		"exit!":           {code: "at_exit { puts 'bye' }; $stdout.sync = false; print 'a'; begin; exit! 4; ensure; puts 'left'; end", kind: "Exit", exit: 4},
		"abort":           {code: "at_exit { puts 'bye' }; abort 'stopped'", kind: "Exit", exit: 1, stdout: "bye\n", stderr: "stopped\n"},
		"at_exit":         {code: "at_exit { puts 'last' }; at_exit { puts \"first #{$!.inspect}\" }; raise 'x'", kind: "RuntimeError", message: "x", exit: 1, stdout: "first #<RuntimeError: x>\nlast\n"},
		"at_exit exits":   {code: "at_exit { exit 7 }; 1", kind: "Exit", exit: 7},
		"exit in a fiber": {code: "Fiber.new { exit 5 }.resume", kind: "Exit", exit: 5},
		"warnings":        {code: "warn 'careful'; $stderr.puts 'x'; STDERR.print 'y'", stderr: "careful\nx\ny"},
		"thread":          {code: "Thread.new { 1 }", kind: "NotImplementedError", message: "Thread.new: a program has one thread only; it may use Fiber, Enumerator and Timeout.timeout", exit: 1, stack: "main.rb:1:in `new'\nmain.rb:1:in `<main>'"},
		"process":         {code: "system('ls')", kind: "NotImplementedError", message: "system() function is unimplemented on this machine", exit: 1},
		"recursion":       {code: "def dive(n)\n  dive(n + 1)\nend\ndive(0)", kind: "SystemStackError", message: "stack level too deep", exit: 1, stack: "main.rb:2:in `dive'"},
	} {
		t.Run(name, func(t *testing.T) {
			res, err := executor.Execute(context.Background(), funcbox.Request{Language: "ruby", Code: test.code})
			require.NoError(t, err)
			require.Equal(t, test.exit, res.ExitCode)
			require.Equal(t, test.stdout, res.Stdout)
			require.Equal(t, test.stderr, res.Stderr)
			if test.kind == "" {
				require.NoError(t, res.Err(), "%+v", res.Error)
				return
			}
			require.NotNil(t, res.Error)
			require.Equal(t, test.kind, res.Error.Type)
			require.Contains(t, res.Error.Message, test.message)
			require.Contains(t, res.Error.Stack, test.stack)
		})
	}
}

// TestMessages: a message that Ruby words itself is text when a program returns it.
func TestMessages(t *testing.T) {
	executor := newExecutor(t)
	for code, want := range map[string]string{
		"1 / 0": "divided by 0", "Integer('x')": `invalid value for Integer(): "x"`, "[].fetch(5)": "index 5 outside of array bounds: 0...0",
		"Integer('é')": `invalid value for Integer(): "é"`, "File.read('/no')": "No such file or directory @ rb_sysopen - /no",
	} {
		res, err := executor.Execute(context.Background(), funcbox.Request{Language: "ruby", Code: code + " rescue $!.message"})
		require.NoError(t, err)
		require.Equal(t, want, res.Value, code)
	}
}

// TestMemory: memory that runs out for what is large is a NoMemoryError that a program
// may rescue.
func TestMemory(t *testing.T) {
	executor := newExecutor(t)
	limits := funcbox.Limits{MemoryBytes: 36 << 20, Timeout: 5 * time.Minute}
	hoards := map[string]string{
		"large strings": `all = []; loop { all << "x" * (1 << 18) }`, "one string": `s = +""; loop { s << "x" * 1000 }`,
		"one allocation": `"x" * (1 << 30)`, "arguments": `def f(*a) = f(*a, *a); f(1)`,
	}
	for name, code := range map[string]string{
		"small arrays": `all = []; loop { all << [1] }`, "nested arrays": `a = nil; loop { a = [a] }`, "objects": `all = []; loop { all << Object.new }`,
		"short strings": `all = []; loop { all << "x" * 100 }`, "a hash": `h = {}; i = 0; loop { h[i] = (i += 1).to_s }`,
		"lambdas": `all = []; loop { all << -> {} }`, "an integer": `x = 3; loop { x = x * x }`,
		"in ensure": `all = []; begin; raise "x"; ensure; loop { all << [1] }; end`,
	} {
		t.Run(name, func(t *testing.T) {
			res, err := executor.Execute(context.Background(), funcbox.Request{Language: "ruby", Code: code, Limits: limits})
			require.NoError(t, err)
			require.NotNil(t, res.Error)
			require.Equal(t, "NoMemoryError: failed to allocate memory", res.Error.Type+": "+res.Error.Message, res.Stderr)
		})
	}
	for name, code := range hoards {
		t.Run(name, func(t *testing.T) {
			request := funcbox.Request{Language: "ruby", Code: code, Limits: limits}
			res, err := executor.Execute(context.Background(), request)
			require.NoError(t, err)
			require.NotNil(t, res.Error)
			require.Equal(t, "NoMemoryError", res.Error.Type, "%s %s", res.Error.Message, res.Stderr)
			require.Equal(t, "failed to allocate memory", res.Error.Message)

			request.Code = "def hoard\n" + code + "\nend\ntimes = 0\nbegin; hoard; rescue NoMemoryError; times += 1; retry if times < 3; end\ntimes"
			res, err = executor.Execute(context.Background(), request)
			require.NoError(t, err)
			require.NoError(t, res.Err(), "%+v %s", res.Error, res.Stderr)
			require.Equal(t, int64(3), res.Value)
		})
	}
}

// TestStops: a program that is stopped ends at once, wherever it is, and none of its
// code runs afterwards.
func TestStops(t *testing.T) {
	executor := newExecutor(t)
	for name, code := range map[string]string{
		"in rescue": `loop { begin; puts "started"; loop {}; rescue Exception; puts "rescued"; end }`, "in ensure": `begin; puts "started"; loop {}; ensure; puts "left"; loop {}; end`,
		"in an ensure that runs": `begin; raise "x"; ensure; puts "started"; loop {}; end`, "in a regexp": `puts "started"; ("a" * 40 + "b") =~ /\A(a|a)*(a|b)\1\1\1$/`,
		"in a fiber":       `at_exit { puts "bye" }; Fiber.new { begin; puts "started"; loop {}; ensure; puts "left"; end }.resume`,
		"in an enumerator": `e = Enumerator.new { |y| puts "started"; loop {} }; e.next`, "in at_exit": `at_exit { puts "started"; loop {} }`,
		"in C": `puts "started"; (1..).each_slice(2) { }`, "asleep": `puts "started"; begin; sleep; rescue Exception; puts "rescued"; end`,
		"within a timeout": `require "timeout"; Timeout.timeout(60) { puts "started"; loop {} }`, "in a finalizer": `ObjectSpace.define_finalizer(Object.new, ->(_) { puts "started"; loop {} })`,
	} {
		t.Run(name, func(t *testing.T) {
			res, err := executor.Execute(context.Background(), funcbox.Request{Language: "ruby", Code: code, Limits: funcbox.Limits{Timeout: 300 * time.Millisecond}})
			require.NoError(t, err)
			require.Equal(t, funcbox.StatusTimeout, res.Status, "%+v", res.Error)
			require.Equal(t, "started\n", res.Stdout)
		})
	}
}
