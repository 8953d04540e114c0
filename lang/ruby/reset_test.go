package ruby_test

import (
	"testing"
	"time"

	"github.com/funcbox/funcbox/lang/langtest"
	"github.com/funcbox/funcbox/lang/ruby"
)

// resetPrograms leave behind as much as they can. Each may end in any way.
var resetPrograms = [][2]string{
	{"changes builtins", `
		class Array; def push(*) = :mine; def leak = 1; end; class Object; LEAK = 2; end; class Integer; alias_method :leak, :+; end
		String.undef_method(:upcase); Math.singleton_class.undef_method(:sqrt); $leak = 3; Comparable.define_method(:leak) { 4 }
		module Kernel; def puts(*) = nil; end; def Object.method_added(name) = nil; TOPLEVEL_BINDING.local_variable_set(:leak, 5)`},
	{"freezes builtins", `[Object, Array, Hash, String, Kernel, ENV, $LOAD_PATH, $LOADED_FEATURES].each { |o| o.freeze rescue nil }`},
	{"changes the library", `
		def JSON.generate(*) = "mine"; class Set; def add(*) = self; end; $LOAD_PATH << "/tmp"; $stdout = StringIO.new; $; = "x" rescue nil
		ENV["LEAK"] = "x"; ARGV << "leak"; $0 = "leak"; Encoding.default_external = "UTF-16LE"; Random.srand(1); Process.setproctitle("leak")`},
	{"refines", `module R; refine(Integer) { def +(o) = 42 }; end; using R; 1 + 1`},
	{"traces", `TracePoint.new(:call, :c_call, :raise) { |t| $leak = t.event }.enable; [1].map { _1 }; at_exit { raise "x" }`},
	{"allocates", `all = []; 20_000.times { |i| all << { i: i, s: "x#{i}" } }; all.size`},
	{"allocates large", `all = []; 8.times { |i| all << i.chr * (1 << 20) }; all.size`},
	{"allocates all", `all = []; loop { all << "x" * (1 << 18) }`},
	{"allocates all in small pieces", `all = []; loop { all << [all.size.to_s] }`},
	{"long strings", `s = "x"; s += s while s.size < 1 << 21; ("ä𝄞" * (1 << 16)).upcase.size + s.size`},
	{"cycles and collections", `2000.times { a = []; a << { a: a } }; GC.start; GC.compact rescue nil; GC.stress = true; 3.times { "x" * 10 }; ObjectSpace::WeakMap.new[Object.new] = 1`},
	{"symbols", `2000.times { |i| "leak#{i}".to_sym; Object.const_set("Leak#{i}", i) if i < 50 }`},
	{"raises", `raise TypeError, "no"`},
	{"raises something odd", `class Odd < Exception; def message = raise("again"); def backtrace = 5; end; raise Odd`},
	{"raises with causes", `def deep(n) = n.zero? ? raise("end") : (begin; deep(n - 1); rescue => e; raise e.class, n.to_s; end); deep(30)`},
	{"throws", `throw :leak`},
	{"exits", `exit 3`},
	{"exits with success", `$leak = 1; exit`},
	{"exits at once", `exit! 4`},
	{"aborts", `abort "no"`},
	{"exits from at_exit", `at_exit { exit 5 }; at_exit { raise "x" }; 1`},
	{"malformed", "fine = 1\ndef = 2"},
	{"recurses", `def dive = dive + 1; dive`},
	{"recurses and rescues", `def dive; dive + 1; rescue SystemStackError; 0; end; dive`},
	{"recurses in blocks", `def dive(n) = [n].each { |x| dive(x + 1) }; dive(0)`},
	{"recurses in C", `a = []; 50_000.times { a = [a] }; a.inspect`},
	{"loops", `i = 0; i += 1 while true`},
	{"loops and rescues", `loop { begin; loop {}; rescue Exception; end }`},
	{"sleeps", `sleep 3600`},
	{"files", `
		require "fileutils"; FileUtils.mkdir_p("/tmp/a/b"); 50.times { |i| File.write("/tmp/a/#{i}", "x" * 1000 * i) }
		File.delete("/tmp/a/7"); File.symlink("/tmp", "/tmp/loop"); $f = File.open("/tmp/unflushed", "w"); $f << "x"; Dir.children("/tmp/a").size`},
	{"descriptors", `[0, 1, 2].each { |fd| IO.for_fd(fd, autoclose: false).close rescue nil }; open = []; loop { open << File.open("/tmp/f", "w") }`},
	{"working directory", `Dir.mkdir("/tmp/d"); Dir.chdir("/tmp/d"); File.umask(0)`},
	{"fibers left in the middle", `$fibers = Array.new(20) { f = Fiber.new { begin; loop { Fiber.yield 1 }; ensure; $leak = 1; end }; f.resume; f }; $fibers.size`},
	{"fibers within fibers", `def nest(n) = n.zero? ? Fiber.yield(1) : Fiber.new { nest(n - 1) }.resume; nest(10)`},
	{"errors in fibers", `e = [1, 2].each; e.next; e.next; e.next`},
	{"enumerators", `e = Enumerator.new { |y| loop { y << 1 } }; e.next; e.lazy.map { _1 + 1 }.first(10); $leak = e`},
	{"timeouts", `require "timeout"; begin; Timeout.timeout(0.001) { loop {} }; rescue Timeout::Error; end; $t = Timeout.timeout(1000) { 1 }; Timeout.timeout(900) { raise "x" }`},
	{"a timeout left", `require "timeout"; f = Fiber.new { Timeout.timeout(0.001) { Fiber.yield } }; f.resume; 20_000.times { [1].each { } }`},
	{"sorts", `Array.new(5000) { |i| (i * 7919) % 5003 }.sort { |a, b| a <=> b }.first`},
	{"a comparison that raises", `[3, 1, 2].sort { raise "no" }`},
	{"regular expressions", `("aaaa-bbbb-cccc" * 500).gsub(/(?<x>a+)-(b+)/) { $~[:x] }.scan(/c/).size; ("a" * 26 + "b") =~ /\A(a|aa)+\z/; $leak = $~`},
	{"JSON and YAML", `require "yaml"; JSON.parse(JSON.generate(Array.new(2000) { |i| { i: i, s: "x" * (i % 50) } })).size; YAML.load({ "a" => [1] }.to_yaml)`},
	{"large integers", `(1..400).inject(:*).to_s.size`},
	{"evaluates", `100.times { |i| eval("v#{i} = #{i}; def leak#{i} = v") }; instance_eval { @leak = 1 }; binding.local_variable_set(:x, 1)`},
	{"requires", `File.write("/tmp/mine.rb", "MINE = 1"); require "/tmp/mine"; require "csv"; require "optparse"; autoload(:Gone, "/tmp/gone"); load "/tmp/mine.rb"`},
	{"encodings", `%w[Shift_JIS EUC-JP UTF-16LE Windows-1251 GBK].map { |e| "abc".encode(e).encode("UTF-8") }`},
	{"prints", `2000.times { |i| puts "line #{i}"; $stderr.print "x" }`},
	{"unreturnable", `def f = { f: -> {} }; f`},
	{"a long result", `Array.new(20_000) { |i| "item #{i}" }`},
}

