# ready.rb: the last thing before the image is made.

module Funcbox
  class << self
    # Called by the shim when all is loaded.
    def ready
      @initial_constants = Object.constants(false)
      @initial_ancestors = Object.ancestors
      GC.start
    end
  end
end
