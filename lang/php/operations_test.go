package php_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/internal/value"
)

func TestLoadAndCall(t *testing.T) {
	g := newGuest(t)
	replies := results(g.run(t,
		step{op: opLoad, flags: flagFresh, code: "$n = 10; function add($a, $b = 2) { global $n; return $a + $b + $n++; } class Tool { static function twice(int $x) { return 2 * $x; } function thrice(int $x) { return 3 * $x; } }", function: "add"},
		step{op: opCall, function: "add", args: []any{1, 2}},
		step{op: opCall, function: "add", args: []any{1}},
		step{op: opCall, args: []any{1, 2}},
		step{op: opCall, function: "Tool::twice", args: []any{21}},
		step{op: opCall, function: "Tool::thrice", kwargs: map[string]any{"x": 5}},
		step{op: opCall, function: "sub"},
		step{op: opCall, function: "add", args: []any{"x", 1}},
		step{op: opRun, code: "$n += 100; return add(1, 1);"},
		step{op: opRun, code: "return $n;"},
		step{op: opEnd},
	))
	require.Equal(t, []any{int64(13), int64(14), int64(15), int64(42), int64(15), `FunctionNotFound: function "sub" is not defined; the code defines: add`, "TypeError: Unsupported operand types: string + int", int64(115), int64(114), nil}, replies[1:])
}

// TestBodiesAreNotRun: where code is to run as it stands, loading it runs nothing.
func TestBodiesAreNotRun(t *testing.T) {
	for _, test := range []struct {
		code, kind string
		flags      int
		want       any
	}{
		{"echo 'ran'; function f() { return 1; } return 2;", "body", 0, int64(2)},
		{"function f() { return 1; }", "module", 0, nil},
		{"return $args[0];", "body", flagHasArgs, int64(7)},
		{"<p>text</p>", "body", 0, nil},
		{"$x = 1;", "body", 0, nil},
		{"$n = 1; function f() {} function g() {} define('X', 1);", "module", flagHasArgs, nil},
		{"class A { static function f() {} }", "module", flagHasArgs, nil},
		{"class A {} return $args[0] + 1;", "body", flagHasArgs, int64(8)},
		{"class A {} return new A instanceof A;", "body", 0, true},
	} {
		g := newGuest(t)
		execute := step{op: opExecute, flags: flagLast, code: test.code}
		if test.flags != 0 {
			execute.args = []any{7}
		}
		replies := g.run(t, step{op: opLoad, flags: flagFresh | test.flags, code: test.code})
		require.Nil(t, replies[0].Error, test.code)
		require.Equal(t, test.kind, replies[0].Value.(map[string]any)["kind"], test.code)
		require.Empty(t, g.stdout.String(), test.code)
		if test.kind == "body" {
			require.Equal(t, test.want, results(g.run(t, step{op: opLoad, flags: flagFresh | test.flags, code: test.code}, execute))[1], test.code)
		}
	}
}

