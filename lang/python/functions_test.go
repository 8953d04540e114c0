package python_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
)

const functionsCode = `
import asyncio, functools
from json import dumps

def plain(a, b=2, /, c=3, *rest, d=4, **others): return [a, b, c, list(rest), d, others]
def required(a, *, b): return a, b
async def awaited(x):
    await asyncio.sleep(0)
    return x * 2
def generated(n):
    for i in range(n): yield i
async def generated_later(n):
    for i in range(n):
        await asyncio.sleep(0)
        yield i
async def returns_generator(): return generated(2)
async def failing(): raise LookupError("later")
double = lambda x: x * 2
triple = functools.partial(lambda n, x: n * x, 3)

@functools.cache
def cached(x): return x + 1

def traced(function):
    def wrapper(*args): return ["traced", function(*args)]
    return wrapper

@traced
def decorated(x): return x

class Thing:
    size = 7
    def __init__(self): self.made = True
    def method(self, x): return [self.made, x]
    @staticmethod
    def static(x): return x
    @classmethod
    def make(cls, x): return [cls.__name__, x]
    class Inner:
        @staticmethod
        def deep(): return "deep"
    async def later(self): return "later"
    @property
    def prop(self): return 1

thing = Thing()
class Callable:
    def __call__(self, x): return x + 100
called = Callable()
_private = lambda: "private"
größe = lambda: "é"
`

func TestFunctions(t *testing.T) {
	executor := newExecutor(t)
	for _, test := range []struct {
		function string
		args     []any
		kwargs   map[string]any
		want     any
	}{
		{"plain", []any{1}, nil, []any{int64(1), int64(2), int64(3), []any{}, int64(4), map[string]any{}}},
		{"plain", []any{1, 5, 6, 7, 8}, map[string]any{"d": 9, "a": 10, "ä": 0}, []any{int64(1), int64(5), int64(6), []any{int64(7), int64(8)}, int64(9), map[string]any{"a": int64(10), "ä": int64(0)}}},
		{"required", []any{1}, map[string]any{"b": 2}, []any{int64(1), int64(2)}},
		{"awaited", []any{4}, nil, int64(8)},
		{"generated", []any{3}, nil, []any{int64(0), int64(1), int64(2)}},
		{"generated_later", []any{3}, nil, []any{int64(0), int64(1), int64(2)}},
		{"returns_generator", nil, nil, []any{int64(0), int64(1)}},
		{"double", []any{"ab"}, nil, "abab"},
		{"triple", []any{5}, nil, int64(15)},
		{"cached", []any{5}, nil, int64(6)},
		{"decorated", []any{5}, nil, []any{"traced", int64(5)}},
		{"Thing.static", []any{5}, nil, int64(5)},
		{"Thing.make", []any{5}, nil, []any{"Thing", int64(5)}},
		{"Thing.method", []any{5}, nil, []any{true, int64(5)}},
		{"Thing.Inner.deep", nil, nil, "deep"},
		{"Thing.later", nil, nil, "later"},
		{"thing.method", []any{6}, nil, []any{true, int64(6)}},
		{"called", []any{1}, nil, int64(101)},
		{"_private", nil, nil, "private"},
		{"größe", nil, nil, "é"},
		{"gro\u0308ße", nil, nil, "é"},
		{"dumps", []any{[]any{1}}, nil, "[1]"},
	} {
		t.Run(test.function, func(t *testing.T) {
			require.Equal(t, test.want, value(t, executor, funcbox.Request{Code: functionsCode, Function: test.function, Args: test.args, Kwargs: test.kwargs}))
		})
	}
	for _, test := range []struct {
		function, kind, message string
		args                    []any
		kwargs                  map[string]any
	}{
		{"required", "ArgumentError", "required(a, *, b): b is missing", []any{1}, nil},
		{"required", "ArgumentError", "required(a, *, b): there is no parameter z", []any{1}, map[string]any{"b": 1, "z": 2}},
		{"double", "ArgumentError", "double(x): it takes 1 positional argument, 2 are given", []any{1, 2}, nil},
		{"failing", "LookupError", "later", nil, nil},
		{"missing", "FunctionNotFound", `function "missing" is not defined; the code defines: plain, required, awaited, generated, generated_later, returns_generator, failing, double, triple, cached, traced, decorated, _private, größe`, nil, nil},
		{"Thing.missing", "FunctionNotFound", `function "Thing.missing" is not defined; the code defines: plain, required, awaited, generated, generated_later, returns_generator, failing, double, triple, cached, traced, decorated, _private, größe`, nil, nil},
	} {
		t.Run(test.function, func(t *testing.T) {
			res := execute(t, executor, funcbox.Request{Code: functionsCode, Function: test.function, Args: test.args, Kwargs: test.kwargs})
			require.Equal(t, funcbox.StatusError, res.Status)
			require.Equal(t, test.kind, res.Error.Type)
			require.Equal(t, test.message, res.Error.Message)
			require.NotContains(t, res.Error.Stack, "asyncio/", "the event loop that nobody asked for")
		})
	}
	t.Run("none", func(t *testing.T) {
		res := execute(t, executor, funcbox.Request{Code: "x = 1", Function: "f"})
		require.Equal(t, `function "f" is not defined; the code defines no functions`, res.Error.Message)
	})
}

