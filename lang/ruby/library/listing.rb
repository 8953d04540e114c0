# listing.rb: the functions of a program with their parameters, as the host is told; in a
# session those that all code before has defined. It asks Ruby for the parameters, and
# the tree of the source for what Ruby does not keep: the defaults. Nothing of the
# program is run.

module Funcbox::Guest
  # Functions that are listed.
  MOST_FUNCTIONS = 1000

  # Kinds of parameters by those of Method#parameters.
  KINDS = {
    req: ["positional", true], opt: ["positional", false], rest: ["rest", false],
    keyreq: ["keyword", true], key: ["keyword", false], keyrest: ["keywordRest", false]
  }.freeze

  # Comments that mean something to Ruby or to tools, rather than to readers.
  MAGIC = /\A#(?:!|\s*(?:-\*-|(?:frozen_string_literal|encoding|coding|warn_indent|shareable_constant_value|typed|rubocop)\b.*:))/

  class << self
    # The reply to a load. only: the name of the function that a call without a name
    # takes, nil for code that is a body, or the name that the request has.
    def listing(only)
      return { "kind" => "body" } if only.nil?
      listed = functions
      names = public_names
      @trees = {}.compare_by_identity
      found = listed.map { |name, function| [name.to_s, function, !name.start_with?("_")] }
      found.concat(functions_of_modules)
      add_requested(found, only)
      reply = { "kind" => "module", "functions" => found.first(MOST_FUNCTIONS).map { |name, function, open| entry(name, function, open) } }
      reply["only"] = names.first if names.size == 1
      reply
    rescue StandardError, NotImplementedError # a program may change what this is made of
      { "kind" => "module", "only" => only, "functions" => [{ "name" => only, "public" => true, "exact" => false }] }
    ensure
      @trees = nil
    end

    private

    # The methods of the program's own modules and classes, and the lambdas in them.
    def functions_of_modules
      found, queue, seen = [], constants_of(Object), {}.compare_by_identity
      while (name, holder = queue.shift)
        next unless Module === holder && !seen[holder]
        seen[holder] = true
        Kernel.instance_method(:singleton_methods).bind_call(holder, false).each do |method|
          function = Kernel.instance_method(:method).bind_call(holder, method)
          at = place(function)
          found << [at, "#{name}.#{method}", function, false] if at
        end
        constants_of(holder).each do |inner, value|
          at = callable?(value) && place(value)
          found << [at, "#{name}::#{inner}", value, false] if at
          queue << ["#{name}::#{inner}", value] if Module === value
        end
      end
      found.sort_by! { |at, path, *| [at, path] }.map! { |_, *rest| rest }
    rescue StandardError, NotImplementedError
      found.map { |_, *rest| rest }
    end

    # The function that the request names, which need not be one of the program's own.
    def add_requested(found, name)
      return if name.empty? || found.any? { |known, *| known == name }
      receiver, method = find(name)
      function = Proc === receiver && method == :call ? receiver : receiver.method(method)
      function = receiver.instance_method(:initialize) if method == :new && Class === receiver && function.owner == Class
      found.unshift([name, function, false])
    rescue Funcbox::FunctionNotFound
      nil # the call says so
    end

    def entry(name, function, open)
      entry = { "name" => name, "public" => open, "exact" => false }
      iseq = RubyVM::InstructionSequence.of(function)
      source = source_of(iseq)
      entry["doc"] = source.doc if source&.doc
      parameters = about(function, :parameters)
      parameters = function.parameters(lambda: true) if Proc === function && !function.lambda?
      entry["params"] = described(parameters, source)
      entry["exact"] = exact?(function, iseq)
      entry
    rescue StandardError, NotImplementedError
      { "name" => name, "public" => open, "exact" => false }
    end

    # Whether a call can be judged by the parameters: where the host has sent the code. A
    # proc takes more and fewer arguments than it has.
    def exact?(function, iseq) = !iseq.nil? && @files.key?(iseq.path) && (!(Proc === function) || function.lambda?)

    def described(parameters, source)
      parameters.each_with_index.filter_map do |(kind, name), index|
        next unless KINDS.key?(kind)
        text, required = KINDS[kind]
        name = nil if %i[* **].include?(name)
        parameter = { "name" => (name || { rest: "args", keyrest: "kwargs" }[kind] || "arg#{index + 1}").to_s, "kind" => text, "required" => required }
        parameter.merge!(source.default(name)) if source && %i[opt key].include?(kind)
        parameter
      end
    end

    # Only code that the host sent has kept its lines.
    def source_of(iseq)
      lines = iseq&.script_lines or return # the same array for all of a text
      @trees[lines] ||= Tree.new(lines)
      @trees[lines].at(iseq.to_a[4][:code_location])
    rescue SyntaxError # a body may mean something else without the variables before it
      nil
    end
  end

  # The definitions in a source text by where they are.
  class Tree
    def initialize(lines)
      @lines = lines
      @definitions = {}
      walk(RubyVM::AbstractSyntaxTree.parse(lines.join))
    end

    def at(location)
      node = @definitions[location]
      node && Source.new(@lines, node, location.first)
    end

    private

    def walk(root)
      queue = [root]
      while (node = queue.shift)
        case node.type
        when :DEFN, :DEFS then @definitions[position(node)] = node
        when :LAMBDA, :ITER then @definitions[position(node.children.last)] = node
        end
        node.children.each { |child| queue << child if RubyVM::AbstractSyntaxTree::Node === child }
      end
    end

    def position(node) = [node.first_lineno, node.first_column, node.last_lineno, node.last_column]
  end

  # What the text of one definition says.
  class Source
    def initialize(lines, node, line)
      @lines, @node, @line = lines, node, line
    end

    # The comment right above, without its marks; nil if there is none.
    def doc
      first = last = @line - 1
      first -= 1 while first.positive? && @lines[first - 1].match?(/\A\s*#/) && !@lines[first - 1].lstrip.match?(MAGIC)
      return if first == last
      @lines[first...last].map { |line| line.strip.sub(/\A#+ ?/, "") }.join("\n").strip.then { |text| text unless text.empty? }
    end

    # {"default" => value} for a constant, else {"defaultText" => source}.
    def default(name)
      node = defaults[name] or return {}
      constant = constant(node)
      constant ? { "default" => constant.first } : { "defaultText" => text(node) }
    end

    private

    def defaults
      @defaults ||= begin
        found = {}
        arguments = @node.children.last.children[1]
        [arguments.children[2], arguments.children[7]].each do |node|
          while RubyVM::AbstractSyntaxTree::Node === node
            assignment, node = node.children
            found[assignment.children.first] = assignment.children.last
          end
        end
        found.select { |_, value| RubyVM::AbstractSyntaxTree::Node === value }
      end
    end

    # [value] of a plain constant, or nil.
    def constant(node)
      case node.type
      when :NIL then [nil]
      when :TRUE then [true]
      when :FALSE then [false]
      when :STR, :LIT # the keys of a hash are :LIT, too
        value = node.children.first
        [value] if Integer === value || Float === value || (String === value && value.valid_encoding?)
      when :ZLIST then [[]]
      when :LIST then all(node.children[0...-1])&.then { |values| [values] }
      when :HASH then pairs(node.children.first)
      end
    end

    def all(nodes)
      values = nodes.map { |node| (node && constant(node)) or return }
      values.map(&:first)
    end

    # A hash with strings as keys. One with symbols is another hash to the function.
    def pairs(list)
      return [{}] if list.nil?
      values = all(list.children[0...-1]) or return
      hash = Hash[*values]
      [hash] if hash.keys.all?(String)
    end

    def text(node)
      lines = @lines[node.first_lineno - 1..node.last_lineno - 1].map(&:b)
      lines[-1] = lines[-1].byteslice(0, node.last_column)
      lines[0] = lines[0].byteslice(node.first_column..)
      lines.join.force_encoding(Encoding::UTF_8).scrub
    end
  end
end
