package python_test

import (
	"testing"
	"time"

	"github.com/funcbox/funcbox/lang/langtest"
	"github.com/funcbox/funcbox/lang/python"
)

// resetPrograms leave behind as much as they can. Each may end in any way.
var resetPrograms = [][2]string{
	{"changes builtins", `
import builtins, json
builtins.leak = 1
builtins.len = builtins.isinstance = None
del builtins.print
json.dumps = json.loads
json.JSONEncoder.leak = 2
int.__dict__`},
	{"changes types", `
import collections, dataclasses, enum, io, re
collections.OrderedDict.leak = re.Pattern
enum.Enum.leak = 1
io.StringIO.__doc__ = dataclasses.dataclass
class Sub(dict, metaclass=type): pass
collections.abc.Mapping.register(Sub)
collections.Counter.__init__ = None`},
	{"changes modules", `
import sys, os, importlib, random, decimal, locale
sys.modules["math"] = sys.modules["re"] = None
sys.path[:] = sys.meta_path[:] = sys.path_hooks[:] = []
sys.path_importer_cache.clear()
sys.stdout = sys.stderr = sys.__stdout__ = None
sys.setrecursionlimit(5000)
sys.excepthook = sys.unraisablehook = print
os.environ.clear()
os.sep = "leak"
random.seed(1)
decimal.getcontext().prec = 3
sys.intern("leak" * 3)
sys.set_int_max_str_digits(0)`},
	{"removes modules", "import sys\nfor name in [*sys.modules]:\n    if name not in ('sys', '__main__'): del sys.modules[name]\nimport json, asyncio, decimal"},
	{"collects", "import gc\ngc.unfreeze()\ngc.collect()\ngc.set_threshold(1, 1, 1)\nx = [[] for _ in range(2000)]\ngc.set_debug(gc.DEBUG_SAVEALL)\nlen(gc.get_objects())"},
	{"allocates", "all = [{'i': i, 's': 'x' * i} for i in range(5000)]\nlen(all)"},
	{"allocates large", "all = [bytearray(b'x') * (1 << 20) for i in range(8)]\nlen(all)"},
	{"allocates all", "all = []\nwhile True: all.append(bytearray(b'x') * (1 << 18))"},
	{"allocates all in small", "x = None\nwhile True: x = (x, {})"},
	{"long strings", "s = 'x'\nwhile len(s) < 1 << 21: s += s\nlen(s + ('ä𝄞' * (1 << 16)).upper())"},
	{"cycles", "import weakref\nclass C: pass\nfor _ in range(3000):\n    a, b = C(), C()\n    a.b, b.a = b, a\nw = weakref.WeakValueDictionary(x=a)\nweakref.finalize(a, print, 'gone')"},
	{"raises", "raise TypeError('no')"},
	{"raises from", "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise ExceptionGroup('all', [e, KeyError(1)]) from e"},
	{"raises something odd", "class Odd(BaseException):\n    def __str__(self): raise self\n    __repr__ = __str__\nraise Odd"},
	{"exits", "import sys\nsys.exit(3)"},
	{"exits with success", "import sys, builtins\nbuiltins.leak = 1\nsys.exit()"},
	{"exits at once", "import os\nos._exit(4)"},
	{"malformed", "fine = 1\ndef = 2"},
	{"recurses", "def dive(): return dive() + 1\ndive()"},
	{"recurses and catches", "def dive():\n    try: return dive() + 1\n    except RecursionError: return 0\ndive()"},
	{"recurses in C", "class C:\n    def __repr__(self): return repr([self])\nrepr(C())"},
	{"recurses far", "import sys\nsys.setrecursionlimit(10**6)\ndef f(n): return f(n + 1)\nf(0)"},
	{"loops", "i = 0\nwhile True: i += 1"},
	{"loops and catches", "while True:\n    try:\n        while True: pass\n    except BaseException: pass"},
	{"sleeps", "import time\ntime.sleep(3600)"},
	{"files", `
import os, pathlib
os.makedirs("/tmp/a/b")
for i in range(50): pathlib.Path(f"/tmp/a/{i}").write_text("x" * 1000 * i)
os.remove("/tmp/a/7")
os.symlink("/tmp", "/tmp/loop")
len(os.listdir("/tmp/a"))`},
	{"descriptors", "import os\nopen_files = []\nfor fd in (0, 1, 2): os.close(fd)\nwhile True: open_files.append(open('/tmp/f', 'w'))"},
	{"working directory", "import os\nos.mkdir('/tmp/d')\nos.chdir('/tmp/d')"},
	{"imports", "import sqlite3, xml.etree.ElementTree as tree, zipfile, email.message, unittest, http.client, argparse, lzma, zoneinfo\nzoneinfo.ZoneInfo('Europe/Berlin')\nsqlite3.connect(':memory:').execute('select 1').fetchall() + [len(tree.fromstring('<a><b/></a>'))]"},
	{"imports its own", "import sys, pathlib\npathlib.Path('own.py').write_text('x = 1')\nsys.dont_write_bytecode = False\nimport own\nown.x"},
	{"asyncio", "import asyncio\nasync def main():\n    tasks = [asyncio.create_task(asyncio.sleep(i % 3 / 1000, i)) for i in range(200)]\n    asyncio.create_task(asyncio.sleep(60))\n    return sum(await asyncio.gather(*tasks))\nasyncio.run(main())"},
	{"a loop left open", "import asyncio\nloop = asyncio.new_event_loop()\nasyncio.set_event_loop(loop)\nloop.call_later(0, print)\nloop.run_until_complete(asyncio.sleep(0))"},
	{"generators left in the middle", "def g():\n    try:\n        while True: yield 1\n    finally: print('left')\nit = g()\nnext(it)"},
	{"buffers", "import base64, hashlib, zlib\nb = bytes(range(256)) * 400\nlen(zlib.compress(b)) + len(base64.b64encode(b)) + len(hashlib.sha256(b).digest())"},
	{"sorts", "sorted((i * 7919) % 5003 for i in range(5000))[0]"},
	{"a comparison that raises", "class C:\n    def __lt__(self, other): raise ValueError\nsorted([C(), C(), C()])"},
	{"regular expressions", "import re\n[re.compile(f'(a{i})+b?') for i in range(600)]\nre.match(r'(a+)+$', 'a' * 18 + 'b')"},
	{"JSON", "import json\nlen(json.loads(json.dumps([{'i': i, 's': 'x' * (i % 50)} for i in range(2000)])))"},
	{"large integers", "n = 1\nfor i in range(1, 400): n *= i\nlen(str(n ** 10))"},
	{"decimal", "from decimal import *\ngetcontext().prec = 1000\ngetcontext().traps[Inexact] = True\ntry: Decimal(2).sqrt()\nexcept Inexact: pass"},
	{"evaluates", "for i in range(100): exec(f'v{i} = {i}')\neval('v1 + v2')"},
	{"traces", "import sys\nsys.settrace(lambda *a: None)\nsys.setprofile(lambda *a: None)\nsys.addaudithook(lambda *a: None)\nsys._getframe().f_trace_opcodes = True\nlen([1])"},
	{"monitors", "import sys\nsys.monitoring.use_tool_id(1, 'mine')\nsys.monitoring.set_events(1, sys.monitoring.events.LINE)\nlen([1])"},
	{"exit handlers", "import atexit\nfor i in range(20): atexit.register(print, i)\natexit.register(lambda: 1 / 0)"},
	{"deletes at the end", "class C:\n    def __del__(self):\n        import builtins\n        builtins.leak = self\n        raise ValueError\nc = C()"},
	{"signals", "import signal\nsignal.signal(signal.SIGTERM, lambda *a: None)\nsignal.raise_signal(signal.SIGTERM)"},
	{"prints", "for i in range(2000): print('line', i, {'a': [i]})"},
	{"prints without an end", "import sys\nfor i in range(200): sys.stdout.write('x' * 100)"},
	{"changes the streams", "import sys, io\nsys.stdout.reconfigure(encoding='utf-16', line_buffering=False, newline='\\r\\n')\nprint('x')\nsys.stderr = io.StringIO()\nsys.stdout.detach()"},
	{"warns", "import warnings\nwarnings.simplefilter('error')\nwarnings.warn('x')"},
	{"threads that are not there", "import threading\nthreading.Thread(target=print).start()"},
	{"unreturnable", "def f(): return {'f': print}\nf()"},
	{"a long result", "[f'item {i}' for i in range(20000)]"},
	{"specializes", "def add(a, b): return a + b\nfor i in range(3000): add(i, i); add('a', 'b'); add(0.5, i)\nimport json\nfor i in range(300): json.loads('[1]')"},
}

