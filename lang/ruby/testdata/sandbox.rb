# What is there only in part, or not at all, and how it says so.
def show(name)
  result =
    begin
      yield
    rescue Exception => e
      "#{e.class}: #{e.message}"
    end
  puts "#{name}: #{result.inspect}"
end

%w[socket openssl open3 net/http pty io/console readline fiddle continuation bundler].each { |name| show(name) { require name } }
show("Thread") { Thread.new { 1 } }
show("Ractor") { Warning[:experimental] = false; Ractor.new { 1 } }
show("fork") { fork }
show("system") { system("ls") }
show("backtick") { `ls` }
show("spawn") { spawn("ls") }
show("exec") { exec("ls") }
show("popen") { IO.popen("ls") }
show("open") { open("|ls") }
show("IO.read") { IO.read("|ls") }
show("pipe") { IO.pipe }
show("respond_to") { [respond_to?(:fork, true), Process.respond_to?(:fork), Process.respond_to?(:clock_gettime)] }
show("Mutex") { Mutex.new.synchronize { Thread.current == Thread.main } }
show("Queue") { q = Queue.new; q << 1 << 2; [q.pop, q.size, (Queue.new.pop(true) rescue $!.class)] }
show("deadlock") { begin; Queue.new.pop; rescue Exception => e; [e.class.name, e.message.lines.first]; end }
show("thread-local") { Thread.current[:a] = 1; [Thread.current[:a], Thread.list.size] }
show("ENV") { [ENV.to_h, ENV["HOME"], (ENV["LATE"] = "ä"), ENV["LATE"], ENV.fetch("NONE", 1)] }
show("names") { [$0, __FILE__, __dir__, Dir.pwd, ARGV, $PROGRAM_NAME] }
show("encodings") { [Encoding.default_external, Encoding.default_internal, Encoding.find("locale"), __ENCODING__, ENV["LATE"].encoding].map(&:to_s) }
show("platform") { [RUBY_VERSION, RUBY_ENGINE, RUBY_PLATFORM] }
show("load path") { $LOAD_PATH }
show("tty") { [$stdin.tty?, $stdout.tty?, $stderr.tty?] }
show("stat") { File.write("f", "abc"); s = File.stat("f"); [s.mode.to_s(8), s.size, s.file?, File.stat("/tmp").mode.to_s(8), File.readable?("f"), File.writable?("f"), File.executable?("f")] }
show("flock") { File.open("f") { |f| f.flock(File::LOCK_EX) } }
show("devices") { [File.read("/dev/null"), File.binread("/dev/urandom", 3).size, File.write("/dev/null", "x")] }
show("missing") { File.read("/etc/passwd") }
show("fibers") { Array.new(400) { |i| f = Fiber.new { Fiber.yield i; i }; f.resume; f }.sum(&:resume) }
show("fibers that ended") { 3000.times { |i| Fiber.new { i }.resume }; :all }
show("fibers that are forgotten") { 3000.times { |i| f = Fiber.new { Fiber.yield i }; f.resume }; :all }
show("too many fibers") { all = []; loop { f = Fiber.new { Fiber.yield }; f.resume; all << f } }
show("their memory") { GC.start; nil }
show("deep") { def dive(n) = dive(n + 1); dive(0) }
show("deep in blocks") { def dive_each(n) = [n].each { dive_each(n + 1) }; dive_each(0) }
show("deep in rescue") { def dive_rescue(n); [n].each { begin; dive_rescue(n + 1); rescue KeyError; end }; end; dive_rescue(0) }
show("deep in C") { a = []; 100_000.times { a = [a] }; a.inspect.size }
show("deep in hashes") { a = {}; 100_000.times { a = { 1 => a } }; a.inspect.size }
show("deep nesting of code") { eval("[" * 5_000 + "]" * 5_000) }
show("deep JSON") { require "json"; a = []; 100_000.times { a = [a] }; JSON.generate(a, max_nesting: 0).size }
show("deep JSON text") { JSON.parse("[" * 100_000, max_nesting: 0) }
show("deep Marshal") { a = []; 100_000.times { a = [a] }; Marshal.dump(a).size }
show("deep comparison") { a = []; 100_000.times { a = [a] }; b = []; 100_000.times { b = [b] }; a == b }
show("deep in a fiber") { Fiber.new { dive_each(0) }.resume }
show("still fine") { [1, 2].map { |x| x + 1 } }
