# The program's surroundings: arguments, streams, environment, exit handlers, and what
# there is not.
import atexit
import gc
import io
import os
import platform
import signal
import sys
import threading
import warnings
import weakref

print(sys.argv, __name__, __file__, sys.path[0], sys.executable, sys.modules["__main__"].__dict__ is globals())
print(dict(os.environ), os.getenv("HOME"), sys.stdin.read(), sys.stdin.isatty(), sys.flags.dont_write_bytecode, sys.dont_write_bytecode)
print(sys.stdout.encoding, sys.stdout.errors, sys.stderr.errors, sys.getdefaultencoding(), sys.getfilesystemencoding())
sys.stdout.buffer.write(b"bytes\n")
sys.stdout.write("text\n")
print("to stdout", file=sys.stdout, flush=True)
try:
    input("prompt: ")
except EOFError as error:
    print(error)
os.environ["CHANGED"] = "yes"
print(os.getenv("CHANGED"), platform.system(), os.name, platform.python_implementation(), os.cpu_count(), os.getpid() > 0)


def tried(action):
    try:
        print("it worked:", action())
    except Exception as error:
        print(type(error).__name__, error)


def start_pool():
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor() as pool:
        return pool.submit(int).result()


def run_process():
    import subprocess

    return subprocess.run(["ls"])


def open_socket():
    import socket

    return socket.create_connection(("127.0.0.1", 80))


def fetch():
    import urllib.request

    return urllib.request.urlopen("http://127.0.0.1/")


for action in (
    threading.Thread(target=print).start,
    start_pool,
    run_process,
    open_socket,
    fetch,
    lambda: __import__("ctypes"),
    lambda: __import__("ssl"),
    lambda: __import__("multiprocessing"),
    lambda: __import__("tkinter"),
    lambda: __import__("fcntl"),
    lambda: __import__("no_such_module"),
    lambda: __import__("funcbox_guest"),
):
    tried(action)
print(threading.current_thread().name, threading.active_count())
lock = threading.Lock()
with lock:
    print(lock.acquire(blocking=False))
local = threading.local()
local.x = 1
print(local.x, threading.RLock().acquire())


class Kept:
    def __del__(self):
        print("deleted at the end")


class Cycle:
    pass


one = Cycle()
one.self = one
seen = weakref.ref(one)
del one
gc.collect()
print(seen() is None, gc.isenabled())
kept = Kept()
weakref.finalize(kept, print, "finalized")
captured = io.StringIO()
sys.stdout, normal = captured, sys.stdout
print("captured")
sys.stdout = normal
print(captured.getvalue(), end="")
atexit.register(print, "handler 1")
atexit.register(print, "handler 2")


@atexit.register
def broken():
    raise ValueError("in a handler")


warnings.warn("on stderr")
print("last line, not ended", end="")
