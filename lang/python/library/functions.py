"""Finds the function to call, and those that there are."""

from funcbox_guest.private import builtins as __builtins__

import _ast
from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from unicodedata import normalize

from funcbox_guest.private import call_bare

# Functions that the error about a missing one lists.
MAX_LISTED = 50

_missing = object()


class FunctionNotFound(LookupError):
    """The request names a function that the code does not define."""


FunctionNotFound.__module__ = "builtins"


def call(module, path, args, kwargs):
    """Calls the function that path names in the module. `Class.method` is called on the
    class if it is a static or class method, else on an instance made without arguments."""
    parts = path.split(".")
    if not all(part.isidentifier() for part in parts):
        raise _not_found(module, path)
    holder, value = None, vars(module).get(_spelled(parts[0]), _missing)
    for part in parts[1:]:
        holder, value = value, getattr(value, _spelled(part), _missing)
        if value is _missing:
            break
    if not callable(value):
        raise _not_found(module, path)
    if isinstance(holder, type) and _needs_instance(holder, _spelled(parts[-1])):
        value = getattr(call_bare(holder, (), {}), _spelled(parts[-1]))
    return call_bare(value, args, kwargs)


def _spelled(name):
    """A name as the compiler spells it."""
    return name if name.isascii() else normalize("NFKC", name)


def _needs_instance(holder, name):
    for base in holder.__mro__:
        if name in vars(base):
            return isinstance(vars(base)[name], (FunctionType, partial))
    return False


def _not_found(module, path):
    names = defined(module)
    listed = ": " + ", ".join(names[:MAX_LISTED]) if names else " no functions"
    more = ", …" if len(names) > MAX_LISTED else ""
    return FunctionNotFound(f'function "{path}" is not defined; the code defines{listed}{more}')


def defined(module):
    """The names of functions that are the module's own, in the order of definition."""
    return [name for name, value in vars(module).items() if name[:2] != "__" and _is_own(module, value)]


def _is_own(module, value):
    if isinstance(value, type) or isinstance(value, ModuleType):
        return False
    if isinstance(value, (partial, MethodType)):
        return True
    if isinstance(value, BuiltinFunctionType):
        return False
    return callable(value) and getattr(value, "__module__", None) == module.__name__ and hasattr(value, "__name__")


def public_definitions(statements):
    """The names at the top level, in its order, that stand for functions of the code as
    far as it can be told without running it, and do not begin with _."""
    names = {}
    for statement in statements:
        kind = type(statement)
        if kind is _ast.FunctionDef or kind is _ast.AsyncFunctionDef:
            names[statement.name] = True
        elif kind is _ast.Assign and _makes_function(statement.value):
            for target in statement.targets:
                if type(target) is _ast.Name:
                    names[target.id] = True
        elif kind is _ast.AnnAssign and statement.value and _makes_function(statement.value):
            if type(statement.target) is _ast.Name:
                names[statement.target.id] = True
        elif kind is _ast.If or kind is _ast.Try:
            for inner in public_definitions(statement.body + statement.orelse):
                names[inner] = True
    return [name for name in names if name[0] != "_"]


def _makes_function(expression):
    if type(expression) is _ast.Lambda:
        return True
    if type(expression) is not _ast.Call:
        return False
    function = expression.func
    return getattr(function, "id", getattr(function, "attr", "")) == "partial"


def only_public(module, declared):
    """The only public function: of those that __all__ names, else of those that the
    code defines; None if there is none or are several."""
    names, functions = vars(module), []
    listed = names.get("__all__")
    if not isinstance(listed, (list, tuple)):
        listed = [*declared, *(name for name in defined(module) if name[0] != "_")]
    for name in listed:
        value = names.get(name) if isinstance(name, str) else None
        if callable(value) and not isinstance(value, type) and not any(value is other for other in functions):
            functions.append(value)
    return functions[0] if len(functions) == 1 else None
