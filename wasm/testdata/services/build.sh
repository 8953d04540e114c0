#!/bin/sh
# build.sh makes services.wasm, unmetered, from services.c and lang/build/sjlj.c with Debian trixie's
# clang-19 and wasi-libc. Needs what lang/build/root.sh needs.
set -eu
cd "$(dirname "$0")"
root=$(../../../lang/build/root.sh clang-19 lld-19 llvm-19 wasi-libc libclang-rt-19-dev-wasm32)
work=$root/tmp/funcbox-services
mkdir -p "$work"
cp services.c ../../../lang/build/sjlj.c "$work/"
chroot "$root" sh -c 'cd /tmp/funcbox-services && clang-19 --target=wasm32-wasi -O1 \
    -mllvm -enable-emscripten-sjlj -mexec-model=reactor \
    -Wl,--export=__stack_pointer -Wl,--export-table -Wl,--strip-all -Wl,--stack-first -Wl,-z,stack-size=4194304 -Wl,--allow-undefined \
    -o services.wasm services.c sjlj.c'
cp "$work/services.wasm" .
rm -r "$work"
