"""Exceptions as type, message and traceback.

Whatever a program does to its exceptions, something is said about them.
"""

from funcbox_guest.private import builtins as __builtins__

import linecache
import sys
import traceback
from types import TracebackType

from funcbox_guest import surroundings
from funcbox_guest.private import FOLDER, STANDARD, call_bare

# Characters; what is longer is cut in the middle.
MAX_MESSAGE, MAX_STACK = 64 << 10, 256 << 10

# Frames of one traceback: as many are kept from its beginning and from its end.
_MAX_FRAMES = 2000

# Exceptions that one is followed through: causes, contexts, groups.
_MAX_RELATED = 1000

name_of = type.__dict__["__name__"].__get__


def describe(exception, is_last=True):
    """Type, message and stack of an exception that ended a request, and if it is the last
    one, the program."""
    kind = name_of(type(exception))
    if isinstance(exception, MemoryError):
        _let_go(exception, is_last)
    message = _message(exception)
    try:
        for each in _related(exception):
            each.__traceback__ = _users_frames(each.__traceback__)
        _show(exception)
        stack = _cut("".join(traceback.format_exception(exception)), MAX_STACK)
    except BaseException:  # its own methods, a lack of memory, a changed module
        stack = _plain_stack(exception, kind, message)
    return kind, message, stack


def _plain_stack(exception, kind, message):
    """The most that can be said without module traceback."""
    lines, frames = [], exception.__traceback__
    try:
        while frames is not None and len(lines) < 100:
            code = frames.tb_frame.f_code
            if not code.co_filename.startswith(FOLDER):
                lines.append(f'  File "{code.co_filename}", line {frames.tb_lineno}, in {code.co_name}\n')
            frames = frames.tb_next
        heading = "Traceback (most recent call last):\n" if lines else ""
        return _cut("".join([heading, *lines, f"{kind}: {message}\n"]), MAX_STACK)
    except BaseException:
        return ""


def _message(exception):
    try:
        text = str(exception)
        if not text and isinstance(exception, MemoryError):
            text = "out of memory"
        return _cut(text, MAX_MESSAGE)
    except BaseException:
        return "<exception str() failed>"


def _cut(text, limit):
    """A plain and valid str of at most about limit characters."""
    text = str.__str__(text)
    if len(text) > limit:
        text = f"{text[: limit // 2]}\n[{len(text) - limit} characters cut]\n{text[-(limit // 2) :]}"
    try:
        text.encode()
        return text
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()


def _let_go(exception, is_last):
    try:
        traceback.clear_frames(exception.__traceback__)
        if is_last:
            surroundings.forget_globals()
    except BaseException:
        pass


def _related(exception):
    """The exception with its causes, contexts and the members of groups."""
    found, waiting = {}, [exception]
    while waiting and len(found) < _MAX_RELATED:
        each = waiting.pop()
        if isinstance(each, BaseException) and id(each) not in found:
            found[id(each)] = each
            waiting += (each.__cause__, each.__context__)
            if isinstance(each, BaseExceptionGroup):
                waiting += each.exceptions
    return list(found.values())


def _users_frames(frames):
    """A traceback without the frames of this package, and without those of the event loop
    that this package itself started."""
    kept, ours = [], False
    while frames is not None:
        file = frames.tb_frame.f_code.co_filename
        if file.startswith(FOLDER):
            ours = True
        elif not (ours and not kept and file.startswith(STANDARD + "asyncio/")):
            kept.append(frames)
        frames = frames.tb_next
    if len(kept) > 2 * _MAX_FRAMES:  # a recursion under a limit that the program raised
        kept[_MAX_FRAMES:-_MAX_FRAMES] = []
    rebuilt = None
    for frame in reversed(kept):
        rebuilt = TracebackType(rebuilt, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    return rebuilt


def _show(exception):
    """Adds the source line that the compiler leaves out where it does not find the file,
    and calls the program's own sys.excepthook, if it set one."""
    if isinstance(exception, SyntaxError) and exception.text is None and isinstance(exception.filename, str):
        if exception.filename in linecache.cache and isinstance(exception.lineno, int):
            exception.text = linecache.getline(exception.filename, exception.lineno) or None
    hook = sys.excepthook
    if hook is not sys.__excepthook__:
        call_bare(hook, (type(exception), exception, exception.__traceback__), {})
