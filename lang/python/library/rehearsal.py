"""A few calls before the first: the interpreter adapts its code to what runs, and what
it has adapted once is in the image for every call."""

from funcbox_guest.private import builtins as __builtins__

import linecache
import sys

from funcbox_guest import program
from funcbox_guest.errors import describe
from funcbox_guest.surroundings import FRESH, HAS_ARGS, LAST, forget_globals, let_go

_CODES = (
    ("f", "def f(a, b):\n    return a + b\n", [1, 2]),
    ("", "import math\n\ndef f(x: float = 1.0):\n    return [math.sqrt(x), {'a': f'{x}'}]\n", [2.0]),
    ("", "total = 0\nfor i in range(3):\n    total += i\ntotal\n", []),
    ("", "raise ValueError('rehearsal')\n", []),
)

_TIMES = 20

_EXECUTE, _LOAD, _CALL = range(3)


def rehearse():
    """Runs some programs, and leaves nothing of them; after start()."""
    modules, path, lines = dict(sys.modules), list(sys.path), dict(linecache.cache)
    for _ in range(_TIMES):
        for function, code, args in _CODES:
            given = {"file": "main.py", "function": function, "args": args, "kwargs": {}, "env": {}, "workdir": "/workspace", "argv": []}
            _serve(_EXECUTE, FRESH | LAST, {**given, "code": code})
            if args:
                _serve(_LOAD, FRESH | HAS_ARGS, {**given, "code": code})
                let_go()
                _serve(_CALL, LAST, given)
    sys.modules.clear()
    sys.modules.update(modules)
    sys.path[:] = path
    linecache.cache.clear()
    linecache.cache.update(lines)


def _serve(operation, flags, request):
    try:
        program.serve({**request, "op": operation, "flags": flags})
    except ValueError as error:
        describe(error)
    if flags & LAST:
        forget_globals()
        program.forget()
