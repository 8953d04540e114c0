# timeout.rb replaces the standard library's timeout, which needs a thread: the
# interpreter itself looks at the clock (build/shim/timer.c).

module Timeout
  VERSION = "0.4.1"

  # Unwinds the block; nobody is meant to rescue it.
  class ExitException < Exception
    def exception(*) = self
  end

  # Raised by Timeout.timeout when the time is up.
  class Error < RuntimeError
    def self.handle_timeout(message)
      exit_exception = ExitException.new(message)
      begin
        yield exit_exception
      rescue ExitException => e
        raise new(message) if exit_exception.equal?(e)
        raise
      end
    end
  end

  # Runs the block and raises, by default Timeout::Error, when it takes more than
  # the given number of seconds. nil and 0 are no limit.
  def timeout(seconds, klass = nil, message = nil, &block)
    return yield(seconds) if seconds.nil? || seconds.zero?
    message ||= "execution expired"
    limited = lambda do |exception|
      timer = Funcbox.const_get(:Guest).timer_start(seconds, exception)
      begin
        yield seconds
      ensure
        Funcbox.const_get(:Guest).timer_stop(timer)
      end
    end
    klass ? limited.call(klass.new(message)) : Error.handle_timeout(message, &limited)
  end
  module_function :timeout
  public :timeout
end

$LOADED_FEATURES << "/usr/lib/ruby/3.3.0/timeout.rb"
