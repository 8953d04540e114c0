package python_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/python"
)

// endless are recursions without an end through as many parts of the interpreter as
// there are, most of them written in C. The limits that the interpreter is built
// with have to end each before the stack does.
var endless = map[string]string{
	"function":   "def f(): return f()\nf()",
	"repr":       "class A:\n  def __repr__(self): return repr(A())\nrepr(A())",
	"getattr":    "class A:\n  def __getattr__(self, n): return getattr(self, n + 'x')\nA().b",
	"add":        "class A:\n  def __add__(s, o): return s + o\nA() + A()",
	"less":       "class A:\n  def __lt__(s, o): return sorted([A(), A()])\nsorted([A(), A()])",
	"key":        "def k(x): return sorted([1, 2], key=k)\nk(1)",
	"exec":       "def f(): exec('f()')\nf()",
	"eval":       "c = 'eval(c)'\neval(c)",
	"format":     "class A:\n  def __format__(s, f): return format(A(), '')\nf'{A()}'",
	"index":      "class A:\n  def __index__(s): return int(A())\nint(A())",
	"iter":       "class A:\n  def __iter__(s): return iter(A())\nlist(A())",
	"getitem":    "class A:\n  def __getitem__(s, i): return A()[i]\nA()[1]",
	"property":   "class A:\n  @property\n  def x(s): return A().x\nA().x",
	"setattr":    "class A:\n  def __setattr__(s, n, v): s.y = v\nA().x = 1",
	"map":        "f = lambda x: list(map(f, [1]))\nf(1)",
	"reduce":     "import functools\ndef f(a, b): return functools.reduce(f, [1, 2])\nf(1, 2)",
	"sub":        "import re\ndef f(m): return re.sub('a', f, 'a')\nf(1)",
	"instance":   "class M(type):\n  def __instancecheck__(c, o): return isinstance(o, c)\nclass A(metaclass=M): pass\nisinstance(1, A)",
	"reversed":   "class A:\n  def __reversed__(s): return reversed(A())\nreversed(A())",
	"struct":     "import struct\nclass A:\n  def __index__(s): return struct.pack('i', A())\nstruct.pack('i', A())",
	"decimal":    "from decimal import Decimal\nclass D:\n  def __radd__(s, o): return Decimal(1) + D()\nDecimal(1) + D()",
	"stack":      "import contextlib\ndef f():\n  with contextlib.ExitStack() as s: s.callback(f)\nf()",
	"getter":     "import operator\nclass A:\n  def __getattr__(s, n): return operator.attrgetter(n + 'a')(s)\nA().x",
	"repr list":  "l = []\nfor _ in range(100000): l = [l]\nrepr(l)",
	"compare":    "a = []; b = []\nfor _ in range(100000): a = [a]; b = [b]\na == b",
	"json":       "import json\njson.loads('[' * 100000)",
	"json dumps": "import json\nl = []\nfor _ in range(100000): l = [l]\njson.dumps(l)",
	"pickle":     "import pickle\nl = []\nfor _ in range(100000): l = [l]\npickle.dumps(l)",
	"bottom": "class A:\n  def __iter__(s):\n    try: return iter(A())\n    except RecursionError: l = []\n    for _ in range(9999): l = [l]\n" +
		"    return repr(l)\nlist(A())",
}

// TestRecursion: an endless recursion is a RecursionError, also for a program that
// takes away the limit on its own functions.
func TestRecursion(t *testing.T) {
	ctx := context.Background()
	executor, err := funcbox.New(ctx, funcbox.WithLanguages(python.Language()))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, executor.Close(ctx)) })
	for name, code := range endless {
		t.Run(name, func(t *testing.T) {
			for _, limit := range []string{"", "import sys; sys.setrecursionlimit(10**9)\n"} {
				if name == "function" && limit != "" {
					continue // its frames are on the heap: it goes on until memory runs out
				}
				result, err := executor.Execute(ctx, funcbox.Request{Language: "python", Code: limit + code})
				require.NoError(t, err)
				require.NotNil(t, result.Error, "limit %q", limit)
				require.Equal(t, "RecursionError", result.Error.Type, "limit %q: %.200s", limit, result.Error.Message)
				require.True(t, strings.HasPrefix(result.Error.Message, "maximum recursion depth exceeded"), "%.200s", result.Error.Message)
			}
		})
	}
	t.Run("compiler", func(t *testing.T) {
		code := "class A:\n  def __iter__(s):\n    try: return iter(A())\n    except RecursionError: compile('lambda:' * 100000 + '1', 'x', 'exec')\nlist(A())"
		result, err := executor.Execute(ctx, funcbox.Request{Language: "python", Code: "import sys; sys.setrecursionlimit(10**9)\n" + code})
		require.NoError(t, err)
		require.NotNil(t, result.Error)
		require.Equal(t, "MemoryError", result.Error.Type)
		require.Contains(t, result.Error.Message, "too complex to parse")
	})
}
