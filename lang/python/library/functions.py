"""Finds the function to call, and those that there are."""

from funcbox_guest.private import builtins as __builtins__

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
    holder, value = None, vars(module).get(spelled(parts[0]), _missing)
    for part in parts[1:]:
        holder, value = value, getattr(value, spelled(part), _missing)
        if value is _missing:
            break
    if not callable(value):
        raise _not_found(module, path)
    if isinstance(holder, type) and needs_instance(holder, spelled(parts[-1])):
        value = getattr(call_bare(holder, (), {}), spelled(parts[-1]))
    return call_bare(value, args, kwargs)


def spelled(name):
    """A name as the compiler spells it."""
    return name if name.isascii() else normalize("NFKC", name)


def needs_instance(holder, name):
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
    return [name for name, value in vars(module).items() if name[:2] != "__" and is_own(module, value)]


def is_own(module, value):
    if isinstance(value, type) or isinstance(value, ModuleType):
        return False
    if isinstance(value, (partial, MethodType)):
        return True
    if isinstance(value, BuiltinFunctionType):
        return False
    return callable(value) and getattr(value, "__module__", None) == module.__name__ and hasattr(value, "__name__")


def public(module, declared):
    """The names of the public functions, each function once: of those that __all__ names,
    else of those that the code defines and that it declares."""
    names, functions = vars(module), {}
    listed = names.get("__all__")
    if not isinstance(listed, (list, tuple)):
        listed = [*declared, *(name for name in defined(module) if name[0] != "_")]
    for name in listed:
        value = names.get(name) if isinstance(name, str) else None
        if callable(value) and not isinstance(value, type):
            functions.setdefault(id(value), name)
    return [*functions.values()]


def call_only(module, declared, args, kwargs):
    """Calls the only public function."""
    names = public(module, declared)
    if len(names) != 1:
        raise several(names)
    return call_bare(vars(module)[names[0]], args, kwargs)


def several(names):
    """What is wrong where no function is named, and not one is public."""
    if not names:
        return FunctionNotFound("no function is named, and the code has none that is public")
    more = ", …" if len(names) > MAX_LISTED else ""
    return FunctionNotFound(f"no function is named, and the code has several: {', '.join(names[:MAX_LISTED])}{more}")
