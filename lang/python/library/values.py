"""Results that are not plain already.

C encodes None, bool, int, float, str, bytes, bytearray, memoryview, list, tuple, set,
frozenset, dict and datetime, each of exactly that type. For anything else it asks
convert() for something nearer to these, again and again until it has one, and for the
text of keys that are neither str nor int it asks key().
"""

from funcbox_guest.private import builtins as __builtins__

import collections.abc as abc
import io
import sys
from array import array
from collections import UserString, deque
from dataclasses import fields
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from os import PathLike, fspath
from types import (
    AsyncGeneratorType,
    BuiltinFunctionType,
    CoroutineType,
    FunctionType,
    GenericAlias,
    MappingProxyType,
    MethodType,
    ModuleType,
    SimpleNamespace,
)
from uuid import UUID

from funcbox_guest.errors import name_of
from funcbox_guest.private import Unreturnable


_NATIVE = (bool, int, float, str, bytes, bytearray, memoryview, list, tuple, set, frozenset, dict, datetime)
_TEXT = (Decimal, Fraction, UUID, UserString)
_FUNCTIONS = (FunctionType, BuiltinFunctionType, MethodType)
_ITERATED = (range, deque, array, abc.Set, abc.Sequence, abc.ValuesView)



def convert(value):
    """Something that is nearer to plain values and means the same."""
    kind = type(value)
    if kind is datetime:
        return value
    if isinstance(value, Enum):
        return value._value_
    if isinstance(value, _FUNCTIONS):
        raise Unreturnable("function cannot be returned")
    if isinstance(value, (type, GenericAlias)):
        raise Unreturnable(f"class {name_of(value) if isinstance(value, type) else value} cannot be returned")
    if isinstance(value, tuple) and hasattr(kind, "_fields"):
        return dict(zip(kind._fields, value))
    if hasattr(kind, "__dataclass_fields__"):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    for native in _NATIVE:
        if isinstance(value, native):
            return _plain(value, native)
    if isinstance(value, _TEXT):
        return str(value)
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, PathLike):
        return fspath(value)
    if hasattr(kind, "keys") and hasattr(kind, "__getitem__"):  # a mapping, or a row of sqlite3
        return {name: value[name] for name in value.keys()}
    if isinstance(value, _ITERATED) or isinstance(value, abc.Iterator) and not isinstance(value, io.IOBase):
        return list(value)
    return _convert_object(value, kind)


def _plain(value, native):
    """A value of a subclass as one of the class itself."""
    if native is dict:
        return dict(dict.items(value))
    if native is datetime:
        return datetime.combine(value.date(), value.timetz())
    if native is str:
        return str.__str__(value)
    if native is float:
        return float.__float__(value)
    if native is int:
        return int.__int__(value)
    return native(value)


def _convert_object(value, kind):
    """A value of a class that this module does not know."""
    if isinstance(value, ModuleType):
        raise Unreturnable(f"module {value.__name__} cannot be returned")
    if isinstance(value, CoroutineType):
        value.close()  # no warning that it was never awaited
        raise Unreturnable("coroutine cannot be returned: only what a function itself returns is awaited")
    if isinstance(value, (SimpleNamespace, MappingProxyType)) or _is_namespace(value):
        return dict(vars(value))
    attributes = getattr(kind, "__attrs_attrs__", None)
    if attributes is not None:
        return {attribute.name: getattr(value, attribute.name) for attribute in attributes}
    if hasattr(kind, "model_dump"):  # of pydantic
        return kind.model_dump(value)
    if hasattr(kind, "dtype") and hasattr(kind, "tolist"):  # of numpy and its like
        return kind.tolist(value)
    if hasattr(kind, "__index__"):
        return kind.__index__(value)
    if hasattr(kind, "__float__"):
        return kind.__float__(value)
    if _is_address(kind) or isinstance(value, tzinfo) and hasattr(value, "key"):
        return str(value)
    if hasattr(kind, "__buffer__"):
        return bytes(value)
    if hasattr(kind, "__iter__") and not isinstance(value, io.IOBase):
        return list(value)
    raise Unreturnable(f"object of type {name_of(kind)} cannot be returned")


def _is_namespace(value):
    argparse = sys.modules.get("argparse")
    return argparse is not None and isinstance(value, argparse.Namespace)


def _is_address(kind):
    return kind.__module__ == "ipaddress"


def key(value):
    """The text for a key of a dict that is not a str itself."""
    if isinstance(value, Enum):
        value = value._value_
    if isinstance(value, str):
        return str.__str__(value)
    if value is True:
        return "true"
    if value is False:
        return "false"
    if value is None:
        return "null"
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return float.__repr__(value)
    if isinstance(value, _TEXT):
        return str(value)
    if isinstance(value, (date, time)):  # datetime too
        return value.isoformat()
    if isinstance(value, PathLike):
        return fspath(value)
    raise Unreturnable(f"a key of type {name_of(type(value))} cannot be returned")


_PLAIN = frozenset((type(None), *_NATIVE))
_RESULTS = (*_NATIVE, *_TEXT, Enum, date, time, timedelta, PathLike, *_ITERATED, abc.Mapping, SimpleNamespace)


def is_result(value):
    """Whether a value is of a kind that convert() takes, whatever is in it; one that
    would be collected by running it is not."""
    kind = type(value)
    if kind in _PLAIN or isinstance(value, _RESULTS):
        return True
    return hasattr(kind, "__dataclass_fields__") or hasattr(kind, "__attrs_attrs__") or _is_namespace(value)
