"""What is in the image of the interpreter: everything that start() imports and changes
is there at the beginning of each call, at no cost to it."""

from funcbox_guest.private import builtins as __builtins__

import builtins
import importlib
import sys

from funcbox_guest import absent, asynchronous, host, sources, surroundings
from funcbox_guest.private import STANDARD

# The modules that programs import most. Against an image with none but those that this
# package needs itself they add 900 pages (2,240 to 3,140, which a new process maps) and
# some 0.2 s to the start, which happens once on a machine; a call that imports none
# of them costs the same (14,600 units of fuel). What a call saves that does, in units of
# fuel, of which some 170,000 are a millisecond: sqlite3 160,000, xml.etree 320,000, zipfile
# 340,000, configparser 390,000, tomllib 400,000, email 760,000, importlib.metadata 920,000.
# Left out for the opposite: unittest, doctest, xml.dom, http, urllib.request.
MODULES = """
    abc argparse array ast asyncio base64 bisect binascii bz2 calendar cmath collections collections.abc concurrent.futures
    configparser contextlib contextvars copy csv dataclasses datetime decimal difflib email.message encodings.ascii
    encodings.latin_1 encodings.utf_8_sig enum fnmatch fractions functools gc glob gzip hashlib heapq hmac html
    importlib.metadata importlib.resources inspect io itertools json logging lzma math numbers operator os os.path pathlib
    pickle platform pprint queue random re secrets shlex shutil signal sqlite3 statistics string struct tempfile textwrap
    threading time tomllib traceback types typing unicodedata urllib.parse uuid warnings weakref xml.etree.ElementTree
    zipfile zlib zoneinfo
""".split()


def start():
    """Prepares the interpreter; once, before the first call."""
    sys.dont_write_bytecode = True
    sys.executable = sys._base_executable = ""  # there is no such file
    surroundings.register_end()
    _name_sources()
    for name in MODULES:
        importlib.import_module(name)
    asynchronous.prepare()
    absent.prepare()
    host.prepare()
    sources.prepare()
    _add_builtins()
    sys.stdout.reconfigure(line_buffering=True)
    # A program does not see this package. C holds on to what it needs of it.
    for name in [name for name in sys.modules if name.partition(".")[0] == "funcbox_guest"]:
        del sys.modules[name]
    surroundings.prepare()


def _name_sources():
    """Has modules of the standard library say that they are where their sources would be:
    some compare that with the file that their code names."""
    from importlib.machinery import SourcelessFileLoader

    original = SourcelessFileLoader.get_code

    def get_code(self, fullname):
        # Called right before the module runs; a frame below it would show in warnings.
        module = sys.modules.get(fullname)
        file = getattr(module, "__file__", None) or ""
        if file.startswith(STANDARD) and file.endswith(".pyc"):
            module.__file__ = module.__spec__.origin = file[:-1]
        return original(self, fullname)

    SourcelessFileLoader.get_code = get_code


def _add_builtins():
    """Those that module site adds."""
    import _sitebuiltins

    builtins.exit = _sitebuiltins.Quitter("exit", "end of file")
    builtins.quit = _sitebuiltins.Quitter("quit", "end of file")
    builtins.help = _sitebuiltins._Helper()