func TestListing(t *testing.T) {
	g := newGuest(t)
	reply := g.run(t, step{op: opLoad, flags: flagFresh, function: "strlen", code: `<?php
		namespace App;
		enum Suit: string { case Hearts = 'h'; const Wild = self::Hearts; static function pick(): self { return self::Hearts; } }
		/**
		 * Greets.
		 *
		 * With a second line.
		 * @param string $name whom
		 * @param int|null $times - how often
		 */
		function greet(string $name, ?int $times = 1, int|string $or = "a,)'", array $list = [1, ['k' => null]], Suit $suit = Suit::Hearts, float $pi = M_PI * 2, &$out = null, mixed ...$rest): ?string { return null; }
		function _hidden() { return func_get_args(); }
		abstract class Base { abstract function no(); public function yes() {} }
		final class Maker extends Base { function __construct(public int $x = 1) {} function no() {} private function secret() {} static function make(\DateTimeInterface $when = new \DateTime('now')): static {} }
		class Needs { function __construct(int $x) {} function never() {} static function can() {} }
		if (true) { function late() {} }
		/* no doc */ function plain($a, $b) {}
	`})[0]
	require.Nil(t, reply.Error)
	listing := reply.Value.(map[string]any)
	functions := map[string]map[string]any{}
	var names []any
	for _, f := range listing["functions"].([]any) {
		function := f.(map[string]any)
		names = append(names, function["name"])
		functions[function["name"].(string)] = function
	}
	require.Equal(t, []any{`App\greet`, `App\_hidden`, `App\plain`, `App\late`, `App\Suit::pick`, `App\Maker::no`, `App\Maker::make`, `App\Maker::yes`, `App\Needs::can`, "strlen"}, names)
	require.NotContains(t, listing, "only")
	parameter := func(name, kind string, required bool, more ...any) map[string]any {
		p := map[string]any{"name": name, "kind": kind, "required": required}
		for i := 0; i < len(more); i += 2 {
			p[more[i].(string)] = more[i+1]
		}
		return p
	}
	require.Equal(t, map[string]any{
		"name": `App\greet`, "public": true, "exact": true, "doc": "Greets.\n\nWith a second line.", "returns": "?string",
		"params": []any{
			parameter("name", "either", true, "type", "string", "doc", "whom"),
			parameter("times", "either", false, "type", "?int", "default", int64(1), "doc", "how often"),
			parameter("or", "either", false, "type", "string|int", "default", "a,)'"),
			parameter("list", "either", false, "type", "array", "default", []any{int64(1), map[string]any{"k": nil}}),
			parameter("suit", "either", false, "type", `App\Suit`, "defaultText", `\App\Suit::Hearts`),
			parameter("pi", "either", false, "type", "float", "defaultText", `App\M_PI * 2`),
			parameter("out", "either", false, "default", nil),
			parameter("rest", "rest", false, "type", "mixed"),
		},
	}, functions[`App\greet`])
	require.Equal(t, map[string]any{"name": `App\_hidden`, "public": false, "exact": false}, functions[`App\_hidden`])
	require.Equal(t, []any{parameter("when", "either", false, "type", "DateTimeInterface", "defaultText", `new \DateTime('now')`)}, functions[`App\Maker::make`]["params"])
	require.Equal(t, map[string]any{"name": "strlen", "public": false, "exact": false}, functions["strlen"])
}

