package python_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
)

// TestStacks: the stack is what Python prints, of the user's frames.
func TestStacks(t *testing.T) {
	executor := newExecutor(t)
	for _, test := range []struct{ name, code, function, kind, message, stack string }{
		{"cause", `
def inner():
    return {}["missing"]
def outer():
    try:
        inner()
    except KeyError as error:
        raise ValueError("outer") from error
`, "outer", "ValueError", "outer", `Traceback (most recent call last):
  File "main.py", line 6, in outer
    inner()
    ~~~~~^^
  File "main.py", line 3, in inner
    return {}["missing"]
           ~~^^^^^^^^^^^
KeyError: 'missing'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "main.py", line 8, in outer
    raise ValueError("outer") from error
ValueError: outer
`},
		{"script", "x = 1\nx.y", "", "AttributeError", "'int' object has no attribute 'y'", `Traceback (most recent call last):
  File "main.py", line 2, in <module>
    x.y
AttributeError: 'int' object has no attribute 'y'
`},
		{"body", "def f(): 1 / 0\nreturn f()", "", "ZeroDivisionError", "division by zero", `Traceback (most recent call last):
  File "main.py", line 2, in <module>
    return f()
  File "main.py", line 1, in f
    def f(): 1 / 0
             ~~^~~
ZeroDivisionError: division by zero
`},
		{"await at the top level", "import asyncio\nawait asyncio.sleep(0)\nraise KeyError(1)", "", "KeyError", "1", `Traceback (most recent call last):
  File "main.py", line 3, in <module>
    raise KeyError(1)
KeyError: 1
`},
		{"coroutine", "async def f():\n    raise LookupError('x')", "f", "LookupError", "x", `Traceback (most recent call last):
  File "main.py", line 2, in f
    raise LookupError('x')
LookupError: x
`},
		{"group", "def f():\n    raise ExceptionGroup('several', [ValueError(1), TypeError(2)])", "f", "ExceptionGroup", "several (2 sub-exceptions)", `  + Exception Group Traceback (most recent call last):
  |   File "main.py", line 2, in f
  |     raise ExceptionGroup('several', [ValueError(1), TypeError(2)])
  | ExceptionGroup: several (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | ValueError: 1
    +---------------- 2 ----------------
    | TypeError: 2
    +------------------------------------
`},
		{"class of the program", "class MyError(Exception): pass\ndef f():\n    error = MyError('mine')\n    error.add_note('a note')\n    raise error", "f", "MyError", "mine", `Traceback (most recent call last):
  File "main.py", line 5, in f
    raise error
main.MyError: mine
a note
`},
		{"class of a module", "import json\njson.loads('{')", "", "JSONDecodeError", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)", ""},
		{"syntax", "def f():\n    x = (1,\n    return x\n", "f", "SyntaxError", "'(' was never closed (main.py, line 2)", `  File "main.py", line 2
    x = (1,
        ^
SyntaxError: '(' was never closed
`},
		{"syntax the compiler finds", "x = 1\ndef f():\n    nonlocal y\n", "f", "SyntaxError", "no binding for nonlocal 'y' found (main.py, line 3)", `  File "main.py", line 3
    nonlocal y
    ^^^^^^^^^^
SyntaxError: no binding for nonlocal 'y' found
`},
		{"indentation", "if True:\nx = 1\n", "", "IndentationError", "expected an indented block after 'if' statement on line 1 (main.py, line 2)", `  File "main.py", line 2
    x = 1
    ^
IndentationError: expected an indented block after 'if' statement on line 1
`},
		{"break", "break", "", "SyntaxError", "'break' outside loop (main.py, line 1)", ""},
		{"yield", "yield 1", "", "SyntaxError", "'yield' outside function (main.py, line 1)", ""},
		{"arguments", "def f(a): pass", "f", "ArgumentError", "f(a): a is missing", ""},
		{"import", "import nowhere", "", "ModuleNotFoundError", "No module named 'nowhere'", ""},
		{"assertion", "def f(): assert 1 > 2, 'why'", "f", "AssertionError", "why", ""},
		{"no message", "raise ValueError", "", "ValueError", "", ""},
		{"text that raises", "class Odd(Exception):\n    def __str__(self): raise self\nraise Odd", "", "Odd", "<exception str() failed>", ""},
		{"text that is none", "class Odd(Exception):\n    def __str__(self): return 5\nraise Odd", "", "Odd", "<exception str() failed>", ""},
		{"text with a surrogate", `raise ValueError("a\ud800")`, "", "ValueError", `a\ud800`, ""},
		{"metaclass", "class Meta(type):\n    @property\n    def __name__(self): raise RuntimeError\nclass Odd(Exception, metaclass=Meta): pass\nraise Odd('x')", "", "Odd", "x", ""},
		{"cycle of causes", "a, b = ValueError('a'), ValueError('b')\na.__cause__ = b\nb.__cause__ = a\nraise a", "", "ValueError", "a", ""},
		{"keyboard interrupt", "raise KeyboardInterrupt('mine')", "", "KeyboardInterrupt", "mine", ""},
		{"generator exit", "raise GeneratorExit", "", "GeneratorExit", "", ""},
		{"stop iteration", "def f(): raise StopIteration(5)", "f", "StopIteration", "5", ""},
		{"changed traceback module", "import traceback\ntraceback.format_exception = traceback.TracebackException = None\nraise ValueError('x')", "", "ValueError", "x", ""},
		{"changed builtins", "import builtins\nnames = vars(builtins)\nfor name in [*names]:\n    if name[0] != '_': names[name] = None\n[].missing", "", "AttributeError", "'list' object has no attribute 'missing'", "Traceback (most recent call last):\n  File \"main.py\", line 5, in <module>\nAttributeError: 'list' object has no attribute 'missing'\n"},
		{"exception that is a value", "return 5 if args else 1 / 0", "", "ZeroDivisionError", "division by zero", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			res := execute(t, executor, funcbox.Request{Code: test.code, Function: test.function})
			require.Equal(t, funcbox.StatusError, res.Status)
			require.Equal(t, test.kind, res.Error.Type)
			require.Equal(t, test.message, res.Error.Message)
			if test.stack != "" {
				require.Equal(t, test.stack, res.Error.Stack)
			}
			require.NotContains(t, res.Error.Stack, "funcbox")
		})
	}
	t.Run("enormous", func(t *testing.T) {
		res := execute(t, executor, funcbox.Request{Code: "raise ValueError('x' * 20_000_000)"})
		require.Equal(t, "ValueError", res.Error.Type)
		require.Less(t, len(res.Error.Message), 100_000)
		require.Less(t, len(res.Error.Stack), 400_000)
		require.Contains(t, res.Error.Message, "characters cut")
	})
	t.Run("deep recursion", func(t *testing.T) {
		res := execute(t, executor, funcbox.Request{Code: "def dive(): return dive()", Function: "dive"})
		require.Equal(t, "RecursionError", res.Error.Type)
		require.Equal(t, "maximum recursion depth exceeded", res.Error.Message)
		require.Contains(t, res.Error.Stack, "[Previous line repeated ")
	})
	t.Run("excepthook", func(t *testing.T) {
		res := execute(t, executor, funcbox.Request{Code: "import sys\nsys.excepthook = lambda kind, error, frames: print('hook', kind.__name__, error, frames.tb_lineno)\nraise ValueError(1)"})
		require.Equal(t, "ValueError", res.Error.Type)
		require.Equal(t, "hook ValueError 1 3\n", res.Stdout)
	})
	t.Run("nothing of the wrapper", func(t *testing.T) {
		res := execute(t, executor, funcbox.Request{Function: "f", Code: "import inspect, sys, traceback\ndef f():\n    traceback.print_stack()\n    return [frame.filename for frame in inspect.stack()], sys._getframe().f_back"})
		require.NoError(t, res.Err(), "%+v", res.Error)
		require.Equal(t, []any{[]any{"main.py"}, nil}, res.Value)
		require.Equal(t, "  File \"main.py\", line 3, in f\n    traceback.print_stack()\n", res.Stderr)
	})
}

