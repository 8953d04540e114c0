"""Compiles the user's code: as a module, or as the body that it turns out to be."""

from funcbox_guest.private import builtins as __builtins__

import _ast
import _symtable
from types import CodeType

_compile = compile

# The names that code without a function finds its arguments under.
ARGUMENTS = ("args", "kwargs")

# Globals that are there while a body runs, and are taken away from it afterwards.
RESULT, IMPORT_ALL = "__funcbox_result__", "__funcbox_import_all__"

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


def parse(code, file):
    return _compile(code, file, "exec", _ast.PyCF_ONLY_AST, True)


def compile_named(code, file):
    """The code of a module, and whether it is a function that runs it."""
    try:
        return _compile(code, file, "exec", 0, True), False
    except SyntaxError as raised:
        error = raised
    if "outside" not in str(error.msg):
        raise error
    return _compile_odd(parse(code, file), code, file, error)


def compile_script(tree, code, file):
    """The same for code that may be the body itself: the value of its last expression
    is left in a global."""
    if tree.body and type(tree.body[-1]) is _ast.Expr:
        last = tree.body[-1]
        place = _place(last)
        tree.body[-1] = _ast.Assign([_ast.Name(RESULT, _ast.Store(), **place)], last.value, None, **place)
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
    if body and type(body[-1]) is _ast.Assign and getattr(body[-1].targets[0], "id", "") == RESULT:
        body[-1] = _ast.Return(body[-1].value, **_place(body[-1]))
    body = _adapt(body) or [_ast.Pass(lineno=1, col_offset=0, end_lineno=1, end_col_offset=0)]
    place = _place(body[0])
    if bound:
        body.insert(0, _ast.Global(bound, **place))
    nothing = _ast.arguments([], [], None, [], [], None, [])
    function = kind("<module>", nothing, body, [], None, None, [], **place)
    module = _compile(_ast.Module([*future, function], []), file, "exec", 0, True)
    for constant in module.co_consts:
        if type(constant) is CodeType:
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
            function = _ast.Name(IMPORT_ALL, _ast.Load(), **place)
            statement = _ast.Expr(_ast.Call(function, given, [], **place), **place)
        elif kind not in (_ast.FunctionDef, _ast.AsyncFunctionDef, _ast.ClassDef):
            for field in ("body", "orelse", "finalbody"):
                if getattr(statement, field, None):
                    setattr(statement, field, _adapt(getattr(statement, field)))
            for inner in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
                inner.body = _adapt(inner.body)
        adapted.append(statement)
    return adapted


# ---- what code is, without running it ---------------------------------------


def runs_by_itself(tree, code, file, declared, has_args):
    """Whether code is run for itself if no function is named, so that there is nothing in
    it to load: a script that is given no arguments, or one that takes them by their names,
    or one without functions."""
    if not has_args:
        return not declared or not only_declares(tree.body)
    if _uses_arguments(code, file):
        return True
    if declared or any(type(statement) is _ast.ClassDef for statement in tree.body):
        return False
    return not tree.body or not only_declares(tree.body)


def _uses_arguments(code, file):
    """Whether the top level reads the names that a body finds its arguments under, and
    does not set them itself."""
    if "args" not in code:
        return False
    symbols = _symtable.symtable(code, file, "exec").symbols
    return any(symbols.get(name, 0) & 0x93 == 0x10 for name in ARGUMENTS)  # use; global, local, import


def only_declares(statements):
    """Whether the top level does nothing but declare things."""
    for statement in statements:
        kind = type(statement)
        if kind in _DECLARATIONS or (kind is _ast.Expr and type(statement.value) is _ast.Constant):
            continue
        if kind is _ast.If:
            if _mentions_name(statement.test) or not only_declares(statement.body + statement.orelse):
                return False
        elif kind is _ast.Try or kind is _ast.TryStar:
            if not only_declares(statement.body + statement.orelse + statement.finalbody):
                return False
            if not all(only_declares(handler.body) for handler in statement.handlers):
                return False
        else:
            return False
    return True


def _mentions_name(test):
    """Whether an if is the usual one that asks if this is the main program."""
    return type(test) is _ast.Compare and any(
        type(side) is _ast.Name and side.id == "__name__" for side in (test.left, *test.comparators)
    )


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