func TestRun(t *testing.T) {
	g := newGuest(t)
	for _, test := range []struct {
		name  string
		codes []string
		want  []any
	}{
		{"variables, functions and classes stay", []string{"$a = 1; function d() { global $a; return $a + 3; } class E { public $x = 5; } const C = 8;", "$a++; return d();", "return (new E)->x + C;", "$f = fn($x) => $x * 2; $g = function () { static $n = 0; return ++$n; };", "return [$f(4), $g(), $g()];", "return $g();"}, []any{nil, int64(5), int64(13), nil, []any{int64(8), int64(1), int64(2)}, int64(3)}},
		{"errors keep what was", []string{"$a = 1;", "$a = 2; throw new RangeException('no');", "return $a;", "$a +", "return $a;", "undefined_function();", "return $a;"}, []any{nil, "RangeException: no", int64(2), "ParseError: syntax error, unexpected end of file", int64(2), "Error: Call to undefined function undefined_function()", int64(2)}},
		{"fatal errors too", []string{"function f() { return 1; } $a = 3;", "function f() { return 2; }", "return [f(), $a];", "class A {} class A {}", "return f();", "function g() { trigger_error('gone', E_USER_ERROR); } set_error_handler(null); g();", "return f();"}, []any{nil, "FatalError: Cannot redeclare function f() (previously declared in main.php:1)", []any{int64(1), int64(3)}, "FatalError: Cannot redeclare class A (previously declared in main.php:1)", int64(1), "FatalError: gone", int64(1)}},
		{"includes", []string{"require 'more.php'; return more();", "return more();"}, []any{"more", "more"}},
		{"what a request has", []string{"ini_set('precision', 5); ob_start(); echo 'kept'; set_error_handler(fn() => true); putenv('A=1'); chdir('/tmp');", "return [ini_get('precision'), ob_get_clean(), $undefined ?? 'none', getenv('A'), getcwd()];"}, []any{nil, []any{"5", "kept", "none", "1", "/tmp"}}},
		{"fibers end", []string{"$f = new Fiber(function () { try { return Fiber::suspend(1); } finally { $GLOBALS['ended'] = true; } }); return $f->start();", "return [$ended, $f->isTerminated()];", "$f->resume();", "return (new Fiber(fn() => Fiber::suspend(2)))->start();"}, []any{int64(1), []any{true, true}, "FiberError: Cannot resume a fiber that is not suspended", int64(2)}},
		{"generators", []string{"function n() { for ($i = 1; ; $i++) yield $i; } $g = n(); return $g->current();", "$g->next(); return $g->current();"}, []any{int64(1), int64(2)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, test.want, g.session(t, test.codes...))
		})
	}
	t.Run("places", func(t *testing.T) {
		replies := g.run(t, step{op: opRun, flags: flagFresh, code: "\nfunction f() {\n  throw new Exception('x');\n}"}, step{op: opRun, code: "1;\n f();"})
		require.Equal(t, "main.php:3\n#0 main.php(2): f()\n#1 {main}", replies[1].Error.Stack)
	})
	t.Run("arguments", func(t *testing.T) {
		replies := results(g.run(t, step{op: opRun, flags: flagFresh, code: "return $args[0] + $kwargs['b'];", args: []any{1}, kwargs: map[string]any{"b": 2}}, step{op: opRun, code: "return count($args);"}))
		require.Equal(t, []any{int64(3), int64(0)}, replies)
	})
	t.Run("calls", func(t *testing.T) {
		replies := results(g.run(t, step{op: opRun, flags: flagFresh, code: "$n = 1; function add($a) { global $n; return $n += $a; }"}, step{op: opCall, function: "add", args: []any{2}}, step{op: opCall, args: []any{2}},
			step{op: opRun, code: "function other() {}"}, step{op: opCall}))
		require.Equal(t, []any{nil, int64(3), int64(5), nil, "FunctionNotFound: no function is named, and the code has several: add, other"}, replies)
	})
	t.Run("end", func(t *testing.T) {
		g.stdout.Reset()
		g.run(t, step{op: opRun, flags: flagFresh, code: "register_shutdown_function(fn() => print('shutdown ')); class D { function __destruct() { echo 'destructor '; } } $d = new D; ob_start(); echo 'buffer ';"},
			step{op: opRun, code: "echo 'second ';"}, step{op: opEnd})
		require.Equal(t, "buffer second shutdown destructor ", g.stdout.String())
	})
}

// TestPhotograph starts each call from a photograph.
func TestPhotograph(t *testing.T) {
	g := newGuest(t)
	job := g.job()
	job.Request = step{op: opLoad, flags: flagFresh, function: "f", env: map[string]any{"A": "load", "ONLY": "load"}, argv: []any{"one"}, workdir: "/tmp", code: `
		$random = [mt_rand(), random_int(0, PHP_INT_MAX), uniqid('', true), $_SERVER['REQUEST_TIME_FLOAT'], $_ENV, getenv('A')];
		class D { function __destruct() { echo 'end'; } }
		$n = 0; $d = new D; $objects = []; for ($i = 0; $i < 100; $i++) $objects[] = (object) ['i' => $i];
		function f() { global $n, $argv; return [++$n, mt_rand(), uniqid('', true), $_SERVER['REQUEST_TIME_FLOAT'], getenv('A'), getenv('ONLY'), $_SERVER['A'], $argv[1], $_SERVER['argv'][1], getcwd()]; }`}.encode(t)
	_, program, err := g.module.Load(context.Background(), job, nil)
	require.NoError(t, err)
	defer program.Close()
	require.Empty(t, g.stdout.String())
	call := step{op: opCall, flags: flagFresh | flagLast, function: "f", env: map[string]any{"A": "call"}, argv: []any{"two"}, workdir: "/workspace"}
	one := g.runModule(t, program, call)[0].Value.([]any)
	two := g.runModule(t, program, call)[0].Value.([]any)
	require.Equal(t, int64(1), one[0])
	require.Equal(t, int64(1), two[0])
	for i := 1; i <= 3; i++ {
		require.NotEqual(t, one[i], two[i], i)
	}
	require.Equal(t, []any{"call", false, "call", "two", "two", "/workspace"}, one[4:])
	require.Equal(t, "endend", g.stdout.String())
}