// TestExit: how programs end themselves.
func TestExit(t *testing.T) {
	executor := newExecutor(t)
	for _, test := range []struct {
		name, code     string
		exit           int
		stdout, stderr string
	}{
		{"a text", "import sys\nsys.exit('sorry')", 1, "", "sorry\n"},
		{"true", "import sys\nsys.exit(True)", 1, "", ""},
		{"negative", "import sys\nsys.exit(-1)", 255, "", ""},
		{"a list", "import sys\nsys.exit([1])", 1, "", "[1]\n"},
		{"handlers and buffers", "import atexit, sys\natexit.register(print, 'handler')\nprint('body', end=' ')\nraise SystemExit(4)", 4, "body handler\n", ""},
		{"without handlers", "import atexit, os\natexit.register(print, 'handler')\nprint('body')\nos._exit(5)", 5, "body\n", ""},
		{"inside a coroutine", "import asyncio, sys\nasync def main(): sys.exit(6)\nasyncio.run(main())", 6, "", ""},
		{"inside a generator of the result", "import sys\ndef f():\n    yield 1\n    sys.exit(7)\nreturn [f()]", 7, "", ""},
		{"caught", "import sys\ntry:\n    sys.exit(8)\nexcept SystemExit:\n    print('caught')\n    raise", 8, "caught\n", ""},
		{"builtin", "exit(9)", 9, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			res := execute(t, executor, funcbox.Request{Code: test.code})
			require.ErrorIs(t, res.Err(), funcbox.ErrExit)
			require.Equal(t, test.exit, res.ExitCode)
			require.Equal(t, test.stdout, res.Stdout)
			require.Equal(t, test.stderr, res.Stderr)
		})
	}
	t.Run("an error after output", func(t *testing.T) {
		res := execute(t, executor, funcbox.Request{Code: "import atexit, sys\natexit.register(print, 'handler')\nprint('body', end='|')\nsys.stderr.write('unfinished')\n1 / 0"})
		require.Equal(t, "ZeroDivisionError", res.Error.Type)
		require.Equal(t, "body|handler\n", res.Stdout)
		require.Equal(t, "unfinished", res.Stderr)
	})
	t.Run("files left open", func(t *testing.T) {
		res := execute(t, executor, funcbox.Request{Code: `
import gzip, zipfile
left = open("left.txt", "w")
left.write("left")
class Cycle: pass
cycle = Cycle()
cycle.self, cycle.file = cycle, open("cycle.txt", "wb")
cycle.file.write(b"cycle")
archive = zipfile.ZipFile("left.zip", "w")
archive.writestr("a", "b")
`})
		require.NoError(t, res.Err(), "%+v", res.Error)
		contents := map[string]int{}
		for _, change := range res.Files.Created {
			contents[strings.TrimPrefix(change.Path, "/workspace/")] = int(change.Size)
		}
		require.Equal(t, 4, contents["left.txt"])
		require.Equal(t, 5, contents["cycle.txt"])
		require.Greater(t, contents["left.zip"], 90)
	})
}
