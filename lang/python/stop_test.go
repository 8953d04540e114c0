package python_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
)

// TestStop: a call is ended wherever it is, and its code cannot hold that up.
func TestStop(t *testing.T) {
	executor := newExecutor(t)
	for _, test := range []struct{ name, code string }{
		{"except", "while True:\n    try:\n        while True: pass\n    except BaseException:\n        pass"},
		{"finally", "try:\n    while True: pass\nfinally:\n    while True: pass"},
		{"with", "import contextlib\nwith contextlib.suppress(BaseException):\n    while True: pass\nwhile True: pass"},
		{"generator", "def g():\n    while True:\n        try: yield\n        finally: pass\nfor _ in g(): pass"},
		{"regular expression", "import re\nre.match(r'(a+)+$', 'a' * 100 + 'b')"},
		{"power", "pow(10, 10**8)"},
		{"integer to text", "import sys\nsys.set_int_max_str_digits(0)\nstr(1 << 40_000_000)"},
		{"multiplication", "x = 3\nwhile True: x *= x"},
		{"factorial", "import math\nmath.factorial(3_000_000)"},
		{"decimal", "from decimal import *\ngetcontext().prec = 10_000_000\nDecimal(2).exp()"},
		{"sorting", "import random\nwhile True: sorted(random.random() for _ in range(300_000))"},
		{"sorting with a key", "[*range(1_000_000)].sort(key=lambda x: [*range(1000)].index(x % 1000))"},
		{"comprehension", "sum(x * y for x in range(10**6) for y in range(10**6))"},
		{"iterators in C", "import itertools, collections\ncollections.deque(itertools.repeat(0), maxlen=0)"},
		{"search", "x = 'a' * 5_000_000\nwhile True: (x + 'b').find('a' * 100_000 + 'c')"},
		{"copying", "x = bytearray(30_000_000)\nwhile True: x[1:] = x[:-1]"},
		{"JSON", "import json\nx = [1] * 1000\nx = [x] * 1000\nx = [x] * 1000\njson.dumps(x)"},
		{"deep JSON", "import json\nx = []\nfor _ in range(900): x = [x, x]\njson.dumps(x)"},
		{"repr", "x = []\nfor _ in range(900): x = [x, x]\nrepr(x)"},
		{"comparison", "def deep():\n    x = []\n    for _ in range(900): x = [x, x]\n    return x\ndeep() == deep()"},
		{"hashing", "import hashlib\nwhile True: hashlib.sha256(bytes(10_000_000))"},
		{"compression", "import lzma, random\ndata = random.randbytes(3_000_000)\nwhile True: lzma.compress(data)"},
		{"decompression", "import zlib\npacked = zlib.compress(bytes(100_000_000))\nwhile True: zlib.decompress(packed)"},
		{"database", "import sqlite3\nsqlite3.connect(':memory:').execute('with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n').fetchone()"},
		{"XML", "import xml.etree.ElementTree as tree\nwhile True: tree.fromstring('<a>' * 5000 + '</a>' * 5000)"},
		{"compiler", "code = 'x = ' + '+'.join(['1'] * 20_000)\nwhile True:\n    try: compile(code, 'x', 'exec')\n    except RecursionError: pass"},
		{"import", "import sys, importlib, asyncio\nwhile True: importlib.reload(asyncio.base_events)"},
		{"sleep", "import time\ntry:\n    time.sleep(3600)\nfinally:\n    time.sleep(3600)"},
		{"asyncio sleep", "import asyncio\nasync def main():\n    try:\n        await asyncio.sleep(3600)\n    finally:\n        await asyncio.sleep(3600)\nasyncio.run(main())"},
		{"asyncio loop", "import asyncio\nasync def main():\n    while True: await asyncio.sleep(0)\nasyncio.run(main())"},
		{"deleting", "class C:\n    def __del__(self):\n        while True: pass\nc = C()\ndel c"},
		{"deleting at the end", "class C:\n    def __del__(self):\n        while True: pass\nc = C()"},
		{"exit handler", "import atexit\n@atexit.register\ndef forever():\n    while True: pass"},
		{"exit handler after exit", "import atexit, sys\n@atexit.register\ndef forever():\n    while True: pass\nsys.exit(3)"},
		{"text of an error", "class E(Exception):\n    def __str__(self):\n        while True: pass\nraise E"},
		{"excepthook", "import sys\ndef hook(*args):\n    while True: pass\nsys.excepthook = hook\n1 / 0"},
		{"result", "def forever():\n    while True: yield 1\nreturn iter(int, 1)"},
		{"result that converts itself", "class Mine:\n    def __index__(self):\n        while True: pass\nreturn Mine()"},
		{"trace function", "import sys\ndef trace(*args):\n    while True: pass\nsys.settrace(trace)\n(lambda: 0)()"},
		{"signal handler", "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"},
		{"reading nothing", "while True: open('/tmp/x', 'a').close()"},
	} {
		t.Run(test.name, func(t *testing.T) {
			res := execute(t, executor, funcbox.Request{Code: test.code, Limits: funcbox.Limits{Timeout: 150 * time.Millisecond, MemoryBytes: 1 << 30}})
			require.Equal(t, funcbox.StatusTimeout, res.Status, "%v %+v", res.Value, res.Error)
			require.Equal(t, "Timeout", res.Error.Type)
			require.Less(t, res.Meta.Duration, 20*time.Second, "as little as it may be on a busy machine, and not the work itself")
		})
	}
	t.Run("waiting for input", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		res, err := executor.Execute(ctx, funcbox.Request{
			Language: "python", Code: "try:\n    input()\nexcept BaseException:\n    pass",
			Stdin: readerFunc(func([]byte) (int, error) { cancel(); <-ctx.Done(); select {} }),
		})
		require.NoError(t, err)
		require.Equal(t, funcbox.StatusTerminated, res.Status)
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// TestShortage: what runs out is an error that the program can handle.
func TestShortage(t *testing.T) {
	executor := newExecutor(t)
	t.Run("memory", func(t *testing.T) {
		for _, test := range []struct{ name, code string }{
			{"one large", "bytearray(1 << 30)"},
			{"a list", "x = []\nwhile True: x.append(bytes(100_000))"},
			{"many small", "x = []\nwhile True: x.append({'a': len(x)})"},
			{"text", "x = 'ä'\nwhile True: x += x"},
			{"integer", "x = 7\nwhile True: x <<= 1_000_000"},
			{"range as list", "[*range(10**9)]"},
			{"a global", "import json\njson.kept = x = []\nwhile True: x.append([0] * 1000)"},
		} {
			t.Run(test.name, func(t *testing.T) {
				res := execute(t, executor, funcbox.Request{Code: test.code, Limits: funcbox.Limits{MemoryBytes: 64 << 20}})
				require.Equal(t, funcbox.StatusError, res.Status, "%+v", res.Error)
				require.Equal(t, "MemoryError", res.Error.Type)
				require.Equal(t, "out of memory", res.Error.Message)
				require.Contains(t, res.Error.Stack, "main.py")
			})
		}
		res := execute(t, executor, funcbox.Request{Code: "try:\n    bytearray(1 << 30)\nexcept MemoryError:\n    pass\nlen(bytearray(1 << 20))", Limits: funcbox.Limits{MemoryBytes: 64 << 20}})
		require.Equal(t, int64(1<<20), res.Value, "%+v", res.Error)
	})
	t.Run("stack", func(t *testing.T) {
		for _, test := range []struct{ name, code, kind string }{
			{"functions", "def f(): f()\nf()", "RecursionError"},
			{"methods", "class C:\n    def __getattr__(self, name): return getattr(self, name + 'x')\nC().a", "RecursionError"},
			{"repr", "x = []\nfor _ in range(100_000): x = [x]\nrepr(x)", "RecursionError"},
			{"comparison", "def deep():\n    x = []\n    for _ in range(100_000): x = [x]\n    return x\ndeep() == deep()", "RecursionError"},
			{"JSON", "import json\nx = []\nfor _ in range(100_000): x = [x]\njson.dumps(x)", "RecursionError"},
			{"JSON that is read", "import json\njson.loads('[' * 100_000)", "RecursionError"},
			{"pickle", "import pickle\nx = []\nfor _ in range(100_000): x = [x]\npickle.dumps(x)", "RecursionError"},
			{"source", "eval('(' * 100_000)", "MemoryError"},
			{"expression", "eval('-' * 100_000 + '1')", "MemoryError"},
			{"expressions in the middle", "eval('+'.join(['1'] * 100_000))", "RecursionError"},
			{"higher limit", "import sys\nsys.setrecursionlimit(10**6)\ndef f(n): return f(n + 1)\nf(0)", "RecursionError"},
			{"higher limit, through C", "import sys\nsys.setrecursionlimit(10**6)\nclass C:\n    def __eq__(self, other): return [self] == [C()]\nC() == C()", "RecursionError"},
			{"sorting", "def f(x): return sorted([1, 2], key=f)\nf(0)", "RecursionError"},
			{"copy", "import copy\nx = []\nfor _ in range(100_000): x = [x]\ncopy.deepcopy(x)", "RecursionError"},
		} {
			t.Run(test.name, func(t *testing.T) {
				if testing.Short() && (test.name == "higher limit" || test.name == "copy") {
					t.Skip("it takes seconds")
				}
				res := execute(t, executor, funcbox.Request{Code: test.code})
				require.Equal(t, funcbox.StatusError, res.Status, "%+v", res.Error)
				require.Equal(t, test.kind, res.Error.Type)
			})
		}
		require.Equal(t, int64(990), value(t, executor, funcbox.Request{Code: "def f(n): return n and f(n - 1) + 1\nf(990)"}))
		require.Equal(t, int64(20_000), value(t, executor, funcbox.Request{Code: "import sys\nsys.setrecursionlimit(30_000)\ndef f(n): return n and f(n - 1) + 1\nf(20_000)"}))
		// What is only looked at in the end: objects that hold one another are let go.
		require.Nil(t, value(t, executor, funcbox.Request{Code: "x = None\nfor _ in range(1_000_000): x = (x,)\ndel x\nNone"}))
	})
	t.Run("files", func(t *testing.T) {
		res := execute(t, executor, funcbox.Request{Code: "x = []\nwhile True: x.append(open('/tmp/x', 'w'))"})
		require.Equal(t, "OSError", res.Error.Type)
		require.Contains(t, res.Error.Message, "No file descriptors available")
	})
}
