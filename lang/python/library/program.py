"""Runs one request: compiles the code as what it turns out to be, runs its top level,
and calls the function that is meant."""

from funcbox_guest.private import builtins as __builtins__

import _ast
import _symtable
import linecache
import os.path
import sys
from io import StringIO
from types import FunctionType, ModuleType

from funcbox_guest import functions, surroundings
from funcbox_guest.asynchronous import settle
from funcbox_guest.private import call_bare
from funcbox_guest.values import is_result

_compile, _evaluate = compile, eval

# The names that code without a function finds its arguments under.
ARGUMENTS = ("args", "kwargs")

# Globals that are there while such code runs, and are taken away from it afterwards.
_RESULT, _IMPORT_ALL = "__funcbox_result__", "__funcbox_import_all__"

_DECLARATIONS = frozenset(
    (
        _ast.FunctionDef,
        _ast.AsyncFunctionDef,
        _ast.ClassDef,
        _ast.Import,
        _ast.ImportFrom,
        _ast.Assign,
        _ast.AnnAssign,
        _ast.AugAssign,
        _ast.TypeAlias,
        _ast.Delete,
        _ast.Pass,
    )
)


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


def call(request):
    """Runs a request and returns its value, which convert() may be needed for."""
    try:
        return _run(request)
    except SystemExit as end:
        if end.code is not None and end.code != 0:
            raise  # C exits
        return None


def _run(request):
    surroundings.begin(request)
    code, file, function = request["code"], request["file"], request["function"]
    args, kwargs = request["args"], request["kwargs"]
    if code.startswith("\ufeff"):
        code = code[1:]
    linecache.cache[file] = (len(code), None, StringIO(code, None).readlines(), file)
    if function:
        compiled, is_body = _compile_named(code, file)
        module = _new_module(code, file, _module_name(file))
        _execute(compiled, module, is_body)
        return settle(functions.call(module, function, args, kwargs))

    tree = _parse(code, file)
    declared = functions.public_definitions(tree.body)
    may_call = bool(args or kwargs) or _only_declares(tree.body)
    expect_call = may_call and len(declared) == 1
    module = _new_module(code, file, _module_name(file) if expect_call else "__main__")
    names = vars(module)
    if not expect_call:
        names[ARGUMENTS[0]], names[ARGUMENTS[1]] = args, kwargs
    compiled, is_body = _compile_script(tree, code, file, module)
    value = _execute(compiled, module, is_body)
    if is_body:
        return value
    last = names.pop(_RESULT, None)
    if may_call:
        only = functions.only_public(module, declared)
        if only is not None:
            return settle(call_bare(only, args, kwargs))
    last = settle(last)
    # Code ends in whatever expression it ends in: an object that is none of the
    # values that can be returned is not meant as a result.
    return last if is_result(last) else None


# ---- compiling ----------------------------------------------------------


def _parse(code, file):
    return _compile(code, file, "exec", _ast.PyCF_ONLY_AST, True)


def _compile_named(code, file):
    """The code of a module, and whether it is a function that runs it."""
    try:
        return _compile(code, file, "exec", 0, True), False
    except SyntaxError as raised:
        error = raised
    if "outside" not in str(error.msg):
        raise error
    return _compile_odd(_parse(code, file), code, file, error)


def _compile_script(tree, code, file, module):
    """The same for code that may be the body itself: the value of its last expression
    is left in a global."""
    if tree.body and type(tree.body[-1]) is _ast.Expr:
        last = tree.body[-1]
        place = _place(last)
        tree.body[-1] = _ast.Assign([_ast.Name(_RESULT, _ast.Store(), **place)], last.value, None, **place)
    try:
        return _compile(tree, file, "exec", 0, True), False
    except SyntaxError as raised:
        error = raised
    return _compile_odd(tree, code, file, error)


def _compile_odd(tree, code, file, error):
    """Compiles what Python's own rules refuse at the top level of a file: await, and
    return. Raises error where it is something else."""
    try:
        return _compile(tree, file, "exec", _ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, True), False
    except SyntaxError as raised:
        awaits = raised
    if "'return' outside" in str(awaits.msg):
        for kind in (_ast.FunctionDef, _ast.AsyncFunctionDef):
            try:
                return _compile_body(tree, code, file, kind), True
            except SyntaxError:
                pass
    raise error.with_traceback(None)


