"""The event loop, and waiting for what a function returns.

There are no threads, no signals and no sockets: nothing but time and the program
itself can wake an event loop.
"""

from funcbox_guest.private import builtins as __builtins__

import asyncio
import selectors
import time
from asyncio import selector_events
from types import AsyncGeneratorType, CoroutineType, GeneratorType

from funcbox_guest.private import call_bare

_loop = None  # in the image, for the first coroutine of a call
_keep_tasks = False  # those that a request leaves; the next goes on with them

_PLAIN = frozenset((type(None), bool, int, float, str, bytes, list, tuple, dict))


def settle(value):
    """What a function returned, once it is there: coroutines and other awaitables are
    awaited, generators collected as lists."""
    while type(value) not in _PLAIN:
        if isinstance(value, GeneratorType):
            value = call_bare(list, (value,), {})
        elif isinstance(value, AsyncGeneratorType):
            value = _wait(_collect(value), value)
        elif isinstance(value, CoroutineType):
            value = _wait(value, value)
        elif hasattr(type(value), "__await__"):
            value = _wait(_await(value), value)
        else:
            break
    return value


async def _collect(generator):
    return [item async for item in generator]


async def _await(value):
    return await value


def _wait(coroutine, value):
    """As asyncio.run() does it, but with the loop that is in the image, and without what
    is left to do for threads."""
    if isinstance(value, asyncio.Future):  # it belongs to a loop already
        coroutine.close()
        return call_bare(value.get_loop().run_until_complete, (value,), {})
    loop = _usable_loop()
    asyncio.set_event_loop(loop)
    try:
        return call_bare(loop.run_until_complete, (coroutine,), {})
    finally:
        if not _keep_tasks:
            _end_tasks(loop)


def _usable_loop():
    global _loop
    if _loop.is_closed():
        _loop = asyncio.new_event_loop()
    return asyncio.new_event_loop() if _loop.is_running() else _loop


def _end_tasks(loop):
    if asyncio.all_tasks(loop):
        asyncio.runners._cancel_all_tasks(loop)
    if loop._asyncgens:
        call_bare(loop.run_until_complete, (loop.shutdown_asyncgens(),), {})


def keep_tasks(keep):
    """Says whether tasks that a request does not wait for stay for the next."""
    global _keep_tasks
    _keep_tasks = keep


def end():
    """Ends the tasks that were kept."""
    if not _loop.is_closed() and not _loop.is_running():
        asyncio.set_event_loop(_loop)
        _end_tasks(_loop)


class Selector(selectors.SelectSelector):
    """Waits for files that the loop was given, else only for the time; what can never
    happen is an error instead of a hang."""

    def select(self, timeout=None):
        if self.get_map():
            return super().select(timeout)
        if timeout is None:
            raise RuntimeError("the event loop waits for something that never happens: no task can run and no timer is set")
        if timeout > 0:
            time.sleep(timeout)
        return []


Selector.__module__ = "selectors"


def prepare():
    """Makes asyncio's loop do without the socket pair by which threads and signals wake
    it."""
    global _loop

    def nothing(self):
        pass

    base = selector_events.BaseSelectorEventLoop
    base._make_self_pipe = base._close_self_pipe = base._write_to_self = nothing
    original = base.__init__

    def __init__(self, selector=None):
        original(self, Selector() if selector is None else selector)

    in_executor = base.run_in_executor

    def run_in_executor(self, executor, function, *args):
        if executor is None and self._default_executor is None:
            raise RuntimeError("can't start new thread: there are no threads in the sandbox")
        return in_executor(self, executor, function, *args)

    base.run_in_executor = run_in_executor
    base.__init__ = __init__
    _loop = asyncio.new_event_loop()
