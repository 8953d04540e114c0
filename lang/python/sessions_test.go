package python_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/wasm"
)

// TestSession: state stays from request to request.
func TestSession(t *testing.T) {
	e := newEngine(t)
	t.Run("names", func(t *testing.T) {
		s := e.start(t)
		require.Nil(t, s.run("import math\nfrom json import *\nx = 1\ndef f(y=1): return x + y\nclass C: pass\nc = C()"))
		require.Equal(t, int64(2), s.run("f()"))
		require.Equal(t, int64(11), s.call("f", 10))
		require.Equal(t, int64(11), s.call("", 10), "the only public function")
		require.Nil(t, s.run("x = 100"))
		require.Equal(t, int64(110), s.call("f", 10))
		require.Equal(t, []any{"[1]", 3.0, "__main__"}, s.run("[dumps([1]), math.sqrt(9), C.__module__]"))
		require.Equal(t, int64(7), s.run("def f(): return 7\nreturn f()"))
		require.Equal(t, int64(7), s.call("f"))
		require.Nil(t, s.run("f"), "not meant as a result")
		require.Nil(t, s.run("print(5)"))
		require.Equal(t, "5\n", s.stdout.String())
	})
	t.Run("arguments", func(t *testing.T) {
		s := e.start(t)
		got := s.ask(ask{op: opRun, code: "[args, kwargs]", args: []any{1}, kwargs: map[string]any{"k": 2}})
		require.Equal(t, []any{[]any{int64(1)}, map[string]any{"k": int64(2)}}, got.Value)
		require.Equal(t, []any{}, s.run("args"))
		require.Equal(t, "mine", s.run("args = 'mine'\nargs"))
		require.Equal(t, "mine", s.run("args"), "a variable of the program's own stays")
		require.Equal(t, []any{int64(3)}, s.ask(ask{op: opRun, code: "args", args: []any{3}}).Value)
	})
	t.Run("errors leave the state", func(t *testing.T) {
		s := e.start(t)
		s.run("x = 1\ndef f(): raise ValueError('mine')")
		got := s.ask(ask{op: opRun, code: "x = 2\n1 / 0\nx = 3"}).Error
		require.Equal(t, "ZeroDivisionError", got.Type)
		require.Equal(t, int64(2), s.run("x"))
		require.Equal(t, "ValueError", s.ask(ask{op: opCall, function: "f"}).Error.Type)
		require.Equal(t, "SyntaxError", s.ask(ask{op: opRun, code: "x = ("}).Error.Type)
		require.Equal(t, "TypeError", s.ask(ask{op: opRun, code: "return print"}).Error.Type)
		require.Equal(t, "FunctionNotFound", s.ask(ask{op: opCall, function: "g"}).Error.Type)
		require.Equal(t, "RecursionError", s.ask(ask{op: opRun, code: "def dive(): return dive()\ndive()"}).Error.Type)
		for range 3 {
			got = s.ask(ask{op: opRun, code: "kept = x\nwhile True: kept = (kept, bytearray(1 << 20))"}).Error
			require.Equal(t, "MemoryError", got.Type)
			require.Equal(t, "out of memory", got.Message)
			require.Nil(t, s.run("del kept"))
		}
		require.Equal(t, int64(2), s.run("x"))
	})
	t.Run("stacks name the code that each function came from", func(t *testing.T) {
		s := e.start(t)
		s.run("def first(): return 1 / 0  # the first\n")
		s.run("\ndef second():\n    return first()  # the second\n")
		got := s.ask(ask{op: opRun, code: "second()  # the third"}).Error
		require.Equal(t, `Traceback (most recent call last):
  File "main.py", line 1, in <module>
    second()  # the third
    ~~~~~~^^
  File "main.py", line 3, in second
    return first()  # the second
  File "main.py", line 1, in first
    def first(): return 1 / 0  # the first
                        ~~^~~
ZeroDivisionError: division by zero
`, got.Stack)
		got = s.ask(ask{op: opRun, file: "cell 4.py", code: "first()"}).Error
		require.Contains(t, got.Stack, "File \"cell 4.py\", line 1, in <module>\n    first()\n")
		require.Contains(t, got.Stack, "def first(): return 1 / 0  # the first\n")
		require.Equal(t, "def first(): return 1 / 0  # the first\n", s.run("import inspect\ninspect.getsource(first)"))
		require.Contains(t, s.ask(ask{op: opCall, function: "second"}).Error.Stack, "return first()  # the second\n")
		require.Contains(t, s.ask(ask{op: opRun, code: "x = 1\n\nx = 'ends\n"}).Error.Stack, "line 3\n    x = 'ends\n")
	})
	t.Run("tasks", func(t *testing.T) {
		s := e.start(t)
		s.run("import asyncio\nseen = []\nlock = asyncio.Lock()\nasync def work(n):\n    for i in range(n):\n        await asyncio.sleep(0)\n        seen.append(i)\n    return n")
		require.Equal(t, int64(0), s.run("task = asyncio.create_task(work(5))\nawait asyncio.sleep(0)\nlen(seen)"))
		require.Equal(t, int64(5), s.run("await task"))
		require.Equal(t, int64(3), s.call("work", 3))
		require.Equal(t, true, s.run("async with lock: pass\nasync with lock: locked = lock.locked()\nlocked"))
		require.Equal(t, int64(2), s.run("asyncio.run(work(2))"))
		require.Equal(t, int64(4), s.run("await work(4)"))
		s.run("async def waits():\n    try: await asyncio.sleep(3600)\n    finally: print('canceled')\nleft = asyncio.create_task(waits())\nawait asyncio.sleep(0)")
		require.Empty(t, s.stdout.String())
		s.ask(ask{op: opEnd})
		require.Equal(t, "canceled\n", s.stdout.String())
	})
	t.Run("its end", func(t *testing.T) {
		s := e.start(t)
		s.run("import atexit\natexit.register(print, 'handler')\nclass C:\n    def __del__(self): print('deleted')\nc = C()\nleft = open('left', 'w')\n_ = left.write('left')\nprint('unfinished', end=' ')")
		require.Equal(t, "unfinished ", s.stdout.String())
		s.run("print(1)")
		require.Equal(t, "1\n", s.stdout.String())
		require.Nil(t, s.ask(ask{op: opEnd}).Value)
		require.Equal(t, "handler\ndeleted\n", s.stdout.String())
	})
	t.Run("random numbers go on", func(t *testing.T) {
		s := e.start(t)
		s.run("import random\nrandom.seed(1)\nexpected = random.Random(1)")
		require.Equal(t, true, s.run("random.random() == expected.random()"))
		require.Equal(t, true, s.run("random.random() == expected.random()"))
	})
	t.Run("code loaded as a module", func(t *testing.T) {
		s := e.start(t)
		require.Nil(t, s.ask(ask{op: opLoad, code: "x = 5\ndef f(): return x\n", function: "f"}).Error)
		require.Equal(t, int64(5), s.call("f"))
		require.Equal(t, int64(6), s.run("x = 6\nf()"))
		listing := s.ask(ask{op: opLoad, code: "def g(): return f() + 1\n", function: "g"})
		names, _ := functionsOf(t, listing.Value)
		require.Equal(t, []string{"f", "g"}, names)
		require.Equal(t, int64(7), s.call("g"))
	})
	t.Run("exit", func(t *testing.T) {
		for code, want := range map[string]uint32{"import sys\nsys.exit()": 0, "exit(3)": 3} {
			s := e.start(t)
			s.run("import atexit\natexit.register(print, 'handler')")
			job := e.job(t, ask{op: opRun, code: code})
			out, err := s.session.Run(context.Background(), job)
			require.NoError(t, err)
			require.Equal(t, wasm.Exited, out.Ending)
			require.Equal(t, want, out.ExitCode)
			require.Equal(t, "handler\n", e.stdout.String())
		}
	})
	t.Run("a copy", func(t *testing.T) {
		s := e.start(t)
		s.run("import random\nx = [1]\ndef f(): x.append(random.random())\nf()")
		copied, err := s.session.Photograph()
		require.NoError(t, err)
		t.Cleanup(copied.Close)
		drawn := map[any]bool{}
		for range 3 {
			out, err := copied.Run(context.Background(), e.job(t, ask{op: opRun, flags: fresh, code: "f()\nx"}, ask{op: opEnd}))
			require.NoError(t, err)
			require.Nil(t, reply(t, out).Error)
			out, err = copied.Run(context.Background(), e.job(t, ask{op: opRun, flags: fresh | last, code: "f()\nx"}))
			require.NoError(t, err)
			list := reply(t, out).Value.([]any)
			require.Len(t, list, 3)
			drawn[list[2]] = true
		}
		require.Len(t, drawn, 3)
		require.Equal(t, int64(2), s.run("len(x)"))
	})
}
