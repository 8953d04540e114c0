#!/bin/sh
# conformance.sh [FLAG...] [TEST...] runs CPython's own regression tests in the
# sandbox and compares what fails with conformance.txt. The tests come from the same
# source package as the interpreter and are no part of this repository.
#
# Needs a Debian machine, root and Go, as build/build.sh does. FUNCBOX_PYTHON_TESTS,
# if set, is the folder Lib of sources that are there already.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
tests=${FUNCBOX_PYTHON_TESTS:-}
if [ -z "$tests" ]; then
    root=$("$here/../build/root.sh" patch xz-utils)
    work=/build/python-tests
    tests=$root$work/python/Lib
    # Unpacked beside its place and moved there, so that half of it is never used.
    if [ ! -e "$tests/test/libregrtest" ]; then
        rm -rf "$root$work" "$root$work.new"
        "$here/build/unpack.sh" "$root" "$work.new"
        mv "$root$work.new" "$root$work"
    fi
fi
cd "$here/../.."
exec go run ./internal/cmd/cpythontest -tests "$tests" -expect "$here/conformance.txt" "$@"
