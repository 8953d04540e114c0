#!/bin/sh
# conformance.sh [FLAG...] [FILE...] runs Ruby's own tests in the sandbox and compares
# what fails with conformance.txt. The tests come from the same source package as the
# interpreter and are no part of this repository.
#
# Needs a Debian machine, root and Go, as build/build.sh does. FUNCBOX_RUBY_TESTS, if
# set, is a folder of Ruby's sources that is there already.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
tests=${FUNCBOX_RUBY_TESTS:-}
if [ -z "$tests" ]; then
    root=$("$here/../build/root.sh" dpkg-dev patch xz-utils)
    work=/build/ruby-tests
    tests=$root$work/ruby
    # Unpacked beside its place and moved there, so that half of it is never used.
    if [ ! -e "$tests/test/ruby" ]; then
        rm -rf "$root$work" "$root$work.new"
        "$here/build/unpack.sh" "$root" "$work.new"
        mv "$root$work.new" "$root$work"
    fi
fi
cd "$here/../.."
exec go run ./internal/cmd/rubytest -tests "$tests" -expect "$here/conformance.txt" "$@"
