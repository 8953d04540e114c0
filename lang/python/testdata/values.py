# What the adapter itself does not touch: numbers, text and containers are Python's own.
import array
import collections
import copy
import dataclasses
import enum
import functools
import heapq
import itertools
import operator
import pickle
import struct
import sys
import types
import typing
from bisect import bisect, insort

print(2**200, -(2**64), 10**30 // 7, divmod(-7, 3), pow(3, 100, 7), (12345678901234567890).bit_length())
print(0.1 + 0.2, 1e308 * 10, float("nan"), -0.0, 1e16, 5e-324, round(2.5), float.hex(0.1), (0.5).as_integer_ratio())
print(complex(1, -2) * 1j, 0b101, 0o17, 0xFF, 1_000_000, int("z", 36), f"{1234567.891:,.2f} {255:#x} {3.14159:8.3f}| {'x':>4}|")
print("größe".upper(), "ß".casefold(), "𝔘"[0], len("👩‍👩‍👧"), "a\u0301".encode(), "日本語"[::-1], ascii("ä"), "x".center(5, "*"))
print(b"bytes\x00\xff", bytearray(b"ab") + b"c", memoryview(b"abcdef")[1:4].tobytes(), bytes.fromhex("00ff"), b"\xe4".decode("latin-1"))
print(sorted({3, 1, 2}), frozenset([1]), [1, *range(3)], (1,), {"a": 1} | {"b": 2}, {**{"x": 1}}, [i for i in range(9) if i % 2])
print(sys.maxsize, sys.byteorder, sys.version_info[:2], sys.implementation.name, sys.platform)


@dataclasses.dataclass(order=True, frozen=True)
class Point:
    x: int
    y: int = 0
    tags: list = dataclasses.field(default_factory=list, compare=False)


print(Point(1), Point(1, 2) > Point(1), dataclasses.asdict(Point(1, 2, ["a"])), dataclasses.replace(Point(1), y=5))
print(copy.deepcopy(Point(1, 2, [[1]])), pickle.loads(pickle.dumps(Point(3, 4))), hash(Point(1)) == hash(Point(1)))


class Color(enum.Enum):
    RED = 1
    GREEN = enum.auto()


class Access(enum.IntFlag):
    READ = 4
    WRITE = 2


print(list(Color), Color["RED"], Color(2), Access.READ | Access.WRITE, Access(6) & 4)
Named = collections.namedtuple("Named", "first second", defaults=[2])
print(Named(1), Named(1)._asdict(), collections.Counter("abracadabra").most_common(2), collections.deque([1, 2, 3], 2))
print(collections.ChainMap({"a": 1}, {"a": 2, "b": 3})["b"], collections.defaultdict(list, {"x": [1]}), collections.OrderedDict(a=1))
print(list(itertools.permutations("abc", 2))[:3], list(itertools.accumulate([1, 2, 3])), list(itertools.batched("abcde", 2)))
print(functools.reduce(operator.mul, range(1, 20)), heapq.nsmallest(2, [3, 1, 2]), bisect([1, 3, 5], 3))
print(struct.pack("<iHd", -1, 2, 0.5).hex(), struct.unpack(">q", b"\xff" * 8), array.array("d", [1, 2]).tobytes().hex())


@functools.lru_cache(maxsize=None)
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


print(fibonacci(150), fibonacci.cache_info().hits)


@functools.singledispatch
def kind(value):
    return "other"


@kind.register
def _(value: int):
    return "int"


print(kind(1), kind("x"))


class Vector:
    __slots__ = ("x", "y")
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __matmul__(self, other):
        return self.x * other.x + self.y * other.y


match Vector(1, 2):
    case Vector(1, y) if y > 1:
        print("matched", y)
match {"a": [1, 2, 3], "b": 0}:
    case {"a": [first, *rest], **others}:
        print(first, rest, others)
print(Vector(1, 2) @ Vector(3, 4))


def generate():
    received = yield 1
    print("received", received)
    yield from range(2)
    return "end"


generator = generate()
print(next(generator), generator.send("x"), list(generator))


class Typed[T]:
    value: T


type Pair[A] = tuple[A, A]
print(typing.get_type_hints(Typed), Pair[int].__value__, typing.get_args(dict[str, int]), types.SimpleNamespace(a=1))
print((lambda a, /, b, *, c=3, **rest: (a, b, c, rest))(1, b=2, d=4), [*zip("ab", [1, 2], strict=True)])
print(sorted("banana", key=lambda c: (-ord(c), c)), max([3, 1], default=0), any([]), all([]), sum([0.1] * 10))
values = [5, 1]
insort(values, 3)
print(values, slice(1, 5, 2).indices(4), isinstance(True, int), type(None), Ellipsis, NotImplemented)
