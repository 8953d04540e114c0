# start.rb is what the shim loads while the runtime starts: the library's own files,
# then the parts of the standard library that are worth a place in the image.

# What this library is made of. Programs need none of it.
module Funcbox
  LIBRARY = "/usr/lib/funcbox"
  STANDARD_LIBRARY = "/usr/lib/ruby/3.3.0"
end

$LOAD_PATH.replace([Funcbox::STANDARD_LIBRARY])
$stdout.sync = true

%w[timeout functions values errors ready].each { |name| require "#{Funcbox::LIBRARY}/#{name}.rb" }

%w[
  json set stringio strscan date time digest digest/md5 digest/sha1 digest/sha2 bigdecimal bigdecimal/util
  securerandom ostruct forwardable delegate monitor pp erb shellwords tsort
].each { |name| require name }
