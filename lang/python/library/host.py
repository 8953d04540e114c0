"""The module funcbox, by which a program calls functions of the host."""

from funcbox_guest.private import builtins as __builtins__

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

try:
    from _funcbox import host_call, host_function
except ImportError:  # under another interpreter, to try this package

    def host_call(name, /, *args, **kwargs):
        raise HostError("there is no host")

    def host_function(name):
        return lambda *args, **kwargs: host_call(name, *args, **kwargs)


_DOCUMENTATION = """Functions of the program that runs this one.

    from funcbox import host, functions, HostError

    functions()             the names of those that there are
    host.lookup(1, key=2)   calls one by its name

Arguments and results are values as they are passed to and returned from a function of
this program. What goes wrong in the host is a HostError.
"""


class HostError(Exception):
    """A function of the host failed, or there is none of that name."""


class _NoFunction(HostError, AttributeError):
    """The HostError of a name that there is no function of: hasattr() can tell."""


class Host:
    """The functions of the host, as attributes: host.lookup(1, key=2).

    dir(host) lists their names, and `"lookup" in host` asks for one.
    """

    def __getattr__(self, name):
        if name[:2] == "__":
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        if name not in _granted():
            try:
                host_call(name)  # the host says what is wrong
            except HostError as error:
                raise _NoFunction(*error.args) from None
        function = _functions.get(name)
        if function is None:
            function = _functions[name] = host_function(name)
        self.__dict__[name] = function
        return function

    def __setattr__(self, name, value):
        raise AttributeError("functions of the host cannot be replaced")

    def __delattr__(self, name):
        raise AttributeError("functions of the host cannot be deleted")

    def __dir__(self):
        return functions()

    def __contains__(self, name):
        return name in functions()

    def __repr__(self):
        return f"<functions of the host: {', '.join(functions()) or 'none'}>"


def functions():
    """The names of the functions of the host, sorted."""
    return host_call("")


_host = Host()
_functions = {}  # that were called, by name
_names = None  # of those that there are, once they were asked for in this request


def _granted():
    global _names
    if _names is None:
        _names = frozenset(functions())
    return _names


def begin():
    """Begins a request: it may be granted others than the one before."""
    global _names
    if _names is not None:
        _names = None
        _host.__dict__.clear()


def prepare():
    module = ModuleType("funcbox", _DOCUMENTATION)
    module.__spec__ = ModuleSpec("funcbox", None, origin="built-in")
    module.__all__ = ["HostError", "functions", "host"]
    module.host, module.functions, module.HostError = _host, functions, HostError
    _NoFunction.__name__ = _NoFunction.__qualname__ = HostError.__name__
    for each in (Host, HostError, _NoFunction, functions):
        each.__module__ = module.__name__
    sys.modules[module.__name__] = module
