# deferred.rb: libraries that take long to load, in the image but out of sight until a
# program requires them. The standard library's file of that name is in the tree only as
# FILE.rb below DEFERRED, and in its place there is one that calls reveal.

module Funcbox::Guest
  # Names as for require. build/library.sh has the same list.
  DEFERRED = %w[csv fileutils logger optparse psych uri].freeze
  DEFERRED_FOLDER = "#{STANDARD_LIBRARY}/deferred".freeze

  class << self
    # Makes a library visible that is in the image. Where a program has constants of the
    # same names, perhaps from a part of the library, it is loaded as usual.
    def reveal(name)
      constants, features, extensions = @deferred.fetch(name)
      return load_deferred(name) if constants.any? { |constant, _| Object.const_defined?(constant, false) }
      constants.each { |constant, value| Object.const_set(constant, value) }
      $LOADED_FEATURES.concat(features - $LOADED_FEATURES)
      extensions.each { |feature| require feature }
    end

    private

    def load_deferred(name)
      path = "#{STANDARD_LIBRARY}/#{name}.rb"
      RubyVM::InstructionSequence.compile(File.read("#{DEFERRED_FOLDER}/#{name}.rb"), path, path).eval
    end

    def defer
      @deferred = {}
      DEFERRED.each do |name|
        constants, features = Object.constants(false), $LOADED_FEATURES.dup
        # What changes other classes is loaded when it is asked for.
        extensions = Dir.glob("#{STANDARD_LIBRARY}/#{name}/{core_ext.rb,core_ext/*.rb}").sort
        $LOADED_FEATURES.concat(extensions)
        load_deferred(name)
        added = Object.constants(false) - constants
        own, others = ($LOADED_FEATURES - features).partition { |feature| feature.start_with?("#{STANDARD_LIBRARY}/#{name}") }
        constants = added.reject { |constant| Object.autoload?(constant) }.to_h { |constant| [constant, Object.const_get(constant)] }
        @deferred[name] = [constants, own - extensions + others, extensions]
        added.each { |constant| Object.send(:remove_const, constant) }
        # What is in C starts once only.
        $LOADED_FEATURES.replace(features + own.grep(/\.so\z/) + others.grep(/\.so\z/))
      end
    end
  end
end