// TestBody: what is run where no function is named.
func TestBody(t *testing.T) {
	executor := newExecutor(t)
	for _, test := range []struct {
		name, code string
		args       []any
		kwargs     map[string]any
		want       any
		stdout     string
	}{
		{"the last expression", "x = 2\nx * 21", nil, nil, int64(42), ""},
		{"no expression", "x = 2", nil, nil, nil, ""},
		{"empty", "", nil, nil, nil, ""},
		{"a comment", "# nothing", nil, nil, nil, ""},
		{"return", "if args:\n    return [*args, kwargs]\nreturn 'none'", []any{1}, map[string]any{"k": 2}, []any{int64(1), map[string]any{"k": int64(2)}}, ""},
		{"return of nothing", "print('x')\nreturn", nil, nil, nil, "x\n"},
		{"return and names", "from math import *\nimport os.path as p\nx: int = 4\ndef f(): return sqrt(x)\nclass C:\n    def m(self): return f(), p.sep\nfor y in range(3): pass\ntry: 1/0\nexcept ZeroDivisionError as e: z = str(e)\n[w := 9]\nreturn C().m(), y, z, w, C.__qualname__", nil, nil, []any{[]any{2.0, "/"}, int64(2), "division by zero", int64(9), "C"}, ""},
		{"return and await", "import asyncio\nawait asyncio.sleep(0)\nreturn 'awaited'", nil, nil, "awaited", ""},
		{"return and future", "from __future__ import annotations\ndef f(x: NoSuchName): pass\nreturn f.__annotations__", nil, nil, map[string]any{"x": "NoSuchName"}, ""},
		{"await", "import asyncio\nawait asyncio.sleep(0)\n'awaited'", nil, nil, "awaited", ""},
		{"arguments", "args[0] + kwargs['b']", []any{1}, map[string]any{"b": 2}, int64(3), ""},
		{"the only function", "import json\nfrom math import sqrt\ndef _helper(): pass\ndef f(): return 5", nil, nil, int64(5), ""},
		{"the only function of all", "__all__ = ['g']\ndef f(): return 5\ndef g(): return 6", nil, nil, int64(6), ""},
		{"several helpers of a script", "def f(): return 5\ndef g(): return 6\nf() + g()", nil, nil, int64(11), ""},
		{"one function under two names", "def f(): return 5\ng = f", nil, nil, int64(5), ""},
		{"a helper of a script", "def f(): return 5\nprint(f())", nil, nil, nil, "5\n"},
		{"a helper of a script, with arguments", "def f(x): return x\nprint('top')", []any{7}, nil, int64(7), "top\n"},
		{"main guard", "def main(): print('main')\nif __name__ == '__main__':\n    main()", nil, nil, nil, "main\n"},
		{"main guard, with arguments", "def main(x): return x\nif __name__ == '__main__':\n    print(main(1))", []any{7}, nil, int64(7), ""},
		{"not meant as a result", "import re\nre.compile('x')", nil, nil, nil, ""},
		{"a function at the end", "def f(): pass\nprint('x')\nf", nil, nil, nil, "x\n"},
		{"a coroutine at the end", "async def f(): return 3\nprint()\nf()", nil, nil, int64(3), "\n"},
		{"a byte order mark", "\ufeff1 + 1", nil, nil, int64(2), ""},
		{"other line ends", "x = '''a\r\nb'''\r\nx", nil, nil, "a\nb", ""},
		{"exit", "print('x')\nimport sys\nsys.exit()", nil, nil, nil, "x\n"},
		{"exit as the site module has it", "print('x')\nexit(0)", nil, nil, nil, "x\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			res := execute(t, executor, funcbox.Request{Code: test.code, Args: test.args, Kwargs: test.kwargs})
			require.NoError(t, res.Err(), "%+v", res.Error)
			require.Equal(t, test.want, res.Value)
			require.Equal(t, test.stdout, res.Stdout)
		})
	}
	t.Run("several functions", func(t *testing.T) {
		for range 2 { // the second time they are known
			res := execute(t, executor, funcbox.Request{Code: "def f(): return 5\ndef g(): return 6"})
			require.Equal(t, "FunctionNotFound", res.Error.Type)
			require.Equal(t, "no function is named, and the code has several: f, g", res.Error.Message)
		}
	})
	t.Run("a main guard does not run for a function", func(t *testing.T) {
		res := execute(t, executor, funcbox.Request{
			Code:     "def f(): return [__name__, __file__, f.__module__]\nif __name__ == '__main__':\n    print('main')",
			Filename: "lib/tool.py", Function: "f",
		})
		require.Equal(t, []any{"tool", "/workspace/lib/tool.py", "tool"}, res.Value)
		require.Empty(t, res.Stdout)
	})
	t.Run("arguments of the program", func(t *testing.T) {
		require.Equal(t, []any{"main.py", "-x", "ä"}, value(t, executor, funcbox.Request{Code: "import sys\nsys.argv", Argv: []string{"-x", "ä"}}))
	})
}
