package python_test

import (
	"testing"

	"github.com/funcbox/funcbox/lang/langtest"
	"github.com/funcbox/funcbox/lang/python"
)

func TestLanguage(t *testing.T) {
	langtest.Run(t, python.Language(), langtest.Dialect{
		Echo: "def echo(value): return value",
		Add:  "def add(a, b): return a + b",
		Count: `
import builtins, json, sys
counter = getattr(builtins, "leaked", 0) + (100 if hasattr(json, "leaked") else 0)
builtins.leaked = json.leaked = 1
def count():
    global counter
    counter += 1
    return counter
`,
		Unicode: "def größe(名): return 名 + '𝔘'",
		Spoil: `
import asyncio, atexit, builtins, json, os, random, sys, threading
def spoil():
    left = open("/tmp/left", "w")
    left.write("left")
    builtins.left = left
    os.chdir("/tmp")
    os.environ["LEFT"] = "left"
    sys.path.insert(0, "/tmp")
    sys.modules["math"] = None
    json.dumps = lambda _: "spoilt"
    sys.stdout = sys.__stdout__ = None
    sys.setrecursionlimit(100)
    sys.meta_path.clear()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.call_later(0.001, os._exit, 3)
    atexit.register(os.write, 1, b"late\n")
    for fd in (0, 1, 2):
        os.close(fd)
    builtins.len = lambda _: 7
    builtins.print = builtins.isinstance = None
`,
		Pristine: `
import builtins, json, os, sys
def pristine():
    found = []
    if os.getcwd() != "/workspace": found.append("cwd")
    if "LEFT" in os.environ: found.append("env")
    if hasattr(builtins, "left") or len([]) != 0 or json.dumps([1]) != "[1]": found.append("builtins")
    if "/tmp" in sys.path or sys.modules.get("math", 0) is None or not sys.meta_path: found.append("modules")
    if sys.getrecursionlimit() != 1000: found.append("recursion limit")
    if os.open("/tmp/new", os.O_CREAT | os.O_WRONLY) != 4: found.append("descriptors")
    if os.path.exists("/tmp/left"): found.append("files")
    print("seen")
    return found
`,
		Greet: "def greet(name, *, greeting='Hello'): return f'{greeting}, {name}!'",

		Throw:         "def fail():\n    what = 42\n    raise ValueError(f'no such thing: {what}')\n",
		ThrowType:     "ValueError",
		Malformed:     "fine = 1\ndef = 2\n",
		MalformedType: "SyntaxError",
		Functions:     "from json import dumps\nimport os.path\ndef alpha(): pass\nbeta = lambda: None\ngone = 1\nclass Other:\n    def gamma(self): pass\n",

		Print:        "import sys\ndef say():\n    print('to stdout')\n    print('to stderr', file=sys.stderr)\n",
		Exit:         "import sys\ndef leave(code): sys.exit(code)",
		Spin:         "def spin():\n    print('started')\n    while True: pass\n",
		Work:         "def work(n):\n    i = 0\n    while i < n: i += 1\n    return i\n",
		Sleep:        "import time\ndef rest(seconds): time.sleep(seconds)",
		Recurse:      "def dive(): return dive() + 1",
		RecurseType:  "RecursionError",
		Hoard:        "def hoard():\n    kept = []\n    while True: kept.append(bytearray(b'x') * (1 << 20))\n",
		HoardType:    "MemoryError",
		Shout:        "def shout():\n    while True: print('x' * 63)\n",
		Unreturnable: "def unreturnable(): return {'items': [1, lambda: None]}",

		Env:         "import os\ndef env(name): return os.environ.get(name)",
		Stdin:       "import sys\ndef read(): return sys.stdin.read()",
		Copy:        "def copy(source, target):\n    with open(source, 'rb') as file, open(target, 'wb') as to: to.write(file.read())\n",
		ReadMissing: "def missing(): return open('/no/such/file').read()",
		Steps: `
import errno, os, stat, sys
FLAGS = {
    "r": os.O_RDONLY, "r+": os.O_RDWR, "w": os.O_WRONLY | os.O_CREAT | os.O_TRUNC, "w+": os.O_RDWR | os.O_CREAT | os.O_TRUNC,
    "wx": os.O_WRONLY | os.O_CREAT | os.O_EXCL, "a": os.O_WRONLY | os.O_CREAT | os.O_APPEND,
}
def tell(status):
    mode = status.st_mode
    return f"file {status.st_size}" if stat.S_ISREG(mode) else "dir" if stat.S_ISDIR(mode) else "link" if stat.S_ISLNK(mode) else "other"
def text(content): return os.fsencode(content).decode("utf-8", "replace")
def put(path, mode, content):
    with open(path, mode) as file: file.write(content.encode())
def read(path):
    with open(path, "rb") as file: return text(file.read())
slots = {}
def slot(name):
    if name not in slots: raise OSError(errno.EBADF, "no such slot")
    return slots[name]
def contents(fd):
    content = b""
    while part := os.pread(fd, 5000, len(content)): content += part
    return text(content)
def opened(name, path, mode): slots[name] = os.open(path, FLAGS[mode])
def pause():
    print("pause", flush=True)
    sys.stdin.readline()
operations = {
    "read": read,
    "write": lambda path, content: put(path, "wb", content),
    "append": lambda path, content: put(path, "ab", content),
    "create": lambda path: put(path, "xb", ""),
    "open": opened,
    "fread": lambda name: contents(slot(name)),
    "fwrite": lambda name, content: (os.write(slot(name), content.encode()), None)[1],
    "fsize": lambda name, size: os.ftruncate(slot(name), size),
    "fstat": lambda name: tell(os.fstat(slot(name))),
    "close": lambda name: (os.close(slot(name)), slots.pop(name), None)[2],
    "stat": lambda path: tell(os.stat(path)),
    "lstat": lambda path: tell(os.lstat(path)),
    "list": lambda path: ",".join(text(name) for name in sorted(os.listdir(path))),
    "mkdir": os.mkdir, "rmdir": os.rmdir, "unlink": os.unlink, "rename": os.rename, "link": os.link, "symlink": os.symlink,
    "readlink": lambda path: text(os.readlink(path)),
    "truncate": os.truncate,
    "utimes": lambda path: os.utime(path, (1, 1)),
    "chdir": os.chdir,
    "pause": pause,
}
def steps(list):
    results = []
    for operation, *arguments in list:
        try:
            result = operations[operation](*arguments)
            results.append("ok" if result is None else f"={result}")
        except OSError as error:
            results.append(errno.errorcode.get(error.errno, str(error)))
        except ValueError:
            results.append("EINVAL")
    return results
`,
		FileName: "main.py",

		Kinds: langtest.Kinds{Floats: true, BigIntegers: true},
	})
}
