package js_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/internal/value"
	"github.com/funcbox/funcbox/lang/langtest"
)

func TestLoadAndCall(t *testing.T) {
	g := newGuest(t)
	replies := langtest.Results(g.Run(t,
		langtest.Step{Op: langtest.OpLoad, Flags: langtest.FlagFresh, Code: "let n = 10; function add(a, b = 2) { return a + b + n++ }\nclass Tool { static twice(x) { return 2 * x } }", Function: "add"},
		langtest.Step{Op: langtest.OpCall, Function: "add", Args: []any{1, 2}},
		langtest.Step{Op: langtest.OpCall, Function: "add", Args: []any{1}},
		langtest.Step{Op: langtest.OpCall, Args: []any{1, 2}},
		langtest.Step{Op: langtest.OpCall, Function: "Tool.twice", Args: []any{21}},
		langtest.Step{Op: langtest.OpCall, Function: "sub"},
		langtest.Step{Op: langtest.OpRun, Code: "n += 100; add(1, 1)"},
		langtest.Step{Op: langtest.OpRun, Code: "n"},
		langtest.Step{Op: langtest.OpEnd},
	))
	require.Equal(t, []any{int64(13), int64(14), int64(15), int64(42), `FunctionNotFound: function "sub" is not defined; the code defines: add`, int64(115), int64(114), nil}, replies[1:])
}

// TestBodiesAreNotRun: where code is to run as it stands, loading it runs nothing.
func TestBodiesAreNotRun(t *testing.T) {
	for _, test := range []struct {
		code, kind string
		flags      int
	}{
		{"console.log('ran'); function f() {}", "body", 0},
		{"console.log('ran'); function f() {}", "module", langtest.FlagHasArgs},
		{"console.log('ran'); return args[0]", "body", langtest.FlagHasArgs},
		{"1 + 1", "body", langtest.FlagHasArgs},
		{"const x = 1;", "body", 0},
		{"const x = 1;", "module", langtest.FlagHasArgs},
		{"class A { static f() {} } console.log('ran')", "module", langtest.FlagHasArgs},
		{"const f = (a) => a;", "module", 0},
		{"module.exports = { f(a) {} }", "module", 0},
		{"export const f = () => 1", "module", 0},
		{"import 'fs'; console.log('ran')", "body", 0},
	} {
		g := newGuest(t)
		reply := g.Run(t, langtest.Step{Op: langtest.OpLoad, Flags: langtest.FlagFresh | test.flags, Code: test.code})[0]
		require.Nil(t, reply.Error, test.code)
		require.Equal(t, test.kind, reply.Value.(map[string]any)["kind"], test.code)
		require.Equal(t, test.kind == "module" && strings.Contains(test.code, "ran"), g.Stdout.String() == "ran\n", test.code)
		both := langtest.Results(g.Run(t, langtest.Step{Op: langtest.OpLoad, Flags: langtest.FlagFresh | test.flags, Code: test.code}, langtest.Step{Op: langtest.OpExecute, Flags: langtest.FlagLast, Code: "return args[0]", Args: []any{7}}))
		require.Equal(t, int64(7), both[1], test.code)
	}
}

