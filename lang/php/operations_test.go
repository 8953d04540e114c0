package php_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/internal/value"
	"github.com/funcbox/funcbox/lang/langtest"
)

func TestLoadAndCall(t *testing.T) {
	g := newGuest(t)
	replies := langtest.Results(g.Run(t,
		langtest.Step{Op: langtest.OpLoad, Flags: langtest.FlagFresh, Code: "$n = 10; function add($a, $b = 2) { global $n; return $a + $b + $n++; } class Tool { static function twice(int $x) { return 2 * $x; } function thrice(int $x) { return 3 * $x; } }", Function: "add"},
		langtest.Step{Op: langtest.OpCall, Function: "add", Args: []any{1, 2}},
		langtest.Step{Op: langtest.OpCall, Function: "add", Args: []any{1}},
		langtest.Step{Op: langtest.OpCall, Args: []any{1, 2}},
		langtest.Step{Op: langtest.OpCall, Function: "Tool::twice", Args: []any{21}},
		langtest.Step{Op: langtest.OpCall, Function: "Tool::thrice", Kwargs: map[string]any{"x": 5}},
		langtest.Step{Op: langtest.OpCall, Function: "sub"},
		langtest.Step{Op: langtest.OpCall, Function: "add", Args: []any{"x", 1}},
		langtest.Step{Op: langtest.OpRun, Code: "$n += 100; return add(1, 1);"},
		langtest.Step{Op: langtest.OpRun, Code: "return $n;"},
		langtest.Step{Op: langtest.OpEnd},
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
		{"return $args[0];", "body", langtest.FlagHasArgs, int64(7)},
		{"<p>text</p>", "body", 0, nil},
		{"$x = 1;", "body", 0, nil},
		{"$n = 1; function f() {} function g() {} define('X', 1);", "module", langtest.FlagHasArgs, nil},
		{"class A { static function f() {} }", "module", langtest.FlagHasArgs, nil},
		{"class A {} return $args[0] + 1;", "body", langtest.FlagHasArgs, int64(8)},
		{"class A {} return new A instanceof A;", "body", 0, true},
	} {
		g := newGuest(t)
		execute := langtest.Step{Op: langtest.OpExecute, Flags: langtest.FlagLast, Code: test.code}
		if test.flags != 0 {
			execute.Args = []any{7}
		}
		replies := g.Run(t, langtest.Step{Op: langtest.OpLoad, Flags: langtest.FlagFresh | test.flags, Code: test.code})
		require.Nil(t, replies[0].Error, test.code)
		require.Equal(t, test.kind, replies[0].Value.(map[string]any)["kind"], test.code)
		require.Empty(t, g.Stdout.String(), test.code)
		if test.kind == "body" {
			require.Equal(t, test.want, langtest.Results(g.Run(t, langtest.Step{Op: langtest.OpLoad, Flags: langtest.FlagFresh | test.flags, Code: test.code}, execute))[1], test.code)
		}
	}
}

func TestListing(t *testing.T) {
	g := newGuest(t)
	reply := g.Run(t, langtest.Step{Op: langtest.OpLoad, Flags: langtest.FlagFresh, Function: "strlen", Code: `<?php
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
			require.Equal(t, test.want, g.Session(t, test.codes...))
		})
	}
	t.Run("places", func(t *testing.T) {
		replies := g.Run(t, langtest.Step{Op: langtest.OpRun, Flags: langtest.FlagFresh, Code: "\nfunction f() {\n  throw new Exception('x');\n}"}, langtest.Step{Op: langtest.OpRun, Code: "1;\n f();"})
		require.Equal(t, "main.php:3\n#0 main.php(2): f()\n#1 {main}", replies[1].Error.Stack)
	})
	t.Run("arguments", func(t *testing.T) {
		replies := langtest.Results(g.Run(t, langtest.Step{Op: langtest.OpRun, Flags: langtest.FlagFresh, Code: "return $args[0] + $kwargs['b'];", Args: []any{1}, Kwargs: map[string]any{"b": 2}}, langtest.Step{Op: langtest.OpRun, Code: "return count($args);"}))
		require.Equal(t, []any{int64(3), int64(0)}, replies)
	})
	t.Run("calls", func(t *testing.T) {
		replies := langtest.Results(g.Run(t, langtest.Step{Op: langtest.OpRun, Flags: langtest.FlagFresh, Code: "$n = 1; function add($a) { global $n; return $n += $a; }"}, langtest.Step{Op: langtest.OpCall, Function: "add", Args: []any{2}}, langtest.Step{Op: langtest.OpCall, Args: []any{2}},
			langtest.Step{Op: langtest.OpRun, Code: "function other() {}"}, langtest.Step{Op: langtest.OpCall}))
		require.Equal(t, []any{nil, int64(3), int64(5), nil, "FunctionNotFound: no function is named, and the code has several: add, other"}, replies)
	})
	t.Run("end", func(t *testing.T) {
		g.Stdout.Reset()
		g.Run(t, langtest.Step{Op: langtest.OpRun, Flags: langtest.FlagFresh, Code: "register_shutdown_function(fn() => print('shutdown ')); class D { function __destruct() { echo 'destructor '; } } $d = new D; ob_start(); echo 'buffer ';"},
			langtest.Step{Op: langtest.OpRun, Code: "echo 'second ';"}, langtest.Step{Op: langtest.OpEnd})
		require.Equal(t, "buffer second shutdown destructor ", g.Stdout.String())
	})
}

// TestPhotograph starts each call from a photograph.
func TestPhotograph(t *testing.T) {
	g := newGuest(t)
	job := g.Job()
	job.Request = g.Encode(t, langtest.Step{Op: langtest.OpLoad, Flags: langtest.FlagFresh, Function: "f", Env: map[string]any{"A": "load", "ONLY": "load"}, Argv: []any{"one"}, Workdir: "/tmp", Code: `
		$random = [mt_rand(), random_int(0, PHP_INT_MAX), uniqid('', true), $_SERVER['REQUEST_TIME_FLOAT'], $_ENV, getenv('A')];
		class D { function __destruct() { echo 'end'; } }
		$n = 0; $d = new D; $objects = []; for ($i = 0; $i < 100; $i++) $objects[] = (object) ['i' => $i];
		function f() { global $n, $argv; return [++$n, mt_rand(), uniqid('', true), $_SERVER['REQUEST_TIME_FLOAT'], getenv('A'), getenv('ONLY'), $_SERVER['A'], $argv[1], $_SERVER['argv'][1], getcwd()]; }`})
	_, program, err := g.Module.Load(context.Background(), job, nil)
	require.NoError(t, err)
	defer program.Close()
	require.Empty(t, g.Stdout.String())
	call := langtest.Step{Op: langtest.OpCall, Flags: langtest.FlagFresh | langtest.FlagLast, Function: "f", Env: map[string]any{"A": "call"}, Argv: []any{"two"}, Workdir: "/workspace"}
	one := g.RunModule(t, program, call)[0].Value.([]any)
	two := g.RunModule(t, program, call)[0].Value.([]any)
	require.Equal(t, int64(1), one[0])
	require.Equal(t, int64(1), two[0])
	for i := 1; i <= 3; i++ {
		require.NotEqual(t, one[i], two[i], i)
	}
	require.Equal(t, []any{"call", false, "call", "two", "two", "/workspace"}, one[4:])
	require.Equal(t, "endend", g.Stdout.String())
}

func TestHostFunctions(t *testing.T) {
	g := newGuest(t)
	g.Host = func(_ context.Context, request []byte) []byte {
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
	}, g.Session(t,
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
	job := g.Job()
	job.Request = g.Encode(b, langtest.Step{Op: langtest.OpLoad, Flags: langtest.FlagFresh, Function: "add", Code: "function add($a, $b) { return $a + $b; }"})
	_, program, err := g.Module.Load(context.Background(), job, nil)
	require.NoError(b, err)
	job = g.Job()
	b.Run("execute", func(b *testing.B) {
		job.Request = g.Encode(b, langtest.Step{Op: langtest.OpExecute, Flags: langtest.FlagFresh | langtest.FlagLast, Function: "add", Code: "function add($a, $b) { return $a + $b; }", Args: []any{1, 2}})
		for b.Loop() {
			out, err := g.Module.Run(context.Background(), job)
			require.NoError(b, err)
			require.NoError(b, out.Err)
		}
	})
	b.Run("call", func(b *testing.B) {
		job.Request = g.Encode(b, langtest.Step{Op: langtest.OpCall, Flags: langtest.FlagFresh | langtest.FlagLast, Function: "add", Args: []any{1, 2}})
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
		job.Request = g.Encode(b, langtest.Step{Op: langtest.OpExecute, Flags: langtest.FlagFresh | langtest.FlagLast, Function: "f", Code: "function f($n) { $host = Funcbox\\host(); for ($i = 0; $i < $n; $i++) $host->add($i, 2); }", Args: []any{b.N}})
		b.ResetTimer()
		out, err := g.Module.Run(context.Background(), job)
		require.NoError(b, err)
		require.NoError(b, out.Err)
	})
}
