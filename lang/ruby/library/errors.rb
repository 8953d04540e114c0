# errors.rb: what the host is told about an exception.

module Funcbox::Guest
  # Lines of a backtrace that are reported: the first and, after a mark, the last.
  FIRST_LINES = 40
  LAST_LINES = 10
  # Exceptions in a chain of causes that are.
  MOST_CAUSES = 10
  # Bytes of a message that are.
  MOST_MESSAGE = 100_000

  class << self
    # [type, message, stack], all of them valid UTF-8.
    def describe(error)
      stack = backtrace(error)
      seen = [error]
      while (cause = seen.last.cause) && seen.size <= MOST_CAUSES && !seen.any? { |known| known.equal?(cause) }
        seen << cause
        stack << "caused by #{type(cause)}: #{message(cause)}"
        stack.concat(backtrace(cause))
      end
      [type(error), message(error), stack.map { |line| text(line) }.join("\n")]
    end

    private

    def type(error)
      name = Module.instance_method(:name).bind_call(Kernel.instance_method(:class).bind_call(error))
      return text(name.delete_prefix("Funcbox::")) if name
      ancestors = Module.instance_method(:ancestors).bind_call(Kernel.instance_method(:class).bind_call(error))
      text(ancestors.filter_map { |ancestor| Module.instance_method(:name).bind_call(ancestor) }.first || "Exception")
    end

    def message(error)
      text(error.message)
    rescue SystemExit
      raise
    rescue Exception => e
      "message raised #{type(e)}"
    end

    def backtrace(error)
      lines = Exception.instance_method(:backtrace).bind_call(error)
      lines = error.backtrace if lines.nil?
      return [] unless lines.is_a?(Array)
      lines = lines.grep(String).reject { |line| line.start_with?(LIBRARY) }
      return lines if lines.size <= FIRST_LINES + LAST_LINES
      [*lines.first(FIRST_LINES), "… #{lines.size - FIRST_LINES - LAST_LINES} levels …", *lines.last(LAST_LINES)]
    rescue SystemExit
      raise
    rescue Exception
      []
    end

    def text(value)
      string = value.is_a?(String) ? value : String(value)
      string = string.byteslice(0, MOST_MESSAGE) if string.bytesize > MOST_MESSAGE
      string = string.dup.force_encoding(Encoding::UTF_8) if [Encoding::BINARY, Encoding::US_ASCII].include?(string.encoding)
      string.encode(Encoding::UTF_8, invalid: :replace, undef: :replace).scrub
    end
  end
end