// resetProbe describes what a program may find of an earlier one.
const resetProbe = `
import builtins, collections, decimal, enum, gc, json, os, random, re, sys
def shape(names):
    return sorted((name, type(value).__name__, len(getattr(value, "__dict__", ()))) for name, value in names.items())
def probe():
    return repr([
        shape(vars(builtins)), sorted(sys.modules), {name: sorted(vars(module)) for name, module in sys.modules.items() if name != "__main__"},
        shape(vars(json.JSONEncoder)), shape(vars(collections.Counter)), shape(vars(enum.Enum)), len(re._cache), len(re._cache2),
        sys.path, len(sys.meta_path), len(sys.path_hooks), sorted(sys.path_importer_cache), sys.argv, sys.flags, sys.getrecursionlimit(),
        sys.excepthook is sys.__excepthook__, sys.gettrace(), sys.getprofile(), sys.get_int_max_str_digits(), sys.dont_write_bytecode,
        os.getcwd(), dict(os.environ), os.listdir("/tmp"), os.listdir(), os.open("/tmp/first", os.O_CREAT | os.O_RDWR), gc.get_threshold(), gc.get_debug(),
        gc.get_freeze_count(), decimal.getcontext(), sys.monitoring.get_tool(1), sys.stdout.encoding, sys.stdout.line_buffering, hash("text"),
    ])`

func TestResets(t *testing.T) {
	langtest.Resets(t, python.Language(), langtest.ResetPlan{
		Programs: resetPrograms, Probe: resetProbe, Finds: "ArithmeticError", Calls: 300,
		Fuel: 6_000_000, MemoryBytes: 64 << 20, Timeout: 10 * time.Second,
		TightFuel: 1_000_000, TightMemoryBytes: 24 << 20, TightTimeout: 8 * time.Millisecond,
	})
}
