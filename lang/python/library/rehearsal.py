"""A few calls before the first: the interpreter adapts its code to what runs, and what
it has adapted once is in the image for every call."""

from funcbox_guest.private import builtins as __builtins__

import linecache
import sys

from funcbox_guest.errors import describe
from funcbox_guest.program import call
from funcbox_guest.surroundings import forget_globals

_CODES = (
    ("f", "def f(a, b):\n    return a + b\n", [1, 2]),
    ("", "import math\n\ndef f(x: float = 1.0):\n    return [math.sqrt(x), {'a': f'{x}'}]\n", [2.0]),
    ("", "total = 0\nfor i in range(3):\n    total += i\ntotal\n", []),
    ("", "raise ValueError('rehearsal')\n", []),
)

_TIMES = 20


def rehearse():
    """Runs some programs, and leaves nothing of them; after start()."""
    modules, path, lines = dict(sys.modules), list(sys.path), dict(linecache.cache)
    for _ in range(_TIMES):
        for function, code, args in _CODES:
            request = {"code": code, "file": "main.py", "function": function, "args": args, "kwargs": {}}
            try:
                call({**request, "env": {}, "workdir": "/workspace", "argv": []})
            except ValueError as error:
                describe(error)
            forget_globals()
    sys.modules.clear()
    sys.modules.update(modules)
    sys.path[:] = path
    linecache.cache.clear()
    linecache.cache.update(lines)
