"""Serves requests: runs the user's code as what it turns out to be, and calls the
function that is meant."""

from funcbox_guest.private import builtins as __builtins__

import os.path
import sys
from types import FunctionType, ModuleType

from funcbox_guest import asynchronous, functions, host, sources, surroundings
from funcbox_guest.asynchronous import settle
from funcbox_guest.compiling import (
    ARGUMENTS,
    IMPORT_ALL,
    RESULT,
    compile_named,
    compile_script,
    only_declares,
    parse,
    public_definitions,
    runs_by_itself,
)
from funcbox_guest.listing import describe_module
from funcbox_guest.private import call_bare
from funcbox_guest.surroundings import FRESH, HAS_ARGS, LAST
from funcbox_guest.values import is_result

_evaluate = eval

_missing = object()

_module = None  # the user's code, for the requests that follow
_declared = []  # the functions that its sources declare
_given = {}  # the arguments of the last body, by their names


class Loader:
    """The loader of the user's code, which inspect and linecache ask for its source."""

    def __init__(self, name, path, source):
        self.name, self.path, self.source = name, path, source

    def get_source(self, name=None):
        return self.source

    def get_filename(self, name=None):
        return self.path

    def get_data(self, path):
        with open(path, "rb") as file:
            return file.read()

    def is_package(self, name=None):
        return False


Loader.__module__ = "builtins"


def serve(request):
    """Serves a request and returns its value, which convert() may be needed for."""
    operation, flags = _OPERATIONS[request["op"]], request["flags"]
    try:
        host.begin()
        if not flags & FRESH:
            surroundings.let_go()
        elif _module is not None and operation is not _execute:
            surroundings.resume(request, operation is _call and flags & LAST)
        elif "file" in request:
            surroundings.begin(request)
        asynchronous.keep_tasks(operation is _run or operation is _call and not flags & LAST)
        return operation(request)
    except SystemExit as end:
        if end.code is not None and end.code != 0 or not flags & LAST:
            raise  # C exits
        return None


# ---- operations --------------------------------------------------------------


def _execute(request):
    """Runs the code, and calls the function that is named or meant."""
    args, kwargs = request["args"], request["kwargs"]
    code, file = _source(request)
    function = request["function"]
    if function:
        compiled, is_body = compile_named(code, file)
        module = _new_module(code, file, _module_name(file))
        _run_top(compiled, module, is_body)
        return settle(functions.call(module, function, args, kwargs))

    tree = parse(code, file)
    declared = public_definitions(tree.body)
    has_args = bool(args or kwargs)
    runs_alone = runs_by_itself(tree, code, file, declared, has_args)
    compiled, is_body = compile_script(tree, code, file)
    expect_call = not runs_alone and len(declared) == 1 and not is_body
    module = _new_module(code, file, _module_name(file) if expect_call else "__main__")
    names = vars(module)
    if not expect_call:
        names[ARGUMENTS[0]], names[ARGUMENTS[1]] = args, kwargs
    value = _run_top(compiled, module, is_body)
    if is_body:
        return value
    last = names.pop(RESULT, None)
    if not runs_alone or not declared and (has_args or only_declares(tree.body)):
        # There may be functions that only show when the code has run.
        public = functions.public(module, declared)
        if len(public) == 1:
            return settle(call_bare(names[public[0]], args, kwargs))
        if public and expect_call:
            raise functions.several(public)
    return _last_value(last)


def _load(request):
    """Runs the code as a module, unless it is a body, and describes its functions."""
    code, file = _source(request)
    function = request["function"]
    if function:
        tree, declared = None, []
        compiled, is_body = compile_named(code, file)
    else:
        tree = parse(code, file)
        declared = public_definitions(tree.body)
        if runs_by_itself(tree, code, file, declared, request["flags"] & HAS_ARGS):
            return {"kind": "body"}
        compiled, is_body = compile_script(tree, code, file)
        if is_body:
            return {"kind": "body"}
    module = _same_module(code, file) if _module else _new_module(code, file, _module_name(file))
    _declared.extend(declared)
    sources.compiled(file, compiled)
    _run_top(compiled, module, is_body)
    vars(module).pop(RESULT, None)
    listing = describe_module(module, _declared, function, code, file, tree)
    surroundings.keep()
    return listing


def _call(request):
    """Calls a function of what is loaded."""
    function, args, kwargs = request.get("function"), request["args"], request["kwargs"]
    if _module is None:
        raise functions.FunctionNotFound("no code is loaded")
    if function:
        return settle(functions.call(_module, function, args, kwargs))
    return settle(functions.call_only(_module, _declared, args, kwargs))


def _run(request):
    """Runs the code as a body among the names of what ran before it."""
    code, file = _source(request)
    tree = parse(code, file)
    declared = public_definitions(tree.body)
    compiled, is_body = compile_script(tree, code, file)
    module = _same_module(code, file) if _module else _new_module(code, file, "__main__")
    names = vars(module)
    _declared.extend(name for name in declared if name not in _declared)
    sources.compiled(file, compiled)
    for name in ARGUMENTS:
        # A variable of the user's stays, unless there are arguments.
        value = request.get(name, ())
        if value or names.get(name, _missing) is _given.get(name, _missing):
            names[name] = _given[name] = value
    value = _run_top(compiled, module, is_body)
    return value if is_body else _last_value(names.pop(RESULT, None))


def _end(request):
    """Ends what still runs; C runs the exit handlers."""
    asynchronous.end()


_OPERATIONS = (_execute, _load, _call, _run, _end)


# ---- running ------------------------------------------------------------


def _source(request):
    code, file = request["code"], request["file"]
    if code.startswith("\ufeff"):
        code = code[1:]
    sources.remember(file, code)
    return code, file


def _last_value(last):
    """What the last expression is worth as a result. Code ends in whatever expression it
    ends in: an object that is none of the values that can be returned is not meant."""
    last = settle(last)
    return last if is_result(last) else None


def _module_name(file):
    """What the code is called as a module: its file name without the ending, as for an
    import; "main" where that is no name, or the name of another module."""
    stem = file.rpartition("/")[2].partition(".")[0]
    if not stem.isidentifier() or stem in sys.modules or stem in sys.stdlib_module_names:
        return "main"
    return stem


def _new_module(code, file, name):
    global _module
    _module = module = ModuleType(name)
    module.__builtins__ = sys.modules["builtins"]
    sys.modules["__main__"] = sys.modules[name] = module
    surroundings.main_module(module)
    return _same_module(code, file)


def _same_module(code, file):
    """The module, as if it were made of this code."""
    path = os.path.join(surroundings.workdir(), file)
    _module.__file__ = path
    _module.__loader__ = Loader(_module.__name__, path, code)
    return _module


def forget():
    """Forgets the user's code."""
    global _module
    _module = None
    _declared.clear()
    _given.clear()
    sources.forget()


def _run_top(compiled, module, is_body):
    names = vars(module)
    if not is_body:
        value = call_bare(_evaluate, (compiled, names), {})
        if value is not None:  # a coroutine: the code awaits
            settle(value)
        return None
    names[IMPORT_ALL] = _importer(names)
    try:
        return settle(call_bare(FunctionType(compiled, names), (), {}))
    finally:
        names.pop(IMPORT_ALL, None)


def _importer(names):
    def import_all(name, level):
        module = __import__(name or "", names, None, ("*",), level)
        public = getattr(module, "__all__", None)
        if public is None:
            public = [name for name in vars(module) if not name.startswith("_")]
        for name in public:
            names[name] = getattr(module, name)

    return import_all
