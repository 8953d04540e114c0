package python_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const listedCode = `
import functools, contextlib
from dataclasses import dataclass
from json import dumps

class Options: pass

def plain(a: int, b: "str | None" = "x", /, c: list[int] = [1, 2], *rest: float, d=(), e: Options = Options(), f: bool, **others: dict) -> "bool":
    """Does it.

    Carefully.
    """

async def later(x: Options | None = None, y=float("inf")): pass
def hidden(_password="\ud800"): pass
def _private(x): pass
double = lambda x, k={}: x * 2
triple = functools.partial(lambda n, x: n * x, 3)

@functools.cache
def cached(x): return x + 1

def traced(function):
    @functools.wraps(function)
    def wrapper(*args): return function(*args)
    return wrapper

@traced
def decorated(x: int, y=1): return x

class Thing:
    def __init__(self, size=1): pass
    def method(self, x, *, option: Options = None): pass
    def _inner(self): pass
    @staticmethod
    def static(x): pass
    @classmethod
    def make(cls, x): pass
    @property
    def prop(self): raise RuntimeError
    class Inner:
        @staticmethod
        def deep(): pass

@dataclass
class Needs:
    x: int
    def unreachable(self): pass
    @classmethod
    def reachable(cls): pass

class Odd:
    def __call__(self): pass
    @property
    def __signature__(self): raise SystemExit(3)
    __name__ = "odd"

odd = Odd()
thing = Thing()
`

func functionsOf(t *testing.T, listing any) (names []string, functions map[string]map[string]any) {
	t.Helper()
	functions = map[string]map[string]any{}
	for _, each := range listing.(map[string]any)["functions"].([]any) {
		function := each.(map[string]any)
		names = append(names, function["name"].(string))
		functions[function["name"].(string)] = function
	}
	return names, functions
}

