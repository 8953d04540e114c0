"""standard_library.py LIB ADDITIONS OUT writes the standard library as .pyc files.

Compiled code stands where its source would: no __pycache__, no sources. A hash
that is never checked takes the place of a time, so the same sources give the
same bytes.
"""

import pathlib
import py_compile
import sys

WHERE = "/usr/lib/python3.13/"

# What cannot work without threads, processes, a network, a terminal or a display,
# what belongs to the development of Python itself, and the Python versions of what is
# there in C.
LEFT_OUT = """
    test idlelib turtledemo turtle tkinter lib2to3 ensurepip venv multiprocessing
    pydoc_data __hello__ __phello__ _pydatetime _pydecimal _pyio site-packages dist-packages
    _aix_support _android_support _apple_support _ios_support _osx_support pty tty
""".split()


# Of the interactive interpreter pydoc needs these.
PYREPL = ("__init__.py", "pager.py", "types.py")


def sources(folder):
    for path in sorted(folder.rglob("*.py")):
        relative = path.relative_to(folder)
        first, last = relative.parts[0], relative.parts[-1]
        if first.removesuffix(".py") not in LEFT_OUT and (first != "_pyrepl" or last in PYREPL):
            yield path, relative


def main(library, additions, out):
    for folder in (library, additions):
        for path, relative in sources(folder):
            target = (out / relative).with_suffix(".pyc")
            target.parent.mkdir(parents=True, exist_ok=True)
            py_compile.compile(
                str(path), str(target), dfile=WHERE + str(relative), doraise=True, optimize=0,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )


if __name__ == "__main__":
    main(*map(pathlib.Path, sys.argv[1:]))
