#!/bin/sh
# build.sh makes ../python.wasm.zst, ../standard_library.bin and ../manifest.json: CPython
# and the libraries it uses from Debian's source packages (sources.sh), with the
# patches and the shim beside this file, compiled for WASI, metered and compressed;
# its standard library and the time zones. The same sources and tools give the same
# bytes.
#
# Needs a Debian machine, root and Go; everything else is installed into
# the Debian root that ../../build/root.sh makes.
set -eu
export LC_ALL=C TZ=UTC

here=$(cd "$(dirname "$0")" && pwd)
module=$(cd "$here/../../.." && pwd)
. "$here/sources.sh"

packages="clang-19 lld-19 llvm-19 wasi-libc libclang-rt-19-dev-wasm32 python3.13 libc6-dev libgcc-14-dev tcl make pkgconf dpkg-dev patch libc-bin zstd"

# In bytes. A recursion meets the interpreter's own limits first, see patches.
stack=4194304

# shellcheck disable=SC2086
root=$("$here/../../build/root.sh" $packages)

# Everything is built at the same place in the root, whoever builds it.
work=/build/python
rm -rf "$root$work"
mkdir -p "$root$work"
"$here/unpack.sh" "$root" "$work"
cp -r "$here" "$root$work/recipe"
cp "$here/../../build/funcbox.h" "$root$work/recipe"
for step in libraries interpreter link trees; do
    echo "build.sh: $step" >&2
    chroot "$root" sh "$work/recipe/$step.sh" "$stack"
done

output=$root$work
if [ -n "${FUNCBOX_UNMETERED:-}" ]; then # a copy to compare with
    cp "$output/python.wasm" "$FUNCBOX_UNMETERED"
fi
cd "$module"
go run ./internal/cmd/meter "$output/python.wasm" "$output/metered.wasm"
chroot "$root" zstd -19 --quiet --force --no-progress "$work/metered.wasm" -o "$work/python.wasm.zst"
go run ./internal/cmd/archive "$output/tree" "$output/standard_library.bin" chroot "$root" zstd -19 --quiet --stdout

sum() { sha256sum "$1" | cut -d ' ' -f 1; }
list() { # lines "name value" as the members of an object
    awk '{ printf "%s    \"%s\": \"%s\"", separator, $1, $2; separator = ",\n" } END { print "" }'
}
{
    printf '{\n  "version": "%s",\n  "sources": {\n' "$(sed -n 's/^#define PY_VERSION *"\(.*\)"/\1/p' "$output/python/Include/patchlevel.h")"
    echo "$archives" | awk 'NF { print $3, $2 }' | list
    printf '  },\n  "tools": {\n'
    for package in $packages; do
        echo "$package $(chroot "$root" dpkg-query -W -f '${Version}' "$package")"
    done | list
    printf '  },\n  "stack_bytes": %s,\n' "$stack"
    printf '  "wasm_sha256": "%s",\n  "zst_sha256": "%s",\n' "$(sum "$output/metered.wasm")" "$(sum "$output/python.wasm.zst")"
    printf '  "library_sha256": "%s"\n}\n' "$(sum "$output/standard_library.bin")"
} >"$output/manifest.json"

install -m 644 "$output/python.wasm.zst" "$output/standard_library.bin" "$output/manifest.json" "$here/.."