func TestListing(t *testing.T) {
	e := newEngine(t)
	listing := e.result(t, ask{op: opLoad, flags: fresh, code: listedCode, function: "plain"})
	require.Equal(t, "module", listing.(map[string]any)["kind"])
	require.NotContains(t, listing, "only")
	names, functions := functionsOf(t, listing)
	require.Equal(t, []string{
		"plain", "later", "hidden", "_private", "double", "triple", "cached", "traced", "decorated",
		"Thing.method", "Thing.static", "Thing.make", "Thing.Inner.deep", "Needs.reachable", "odd",
	}, names)
	type m = map[string]any
	x := []any{m{"name": "x", "kind": "either", "required": true}}
	for name, want := range map[string]m{
		"plain": {
			"name": "plain", "public": true, "exact": true, "doc": "Does it.\n\nCarefully.", "returns": "bool",
			"params": []any{
				m{"name": "a", "kind": "positional", "required": true, "type": "int"},
				m{"name": "b", "kind": "positional", "default": "x", "type": "str | None"},
				m{"name": "c", "kind": "either", "default": []any{int64(1), int64(2)}, "type": "list[int]"},
				m{"name": "rest", "kind": "rest", "type": "float"},
				m{"name": "d", "kind": "keyword", "defaultText": "()"},
				m{"name": "e", "kind": "keyword", "defaultText": "Options()", "type": "Options"},
				m{"name": "f", "kind": "keyword", "required": true, "type": "bool"},
				m{"name": "others", "kind": "keywordRest", "type": "dict"},
			},
		},
		"later": {"name": "later", "public": true, "exact": true, "params": []any{
			m{"name": "x", "kind": "either", "default": nil, "type": "Options | None"},
			m{"name": "y", "kind": "either", "defaultText": `float("inf")`},
		}},
		"hidden":           {"name": "hidden", "public": true, "exact": true, "params": []any{m{"name": "_password", "kind": "either", "defaultText": `"\ud800"`}}},
		"_private":         {"name": "_private", "exact": true, "params": x},
		"double":           {"name": "double", "public": true, "exact": true, "params": []any{x[0], m{"name": "k", "kind": "either", "default": m{}}}},
		"triple":           {"name": "triple", "public": true, "params": x},
		"cached":           {"name": "cached", "public": true, "exact": true, "params": x},
		"decorated":        {"name": "decorated", "public": true, "params": []any{m{"name": "x", "kind": "either", "required": true, "type": "int"}, m{"name": "y", "kind": "either", "default": int64(1)}}},
		"Thing.method":     {"name": "Thing.method", "exact": true, "params": []any{x[0], m{"name": "option", "kind": "keyword", "default": nil, "type": "Options"}}},
		"Thing.static":     {"name": "Thing.static", "exact": true, "params": x},
		"Thing.make":       {"name": "Thing.make", "exact": true, "params": x},
		"Thing.Inner.deep": {"name": "Thing.Inner.deep", "exact": true, "params": []any{}},
		"odd":              {"name": "odd", "public": true},
	} {
		require.Equal(t, want, functions[name], name)
	}

	t.Run("the function that is named", func(t *testing.T) {
		for name, exact := range map[string]any{
			"dumps": true, "functools.wraps": true, "Thing.method": true, "Thing._inner": true, "thing.method": nil, "Thing": nil, "len": "missing",
			"Thing.prop": "missing", "Thing.nothing": "missing", "nothing": "missing", "Needs.unreachable": true, "a b": "missing",
		} {
			_, functions := functionsOf(t, e.result(t, ask{op: opLoad, flags: fresh, code: listedCode, function: name}))
			if exact == "missing" {
				require.NotContains(t, functions, name)
			} else {
				require.Contains(t, functions, name)
				require.Equal(t, exact, functions[name]["exact"], name)
			}
		}
	})
	t.Run("annotations from the future", func(t *testing.T) {
		_, functions := functionsOf(t, e.result(t, ask{op: opLoad, flags: fresh, code: "from __future__ import annotations\ndef f(x: Undefined[int]) -> 'also': pass", function: "f"}))
		require.Equal(t, "Undefined[int]", functions["f"]["params"].([]any)[0].(map[string]any)["type"])
		require.Equal(t, "also", functions["f"]["returns"])
	})
	t.Run("many", func(t *testing.T) {
		var code strings.Builder
		for i := range 1200 {
			fmt.Fprintf(&code, "def f%d(a, b: int = %d): return a\n", i, i)
		}
		names, _ := functionsOf(t, e.result(t, ask{op: opLoad, flags: fresh, code: code.String(), function: "f3"}))
		require.Len(t, names, 1000)
		require.Equal(t, "f999", names[999])
		names, _ = functionsOf(t, e.result(t, ask{op: opLoad, flags: fresh, code: code.String(), function: "f1100"}))
		require.Equal(t, "f1100", names[1000])
	})
	t.Run("beyond what the host takes", func(t *testing.T) {
		long, parameters := strings.Repeat("x", 20_000), make([]string, 1100)
		for i := range parameters {
			parameters[i] = fmt.Sprintf("p%d", i)
		}
		code := "def " + long + "(): pass\nclass " + long + "X:\n    @staticmethod\n    def f(): pass\ndef a(" + long + "): pass\ndef b(" + strings.Join(parameters, ", ") + "): pass\n" +
			"def c(x=" + strings.Repeat("[", 90) + strings.Repeat("]", 90) + ", y='" + long + "', z=[" + strings.Repeat("0,", 200) + "]):\n    '" + long + "'\n"
		names, functions := functionsOf(t, e.result(t, ask{op: opLoad, flags: fresh, code: code, function: "b"}))
		require.Equal(t, []string{"a", "b", "c"}, names)
		require.Equal(t, map[string]any{"name": "a", "public": true}, functions["a"])
		require.Equal(t, map[string]any{"name": "b", "public": true}, functions["b"])
		require.Len(t, functions["c"]["doc"], 9999+len("…"))
		for _, parameter := range functions["c"]["params"].([]any) {
			require.LessOrEqual(t, len(parameter.(map[string]any)["defaultText"].(string)), 1003)
		}
	})
	t.Run("objects that do not want to be asked", func(t *testing.T) {
		code := "class Bad:\n    def __getattribute__(self, name): raise KeyboardInterrupt\n    def __call__(self): pass\nbad = Bad()\ndef f(): pass\n"
		names, _ := functionsOf(t, e.result(t, ask{op: opLoad, flags: fresh, code: code, function: "f"}))
		require.Equal(t, []string{"f"}, names)
	})
}