func TestRun(t *testing.T) {
	g := newGuest(t)
	for _, test := range []struct {
		name  string
		codes []string
		want  []any
	}{
		{"variables stay", []string{"let a = 1; const b = 2; var c = 3; function d() { return a + b + c } class E {}", "a++; d()", "new E() instanceof E"}, []any{nil, int64(7), true}},
		{"and can be declared again", []string{"let a = 1; const get = () => a", "const a = 2; a + get()", "let get = 3; get", "function get() { return 4 } get()", "class get {} typeof get", "var get = 5; get", "let get = 6; get"}, []any{nil, int64(4), int64(3), int64(4), "function", int64(5), int64(6)}},
		{"a failed declaration can be repaired", []string{"let a = missing", "a", "let a = 1; a"}, []any{"ReferenceError: 'missing' is not defined", "ReferenceError: a is not initialized", int64(1)}},
		{"return", []string{"const a = 20; if (a) return a + 1; throw 1", "a", "return { a }", "try { return 1 } finally { a }"}, []any{int64(21), int64(20), map[string]any{"a": int64(20)}, int64(1)}},
		{"await", []string{"const a = await Promise.resolve(1); a + await 2", "a", "Promise.resolve(3)", "await new Promise((done) => setTimeout(done, 5, 4))"}, []any{int64(3), int64(1), int64(3), int64(4)}},
		{"errors keep what was", []string{"let a = 1", "a = 2; throw new RangeError('no')", "a", "a +", "a", "Promise.reject(new Error('late')); 1", "a"}, []any{nil, "RangeError: no", int64(2), "SyntaxError: unexpected token in expression: ''", int64(2), "Error: late", int64(2)}},
		{"imports", []string{"import next, { answer as it } from './answer.js'; next(it)", "next(1)", "import * as all from './answer.js'; all.answer", "import { twice } from './plain.cjs'\ntwice(4)", "const next = 7; next", "import next from './answer.js'; next(7)"}, []any{int64(43), int64(2), int64(42), int64(8), int64(7), int64(8)}},
		{"exports", []string{"export const a = 1; export function f() { return a }; export default 5", "f()", "export default function () {}", "let c = 2; export { c as d }; a + c", "export default class Named {}", "typeof Named"}, []any{int64(5), int64(1), nil, int64(3), nil, "function"}},
		{"failing imports", []string{"import './missing.js'", "import { none } from './answer.js'", "1"}, []any{"Error: Cannot find module './missing.js' from '/workspace'", "SyntaxError: Could not find export 'none' in module '/workspace/answer.js'", int64(1)}},
		{"functions are no results", []string{"(() => 1)", "setTimeout(() => {}, 1)", "return () => 1"}, []any{nil, nil, "TypeError: result: function cannot be returned"}},
		{"timers go on", []string{"globalThis.n = 0; const t = setInterval(() => n++, 1); n", "await new Promise((done) => { const waits = setInterval(() => { if (n > 2) done(clearInterval(waits)) }, 1) }); n > 2", "clearInterval(t); 'end'"}, []any{int64(0), true, "end"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, test.want, g.Session(t, test.codes...))
		})
	}
	t.Run("places", func(t *testing.T) {
		replies := g.Run(t, langtest.Step{Op: langtest.OpRun, Flags: langtest.FlagFresh, Code: "1;\nfunction f() {\n  throw new Error('x')\n}"}, langtest.Step{Op: langtest.OpRun, Code: "import 'fs';\n f()"})
		require.Contains(t, replies[1].Error.Stack, "main.js:3:")
		require.Contains(t, replies[1].Error.Stack, "main.js:2:")
	})
	t.Run("arguments", func(t *testing.T) {
		replies := langtest.Results(g.Run(t, langtest.Step{Op: langtest.OpRun, Flags: langtest.FlagFresh, Code: "args[0] + kwargs.b", Args: []any{1}, Kwargs: map[string]any{"b": 2}}, langtest.Step{Op: langtest.OpRun, Code: "args.length"}))
		require.Equal(t, []any{int64(3), int64(0)}, replies)
	})
	t.Run("calls", func(t *testing.T) {
		replies := langtest.Results(g.Run(t, langtest.Step{Op: langtest.OpRun, Flags: langtest.FlagFresh, Code: "let n = 1; const add = (a) => n += a"}, langtest.Step{Op: langtest.OpCall, Function: "add", Args: []any{2}}, langtest.Step{Op: langtest.OpCall, Args: []any{2}},
			langtest.Step{Op: langtest.OpRun, Code: "function add() { return 'new' }"}, langtest.Step{Op: langtest.OpCall, Function: "add"}, langtest.Step{Op: langtest.OpRun, Code: "function other() {}"}, langtest.Step{Op: langtest.OpCall}))
		require.Equal(t, []any{nil, int64(3), int64(5), nil, "new", nil, "FunctionNotFound: no function is named, and the code has several: add, other"}, replies)
	})
	t.Run("after a module", func(t *testing.T) {
		replies := langtest.Results(g.Run(t, langtest.Step{Op: langtest.OpLoad, Flags: langtest.FlagFresh, Code: "import { answer } from './answer.js'; let n = 1; export const add = (a) => n += a; const { x } = { x: 5 }", Function: "add", Workdir: "/workspace"},
			langtest.Step{Op: langtest.OpRun, Code: "n += 10; add(1) + answer + x"}, langtest.Step{Op: langtest.OpRun, Code: "answer = 1"}, langtest.Step{Op: langtest.OpRun, Code: "let answer = 1; answer"}, langtest.Step{Op: langtest.OpCall, Function: "add", Args: []any{1}}))
		require.Equal(t, []any{int64(59), "TypeError: 'answer' is read-only", int64(1), int64(13)}, replies[1:])
	})
	t.Run("surroundings stay", func(t *testing.T) {
		require.Equal(t, []any{nil, "/tmp", "x"}, g.Session(t, "process.chdir('/tmp'); process.env.A = 'x'; void 0", "process.cwd()", "process.env.A"))
	})
	t.Run("end", func(t *testing.T) {
		g.Stdout.Reset()
		g.Run(t, langtest.Step{Op: langtest.OpRun, Flags: langtest.FlagFresh, Code: "process.on('exit', (code) => console.log('bye', code)); setTimeout(() => console.log('never'), 1e6)"}, langtest.Step{Op: langtest.OpEnd})
		require.Equal(t, "bye 0\n", g.Stdout.String())
	})
}

