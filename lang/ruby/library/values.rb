# values.rb: what objects that have no form of their own outside of Ruby are returned
# as.

module Funcbox::Guest
  # Characters of a range that an error names it by.
  MOST_OF_RANGE = 100

  class << self
    # [what to return in its place], or a text that says why it cannot be returned.
    def convert(value)
      case value
      when Set then [value.to_a]
      when Range then range(value)
      when Enumerator::Lazy then [value.force]
      when Enumerator then [value.to_a]
      when DateTime then [value.to_time]
      when Date then [value.iso8601]
      when Exception, Module, Proc, Method, UnboundMethod, IO, Binding, Numeric then refusal(value)
      else object(value)
      end
    end

    private

    def range(value)
      first, last = value.begin, value.end
      unless first.is_a?(Integer) && last.is_a?(Integer)
        return "Range #{text(value.inspect).slice(0, MOST_OF_RANGE)} with an end that is no Integer cannot be returned"
      end
      [value.to_a]
    end

    def object(value)
      return refusal(value) unless Object === value
      if value.respond_to?(:to_h) && value.method(:to_h).owner != Enumerable
        hash = value.to_h
        return [hash] if hash.is_a?(Hash)
        return "#{value.class} whose to_h gives no Hash cannot be returned"
      end
      return [value.to_a] if value.is_a?(Enumerable)
      refusal(value)
    end

    def refusal(value)
      klass = Kernel.instance_method(:class).bind_call(value)
      hint =
        case value
        when Module then return "#{klass} #{value} cannot be returned"
        when BigDecimal, Rational then "; to_f or to_s can"
        else ""
        end
      "#{klass} cannot be returned#{hint}"
    end
  end
end
