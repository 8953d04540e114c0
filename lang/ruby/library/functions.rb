# functions.rb: what there is to call at the top level of a program. The shim looks
# for a method of Object itself and asks here about all else.

module Funcbox
  # Reported by its last name.
  class FunctionNotFound < NameError; end

  # Functions that the error about a missing one lists.
  MOST_LISTED = 50

  MAIN = TOPLEVEL_BINDING.receiver
  private_constant :MAIN

  class << self
    # [receiver, name of a method] for a name such as add, SQUARE, Math2.mean or
    # Shop::Cart.total.
    def find(name, file)
      raise missing(name, file) unless name.match?(/\A[[:alpha:]_][[:alnum:]_]*(?:(?:::|\.)[[:alpha:]_][[:alnum:]_]*)*[?!]?\z/)
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
      raise missing(name, file)
    end

    # The only public function of the program, if it has just one and is meant to be
    # called: a program that does something by itself and is given no arguments is not
    # there to have its only helper called.
    def only_function(code, file, has_arguments)
      names = functions(file).reject { |name| name.start_with?("_") }
      return unless names.size == 1
      return if !has_arguments && statements?(code)
      find(names.first.to_s, file)
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
      Object.const_set(:DATA, StringIO.new(code[/^__END__\r?\n(.*)\z/m, 1] || ""))
    end

    private

    def missing(name, file)
      names = functions(file)
      listed = names.first(MOST_LISTED).join(", ")
      listed += ", …" if names.size > MOST_LISTED
      FunctionNotFound.new(%(function "#{name}" is not defined; the code defines#{names.empty? ? " no functions" : ": #{listed}"}))
    end

    # Names of the functions that the main file defines, in the order of the source.
    def functions(file)
      methods = (Object.private_instance_methods(false) + Object.instance_methods(false)).reject { |name| @initial_methods.key?(name) }
      methods.map! { |name| Object.instance_method(name) }
      methods.concat(MAIN.singleton_methods(false).map { |name| MAIN.method(name) })
      constants = Object.constants(false) - @initial_constants
      lambdas = constants.filter_map do |name|
        next if Object.autoload?(name)
        value = Object.const_get(name)
        [name, value] if value.is_a?(Proc) || value.is_a?(Method)
      end
      placed = methods.filter_map { |method| place(method, file)&.push(method.name) }
      placed.concat(lambdas.filter_map { |name, value| place(value, file)&.push(name) })
      placed.sort_by! { |line, column, name| [line, column, name.to_s] }
      placed.map!(&:last)
    end

    # Where in the file a function is: [line, column], or nil if it is not in there.
    def place(function, file)
      return unless function.source_location&.first == file
      iseq = RubyVM::InstructionSequence.of(function)
      iseq ? iseq.to_a[4][:code_location].first(2) : [function.source_location.last, 0]
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

    def callable?(value) = value.is_a?(Proc) || value.is_a?(Method)

    # What a program may hold besides definitions and still be one that is there to
    # be called: its last value and its output are of no interest.
    DEFINITIONS = %i[DEFN DEFS CLASS MODULE SCLASS CDECL ALIAS VALIAS UNDEF POSTEXE LIT STR NIL TRUE FALSE].freeze
    DECLARATIONS = %i[require require_relative load private public using include extend].freeze

    def statements?(code)
      root = RubyVM::AbstractSyntaxTree.parse(code)
      body = root.children.last
      list = body&.type == :BLOCK ? body.children : [body]
      list.compact.any? { |node| !definition?(node) }
    rescue SyntaxError
      true
    end

    def definition?(node)
      case node.type
      when *DEFINITIONS then true
      when :BEGIN then node.children.compact.all? { |child| definition?(child) }
      when :FCALL, :VCALL then DECLARATIONS.include?(node.children.first)
      when :LASGN then node.children.last.is_a?(RubyVM::AbstractSyntaxTree::Node) && node.children.last.type == :LAMBDA
      else false
      end
    end
  end
end