// TestPhotograph starts each call from a photograph.
func TestPhotograph(t *testing.T) {
	g := newGuest(t)
	job := g.Job()
	job.Request = g.Encode(t, langtest.Step{Op: langtest.OpLoad, Flags: langtest.FlagFresh, Function: "f", Env: map[string]any{"A": "load"}, Argv: []any{"one"}, Workdir: "/tmp", Code: `
		const random = [Math.random(), crypto.randomUUID(), performance.now(), process.env.A, process.argv[2], process.cwd()];
		let n = 0; const fired = []; setTimeout(() => fired.push(n), 1);
		function f() { n++; return [n, Math.random(), crypto.randomUUID(), performance.now(), process.env.A, process.argv[2], process.cwd()] }
		async function g() { await new Promise((done) => setTimeout(done, 3)); return fired.length }`})
	_, program, err := g.Module.Load(context.Background(), job, nil)
	require.NoError(t, err)
	defer program.Close()
	call := langtest.Step{Op: langtest.OpCall, Flags: langtest.FlagFresh | langtest.FlagLast, Function: "f", Env: map[string]any{"A": "call"}, Argv: []any{"two"}, Workdir: "/workspace"}
	one := g.RunModule(t, program, call)[0].Value.([]any)
	two := g.RunModule(t, program, call)[0].Value.([]any)
	require.Equal(t, int64(1), one[0])
	require.Equal(t, int64(1), two[0])
	require.NotEqual(t, one[1], two[1])
	require.NotEqual(t, one[2], two[2])
	require.Less(t, toFloat(one[3]), 1000.0)
	require.Equal(t, []any{"call", "two", "/workspace"}, one[4:])
	call.Function = "g"
	require.Equal(t, int64(1), g.RunModule(t, program, call)[0].Value)
}

func toFloat(number any) float64 {
	if whole, ok := number.(int64); ok {
		return float64(whole)
	}
	return number.(float64)
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
		nil, map[string]any{"args": []any{int64(1), "two", []any{[]byte{3}}}, "kwargs": map[string]any{}},
		map[string]any{"args": []any{int64(1)}, "kwargs": map[string]any{"key": int64(2)}},
		[]any{"echo", "fail"}, []any{true, false, []any{"echo", "fail"}},
		"HostError: no such luck: fail", []any{true, true, "HostError", "no such luck: other"},
		"TypeError: args[1].a[0]: function cannot be passed", "TypeError: kwargs.key: symbol cannot be passed",
		int64(1), int64(3), int64(2), "TypeError: result.x: function cannot be returned",
	}, g.Session(t,
		"import { host, call, functions, HostError } from 'funcbox'",
		"host.echo(1, 'two', new Set([new Uint8Array([3])]))",
		"require('funcbox').call('echo', [1], { key: 2 })",
		"functions()", "['echo' in host, 'other' in host, Object.keys(host)]",
		"host.fail()", "try { host.other() } catch (error) { [error instanceof HostError, error instanceof Error, error.name, error.message] }",
		"host.echo(1, { a: [() => 1] })", "call('echo', [], { key: Symbol() })",
		"(await Promise.resolve(1).then((n) => host.echo(n))).args[0]",
		"function* each() { for (let i = 1; ; i++) yield host.echo(i).args[0] } const it = each(); it.next(); it.next(); it.next().value",
		"host.echo({ toJSON: () => host.echo(2).args[0] }).args[0]", "({ x: () => host })",
	))
}

func BenchmarkProgramCall(b *testing.B) {
	g := newGuest(b)
	job := g.Job()
	job.Request = g.Encode(b, langtest.Step{Op: langtest.OpLoad, Flags: langtest.FlagFresh, Function: "add", Code: "function add(a, b) { return a + b }"})
	_, program, err := g.Module.Load(context.Background(), job, nil)
	require.NoError(b, err)
	job = g.Job()
	b.Run("execute", func(b *testing.B) {
		job.Request = g.Encode(b, langtest.Step{Op: langtest.OpExecute, Flags: langtest.FlagFresh | langtest.FlagLast, Function: "add", Code: "function add(a, b) { return a + b }", Args: []any{1, 2}})
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
		job.Request = g.Encode(b, langtest.Step{Op: langtest.OpExecute, Flags: langtest.FlagFresh | langtest.FlagLast, Function: "f", Code: "const { host } = require('funcbox'); function f(n) { for (let i = 0; i < n; i++) host.add(i, 2) }", Args: []any{b.N}})
		b.ResetTimer()
		out, err := g.Module.Run(context.Background(), job)
		require.NoError(b, err)
		require.NoError(b, out.Err)
	})
}
