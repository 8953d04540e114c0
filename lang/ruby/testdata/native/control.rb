# Every way to leave a block, through every kind of call between the block and what
# it leaves: methods of C that yield, methods of Ruby, blocks as methods.

ITERATIONS = {
  "each" => "[1, 2, 3].each { |x| BODY }", "map" => "[1, 2, 3].map { |x| BODY }", "times" => "3.times { |x| BODY }",
  "inject" => "[1, 2, 3].inject(0) { |_, x| BODY }", "sort_by" => "[3, 1, 2].sort_by { |x| BODY; x }", "hash" => "{ 1 => 2, 3 => 4 }.each { |x, _| BODY }",
  "gsub" => "'abc'.gsub(/./) { |x| BODY; 'q' }", "upto" => "1.upto(3) { |x| BODY }", "step" => "1.step(5, 2) { |x| BODY }", "loop" => "x = 0; loop { x += 1; break if x > 3; BODY }",
  "proc" => "x = 2; proc { BODY }.call", "instance_exec" => "instance_exec(2) { |x| BODY }", "send" => "[1, 2].send(:each) { |x| BODY }",
  "yield" => "twice { |x| BODY }", "block argument" => "through { |x| BODY }", "define_method" => "defined { |x| BODY }", "method_missing" => "unknown { |x| BODY }",
  "enumerator" => "[1, 2].each_with_index.map { |x, _| BODY }", "each in each" => "[1].each { [1, 2].each { |x| BODY } }",
  "hash default" => "Hash.new { |_, x| BODY }[2]", "catch" => "catch(:other) { x = 2; BODY }", "ensure around" => "begin; [1, 2].each { |x| BODY }; ensure; log(:around); end",
  "rescue around" => "begin; [1, 2].each { |x| BODY }; rescue KeyError; log(:wrong); end", "fiber" => "Fiber.new { x = 2; BODY }.resume",
  "comparison" => "[Odd.new { x = 2; BODY }, 1].index(5)", "to_s" => "x = 2; \"\#{Odd.new { BODY }}\"", "lambda" => "->(x) { BODY }.call(2)",
}
EXITS = {
  "break" => "break [:broke, x] if x == 2", "next" => "next :skipped if x == 2; log(x)", "return" => "return [:returned, x] if x == 2",
  "raise" => "raise ArgumentError, x.to_s if x == 2", "throw" => "throw :done, [:thrown, x] if x == 2",
  "rescued inside" => "begin; raise 'in' if x == 2; rescue => e; log(e.message); end", "retried" => "n = 0; begin; n += 1; raise 'again' if n < 3; rescue; log(n); retry; end",
  "ensure inside" => "begin; return [:left, x] if x == 2; ensure; log(:inside); end", "raise in ensure" => "begin; raise 'a' if x == 2; ensure; raise KeyError, 'b' if x == 2; end",
  "break in ensure" => "begin; raise 'lost' if x == 2; ensure; break :saved if x == 2; end", "redo" => "@redone = (@redone || 0) + 1; redo if @redone == 2; log(@redone)",
  "nested method" => "log(rescuing(x))", "return of a lambda" => "log(-> { [1].each { return :inner }; :never }.call)", "stop" => "raise StopIteration if x == 2",
  "eval" => "eval('log(x); x')", "return in eval" => "eval('return [:evaluated, x]') if x == 2", "binding" => "log(binding.local_variable_get(:x))",
}

class Odd
  def initialize(&block) = @block = block
  def ==(_) = (@block.call; false)
  def to_s = (@block.call; "odd")
end

class Runner
  attr_reader :logged
  def initialize = @logged = []
  def log(value) = @logged << value
  def twice = (yield 1; yield 2; :twice)
  def through(&block) = twice(&block)
  define_method(:defined) { |&block| [1, 2].each(&block); :defined }
  def method_missing(name, ...) = name == :unknown ? twice(...) : super
  def respond_to_missing?(name, all = false) = name == :unknown || super
  def rescuing(x) = (Integer("no#{x}") rescue "rescued #{x}")
end

ITERATIONS.each do |iteration, code|
  EXITS.each do |name, body|
    runner = Runner.new
    result =
      begin
        Runner.class_eval("def run = (#{code.sub("BODY", body)})\ndef run_caught = catch(:done) { run }")
        # Through C once more, where nothing catches.
        [nil].map { runner.run_caught }.first
      rescue Exception => e
        [e.class, e.message.lines.first.chomp[/[^:]*:?\d*:? ?(.*)/] && e.message.lines.first.chomp.sub(/\(eval[^)]*\)/, ""), e.cause&.message]
      end
    puts "#{iteration}, #{name}: #{result.inspect.gsub(/0x\h+/, "0x")} #{runner.logged.inspect}"
  end
end