// resetProbe describes what a program may find of an earlier one.
const resetProbe = `
	def probe
		shape = [Object, Kernel, Comparable, Array, Hash, String, Integer, Math, Process, JSON, Set, Exception, Fiber].map do |m|
			[m.name, m.frozen?, m.constants.sort.join(","), m.instance_methods(false).sort.join(","), m.private_instance_methods(false).sort.join(","), m.singleton_methods.sort.join(",")]
		end
		[shape, global_variables.sort.join(","), Dir.pwd, ENV.to_h, ARGV, $0, $LOAD_PATH, $LOADED_FEATURES.size, Dir.children("/tmp"), File.umask, $!.inspect, $~.inspect,
			Encoding.default_external.to_s, $stdout.equal?(STDOUT), TOPLEVEL_BINDING.local_variables, GC.stress, GC.count, instance_variables, File.open("/tmp/first", "w").fileno, Thread.current.keys].inspect
	end`

func TestResets(t *testing.T) {
	langtest.Resets(t, ruby.Language(), langtest.ResetPlan{
		Programs: resetPrograms, Probe: resetProbe, Finds: "Comparable", Calls: 300,
		Fuel: 20_000_000, MemoryBytes: 64 << 20, Timeout: 20 * time.Second,
		TightFuel: 1_000_000, TightMemoryBytes: 40 << 20, TightTimeout: 9 * time.Millisecond,
	})
}
