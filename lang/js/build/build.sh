#!/bin/sh
# build.sh makes ../js.wasm.zst and ../manifest.json: QuickJS from Debian's
# source package, the patches and the shim beside this file, compiled for WASI,
# metered and compressed. The same sources and tools give the same bytes.
#
# Needs a Debian machine, root and Go; everything else is installed into
# the Debian root that ../../build/root.sh makes.
set -eu
export LC_ALL=C TZ=UTC

here=$(cd "$(dirname "$0")" && pwd)
module=$(cd "$here/../../.." && pwd)

version=2025.04.26
revision=1
orig=quickjs_$version.orig.tar.xz
debian=quickjs_$version-$revision.debian.tar.xz
orig_sha256=ec81da5b3249ed648dbc7df4a1654988910e66a118d9b71cb63534216efcfbbe
debian_sha256=33e980d4737e83419ae2fb3c833a9d1813ee5edbf2e3da129a66f8bffac23862

packages="clang-19 lld-19 llvm-19 wasi-libc libclang-rt-19-dev-wasm32 zstd"

# In bytes. Some 2,000 frames of plain JavaScript functions. Each takes almost
# 8 KiB of the host's stack too, 16 MB in all with this size; the engine has a limit
# for that, see wasm/nativestack.go.
stack=720896

# shellcheck disable=SC2086
root=$("$here/../../build/root.sh" $packages)

# Everything is built at the same place in the root, whoever builds it.
work=/build/js
rm -rf "$root$work"
mkdir -p "$root$work/shim" "$root/build/sources"

cd "$root/build/sources"
if ! printf '%s  %s\n' "$orig_sha256" "$orig" "$debian_sha256" "$debian" | sha256sum --check --status 2>/dev/null; then
    chroot "$root" sh -c "cd /build/sources && apt-get source --download-only quickjs=$version-$revision" >&2
fi
printf '%s  %s\n' "$orig_sha256" "$orig" "$debian_sha256" "$debian" | sha256sum --check --quiet

tar -C "$root$work" -xf "$orig"
mv "$root$work/quickjs-"* "$root$work/quickjs"
for patch in "$here"/patches/*.patch; do
    patch --directory="$root$work/quickjs" --strip=1 --fuzz=0 --quiet <"$patch"
done
cp "$here"/*.c "$here"/*.h "$here/../../build/funcbox.h" "$root$work/shim/"

cat >"$root$work/compile.sh" <<END
set -eu
cd $work
flags="--target=wasm32-wasi -O3 -DNDEBUG -D_GNU_SOURCE -D_WASI_EMULATED_PROCESS_CLOCKS -D_WASI_EMULATED_SIGNAL
    -DCONFIG_VERSION=\"\\\\\"\$(cat quickjs/VERSION)\\\\\"\" -DQUICKJS_VERSION=\"\\\\\"\$(cat quickjs/VERSION)\\\\\"\" -DSTACK_SIZE=$stack
    -funsigned-char -fno-strict-aliasing -mbulk-memory -mnontrapping-fptoint -msign-ext -ffile-prefix-map=$work=. -isystem quickjs"
objects=
compile() {
    source=\$1
    shift
    object=\$(basename "\$source" .c).o
    eval clang-19 \$flags "\$@" -c "\$source" -o "\$object"
    objects="\$objects \$object"
}
for source in quickjs cutils dtoa libregexp libunicode; do
    compile quickjs/\$source.c -w
done
for source in shim/*.c; do
    compile \$source -std=c11 -Wall -Wextra -Werror -Wno-unused-parameter
done
clang-19 --target=wasm32-wasi -mexec-model=reactor \$objects -o js.wasm \
    -lwasi-emulated-process-clocks -lwasi-emulated-signal \
    -Wl,--stack-first -Wl,-z,stack-size=$stack -Wl,--export=__stack_pointer -Wl,--strip-all -Wl,--no-demangle
END
chroot "$root" sh "$work/compile.sh"

output=$root$work
if [ -n "${FUNCBOX_UNMETERED:-}" ]; then # a copy to compare with
    cp "$output/js.wasm" "$FUNCBOX_UNMETERED"
fi
(cd "$module" && go run ./internal/cmd/meter "$output/js.wasm" "$output/metered.wasm")
chroot "$root" zstd -19 --quiet --force --no-progress "$work/metered.wasm" -o "$work/js.wasm.zst"

sum() { sha256sum "$1" | cut -d ' ' -f 1; }
{
    printf '{\n  "version": "%s",\n  "sources": {\n' "$(cat "$root$work/quickjs/VERSION")"
    printf '    "%s": "%s",\n    "%s": "%s"\n  },\n' "$orig" "$orig_sha256" "$debian" "$debian_sha256"
    printf '  "tools": {\n'
    separator=
    for package in $packages; do
        printf '%s    "%s": "%s"' "$separator" "$package" "$(chroot "$root" dpkg-query -W -f '${Version}' "$package")"
        separator=',
'
    done
    printf '\n  },\n  "stack_bytes": %s,\n' "$stack"
    printf '  "wasm_sha256": "%s",\n  "zst_sha256": "%s"\n}\n' "$(sum "$output/metered.wasm")" "$(sum "$output/js.wasm.zst")"
} >"$output/manifest.json"

install -m 644 "$output/js.wasm.zst" "$output/manifest.json" "$here/.."
