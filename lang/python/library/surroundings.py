"""What a program finds around it as far as C has not set it up, which is arguments,
environment, working directory and random numbers; and the end of a call, which to the
program is that of the interpreter."""

from funcbox_guest.private import builtins as __builtins__

import _io
import atexit
import gc
import os
import sys
import warnings
from types import ModuleType

from funcbox_guest.private import STANDARD, changed, instances

# Flags of a request.
FRESH, LAST, HAS_ARGS = 1, 2, 4

_FILES = (_io.TextIOWrapper, _io.BufferedWriter, _io.BufferedRandom)

_modules, _path = sys.modules, sys.path
_standard_path = ()  # where the standard library is
_image_modules = frozenset()  # names of what is in the image

_workdir = "/"
_module = None  # the user's code
_loaded = None  # its names, and those of all modules, when it was loaded
_is_call = False  # of a program: what was loaded stays


def prepare():
    """Remembers what the image has, when it is complete."""
    global _standard_path, _image_modules
    _standard_path = tuple(_path)
    _image_modules = frozenset(_modules)


# Exit handlers run in reverse order: this one, which is registered before any module
# of the image could register another, is the last.
def register_end():
    atexit.register(_end)


def begin(request):
    """Sets up what a program finds when it starts."""
    global _workdir
    env, file = request["env"], request["file"]
    _workdir = request["workdir"] or "/"
    folder = os.path.join(_workdir, file).rpartition("/")[0] or "/"
    path = [folder] if folder == _workdir else [folder, _workdir]
    if env:
        listed = env.get("PYTHONPATH")
        if listed:
            path += [os.path.join(_workdir, entry) for entry in listed.split(":") if entry]
        _obey(env)
    _path[:] = [*path, *_standard_path]


def resume(request, is_call):
    """Sets up what a program finds that goes on from a photograph. is_call: for one call,
    which neither collects what was loaded nor lets go of it."""
    global _workdir, _is_call
    workdir = request.get("workdir")
    if workdir and workdir != _workdir:
        _path[:] = [workdir if entry == _workdir else entry for entry in _path]
        _workdir = workdir
    if not is_call:
        let_go()
    elif _loaded is not None:
        _is_call = True
        gc.freeze()


def keep():
    """Remembers what a program has loaded."""
    global _loaded
    _loaded = dict(vars(_module)), dict(_modules)


def let_go():
    """Forgets that again: something else follows than a single call."""
    global _loaded
    _loaded = None


def _obey(env):
    """Does what the interpreter does about its own variables when it starts."""
    prefix = env.get("PYTHONPYCACHEPREFIX")
    if prefix:
        sys.pycache_prefix, sys.dont_write_bytecode = prefix, False
    filters = env.get("PYTHONWARNINGS")
    if filters:
        sys.warnoptions += filters.split(",")
        warnings._processoptions(sys.warnoptions)
    if env.get("PYTHONUNBUFFERED"):
        for stream in (sys.stdout, sys.stderr):
            stream.reconfigure(write_through=True)
    if env.get("PYTHONINTMAXSTRDIGITS", "").isdecimal():
        sys.set_int_max_str_digits(int(env["PYTHONINTMAXSTRDIGITS"]))


def workdir():
    """The working directory that the program starts in."""
    return _workdir


def main_module(module):
    """Makes a module the user's."""
    global _module
    _module = module


def _end():
    """Ends the program as the interpreter does at its end, after the exit handlers."""
    if _is_call:
        _forget_new()
    else:
        forget_globals()
    _close_files()


def _forget_new():
    """Lets go of what came to be since the program was loaded."""
    names, modules = _loaded
    for name in changed(_modules, modules):
        module = _modules[name]
        if isinstance(module, ModuleType) and _is_users(module):
            _clear(vars(module))
    new = vars(_module)
    for name in changed(new, names):
        new[name] = None


def _is_users(module):
    return not (getattr(module, "__file__", None) or STANDARD).startswith(STANDARD)


def forget_globals():
    """Lets go of the globals of the user's modules, as the interpreter does at its end:
    objects are deleted, and files that nobody closed written."""
    global _module
    modules = [_module]
    _module = None
    added = len(_modules) - len(_image_modules)
    for name in reversed(_modules):  # those of the image come first
        if added <= 0:
            break
        if name not in _image_modules:
            added -= 1
            module = _modules[name]
            if _is_users(module):
                modules.append(module)
    for module in modules:
        if isinstance(module, ModuleType):
            _clear(vars(module))


def _clear(names):
    for private in (True, False):
        for name in list(names):
            if (name[:1] == "_" and name[:2] != "__") if private else name != "__builtins__":
                names[name] = None


def _close_files():
    """Writes what files still hold that no name stands for any more."""
    for each in instances(gc.get_objects(), _FILES):  # not those of the image, which are frozen
        if not each.closed:
            each.flush()
