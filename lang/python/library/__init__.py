"""The Python side of a call, in the image of the interpreter before the first call.

The C shim calls start() once. For each request it calls call(), encodes the value that
returns, and runs the exit handlers. What stands in the way of any of that goes to
describe(), values that C does not know to convert(), and keys to key().

    image.py         what start() does: the modules in the image, and what is changed in them
    program.py       compiles the user's code and runs one request
    functions.py     finds the function to call
    asynchronous.py  the event loop, and waiting for what a function returns
    values.py        results that are not plain already
    errors.py        exceptions as type, message and traceback
    surroundings.py  the search path and the like, and the end of a call
    absent.py        modules and threads that there are not

Nothing in here may be changed by what a program does to the builtins: see private.py.
"""

from funcbox_guest.errors import describe
from funcbox_guest.image import start
from funcbox_guest.private import Unreturnable
from funcbox_guest.program import call
from funcbox_guest.values import convert, key

__all__ = ["Unreturnable", "call", "convert", "describe", "key", "start"]
