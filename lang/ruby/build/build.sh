#!/bin/sh
# build.sh makes ../ruby.wasm.zst, ../standard_library.bin and ../manifest.json: CRuby
# and the libraries it uses from Debian's source packages (sources.sh), with the
# patches, the port and the shim beside this file, compiled for WASI, metered and
# compressed; its standard library. The same sources and tools give the same bytes.
#
# Needs a Debian machine, root and Go; everything else is installed into
# the Debian root that ../../build/root.sh makes.
set -eu
export LC_ALL=C TZ=UTC

here=$(cd "$(dirname "$0")" && pwd)
module=$(cd "$here/../../.." && pwd)
. "$here/sources.sh"
version=$(echo "$archives" | sed -n 's/.* ruby3.3_\(.*\)\.orig.*/\1/p')

packages="clang-19 lld-19 llvm-19 wasi-libc libclang-rt-19-dev-wasm32 binaryen ruby ruby3.3 make dpkg-dev patch zstd libc-bin"

# In bytes: deep enough for some 3,000 calls that pass through C, each of which takes
# the host's stack, too (wasm/nativestack.go).
stack=2097152

# shellcheck disable=SC2086
root=$("$here/../../build/root.sh" $packages)

# Everything is built at the same place in the root, whoever builds it.
work=/build/ruby
rm -rf "$root$work"
mkdir -p "$root$work"
"$here/unpack.sh" "$root" "$work"
cp -r "$here" "$root$work/recipe"
cp "$here/../../build/funcbox.h" "$here/../../build/sjlj.c" "$root$work/recipe"
output=$root$work
cd "$module"
for step in libraries interpreter link spill optimize library; do
    echo "build.sh: $step" >&2
    case $step in
    spill) go run ./lang/ruby/build/spill "$output/spilled.wasm" "$output/reduced.wasm" ;;
    *) chroot "$root" sh "$work/recipe/$step.sh" "$stack" ;;
    esac
done

if [ -n "${FUNCBOX_UNMETERED:-}" ]; then # a copy to compare with
    cp "$output/ruby.wasm" "$FUNCBOX_UNMETERED"
fi
go run ./internal/cmd/meter "$output/ruby.wasm" "$output/metered.wasm"
chroot "$root" zstd -19 --quiet --force --no-progress "$work/metered.wasm" -o "$work/ruby.wasm.zst"
go run ./internal/cmd/archive "$output/tree" "$output/standard_library.bin" chroot "$root" zstd -19 --quiet --stdout

sum() { sha256sum "$1" | cut -d ' ' -f 1; }
list() { # lines "name value" as the members of an object
    awk '{ printf "%s    \"%s\": \"%s\"", separator, $1, $2; separator = ",\n" } END { print "" }'
}
{
    printf '{\n  "version": "%s",\n  "sources": {\n' "$version"
    echo "$archives" | awk 'NF { print $2, $3 }' | list
    printf '  },\n  "tools": {\n'
    for package in $packages; do
        echo "$package $(chroot "$root" dpkg-query -W -f '${Version}' "$package")"
    done | list
    printf '  },\n  "stack_bytes": %s,\n' "$stack"
    printf '  "wasm_sha256": "%s",\n  "zst_sha256": "%s",\n' "$(sum "$output/metered.wasm")" "$(sum "$output/ruby.wasm.zst")"
    printf '  "library_sha256": "%s"\n}\n' "$(sum "$output/standard_library.bin")"
} >"$output/manifest.json"

install -m 644 "$output/ruby.wasm.zst" "$output/standard_library.bin" "$output/manifest.json" "$here/.."
