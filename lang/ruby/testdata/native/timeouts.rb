# Timeout.timeout: what it interrupts, and what it leaves alone.
require "timeout"
def show(name)
  result = begin; yield; rescue Exception => e; "#{e.class}: #{e.message}"; end
  puts "#{name}: #{result.inspect}"
end
show("puts") { Timeout.timeout(60) { puts "x"; $stderr.print ""; :ok } }
show("files") { Timeout.timeout(60) { File.write("/tmp/q", "y" * 100_000); File.open("/tmp/q") { |f| f.each_char.count } } }
show("queue") { Timeout.timeout(0.05) { Queue.new.pop } }
show("sized") { Timeout.timeout(0.05) { q = SizedQueue.new(1); q << 1; q << 2 } }
show("mutex") { m = Mutex.new; Timeout.timeout(0.05) { m.synchronize { sleep } } }
show("cv") { m = Mutex.new; c = ConditionVariable.new; Timeout.timeout(0.05) { m.synchronize { c.wait(m) } } }
show("monitor") { require "monitor"; m = Monitor.new; Timeout.timeout(0.05) { m.synchronize { loop {} } } }
show("nested outer") { Timeout.timeout(0.05) { Timeout.timeout(10) { loop {} } } }
show("nested inner") { Timeout.timeout(10) { begin; Timeout.timeout(0.05) { loop {} }; rescue Timeout::Error; :inner; end } }
show("rescue inside") { Timeout.timeout(0.05) { begin; loop {}; rescue => e; :swallowed; end } }
show("rescue Exception inside") { Timeout.timeout(0.05) { begin; loop {}; rescue Exception => e; :swallowed; end } }
show("klass rescue") { Timeout.timeout(0.05, ArgumentError) { begin; loop {}; rescue ArgumentError => e; e.message; end } }
show("regexp") { Timeout.timeout(0.1) { ("a" * 26 + "b") =~ /\A(a|a)*(a|b)\1\1\1$/ } }
show("sort") { Timeout.timeout(0.05) { loop { (1..1000).sort_by { |x| -x } } } }
show("each") { Timeout.timeout(0.05) { (1..).each { |x| x } } }
show("in fiber") { Fiber.new { Timeout.timeout(0.05) { loop {} } }.resume }
show("fiber in it") { Timeout.timeout(0.05) { Fiber.new { loop {} }.resume } }
show("enum next") { Timeout.timeout(0.05) { e = Enumerator.new { |y| loop { y << 1 } }; loop { e.next } } }
show("zero") { Timeout.timeout(0) { 1 } }
show("nil") { Timeout.timeout(nil) { 1 } }
show("value") { Timeout.timeout(5) { |s| s } }
show("after") { sleep 0.1; 100_000.times { [1].each {} }; :fine }
show("retry") { n = 0; begin; n += 1; Timeout.timeout(0.02) { loop {} }; rescue Timeout::Error; retry if n < 3; n; end }
show("ensure sleeps") { log = []; begin; Timeout.timeout(0.02) { begin; loop {}; ensure; sleep 0.05; log << 1; end }; rescue Timeout::Error; log << 2; end; log }
show("json") { require "json"; Timeout.timeout(60) { JSON.parse(JSON.generate((1..1000).to_a)).size } }
show("sleep result") { Timeout.timeout(5) { sleep 0.01 } }
show("gsub") { Timeout.timeout(0.05) { loop { "abc".gsub(/b/) { |m| m.upcase } } } }
