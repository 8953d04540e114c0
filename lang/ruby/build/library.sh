#!/bin/sh
# library.sh, inside the Debian root: the files that guests see: the part of the standard
# library that works in a sandbox, with the bundled gems that are worth their size, and
# the time zones.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/environment.sh"

tree=$work/tree/ruby
rm -rf "$work/tree"
mkdir -p "$tree"
cd "$work/ruby"
cp -r lib/. "$tree"
for extension in bigdecimal coverage date digest json monitor nkf objspace pathname psych ripper; do
    cp -r "ext/$extension/lib/." "$tree"
done
cp -r ext/digest/sha2/lib/. "$tree/digest"
for gem in matrix minitest power_assert prime racc rexml test-unit; do
    cp -r .bundle/gems/"$gem"-*/lib/. "$tree"
done
# Whether this machine has pkg-config is none of the guest's business.
sed 's/\(CONFIG\["PKG_CONFIG"\] = \).*/\1""/' "$work/objects/rbconfig.rb" >"$tree/rbconfig.rb"

cd "$tree"
# What needs processes, threads, a network, a terminal or native libraries, what
# belongs to the development of Ruby, and what library/ replaces.
rm -rf bundled_gems.rb bundler* debug* drb* ipaddr.rb irb* mkmf.rb net open3* open-uri.rb prism* rdoc* readline.rb reline* resolv* rinda \
    rubygems* ruby_vm socket.rb syntax_suggest* timeout.rb un.rb hoe
find . -name '*.gemspec' -delete -o -name '*.a' -delete -o -name 'depend' -delete -o -name '*.c' -delete -o -name '*.java' -delete -o -name '*.rbs' -delete
find . -type d -empty -delete

# What is in the image, but out of sight until it is required: ../library/deferred.rb.
mkdir deferred
for name in csv fileutils logger optparse psych uri; do
    mv "$name.rb" deferred
    printf 'Funcbox.const_get(:Guest).reveal("%s")\n' "$name" >"$name.rb"
done

cd "$work/tzdata"
zic -b slim -d "$work/tree/zoneinfo" africa antarctica asia australasia europe northamerica southamerica etcetera factory backward
