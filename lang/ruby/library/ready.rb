# ready.rb: the last thing before the image is made.

module Funcbox::Guest
  class << self
    # Called by the shim when all is loaded.
    def ready
      defer
      require "set" # Ruby looks through the list of features once, when it has changed
      Funcbox.send(:private_constant, :Guest)
      @initial_constants = Object.constants(false)
      @initial_ancestors = Object.ancestors
    end
  end
end
