# Tracebacks as Python prints them, with the source lines of this file.
import sys
import traceback
import warnings


def show():
    print(traceback.format_exc(), end="")
    print("--")


def inner(value):
    return 1 / value


def outer(value):
    try:
        return inner(value)
    except ZeroDivisionError as error:
        raise ValueError("a cause") from error


try:
    outer(0)
except ValueError:
    show()

try:
    try:
        {}["key"]
    except KeyError:
        raise RuntimeError("a context")
except RuntimeError:
    show()

try:
    try:
        {}["key"]
    except KeyError:
        raise RuntimeError("no context") from None
except RuntimeError as error:
    error.add_note("a note\nof two lines")
    show()

try:
    raise ExceptionGroup("a group", [ValueError("one"), ExceptionGroup("inner", [TypeError("two"), OSError("three")])])
except ExceptionGroup:
    show()

for code in ("x = (1,\n  2", "x = 'a\n", "if x\n  pass", "  x = 1\ny", "def f():\nx", "return 1", "f(**{}, *[])", "x = 1 +", "é = 1; $"):
    try:
        compile(code, "<code>", "exec")
    except SyntaxError as error:
        print("".join(traceback.format_exception_only(error)), end="")
print("--")


def deep(n):
    return deep(n - 1) + 1 if n else [].missing


try:
    deep(5)
except AttributeError:
    show()


class Odd(Exception):
    def __str__(self):
        raise RuntimeError("no text")


try:
    raise Odd
except Odd:
    show()

try:
    nmae = undefined_name
except NameError:
    show()
try:
    sys.exti
except AttributeError as error:
    print(error, error.name, traceback.format_exception_only(error)[0], end="")
try:
    "a" + 1
except TypeError:
    show()
try:
    (lambda: [x for x in (1, 0) if 1 / x])()
except ZeroDivisionError:
    show()


def forever():
    return forever()


try:
    forever()
except RecursionError as error:
    print(type(error).__name__, error)
try:
    eval("(" * 5000 + ")" * 5000)
except (SyntaxError, MemoryError, RecursionError) as error:
    print(type(error).__name__)

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    warnings.warn("careful", DeprecationWarning, stacklevel=1)
    print([(str(w.message), w.category.__name__, w.filename, w.lineno) for w in caught])


class Context:
    def __enter__(self):
        return self

    def __exit__(self, kind, error, frames):
        print("exit", kind.__name__, error, frames.tb_lineno)
        return True


with Context():
    raise LookupError("suppressed")
try:
    raise SystemExit(3)
except SystemExit as end:
    print("caught", end.code)
try:
    assert 1 > 2, "asserted"
except AssertionError:
    show()
traceback.print_stack(file=sys.stdout)
print(sys._getframe().f_back)
