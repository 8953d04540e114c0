#!/bin/sh
# conformance.sh [FLAG...] [FOLDER|TEST...] runs PHP's own tests (phpt) in the
# sandbox and, where one fails, with Debian's php8.4 too, and compares what fails only
# here with conformance.txt. The tests come from the same source package as the
# interpreter and are no part of this repository.
#
# Needs a Debian machine, root and Go, as build/build.sh does.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
version=8.4.24
archive=php8.4_$version.orig.tar.xz
sum=e127be09a8506f4327c5cfa78a614b00d210714484ec215ce0011b4a03c00731

root=$("$here/../build/root.sh" xz-utils php8.4-cli php8.4-mbstring php8.4-bcmath php8.4-xml)
sources=$root/build/conformance/php-$version
if [ ! -e "$sources/run-tests.php" ]; then
    mkdir -p "$root/build/sources"
    (
        cd "$root/build/sources"
        echo "$sum  $archive" | sha256sum --check --status 2>/dev/null ||
            chroot "$root" sh -c "cd /build/sources && apt-get source --download-only php8.4=$version-1~deb13u1" >&2
        echo "$sum  $archive" | sha256sum --check --quiet
    )
    # Unpacked beside its place and moved there, so that half of it is never used.
    rm -rf "$sources" "$sources.new"
    mkdir -p "$sources.new"
    tar -C "$sources.new" --strip-components=1 -xf "$root/build/sources/$archive"
    mv "$sources.new" "$sources"
fi

native="chroot $root php8.4 -n"
for extension in bcmath calendar ctype dom fileinfo iconv mbstring simplexml tokenizer xml xmlreader xmlwriter; do
    native="$native -d extension=$extension"
done
cd "$here/../.."
exec go run ./internal/cmd/phpt -sources "$sources" -native "$native" -chroot "$root" -expect "$here/conformance.txt" "$@"
