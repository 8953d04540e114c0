#!/bin/sh
# link.sh STACK, inside the Debian root: the shim, and the module of it all.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/environment.sh"
stack=$1

mkdir -p "$work/objects/shim"
cd "$work/objects/shim"
objects=
for source in "$here"/*.c; do
    object=$(basename "$source" .c).o
    # shellcheck disable=SC2086
    $CC $features $optimize -std=c11 -Wall -Wextra -Werror -Wno-unused-parameter -I"$here" -isystem "$work/python/Include" \
        -isystem "$work/python/Include/internal" -isystem "$work/objects/python" -c "$source" -o "$object"
    objects="$objects $work/objects/shim/$object"
done

# No -O: with it clang runs another optimizer after the linker.
cd "$work/objects/python"
# shellcheck disable=SC2086
$CC -mexec-model=reactor -o "$work/python.wasm" $objects libpython3.13.a Modules/_decimal/libmpdec/libmpdec.a \
    Modules/_hacl/libHacl_Hash_SHA2.a Modules/expat/libexpat.a -L"$prefix/lib" -lsqlite3 -lbz2 -llzma -lz -lm \
    -lwasi-emulated-getpid -lwasi-emulated-signal -lwasi-emulated-process-clocks \
    -Wl,--stack-first -Wl,-z,stack-size="$stack" -Wl,--export=__stack_pointer -Wl,--wrap=__wasilibc_find_relpath -Wl,--wrap=__wasilibc_find_relpath_alloc -Wl,--gc-sections -Wl,--strip-all -Wl,--no-demangle -Wl,--wrap=isatty
