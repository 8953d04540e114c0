#!/bin/sh
# unpack.sh ROOT WORK fetches the sources that sources.sh names into ROOT, checks
# them and unpacks them, with Debian's patches and ours, into ROOT/WORK.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$1
work=$1$2
. "$here/sources.sh"

mkdir -p "$root/build/sources" "$work"
cd "$root/build/sources"
checked() { echo "$archives" | awk 'NF { print $2 "  " $3 }' | sha256sum --check "$@"; }
if ! checked --status 2>/dev/null; then
    # What it cannot fetch besides the archives, such as a signature, is not needed.
    # shellcheck disable=SC2086
    chroot "$root" sh -c "cd /build/sources && apt-get source --download-only $(echo $sources)" >&2 || true
fi
checked --quiet

echo "$archives" | while read -r folder _ archive; do
    case $folder in
    '') ;;
    */) # its single folder becomes ours
        mkdir "$work/$folder"
        tar -C "$work/$folder" --strip-components=1 -xf "$archive"
        ;;
    *)
        mkdir -p "$work/$folder"
        tar -C "$work/$folder" -xf "$archive"
        ;;
    esac
done

for folder in "$work"/*/; do
    series=$folder/debian/patches/series
    [ -e "$series" ] || continue
    sed -e 's/[[:space:]]*#.*//' -e 's/[[:space:]].*//' -e '/^$/d' "$series" | while read -r name; do
        patch --directory="$folder" --strip=1 --quiet --no-backup-if-mismatch <"$folder/debian/patches/$name"
    done
done
for patch in "$here"/patches/*.patch; do
    [ -e "$patch" ] || continue
    patch --directory="$work/python" --strip=1 --fuzz=0 --quiet <"$patch"
done
