"""The Python side of a call, in the image of the interpreter before the first call.

The C shim calls start() once. For each request it calls serve() and encodes the value
that returns; after the last it runs the exit handlers. What stands in the way of any of
that goes to describe(), values that C does not know to convert(), and keys to key().

    image.py         what start() does: the modules in the image, and what is changed in them
    program.py       serves requests: runs the user's code and calls its functions
    compiling.py     compiles code, and tells a module from a body
    functions.py     finds the function to call
    listing.py       describes functions: parameters, types, documentation
    written.py       types and defaults as text
    asynchronous.py  the event loop, and waiting for what a function returns
    values.py        results that are not plain already
    host.py          the module funcbox: functions of the host
    sources.py       the source lines of tracebacks
    errors.py        exceptions as type, message and traceback
    surroundings.py  the search path and the like, and the end of a call
    absent.py        modules and threads that there are not

Nothing in here may be changed by what a program does to the builtins: see private.py.
"""

from funcbox_guest.errors import describe
from funcbox_guest.host import HostError
from funcbox_guest.image import start
from funcbox_guest.private import Unreturnable
from funcbox_guest.program import serve
from funcbox_guest.values import convert, key

__all__ = ["HostError", "Unreturnable", "convert", "describe", "key", "serve", "start"]