// TestLoad: what is loaded as a module and what is left as a body to run, and that both
// ways to a result are the same.
func TestLoad(t *testing.T) {
	e := newEngine(t)
	for _, test := range []struct {
		name, code string
		only       string // empty: a body
		args       []any
		want       any
	}{
		{"one function", "def f(x=1): return x", "f", nil, int64(1)},
		{"with arguments", "def f(x): return x\nprint('top')", "f", []any{7}, int64(7)},
		{"a private one besides", "def _g(): pass\ndef f(): return 3", "f", nil, int64(3)},
		{"a coroutine", "import asyncio\nawait asyncio.sleep(0)\nasync def f(): return 4", "", nil, nil},
		{"a coroutine with arguments", "import asyncio\nawait asyncio.sleep(0)\nasync def f(x): return x", "f", []any{4}, int64(4)},
		{"a script", "x = 1\nprint(x)\nx + 1", "", nil, int64(2)},
		{"a helper of a script", "def f(): return 5\nf() + 1", "", nil, int64(6)},
		{"a body with return", "def f(x): return x\nreturn f(args[0]) + 1", "", []any{1}, int64(2)},
		{"arguments by their names", "def f(x): return x\nf(args[0]) + 1", "", []any{1}, int64(2)},
		{"arguments by their names, and several functions", "def f(x): pass\ndef g(x): pass\n[*args]", "", []any{1}, []any{int64(1)}},
		{"a variable of that name", "args = 3\ndef f(x): return x + args", "f", []any{1}, int64(4)},
		{"__all__", "__all__ = ['g']\ndef f(x): pass\ndef g(x): return x", "g", []any{6}, int64(6)},
		{"made at run time", "exec('def f(x): return x')", "", []any{8}, int64(8)},
		{"a main guard", "def main(): return 9\nif __name__ == '__main__':\n    print('main')", "", nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			load := ask{op: opLoad, flags: fresh, code: test.code, args: nil}
			if test.args != nil {
				load.flags |= hasArgs
			}
			listing := e.result(t, load).(map[string]any)
			printed := e.stdout.String()
			require.Equal(t, test.want, e.result(t, ask{op: opExecute, flags: fresh | last, code: test.code, args: test.args}))
			if test.only == "" {
				require.Equal(t, map[string]any{"kind": "body"}, listing)
				require.Empty(t, printed, "nothing of a body is run")
				require.Equal(t, test.want, e.result(t, load, ask{op: opExecute, flags: last, code: test.code, args: test.args}))
				return
			}
			require.Equal(t, test.only, listing["only"])
			require.Equal(t, test.want, e.result(t, load, ask{op: opCall, flags: last, args: test.args}))
		})
	}
	t.Run("several functions", func(t *testing.T) {
		for _, test := range []struct {
			code, kind string
			flags      uint64
		}{
			{"def f(x): pass\ndef g(x): pass\n", "module", 0},
			{"def f(x): pass\ndef g(x): pass\nfor i in range(3): pass\n", "body", 0},
			{"def f(x): pass\ndef g(x): pass\nfor i in range(3): pass\n", "module", hasArgs},
			{"class Api:\n    @staticmethod\n    def f(): pass\nApi.x = len('x')\nprint()\n", "module", hasArgs},
			{"from json import loads, dumps\n", "module", hasArgs},
			{"for i in range(3): pass\n", "body", hasArgs},
			{"", "body", hasArgs},
		} {
			listing := e.result(t, ask{op: opLoad, flags: fresh | test.flags, code: test.code}).(map[string]any)
			require.Equal(t, test.kind, listing["kind"], test.code)
			require.NotContains(t, listing, "only")
		}
	})
	t.Run("several at run time", func(t *testing.T) {
		const code = "import functools\ndef f(x): return x\ng = functools.cache(f)\n"
		for _, asked := range [][]ask{
			{{op: opExecute, flags: fresh | last, code: code, args: []any{1}}},
			{{op: opLoad, flags: fresh | hasArgs, code: code}, {op: opCall, flags: last, args: []any{1}}},
		} {
			out, err := e.module.Run(t.Context(), e.job(t, asked...))
			require.NoError(t, err)
			got := reply(t, out).Error
			require.NotNil(t, got)
			require.Equal(t, "FunctionNotFound", got.Type)
			require.Equal(t, "no function is named, and the code has several: f, g", got.Message)
		}
	})
	t.Run("the end of the program comes with the last request", func(t *testing.T) {
		const code = "import atexit\natexit.register(print, 'handler')\nclass C:\n    def __del__(self): print('deleted')\nc = C()\nleft = open('left', 'w')\nleft.write('left')\nprint('top', end=' ')\ndef f(): print('called')\n"
		e.result(t, ask{op: opLoad, flags: fresh, code: code, function: "f"})
		require.Equal(t, "top ", e.stdout.String())
		e.result(t, ask{op: opLoad, flags: fresh, code: code, function: "f"}, ask{op: opCall, flags: last, function: "f"})
		require.Equal(t, "top called\nhandler\ndeleted\n", e.stdout.String())
	})
}
