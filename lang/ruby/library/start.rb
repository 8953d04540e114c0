# start.rb is what the shim loads while the runtime starts: the library's own files,
# then the parts of the standard library that are worth a place in the image.

# What programs see: Funcbox.host and its like (host.rb).
module Funcbox
  # What the runtime itself is made of. Programs need none of it.
  module Guest
    LIBRARY = "/usr/lib/funcbox"
    STANDARD_LIBRARY = "/usr/lib/ruby/3.3.0"
  end
end

$LOAD_PATH.replace([Funcbox::Guest::STANDARD_LIBRARY])
$stdout.sync = true

%w[timeout host functions listing values errors deferred ready].each { |name| require "#{Funcbox::Guest::LIBRARY}/#{name}.rb" }

%w[
  json set stringio strscan date time digest digest/md5 digest/sha1 digest/sha2 bigdecimal bigdecimal/util
  securerandom ostruct forwardable delegate monitor pp erb shellwords tsort
  etc rbconfig
].each { |name| require name }
