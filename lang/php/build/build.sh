#!/bin/sh
# build.sh makes ../php.wasm.zst and ../manifest.json: PHP, oniguruma, libxml2 and
# zlib from Debian's source packages, with the patches, the missing parts of POSIX
# (compat/) and the shim beside this file, compiled for WASI, metered and
# compressed. The same sources and tools give the same bytes.
#
# Needs a Debian machine, root and Go; everything else is installed into the
# Debian root that ../../build/root.sh makes. Takes some ten minutes.
set -eu
export LC_ALL=C TZ=UTC

here=$(cd "$(dirname "$0")" && pwd)
module=$(cd "$here/../../.." && pwd)

version=8.4.24
sources="
e127be09a8506f4327c5cfa78a614b00d210714484ec215ce0011b4a03c00731 php8.4_8.4.24.orig.tar.xz
001aa1202e78448f4c0bf1a48c76e556876b36f16d92ce3207eccfd61d99f2a0 libonig_6.9.9.orig.tar.gz
4fe913dec8b1ab89d13b489b419a8203176ea39e931eaa0d25b17eafb9c279e9 libxml2_2.12.7+dfsg+really2.9.14.orig.tar.xz
3b6d265f482d6a8fbe3c056d2006fb3b563b4a838f7258b388ac5f0b29206921 libxml2_2.12.7+dfsg+really2.9.14-2.1+deb13u3.debian.tar.xz
60dd315c07f616887caa029408308a018ace66e3d142726a97db164b3b8f69fb zlib_1.3.dfsg+really1.3.1.orig.tar.gz"
source_packages="php8.4=8.4.24-1~deb13u1 libonig=6.9.9-1 libxml2=2.12.7+dfsg+really2.9.14-2.1+deb13u3 zlib=1:1.3.dfsg+really1.3.1-1"

packages="clang-19 lld-19 llvm-19 wasi-libc libclang-rt-19-dev-wasm32 make php8.4-cli zstd"

# In bytes. PHP's own calls need none of it: this is for C code that calls PHP code
# that calls C code, some 4,000 deep.
stack=2097152

# shellcheck disable=SC2086
root=$("$here/../../build/root.sh" $packages)

# Everything is built at the same place in the root, whoever builds it.
work=/build/php
rm -rf "$root$work"
mkdir -p "$root$work/shim" "$root$work/compat" "$root/build/sources"

cd "$root/build/sources"
check() { echo "$sources" | sed -n 's/^\([0-9a-f]*\) \(.*\)/\1  \2/p' | sha256sum --check "$@"; }
if ! check --status 2>/dev/null; then
    chroot "$root" sh -c "cd /build/sources && apt-get source --download-only $source_packages" >&2
fi
check --quiet

unpack() { # the archive, and the folder it becomes
    mkdir "$root$work/$2"
    tar -C "$root$work/$2" --strip-components=1 -xf "$1"
}
unpack "php8.4_$version.orig.tar.xz" php
unpack libonig_6.9.9.orig.tar.gz oniguruma
unpack libxml2_2.12.7+dfsg+really2.9.14.orig.tar.xz libxml2
unpack zlib_1.3.dfsg+really1.3.1.orig.tar.gz zlib
tar -C "$root$work/libxml2" -xf libxml2_2.12.7+dfsg+really2.9.14-2.1+deb13u3.debian.tar.xz
sed '/^#/d; /^$/d' "$root$work/libxml2/debian/patches/series" | while read -r patch; do # security fixes
    patch --directory="$root$work/libxml2" --strip=1 --quiet <"$root$work/libxml2/debian/patches/$patch"
done
for patch in "$here"/patches/*.patch; do
    patch --directory="$root$work/php" --strip=1 --fuzz=0 --quiet <"$patch"
done
cp "$here"/*.c "$here"/*.h "$here/../../build/funcbox.h" "$root$work/shim/"
cp -r "$here"/compat/* "$here/../../build/sjlj.c" "$root$work/compat/"
install -m 755 "$here/cc" "$here"/[!b]*.sh "$root$work/"

for step in libraries.sh php.sh; do
    chroot "$root" sh "$work/$step" >"$root$work/$step.log" 2>&1 || {
        tail -n 30 "$root$work/$step.log" >&2
        exit 1
    }
done
chroot "$root" sh "$work/link.sh" "$stack"

output=$root$work
if [ -n "${FUNCBOX_UNMETERED:-}" ]; then # a copy to compare with
    cp "$output/php.wasm" "$FUNCBOX_UNMETERED"
fi
(cd "$module" && go run ./internal/cmd/meter "$output/php.wasm" "$output/metered.wasm")
chroot "$root" zstd -19 --quiet --force --no-progress "$work/metered.wasm" -o "$work/php.wasm.zst"

sum() { sha256sum "$1" | cut -d ' ' -f 1; }
{
    printf '{\n  "version": "%s",\n  "sources": {\n' "$version"
    echo "$sources" | sed -n 's/^\([0-9a-f]*\) \(.*\)/    "\2": "\1",/p' | sed '$s/,$//'
    printf '  },\n  "tools": {\n'
    separator=
    for package in $packages; do
        printf '%s    "%s": "%s"' "$separator" "$package" "$(chroot "$root" dpkg-query -W -f '${Version}' "$package")"
        separator=',
'
    done
    printf '\n  },\n  "stack_bytes": %s,\n' "$stack"
    printf '  "wasm_sha256": "%s",\n  "zst_sha256": "%s"\n}\n' "$(sum "$output/metered.wasm")" "$(sum "$output/php.wasm.zst")"
} >"$output/manifest.json"

install -m 644 "$output/php.wasm.zst" "$output/manifest.json" "$here/.."
