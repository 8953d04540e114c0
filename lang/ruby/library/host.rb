# host.rb: the functions that the host offers, for programs that require "funcbox".

module Funcbox
  # Raised by a function of the host that fails, and for one that is not offered.
  class HostError < StandardError; end

  # Reported by its last name.
  class FunctionNotFound < NameError; end

  # What Funcbox.host returns: a method for each function of the host.
  class Host < BasicObject
    def method_missing(name, *args, **kwargs) = Guest.host_call(name.name, args, kwargs)
    def public_send(name, *args, **kwargs) = Guest.host_call(name.to_s, args, kwargs)
    alias send public_send
    def respond_to?(name, _include_all = false) = ::Funcbox.functions.include?(name.to_s)
    def respond_to_missing?(name, include_all) = respond_to?(name, include_all)
    def methods(*) = ::Funcbox.functions.map(&:to_sym)
    def inspect = "#<Funcbox::Host: #{::Funcbox.functions.join(", ")}>"
    alias to_s inspect
    def class = Host
    def hash = __id__
    def nil? = false
    def is_a?(type) = ::Module.instance_method(:>=).bind_call(type, Host) || false
    alias kind_of? is_a?
  end

  HOST = Host.new
  private_constant :Host, :HOST

  class << self
    # Functions of the host as methods: Funcbox.host.lookup(1, key: 2).
    def host = HOST

    # The same for any name: Funcbox.call("lookup", 1, key: 2).
    def call(name, *args, **kwargs) = Guest.host_call(name.to_s, args, kwargs)

    # Names of the functions there are.
    def functions = Guest.host_call("", [], {})
  end
end

$LOADED_FEATURES << "/usr/lib/ruby/3.3.0/funcbox.rb"