def _compile_body(tree, code, file, kind):
    """The code as that of a function all of whose names are global, so that what it
    defines is found as in a module."""
    symbols = _symtable.symtable(code, file, "exec").symbols
    bound = [name for name, flags in symbols.items() if flags & 0x83]  # global, local, import
    body, future = [], []
    for statement in tree.body:
        is_future = type(statement) is _ast.ImportFrom and statement.module == "__future__"
        (future if is_future else body).append(statement)
    if body and type(body[-1]) is _ast.Assign and getattr(body[-1].targets[0], "id", "") == _RESULT:
        body[-1] = _ast.Return(body[-1].value, **_place(body[-1]))
    body = _adapt(body) or [_ast.Pass(lineno=1, col_offset=0, end_lineno=1, end_col_offset=0)]
    place = _place(body[0])
    if bound:
        body.insert(0, _ast.Global(bound, **place))
    nothing = _ast.arguments([], [], None, [], [], None, [])
    function = kind("<module>", nothing, body, [], None, None, [], **place)
    module = _compile(_ast.Module([*future, function], []), file, "exec", 0, True)
    for constant in module.co_consts:
        if type(constant) is type(module):
            return constant
    raise SyntaxError("no body")


def _place(node):
    return {
        "lineno": node.lineno,
        "col_offset": node.col_offset,
        "end_lineno": node.end_lineno,
        "end_col_offset": node.end_col_offset,
    }


def _adapt(statements):
    """Replaces the statements that a function cannot have for global names."""
    adapted = []
    for statement in statements:
        kind = type(statement)
        if kind is _ast.AnnAssign and type(statement.target) is _ast.Name:
            if statement.value is None:
                statement = _ast.Pass(**_place(statement))
            else:
                statement = _ast.Assign([statement.target], statement.value, None, **_place(statement))
        elif kind is _ast.ImportFrom and statement.names[0].name == "*":
            place = _place(statement)
            given = [_ast.Constant(statement.module, **place), _ast.Constant(statement.level, **place)]
            function = _ast.Name(_IMPORT_ALL, _ast.Load(), **place)
            statement = _ast.Expr(_ast.Call(function, given, [], **place), **place)
        elif kind not in (_ast.FunctionDef, _ast.AsyncFunctionDef, _ast.ClassDef):
            for field in ("body", "orelse", "finalbody"):
                if getattr(statement, field, None):
                    setattr(statement, field, _adapt(getattr(statement, field)))
            for inner in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
                inner.body = _adapt(inner.body)
        adapted.append(statement)
    return adapted


def _only_declares(statements):
    """Whether the top level does nothing but declare things."""
    for statement in statements:
        kind = type(statement)
        if kind in _DECLARATIONS or (kind is _ast.Expr and type(statement.value) is _ast.Constant):
            continue
        if kind is _ast.If:
            if _mentions_name(statement.test) or not _only_declares(statement.body + statement.orelse):
                return False
        elif kind is _ast.Try or kind is _ast.TryStar:
            if not _only_declares(statement.body + statement.orelse + statement.finalbody):
                return False
            if not all(_only_declares(handler.body) for handler in statement.handlers):
                return False
        else:
            return False
    return True


def _mentions_name(test):
    """Whether an if is the usual one that asks if this is the main program."""
    return type(test) is _ast.Compare and any(
        type(side) is _ast.Name and side.id == "__name__" for side in (test.left, *test.comparators)
    )


# ---- running ------------------------------------------------------------


def _module_name(file):
    """What the code is called as a module: its file name without the ending, as for an
    import; "main" where that is no name, or the name of another module."""
    stem = file.rpartition("/")[2].partition(".")[0]
    if not stem.isidentifier() or stem in sys.modules or stem in sys.stdlib_module_names:
        return "main"
    return stem


def _new_module(code, file, name):
    module = ModuleType(name)
    path = os.path.join(surroundings.workdir(), file)
    module.__file__ = path
    module.__loader__ = Loader(name, path, code)
    module.__builtins__ = sys.modules["builtins"]
    sys.modules["__main__"] = sys.modules[name] = module
    surroundings.main_module(module)
    return module


def _execute(compiled, module, is_body):
    names = vars(module)
    if not is_body:
        value = call_bare(_evaluate, (compiled, names), {})
        if value is not None:  # a coroutine: the code awaits
            settle(value)
        return None
    names[_IMPORT_ALL] = _importer(names)
    try:
        return settle(call_bare(FunctionType(compiled, names), (), {}))
    finally:
        names.pop(_IMPORT_ALL, None)


def _importer(names):
    def import_all(name, level):
        module = __import__(name or "", names, None, ("*",), level)
        public = getattr(module, "__all__", None)
        if public is None:
            public = [name for name in vars(module) if not name.startswith("_")]
        for name in public:
            names[name] = getattr(module, name)

    return import_all
