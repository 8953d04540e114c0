#!/bin/sh
# root.sh PACKAGE... makes a Debian root for building runtimes, or reuses the one
# that is there, with these packages in it, and prints its path.
#
# Needs a Debian machine and root. The mirror is the one the machine's own apt
# uses, or FUNCBOX_MIRROR; the root is FUNCBOX_ROOT, by default a folder in
# XDG_CACHE_HOME, else in /var/tmp.
set -eu

suite=trixie
root=${FUNCBOX_ROOT:-${XDG_CACHE_HOME:-/var/tmp}/funcbox-build/$suite}

if [ "$(id -u)" != 0 ]; then
    echo "root.sh: must be root, to make and enter a Debian root" >&2
    exit 1
fi

if [ ! -e "$root/etc/debian_version" ]; then
    mirror=${FUNCBOX_MIRROR:-$(apt-get indextargets --format '$(REPO_URI) $(COMPONENT)' 'Created-By: Packages' |
        awk '$2 == "main" && $1 !~ /security/ { print $1; exit }')}
    if [ -z "$mirror" ]; then
        echo "root.sh: apt names no mirror; set FUNCBOX_MIRROR" >&2
        exit 1
    fi
    command -v debootstrap >/dev/null || apt-get install -y --no-install-recommends debootstrap >&2
    # Made beside its place and moved there, so that half a root is never reused.
    rm -rf "$root.new"
    mkdir -p "$root.new"
    debootstrap --variant=minbase --include=ca-certificates,dpkg-dev,xz-utils "$suite" "$root.new" "$mirror" >&2
    mv "$root.new" "$root"
fi

sources=$root/etc/apt/sources.list
if ! grep -qs '^deb-src ' "$sources"; then
    sed -n 's/^deb /deb-src /p' "$sources" >"$sources.new"
    cat "$sources.new" >>"$sources"
    rm "$sources.new"
    chroot "$root" apt-get update >&2
fi

missing=
for package; do
    chroot "$root" dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
if [ -n "$missing" ]; then
    chroot "$root" apt-get update >&2
    # shellcheck disable=SC2086
    chroot "$root" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing >&2
fi

echo "$root"
