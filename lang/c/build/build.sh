#!/bin/sh
# build.sh makes ../clang.wasm.zst, ../sysroot.bin and ../manifest.json: LLVM's clang
# and linker as a WebAssembly module from the npm registry, without its assertions,
# optimized, metered and compressed;
# the headers and libraries of C and C++ that it compiles and links with, of which
# libc++ is built here, with exceptions, together with the runtime beside this file
# (tree.sh). The same sources and tools give the same bytes.
#
# Needs a Debian machine, root, Go and npm; everything else is installed into the
# Debian root that ../../build/root.sh makes. Takes a
# quarter of an hour.
set -eu
export LC_ALL=C TZ=UTC

here=$(cd "$(dirname "$0")" && pwd)
module=$(cd "$here/../../.." && pwd)
. "$here/sources.sh"

packages="clang-19 lld-19 llvm-19 binaryen dpkg-dev zstd"

# shellcheck disable=SC2086
root=$("$here/../../build/root.sh" $packages)

# Everything is built at the same place in the root, whoever builds it.
work=/build/c
output=$root$work
rm -rf "$output"
mkdir -p "$output/npm" "$output/llvm" "$root/build/sources"

cd "$root/build/sources"
check() { echo "$archives" | sed -n 's/^\([0-9a-f]*\) \(.*\)/\1  \2/p' | sha256sum --check "$@"; }
if ! check --status 2>/dev/null; then
    npm pack --silent "$npm_package@$npm_version" >&2
    chroot "$root" sh -c 'cd /build/sources && apt-get update && apt-get source --download-only --tar-only llvm-toolchain-19' >&2
fi
check --quiet
tar -C "$output/npm" --strip-components=2 --no-same-owner -xf "$npm_archive" package/gen/llvm.core.wasm package/gen/llvm-resources.tar
tar -C "$output/llvm" --strip-components=1 -xf "$library_archive" --wildcards '*/libcxx/include/*' '*/libcxx/src/*' \
    '*/libcxxabi/include/*' '*/libcxxabi/src/*' '*/libcxx/vendor/llvm/*' '*/libunwind/include/*'
mkdir "$output/resources"
tar -C "$output/resources" -xf "$output/npm/llvm-resources.tar"

cp -r "$here" "$output/recipe"
cp "$here/../../build/sjlj.c" "$output/recipe"
cp "$here/../../build/funcbox.h" "$output/recipe/call/funcbox_abi.h"
chroot "$root" sh "$work/recipe/tree.sh"

# The package is built with assertions, 200,000 of them, which take a quarter of the time.
cd "$module"
# shellcheck disable=SC2086
go run ./internal/cmd/unassert "$output/npm/llvm.core.wasm" "$output/unasserted.wasm" $assertion_failures
chroot "$root" wasm-opt -O2 --traps-never-happen --enable-bulk-memory --enable-mutable-globals --enable-nontrapping-float-to-int \
    --enable-sign-ext "$work/unasserted.wasm" -o "$work/optimized.wasm"
go run ./internal/cmd/meter "$output/optimized.wasm" "$output/clang.wasm"
chroot "$root" zstd -19 --long=27 --quiet --force --no-progress "$work/clang.wasm" -o "$work/clang.wasm.zst"
go run ./internal/cmd/archive "$output/tree" "$output/sysroot.bin" chroot "$root" zstd -19 --quiet --stdout

sum() { sha256sum "$1" | cut -d ' ' -f 1; }
list() { # lines "name value" as the members of an object
    awk '{ printf "%s    \"%s\": \"%s\"", separator, $1, $2; separator = ",\n" } END { print "" }'
}
{
    printf '{\n  "version": "%s",\n  "library_version": "%s",\n  "sources": {\n' "$clang_version" "$library_version"
    echo "$archives" | awk 'NF { print $2, $1 }' | list
    printf '  },\n  "tools": {\n'
    for package in $packages; do
        echo "$package $(chroot "$root" dpkg-query -W -f '${Version}' "$package")"
    done | list
    printf '  },\n  "wasm_sha256": "%s",\n  "zst_sha256": "%s",\n' "$(sum "$output/clang.wasm")" "$(sum "$output/clang.wasm.zst")"
    printf '  "sysroot_sha256": "%s"\n}\n' "$(sum "$output/sysroot.bin")"
} >"$output/manifest.json"

install -m 644 "$output/clang.wasm.zst" "$output/sysroot.bin" "$output/manifest.json" "$here/.."
