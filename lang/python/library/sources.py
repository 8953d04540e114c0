"""The source of what the user's code was compiled from, for tracebacks.

The standard library knows sources by the names of files. A session runs code again
and again under one name, so that what its functions came from is kept by their code."""

from funcbox_guest.private import builtins as __builtins__

import inspect
import linecache
import traceback
from io import StringIO
from types import CodeType
from weakref import WeakKeyDictionary

_latest = {}  # file: the lines that stand for it, and the code compiled from them
_earlier = WeakKeyDictionary()  # code from sources that another has replaced: its lines


def remember(file, code):
    """Makes code the source that the name of the file stands for."""
    if _latest and file in _latest:
        _keep(*_latest.pop(file))
    linecache.cache[file] = (len(code), None, StringIO(code, None).readlines(), file)


def compiled(file, code):
    """Says what the source of the file was compiled to, if other code under that name
    may follow."""
    _latest[file] = linecache.cache[file][2], code


def _keep(lines, code):
    waiting = [code]
    while waiting:
        code = waiting.pop()
        _earlier[code] = lines
        waiting += [constant for constant in code.co_consts if type(constant) is CodeType]


def forget():
    """Forgets everything."""
    _latest.clear()
    _earlier.clear()


def prepare():
    """Has tracebacks and inspect look here first."""
    set_lines, findsource = traceback.FrameSummary._set_lines, inspect.findsource

    def _set_lines(self):
        lines = _earlier.get(self._code) if _earlier and self._code is not None else None
        if lines is None or self._lines is not None or self.lineno is None or self.end_lineno is None:
            set_lines(self)
        else:
            found = lines[max(self.lineno - 1, 0) : self.end_lineno]
            self._lines = "".join(line.rstrip() + "\n" for line in found)

    def find(object):
        code = object
        for name in ("__func__", "__code__", "tb_frame", "f_code"):
            code = getattr(code, name, code)
        lines = _earlier.get(code) if type(code) is CodeType else None
        return findsource(object) if lines is None else (lines, code.co_firstlineno - 1)

    find.__name__ = find.__qualname__ = "findsource"
    find.__module__, find.__doc__ = "inspect", findsource.__doc__
    traceback.FrameSummary._set_lines = _set_lines
    inspect.findsource = find
