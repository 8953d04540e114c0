#!/bin/sh
# optimize.sh, inside the Debian root: the module as it is before it is metered.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/environment.sh"
cd "$work"
wasm-opt -O2 reduced.wasm -o optimized.wasm
ruby "$here/export.rb" optimized.wasm ruby.wasm 0 __stack_pointer