func TestHostFunctions(t *testing.T) {
	g := newGuest(t)
	g.host = func(_ context.Context, request []byte) []byte {
		call, err := value.DecodeHostCall(request, value.Limits{})
		var result any
		switch {
		case err != nil:
		case call.Name == "":
			result = []any{"echo", "fail"}
		case call.Name == "echo":
			result = map[string]any{"args": call.Args, "kwargs": call.Kwargs}
		default:
			err = errors.New("no such luck: " + call.Name)
		}
		if err == nil {
			var reply []byte
			if reply, err = value.EncodeReply(result, "result"); err == nil {
				return reply
			}
		}
		return value.EncodeErrorReply("HostError", err.Error(), "")
	}
	require.Equal(t, []any{
		map[string]any{"args": []any{int64(1), "two", []any{[]byte{255}}}, "kwargs": []any{}},
		map[string]any{"args": []any{int64(1)}, "kwargs": map[string]any{"key": int64(2)}},
		[]any{"echo", "fail"}, []any{true, false},
		"HostError: no such luck: fail", []any{true, `Funcbox\HostError`, "no such luck: other"},
		"TypeError: args[1].a[0]: Closure cannot be passed", "TypeError: kwargs.key: resource cannot be passed",
		[]any{int64(1), int64(2)}, int64(2), int64(3), true, "TypeError: result.x: Funcbox\\Host cannot be returned",
	}, g.session(t,
		"return Funcbox\\host()->echo(1, 'two', [\"\\xff\"]);",
		"return Funcbox\\host()->echo(1, key: 2);",
		"return Funcbox\\functions();", "return [isset(Funcbox\\host()->echo), isset(Funcbox\\host()->other)];",
		"Funcbox\\host()->fail();", "try { Funcbox\\host()->other(); } catch (RuntimeException $error) { return [$error instanceof Funcbox\\HostError, $error::class, $error->getMessage()]; }",
		"Funcbox\\host()->echo(1, ['a' => [fn() => 1]]);", "Funcbox\\host()->echo(key: STDIN);",
		"function each() { for ($i = 1; $i < 3; $i++) yield Funcbox\\host()->echo($i)['args'][0]; } return each();",
		"return Funcbox\\host()->echo(new class implements JsonSerializable { function jsonSerialize(): mixed { return Funcbox\\host()->echo(2)['args'][0]; } })['args'][0];",
		"$fiber = new Fiber(fn() => Fiber::suspend(Funcbox\\host()->echo(3)['args'][0])); return $fiber->start();",
		"return Funcbox\\host() === Funcbox\\host();", "return ['x' => Funcbox\\host()];",
	))
}

func BenchmarkProgramCall(b *testing.B) {
	g := newGuest(b)
	job := g.job()
	job.Request = step{op: opLoad, flags: flagFresh, function: "add", code: "function add($a, $b) { return $a + $b; }"}.encode(b)
	_, program, err := g.module.Load(context.Background(), job, nil)
	require.NoError(b, err)
	job = g.job()
	b.Run("execute", func(b *testing.B) {
		job.Request = step{op: opExecute, flags: flagFresh | flagLast, function: "add", code: "function add($a, $b) { return $a + $b; }", args: []any{1, 2}}.encode(b)
		for b.Loop() {
			out, err := g.module.Run(context.Background(), job)
			require.NoError(b, err)
			require.NoError(b, out.Err)
		}
	})
	b.Run("call", func(b *testing.B) {
		job.Request = step{op: opCall, flags: flagFresh | flagLast, function: "add", args: []any{1, 2}}.encode(b)
		for b.Loop() {
			out, err := program.Run(context.Background(), job)
			require.NoError(b, err)
			require.NoError(b, out.Err)
		}
	})
	b.Run("host", func(b *testing.B) {
		reply, err := value.EncodeReply(3, "result")
		require.NoError(b, err)
		job.Host = func(context.Context, []byte) []byte { return reply }
		job.Limits.Fuel = 1 << 60
		job.Request = step{op: opExecute, flags: flagFresh | flagLast, function: "f", code: "function f($n) { $host = Funcbox\\host(); for ($i = 0; $i < $n; $i++) $host->add($i, 2); }", args: []any{b.N}}.encode(b)
		b.ResetTimer()
		out, err := g.module.Run(context.Background(), job)
		require.NoError(b, err)
		require.NoError(b, out.Err)
	})
}
