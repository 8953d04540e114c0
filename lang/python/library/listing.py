"""Describes the functions of loaded code: parameters, defaults, types, documentation.

What cannot be told of a function leaves its description shorter, and without "exact":
then the host passes it whatever arguments there are."""

from funcbox_guest.private import builtins as __builtins__

import inspect
from functools import partial
from types import FunctionType, MethodType, ModuleType

from funcbox_guest import functions
from funcbox_guest.errors import name_of
from funcbox_guest.functions import spelled
from funcbox_guest.written import NO_SOURCES, Sources, bounded, is_constant, shown

# Functions of one listing, parameters of one of them; characters of a documentation,
# and of a name.
MAX_FUNCTIONS, MAX_PARAMETERS, MAX_DOCUMENTATION, MAX_NAME = 1000, 1000, 10_000, 1000

_KINDS = {
    inspect.Parameter.POSITIONAL_ONLY: "positional",
    inspect.Parameter.POSITIONAL_OR_KEYWORD: "either",
    inspect.Parameter.KEYWORD_ONLY: "keyword",
    inspect.Parameter.VAR_POSITIONAL: "rest",
    inspect.Parameter.VAR_KEYWORD: "keywordRest",
}

_missing = object()


def describe_module(module, declared, named, code, file, tree):
    """Describes a module's own functions, and the one that is named. tree may be None."""
    sources = Sources(code, file, tree)
    public, listed = (), {}
    try:
        public = functions.public(module, declared)
    except BaseException:  # an object of the program's, asked what it is; the call will tell
        pass
    for name, value in vars(module).copy().items():
        if len(listed) >= MAX_FUNCTIONS:
            break
        try:
            if len(name) > MAX_NAME:
                pass
            elif isinstance(value, type):
                if value.__module__ == module.__name__ and name[:1] != "_":
                    _list_class(listed, value, name, sources)
            elif name in public or name[:2] != "__" and functions.is_own(module, value):
                listed[name] = _describe(name, value, 0, sources)
        except BaseException:
            pass
    for name in public:
        if name in listed:
            listed[name]["public"] = True
    if named and named not in listed and len(named) <= MAX_NAME:
        found = _find(module, named)
        if found is not None:
            listed[named] = _describe(named, *found, sources)
    listing = {"kind": "module", "functions": list(listed.values())}
    if len(public) == 1:
        listing["only"] = public[0]
    return listing


# ---- finding what calls reach --------------------------------------------------


def _list_class(listed, kind, path, sources):
    """Lists the functions of a class that can be called by a dotted path."""
    made = _is_made_of_nothing(kind)
    for name, member in vars(kind).items():
        if len(listed) >= MAX_FUNCTIONS:
            break
        if name[:1] == "_" or len(name) > MAX_NAME:
            continue
        dotted = f"{path}.{name}"
        if isinstance(member, type):
            if getattr(member, "__qualname__", "") == f"{kind.__qualname__}.{name}":
                _list_class(listed, member, dotted, sources)
        else:
            found = _member(member, made)
            if found is not None:
                listed[dotted] = _describe(dotted, *found, sources)


def _member(member, made):
    """The function that a member of a class stands for, and how many of its parameters
    are given by the class or its instance; None: it cannot be called."""
    if isinstance(member, staticmethod):
        return member.__func__, 0
    if isinstance(member, classmethod):
        return member.__func__, 1
    if isinstance(member, FunctionType) and made:
        return member, 1
    return None


def _is_made_of_nothing(kind):
    """Whether an instance can be made without arguments, as far as that can be told."""
    if getattr(kind, "__abstractmethods__", None):
        return False
    for name in ("__init__", "__new__"):
        function = _static(kind, name)
        function = getattr(function, "__func__", function)
        if isinstance(function, FunctionType):
            parameters = _plain_parameters(function, 1, NO_SOURCES)
            if any(parameter.get("required") for parameter in parameters):
                return False
    return True


def _static(kind, name):
    for base in kind.__mro__:
        if name in vars(base):
            return vars(base)[name]
    return _missing


def _find(module, path):
    """What a path names and how many of its parameters are given, without running any
    code of the program's; None: there is no such function."""
    parts = [spelled(part) for part in path.split(".")]
    value, given = vars(module).get(parts[0], _missing), 0
    for part in parts[1:]:
        if isinstance(value, ModuleType):
            value, given = vars(value).get(part, _missing), 0
        elif isinstance(value, type):
            member = _static(value, part)
            found = (member, 0) if isinstance(member, type) else _member(member, True)
            if found is None:
                return None
            value, given = found
        elif value is _missing:
            return None
        else:  # an attribute of an object is what the object says
            return object, 0
    return (value, given) if value is not _missing and callable(value) else None


