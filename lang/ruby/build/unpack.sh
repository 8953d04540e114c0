#!/bin/sh
# unpack.sh ROOT WORK downloads what sources.sh lists to ROOT/build/sources, checks it,
# unpacks it below ROOT/WORK and patches it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/sources.sh"
root=$1
work=$2

mkdir -p "$root/build/sources"
echo "$archives" | while read -r package archive sha256 folder; do
    [ -n "$package" ] || continue
    cd "$root/build/sources"
    if ! echo "$sha256  $archive" | sha256sum --check --status 2>/dev/null; then
        chroot "$root" sh -c "cd /build/sources && apt-get source --download-only $package" >&2
    fi
    echo "$sha256  $archive" | sha256sum --check --quiet
    mkdir -p "$root$work/$folder"
    case $folder in
    tzdata) top=0 ;; # its files are in no folder
    *) top=1 ;;
    esac
    tar -C "$root$work/$folder" --strip-components="$top" --no-same-owner -xf "$archive"
done

cd "$root$work/ruby"
for patch in "$here"/patches/*.patch; do
    patch --strip=1 --fuzz=0 --no-backup-if-mismatch --quiet <"$patch"
done
cp "$here/port/setjmp.h" "$here/port/machine.c" wasm/
cp "$here/port/Context.h" "$here/port/Context.c" coroutine/asyncify/
# Their work is done by ../../build/sjlj.c and by the host.
for gone in runtime fiber setjmp; do
    echo '/* nothing */' >"wasm/$gone.c"
done
