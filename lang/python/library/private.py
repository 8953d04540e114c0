"""What the modules of this package share: builtins of their own, and calls that leave
no frame of the package below the user's.

A function keeps the builtins that its module's globals name when it is defined, so
each module of the package begins with

    from funcbox_guest.private import builtins as __builtins__

and a program that replaces len() does not break it.
"""

import builtins as _builtins
import os

builtins = dict(vars(_builtins))

class Unreturnable(TypeError):
    """A value cannot be returned. C adds its place and makes a TypeError of it."""


try:
    from _funcbox import call as call_bare  # call(callable, args, kwargs)
    from _funcbox import changed  # changed(dict, before): the keys of values that are others
    from _funcbox import instances  # instances(list, types): those that are of one of the types
except ImportError:  # under another interpreter, to try this package

    def call_bare(function, args, kwargs):
        return function(*args, **kwargs)

    def changed(now, before):
        return [key for key, value in now.items() if before.get(key, now) is not value]

    def instances(objects, types):
        return [each for each in objects if isinstance(each, types)]


# The code of this package, by which tracebacks tell its frames from the user's.
FOLDER = __file__.rpartition("/")[0] + "/"

# Where the standard library is.
STANDARD = os.__file__.rpartition("/")[0] + "/"
