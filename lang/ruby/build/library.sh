#!/bin/sh
# library.sh, inside the Debian root: the part of the standard library that works in a
# sandbox, and the bundled gems that are worth their size.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/environment.sh"

tree=$work/tree
rm -rf "$tree"
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
cp "$work/objects/rbconfig.rb" "$tree"

cd "$tree"
# What needs processes, threads, a network, a terminal or native libraries, what
# belongs to the development of Ruby, and what library/ replaces.
rm -rf bundled_gems.rb bundler* debug* drb* ipaddr.rb irb* mkmf.rb net open3* open-uri.rb prism* rdoc* readline.rb reline* resolv* rinda \
    rubygems* ruby_vm socket.rb syntax_suggest* timeout.rb un.rb hoe
find . -name '*.gemspec' -delete -o -name '*.a' -delete -o -name 'depend' -delete -o -name '*.c' -delete -o -name '*.java' -delete -o -name '*.rbs' -delete
find . -type d -empty -delete
