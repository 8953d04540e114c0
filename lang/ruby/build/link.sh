#!/bin/sh
# link.sh STACK, inside the Debian root: the shim, and the module of it all.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/environment.sh"
stack=$1

mkdir -p "$work/objects/shim"
cd "$work/objects/shim"
features="-D_WASI_EMULATED_SIGNAL -D_WASI_EMULATED_MMAN -D_WASI_EMULATED_GETPID -D_WASI_EMULATED_PROCESS_CLOCKS"
objects=
for source in "$here"/shim/*.c; do
    object=$(basename "$source" .c).o
    # shellcheck disable=SC2086
    $CC $features $optimize $lowering -std=gnu11 -Wall -Wextra -Werror -Wno-unused-parameter -I"$here" \
        -isystem "$work/objects/.ext/include/wasm32-wasi" -isystem "$work/ruby/include" -isystem "$work/ruby" -isystem "$work/objects" \
        -c "$source" -o "$object"
    objects="$objects $work/objects/shim/$object"
done
# By itself and without the lowering: see there.
# shellcheck disable=SC2086
$CC $optimize -c "$here/sjlj.c" -o sjlj.o

# No -O: with it clang runs another optimizer after the linker. Undefined are only the
# imports env.invoke_* that LLVM makes.
extensions=$(sed -n 's/^    init(Init_\([a-z0-9_]*\), .*/\1/p' "$work/objects/ext/extinit.c" | wc -l)
archives=$(cd "$work/objects" && find ext -name '*.a' | sort)
# shellcheck disable=SC2086
set -- $archives
if [ $# != "$extensions" ]; then
    echo "link.sh: $# archives of $extensions extensions; see ext.log" >&2
    exit 1
fi
cd "$work/objects"
# shellcheck disable=SC2086
$CC -mexec-model=reactor -o "$work/linked.wasm" $objects shim/sjlj.o ext/extinit.o enc/encinit.o $archives \
    enc/libenc.a enc/libtrans.a libruby-static.a -L"$prefix/lib" -lz -lyaml \
    -lm -ldl -lcrypt -lwasi-emulated-mman -lwasi-emulated-signal -lwasi-emulated-getpid -lwasi-emulated-process-clocks \
    -Wl,--stack-first -Wl,-z,stack-size="$stack" -Wl,--export-table -Wl,--allow-undefined -Wl,--wrap=stat,--wrap=lstat,--wrap=fstat \
    -Wl,--fatal-warnings -Wl,--gc-sections -Wl,--strip-debug -Wl,--no-demangle

# The collector looks for objects on the machine stack, where WebAssembly's locals
# are not: spill-pointers writes those to it that are live across a call. It works on
# flat code, and takes the first global that is not exported for the stack pointer.
# Most of what it writes is not needed: spill/ takes them out, then optimize.sh
# undoes the flatness.
cd "$work"
wasm-opt --strip-debug --strip-producers -O1 --flatten --simplify-locals-nonesting --vacuum --coalesce-locals --spill-pointers \
    linked.wasm -o spilled.wasm