# ---- one function -----------------------------------------------------------------


def _describe(path, value, given, sources):
    """Describes a function whose first parameters, as many as are given, are not the
    caller's."""
    described = {"name": path}
    try:
        function, is_exact = _plain(value)
        if type(function) is MethodType:
            function, given = function.__func__, given + 1
        if type(function) is FunctionType:
            described["params"] = _plain_parameters(function, given, sources)
            returns = sources.type_of(function, "return")
        elif function is object:  # see _find
            return described
        else:
            described["params"], returns, is_exact = *_told_parameters(value, given), False
        parameters = described["params"]
        if len(parameters) > MAX_PARAMETERS or any(len(parameter["name"]) > MAX_NAME for parameter in parameters):
            return {"name": path}
        if returns:
            described["returns"] = returns
        documentation = _documentation(value)
        if documentation:
            described["doc"] = documentation
        if is_exact:
            described["exact"] = True
    except BaseException:  # of the program's own, such as a __signature__
        described = {"name": path}
    return described


def _plain(value):
    """The function of the program that is behind what decorators have made of it, and
    whether calls are bound to its parameters as they are to what was made."""
    function, is_exact = value, True
    for _ in range(100):
        attributes = getattr(function, "__dict__", None) or ()
        if "__signature__" in attributes:
            return value, False
        if "__wrapped__" not in attributes:
            break
        # That of functools' caches passes on what it gets; any other may do as it likes.
        is_exact = is_exact and name_of(type(function)) == "_lru_cache_wrapper"
        function = attributes["__wrapped__"]
    return function, is_exact


def _documentation(value):
    if isinstance(value, partial):
        value = value.func
    documentation = getattr(value, "__doc__", None)
    return bounded(documentation.strip(), MAX_DOCUMENTATION) if isinstance(documentation, str) else ""


def _plain_parameters(function, given, sources):
    """The parameters of a function in Python, from its code."""
    code = function.__code__
    names, positional = code.co_varnames, code.co_argcount
    keywords = positional + code.co_kwonlyargcount
    defaults = function.__defaults__ or ()
    first_default = positional - len(defaults)
    keyword_defaults = function.__kwdefaults__ or {}
    parameters = []
    for i in range(min(given, positional), keywords):
        name = names[i]
        if i < positional:
            kind = "positional" if i < code.co_posonlyargcount else "either"
            default = defaults[i - first_default] if i >= first_default else _missing
        else:
            kind, default = "keyword", keyword_defaults.get(name, _missing)
        parameters.append(_parameter(name, kind, default, function, sources))
    rest = []
    if code.co_flags & inspect.CO_VARARGS:
        rest.append(_parameter(names[keywords], "rest", None, function, sources))
        at = sum(parameter["kind"] != "keyword" for parameter in parameters)
        parameters[at:at] = rest
    if code.co_flags & inspect.CO_VARKEYWORDS:
        parameters.append(_parameter(names[keywords + len(rest)], "keywordRest", None, function, sources))
    return parameters


def _parameter(name, kind, default, function, sources):
    described = {"name": name, "kind": kind}
    if kind == "rest" or kind == "keywordRest":
        pass
    elif default is _missing:
        described["required"] = True
    elif is_constant(default):
        described["default"] = default
    else:
        described["defaultText"] = sources.default_of(function, name) or shown(default)
    hint = sources.type_of(function, name)
    if hint:
        described["type"] = hint
    return described


def _told_parameters(value, given):
    """The parameters of anything else that can be called, as module inspect tells them,
    and what it returns."""
    signature = inspect.signature(value)
    parameters = []
    for parameter in list(signature.parameters.values())[given:]:
        described = {"name": parameter.name, "kind": _KINDS[parameter.kind]}
        if parameter.default is not parameter.empty:
            if is_constant(parameter.default):
                described["default"] = parameter.default
            else:
                described["defaultText"] = shown(parameter.default)
        elif described["kind"] not in ("rest", "keywordRest"):
            described["required"] = True
        if parameter.annotation is not parameter.empty:
            described["type"] = shown(parameter.annotation)
        parameters.append(described)
    return parameters, "" if signature.return_annotation is signature.empty else shown(signature.return_annotation)
