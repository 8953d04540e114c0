"""Defaults and types of parameters as text: as they are written, where the source has
them, and what can be said of their values where not."""

from funcbox_guest.private import builtins as __builtins__

import _ast
import ast
import reprlib
from io import StringIO
from types import FunctionType

from funcbox_guest.compiling import parse
from funcbox_guest.errors import name_of

# Characters of a type or a default.
MAX_TEXT = 1000

# Values in a default that is given as such, and how deep they are nested.
_MAX_VALUES, _MAX_DEPTH = 100, 8


# ---- values as text ------------------------------------------------------------


def is_constant(value):
    """Whether a default is given as the value it is."""
    waiting, count = [(value, 1)], 0
    while waiting:
        each, depth = waiting.pop()
        kind = type(each)
        count += 1
        if count > _MAX_VALUES or depth > _MAX_DEPTH:
            return False
        if kind is list:
            waiting += [(item, depth + 1) for item in each]
        elif kind is dict:
            if not all(type(key) is str and _is_valid(key) for key in each):
                return False
            waiting += [(item, depth + 1) for item in each.values()]
        elif kind is str:
            if not _is_valid(each):
                return False
        elif kind is int:
            if each.bit_length() > 64:
                return False
        elif kind is float:
            if each - each != 0:  # no number
                return False
        elif each is not None and kind is not bool:
            return False
    return True


def _is_valid(text):
    return len(text) <= MAX_TEXT and text == bounded(text)


_BUILT_IN = frozenset((tuple, list, dict, set, frozenset, str, bytes, int, float, complex, bool, type(None), type(...)))


def _is_built_in(value, depth=3):
    kind = type(value)
    if kind not in _BUILT_IN or not depth:
        return False
    if kind in (tuple, list, set, frozenset):
        return len(value) <= _MAX_VALUES and all(_is_built_in(each, depth - 1) for each in value)
    if kind is dict:
        return len(value) <= _MAX_VALUES and all(_is_built_in(each, depth - 1) for pair in value.items() for each in pair)
    return True


def shown(value):
    """A short text for a value or a type, without a call of a method of the program's."""
    if _is_built_in(value):
        return bounded(reprlib.repr(value))
    kind = type(value)
    if isinstance(value, type) and kind.__module__ in ("builtins", "abc", "enum") or kind is FunctionType:
        return bounded(value.__qualname__)
    if kind.__module__ in ("types", "typing"):
        return bounded(repr(value).replace("typing.", ""))
    return f"<{bounded(name_of(kind))}>"


def bounded(text, limit=MAX_TEXT):
    """Text that can be encoded, of a length that is bounded."""
    text = str.__str__(text)
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    try:
        text.encode()
        return text
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()


# ---- source --------------------------------------------------------------------


class Sources:
    """Types and defaults as they are written. The code is parsed when the first of them
    is asked for."""

    def __init__(self, code, file, tree):
        self.code, self.file, self.tree = code, file, tree
        self.nodes = self.lines = None

    def type_of(self, function, name):
        """A parameter's type or, by the name "return", that of the result; "": none."""
        hints = function.__annotations__
        if name not in hints:
            return ""
        node = self._node(function)
        if node is not None and hasattr(node, "returns"):
            written = node.returns if name == "return" else _argument(node.args, name).annotation
            if type(written) is _ast.Constant and type(written.value) is str:
                return bounded(written.value)
            if written is not None:
                return bounded(self._text(written))
        hint = hints[name]
        return bounded(hint) if isinstance(hint, str) else shown(hint)

    def default_of(self, function, name):
        """A parameter's default; "": it is not to be found."""
        node = self._node(function)
        if node is None:
            return ""
        arguments = node.args
        positional = arguments.posonlyargs + arguments.args
        for each, written in [*zip(reversed(positional), reversed(arguments.defaults)), *zip(arguments.kwonlyargs, arguments.kw_defaults)]:
            if each.arg == name and written is not None:
                return bounded(self._text(written))
        return ""

    def _text(self, node):
        """An expression as it is written."""
        if type(node) is _ast.Name:
            return node.id
        # Mostly, it is on one line, and its columns are those of characters.
        if node.lineno == node.end_lineno:
            line = self.lines[node.lineno - 1]
            if line.isascii():
                return line[node.col_offset : node.end_col_offset]
        return ast.unparse(node)

    def _node(self, function):
        code = function.__code__
        if code.co_filename != self.file:
            return None
        if self.nodes is None:
            self.nodes = {}
            self.lines = StringIO(self.code, None).readlines()
            self._collect((self.tree or parse(self.code, self.file)).body)
        node = self.nodes.get((code.co_name, code.co_firstlineno))
        return node if node is not None and function.__name__ == code.co_name else None

    def _collect(self, statements):
        for statement in statements:
            kind = type(statement)
            if kind is _ast.FunctionDef or kind is _ast.AsyncFunctionDef:
                line = statement.decorator_list[0].lineno if statement.decorator_list else statement.lineno
                self.nodes[statement.name, line] = statement
            elif kind is _ast.Assign and type(statement.value) is _ast.Lambda:
                self.nodes["<lambda>", statement.value.lineno] = statement.value
            for field in ("body", "orelse", "finalbody"):
                inner = getattr(statement, field, None)
                if inner:
                    self._collect(inner)
            for handler in getattr(statement, "handlers", ()):
                self._collect(handler.body)


class _NoSources:
    @staticmethod
    def type_of(function, name):
        return ""

    @staticmethod
    def default_of(function, name):
        return "?"


NO_SOURCES = _NoSources()


def _argument(arguments, name):
    for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg):
        if each is not None and each.arg == name:
            return each
    return _ast.arg(name)
