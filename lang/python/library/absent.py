"""Modules, threads and sockets that there are not: what a program is told instead of
the name of an internal module; and what the standard library lacks without OpenSSL."""

from funcbox_guest.private import builtins as __builtins__

import errno
import hashlib
import hmac
import socket
import sys
import threading

_NO_NETWORK = "there is no network in the sandbox"
_NO_PROCESSES = "there are no other processes in the sandbox"
_NO_TERMINAL = "there is no terminal in the sandbox"
_NO_USERS = "there are no users in the sandbox"
_NOT_BUILT = "it is not part of this interpreter"

_REASONS = {
    "_ctypes": "native libraries cannot be loaded in the sandbox",
    "_ssl": _NO_NETWORK,
    "_socket": _NO_NETWORK,
    "multiprocessing": _NO_PROCESSES,
    "_multiprocessing": _NO_PROCESSES,
    "_posixshmem": _NO_PROCESSES,
    "_posixsubprocess": _NO_PROCESSES,
    "tkinter": _NO_TERMINAL,
    "_tkinter": _NO_TERMINAL,
    "curses": _NO_TERMINAL,
    "_curses": _NO_TERMINAL,
    "idlelib": _NO_TERMINAL,
    "turtle": _NO_TERMINAL,
    "readline": _NO_TERMINAL,
    "termios": _NO_TERMINAL,
    "fcntl": _NO_PROCESSES,
    "resource": _NO_PROCESSES,
    "mmap": _NOT_BUILT,
    "pwd": _NO_USERS,
    "grp": _NO_USERS,
    "syslog": _NO_PROCESSES,
    "ensurepip": _NO_NETWORK,
    "pip": _NO_NETWORK,
    "venv": _NO_PROCESSES,
}


class AbsentModules:
    """The last of the finders: says why a module is not there."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        reason = _REASONS.get(name)
        if reason is not None:
            raise ModuleNotFoundError(f"No module named {name.lstrip('_')!r}: {reason}", name=name)


AbsentModules.__module__ = "importlib.machinery"


def start_thread(self):
    """In place of threading.Thread.start."""
    if not self._initialized:
        raise RuntimeError("thread.__init__() not called")
    raise RuntimeError("can't start new thread: there are no threads in the sandbox")


def no_network(*args, **kwargs):
    """In place of what makes sockets and looks up names."""
    raise OSError(errno.ENETUNREACH, _NO_NETWORK)


class NoSocket(socket.socket):
    """In place of socket.socket: a class to ask isinstance() about, and no more."""

    def __new__(cls, *args, **kwargs):
        no_network()


def _prepare_sockets():
    NoSocket.__name__ = NoSocket.__qualname__ = "socket"
    NoSocket.__module__ = "socket"
    socket.socket = NoSocket
    for name in ("create_connection", "create_server", "fromfd", "getaddrinfo", "gethostbyaddr", "gethostbyname", "socketpair"):
        setattr(socket, name, no_network)
    socket.gethostname = lambda: "localhost"
    socket.getfqdn = lambda name="": name or "localhost"


def pbkdf2_hmac(hash_name, password, salt, iterations, dklen=None):
    """Password based key derivation function 2 (PKCS #5 v2.0) with HMAC as pseudorandom
    function."""
    if iterations < 1:
        raise ValueError("iteration value must be greater than 0.")
    keyed = hmac.new(bytes(password), None, hash_name)
    length = keyed.digest_size if dklen is None else dklen
    if length < 1:
        raise ValueError("key length must be greater than 0.")
    derived, block = b"", 0
    while len(derived) < length:
        block += 1
        first = keyed.copy()
        first.update(bytes(salt) + block.to_bytes(4))
        step = first.digest()
        mixed = int.from_bytes(step)
        for _ in range(iterations - 1):
            each = keyed.copy()
            each.update(step)
            step = each.digest()
            mixed ^= int.from_bytes(step)
        derived += mixed.to_bytes(keyed.digest_size)
    return derived[:length]


def prepare():
    sys.meta_path.append(AbsentModules)
    _prepare_sockets()
    if not hasattr(hashlib, "pbkdf2_hmac"):
        pbkdf2_hmac.__module__ = "hashlib"
        hashlib.pbkdf2_hmac = pbkdf2_hmac
    start_thread.__name__ = start_thread.__qualname__ = "start"
    start_thread.__doc__ = threading.Thread.start.__doc__
    threading.Thread.start = start_thread
