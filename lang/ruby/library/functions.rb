# functions.rb: what there is to call at the top level of a program. The shim looks
# for a method of Object itself and asks here about all else.

module Funcbox::Guest
  # Functions that the error about a missing one lists.
  MOST_LISTED = 50

  MAIN = TOPLEVEL_BINDING.receiver

  ABOUT = %i[source_location parameters name].to_h do |question|
    [question, [Method, UnboundMethod, Proc].filter_map { |type| [type, type.instance_method(question)] if type.method_defined?(question) }]
  end.freeze

  @files = {} # names of the files that the host sent, numbered
  @only = nil # name of the function that a call without a name takes, if that is known

  class << self
    # Called before code runs.
    def loaded(file, only)
      @files[file] ||= @files.size
      @only = only
    end

    # [receiver, name of a method] for a name such as add, SQUARE, Math2.mean or
    # Shop::Cart.total.
    def find(name)
      raise missing(name) unless name.match?(/\A[[:alpha:]_][[:alnum:]_]*(?:(?:::|\.)[[:alpha:]_][[:alnum:]_]*)*[?!]?\z/)
      first, *rest = name.split(/::|\./)
      if rest.empty?
        return [MAIN, first.to_sym] if own_method?(first.to_sym)
        value = lookup(first)
        return [value, :call] if callable?(value)
      else
        receiver = lookup(first)
        rest[0...-1].each { |part| receiver = constant(receiver, part) }
        last = rest.last
        if !receiver.nil? && last.match?(/\A[[:lower:]_]/) && receiver.respond_to?(last) && !inherited?(receiver, last.to_sym)
          return [receiver, last.to_sym]
        end
        value = constant(receiver, last)
        return [value, :call] if callable?(value)
      end
      raise missing(name)
    end

    # Name of the only public function, for a call that names none.
    def only
      return @only if @only
      names = public_names
      return @only = names.first if names.size == 1
      raise Funcbox::FunctionNotFound, "no function is named, and the code has none that is public" if names.empty?
      raise Funcbox::FunctionNotFound, "no function is named, and the code has several: #{list(names)}"
    end

    # What the last statement of a program comes to, as a result. One that ends in a
    # definition gives none.
    def completion(value)
      case value
      when Symbol then own_method?(value) ? nil : value
      when Module, Proc, Method, UnboundMethod, IO, Binding then nil
      else value
      end
    end

    # DATA, for code with __END__.
    def data(code)
      Object.send(:remove_const, :DATA) if Object.const_defined?(:DATA, false)
      Object.const_set(:DATA, StringIO.new(code[/^__END__\r?\n(.*)\z/m, 1] || ""))
    end

    private

    def missing(name)
      names = functions.map(&:first)
      Funcbox::FunctionNotFound.new(%(function "#{name}" is not defined; the code defines#{names.empty? ? " no functions" : ": #{list(names)}"}))
    end

    def list(names)
      text = names.first(MOST_LISTED).join(", ")
      names.size > MOST_LISTED ? "#{text}, …" : text
    end

    def public_names = functions.map { |name, *| name.to_s }.reject { |name| name.start_with?("_") }

    # [name, function] of what the main files define, in the order of the source. A
    # function is a Method, UnboundMethod or Proc.
    def functions
      found = methods_of_main.filter_map { |method| place(method)&.push(about(method, :name), method) }
      found.concat(constants_of(Object).filter_map { |name, value| place(value)&.push(name, value) if callable?(value) })
      found.sort_by! { |file, line, column, name| [file, line, column, name.to_s] }
      found.map! { |*, name, function| [name, function] }
    end

    def methods_of_main
      names = (Object.private_instance_methods(false) + Object.instance_methods(false)).reject { |name| @initial_methods.key?(name) }
      names.map { |name| Object.instance_method(name) } + MAIN.singleton_methods(false).map { |name| MAIN.method(name) }
    end

    # [name, value] of a module's constants, those that the image has left out.
    def constants_of(holder)
      names = Module.instance_method(:constants).bind_call(holder, false)
      names -= @initial_constants if holder == Object
      names.filter_map { |name| [name, holder.const_get(name, false)] unless Module.instance_method(:autoload?).bind_call(holder, name, false) }
    end

    # What a function says of itself, whatever the program has made of its class.
    def about(function, question) = ABOUT[question].find { |type, _| type === function }.last.bind_call(function)

    # Where a function is: [number of the file, line, column], or nil if it is in none of
    # the main files.
    def place(function)
      location = about(function, :source_location)
      file = location && @files[location.first]
      return unless file
      iseq = RubyVM::InstructionSequence.of(function)
      iseq ? [file, *iseq.to_a[4][:code_location].first(2)] : [file, location.last, 0]
    end

    def own_method?(name)
      return true if MAIN.singleton_methods(false).include?(name)
      return false unless MAIN.respond_to?(name, true)
      owner = MAIN.method(name).owner
      owner == Object ? !@initial_methods.key?(name) : !@initial_ancestors.include?(owner)
    end

    # Whether a method is one that every object, module or class has.
    def inherited?(receiver, name)
      return false if name == :new || name == :call
      [Object, Kernel, BasicObject, Module, Class].include?(receiver.method(name).owner)
    end

    def lookup(name)
      return constant(Object, name) if name.match?(/\A[[:upper:]]/)
      TOPLEVEL_BINDING.local_variable_get(name) if TOPLEVEL_BINDING.local_variable_defined?(name)
    end

    def constant(holder, name)
      return unless holder.is_a?(Module) && name.match?(/\A[[:upper:]]/) && holder.const_defined?(name, false)
      holder.const_get(name, false)
    end

    def callable?(value) = Proc === value || Method === value
  end
end
