# The collector runs at every allocation while the parts below work: what it does not
# find in locals and on stacks shows as a wrong line or a crash. The same program
# prints the same under a native ruby.
require "json"
require "set"
require "stringio"
require "strscan"
require "date"
require "digest"
require "bigdecimal"
require "erb"
require "yaml"
require "zlib"
require "csv"
require "ostruct"

def part(name)
  GC.stress = 1
  result =
    begin
      yield
    rescue Exception => e
      "#{e.class}: #{e.message}"
    end
  GC.stress = false
  puts "#{name}: #{Digest::MD5.hexdigest(result.inspect)[0, 8]} #{result.inspect[0, 60]}"
end

Point = Struct.new(:x, :y) { def +(other) = Point.new(x + other.x, y + other.y) }
Pair = Data.define(:left, :right)
class Node
  include Comparable
  attr_reader :value, :next
  def initialize(value, following = nil) = (@value, @next = value.to_s, following)
  def <=>(other) = value <=> other.value
  def each(&block) = (yield self; @next&.each(&block))
  include Enumerable
end

part("strings") { s = +""; 30.times { |i| s << "a#{i}" * 3 << "ä".b.force_encoding("UTF-8") }; [s.size, s.reverse[0, 5], s.scan(/a\d/).size, s.tr("a", "b")[0, 9]] }
part("big strings") { a = "x" * 70_000; b = a + "y"; c = b.sub("y", "z" * 1000); [c.size, c[-3..], (a * 3).sum] }
part("format") { (1..10).map { |i| format("%05.2f %s %-8s|%x", i * 1.1, [i], "v#{i}", i * 255) } }
part("interpolation") { (1..20).map { |i| "#{i}-#{"#{i * 2}-#{"#{i ** 20}"}"}" } }
part("symbols") { (1..20).map { |i| "sym#{i}".to_sym }.map(&:to_proc).map { |p| (p.call(1) rescue $!.class).to_s } }
part("arrays") { a = (1..30).map { |i| [i.to_s, [i] * 3] }; a.flatten.uniq.each_slice(3).map(&:join).sort.reverse.rotate(2).zip(a).transpose.size }
part("array methods") { a = (1..12).map(&:to_s); [a.permutation(2).count, a.combination(3).first(2), a.product(a).size, a.each_cons(2).to_a.last, a.pack("a2" * 12), a.partition { |x| x > "3" }, a.group_by(&:size), a.chunk_while { |x, y| x < y }.to_a, a.inject { |x, y| y + x }] }
part("sort blocks") { (1..25).map { |i| (i * 7919 % 101).to_s }.sort { |a, b| b.to_i <=> a.to_i + [].size }.sort_by { |x| [x.size, x] }.min_by { |x| x.reverse } }
part("hashes") { h = {}; 40.times { |i| h["k#{i}"] = { i => [i.to_s] } }; h.delete_if { |k, _| k.end_with?("3") }; h.transform_values { |v| v.to_a.flatten }.select { |k, v| v.size == 2 }.min_by(2) { |k, v| k }.to_h.merge({ "z" => 1 }) { |*a| a }.sort_by { |k, v| k.to_s }.first(3) }
part("hash default") { h = Hash.new { |hash, key| hash[key] = key > 1 ? (hash[key - 1].to_i + hash[key - 2].to_i).to_s : key.to_s }; [h[30], h.size, h.compare_by_identity.size] }
part("hash with object keys") { h = {}; 20.times { |i| h[[i, i.to_s]] = Point.new(i, [i]) }; 20.times.map { |i| h[[i, i.to_s]].y } }
part("sets") { a = Set.new(("a".."m").to_a); b = Set.new(("g".."z").to_a); [(a & b).to_a, (a ^ b).size, a.subset?(a | b)] }
part("structs") { (1..20).map { |i| Point.new(i, i.to_s.to_i) }.inject(:+).to_a << Pair.new(left: "a" * 3, right: ["b"]).with(left: "c").inspect }
part("objects") { list = nil; 15.times { |i| list = Node.new(i, list) }; [list.map(&:value), list.max.value, list.sort.first.value, list.include?(list), list.each_with_index.to_a.size] }
part("closures") { adders = (1..10).map { |i| x = i.to_s; ->(y) { x << y; x } }; adders.map { |f| f.("q"); f.("r") } + adders.map { |f| (f >> :upcase.to_proc >> ->(s) { s * 2 }).call("s") } }
part("exceptions") { (1..10).map { |i| begin; [i].each { |x| raise ArgumentError, "no #{x}" if x.odd?; Integer("z#{x}") }; rescue ArgumentError => e; [e.message, e.backtrace.size > 0, e.full_message(highlight: false).size > 0]; ensure; "x" * 10; end } }
part("causes") { begin; begin; begin; raise "a" * 3; rescue; raise KeyError, "b"; end; ensure; "c".dup; end; rescue => e; [e.message, e.cause.message]; end }
part("nested ensure") { log = []; catch(:done) { 5.times { |i| begin; [i].map { |x| begin; throw :done, "t#{x}" if x == 3; ensure; log << "in#{x}"; end }; ensure; log << "out#{i}"; end } }.to_s + log.join(",") }
part("retry and redo") { tries = []; begin; tries << "t"; raise "x" if tries.size < 5; ensure; tries << "e"; end rescue retry_count = tries.size; n = 0; begin; n += 1; raise n.to_s if n < 4; rescue; retry; end; [n, tries] }
part("break and next") { [[1, 2, 3].each { |x| break "b#{x}" if x == 2 }, (1..9).map { |x| next "n#{x}" if x.odd?; x.to_s }, [[1, [2, [3]]]].each { |a, (b, (c))| break [a, b, c].to_s }] }
part("fibers") { fibers = 6.times.map { |i| Fiber.new { |x| 4.times { |j| x = Fiber.yield("f#{i}#{j}#{x}" + "z" * i) }; "done" + x } }; 5.times.map { |round| fibers.map { |f| f.resume(round.to_s) } } }
part("fibers within fibers") { f = Fiber.new { g = Fiber.new { [1, 2].each { |x| Fiber.yield "g#{x}" * 2 }; "gend" }; 3.times { |i| Fiber.yield [g.resume, "f#{i}"] }; begin; g.resume; rescue FiberError => e; e.class.to_s; end }; 4.times.map { f.resume } }
part("errors in fibers") { 5.times.map { |i| f = Fiber.new { begin; Fiber.yield "y#{i}"; raise "e#{i}"; ensure; "x" * 9; end }; [f.resume, (f.resume rescue $!.message)] } }
part("enumerators") { e = Enumerator.new { |y| 5.times { |i| y << "v#{i}" << [i] } }; [e.next, e.next, e.peek, e.size, e.lazy.map { |x| x.to_s * 2 }.reject { |x| x.size > 6 }.first(3), e.with_index(1).to_a.last, e.each_slice(3).map(&:first), (loop { e.next } || "end").to_s.size] }
part("generators") { fib = Enumerator.produce([0, 1]) { |a, b| [b, a + b] }; z = [1, 2, 3].each.zip("a".."c"); [fib.lazy.map(&:first).select(&:even?).first(6), z, fib.take(90).last] }
part("regexps") { s = "key1=val1; key2=väl2; " * 5; [s.scan(/(\w+)=(\w+)/).last, s.gsub(/(?<k>key)(?<n>\d)/) { $~[:n] + $~[:k] }[0, 20], s.split(/;\s*/).size, s =~ /väl/, $~.pre_match.size, $'.size, s.match?(/nope/), s.partition(/;/).map(&:size), s.each_char.select { |c| c =~ /[äv]/ }.size] }
part("scanner") { t = []; ss = StringScanner.new("3.14 + foo(2, 'x y')"); until ss.eos?; ss.skip(/\s+/); t << (ss.scan(/\d+(\.\d+)?/) || ss.scan(/\w+/) || ss.scan(/'[^']*'/) || ss.getch); end; t }
part("json") { o = { "a" => [1, 2.5, nil, true, "ä\n\u2028", { "b" => [[], {}] }], "c" => "x" * 50, "d" => 2**80 }; s = JSON.pretty_generate(o); [s.size, JSON.parse(s) == o, JSON.parse(s, symbolize_names: true).keys, (JSON.parse("[1,") rescue $!.class)] }
part("yaml") { o = { "a" => [1, 2.5, nil, true, "multi\nline"], "b" => { "c" => "ä", "d" => [{ "e" => 1 }] } }; y = o.to_yaml; [y, YAML.load(y) == o] }
part("marshal") { o = [1, "s", :sym, 2.5, 2**70, { a: Point.new(1, [2]) }, nil, "b".encode("UTF-16LE"), 1..3, Time.at(0).utc, Pair.new(1, 2)]; Marshal.load(Marshal.dump(o)).inspect }
part("csv") { CSV.generate { |c| c << %w[a b]; c << ["x,y", "q\"r"]; c << [nil, "ä"] }.then { |s| [s, CSV.parse(s, headers: true).map(&:to_h)] } }
part("zlib") { d = Zlib.deflate("hello " * 500); [Zlib.inflate(d).size, Zlib.crc32(d)] }
part("erb") { ERB.new("<% 3.times do |i| %><%= i.to_s * 2 %>,<% end %><%== 1 %>".sub("==", "=")).result(binding) }
part("bignums") { a = 3**200; b = 7**150; [a * b % 10**20, (a / b).to_s, a.gcd(b * 9), a.to_s(36)[0, 9], Integer.sqrt(a), (a - b).abs.digits.size, (-a >> 100).to_s] }
part("rationals") { [Rational(1, 3) ** 5 + 2.5r, Complex(1, 2) ** 3, "3/4".to_r * 4, 0.1.rationalize(Rational(1, 100)), BigDecimal("1.23456789012345678901234567890") ** 3] }
part("floats") { (1..20).map { |i| (i / 7.0).to_s + (i * 1e20).to_i.to_s + (i * 0.1).round(2).inspect } }
part("times") { t = Time.utc(2024, 2, 29, 12, 34, 56.789r); [t.strftime("%F %T.%L %a %j"), (t + 86400).iso8601(3), t.to_a.size, Time.at(1.5).utc.inspect, (Date.new(2024, 2, 29) >> 12).to_s, Date.parse("3rd Feb 2001").cwday, DateTime.new(2001, 2, 3, 4, 5, 6, "+7").to_s] }
part("ranges") { [("a".."zz").step(77).to_a, (1..10).step(3).to_a, (1.0..2.0).step(0.5).map(&:to_s), ("a".."e").each_with_object([]) { |x, acc| acc << x * 2 }, (1..20) % 7] }
part("methods") { o = Object.new; 10.times { |i| o.define_singleton_method("m#{i}") { |*a, k: "d#{i}", **r, &b| [i, a, k, r, b&.call] } }; 10.times.map { |i| o.public_send("m#{i}", i.to_s, *["s"] * i, k: "k", z: [i]) { "b#{i}" } } }
part("method_missing") { c = Class.new { def method_missing(n, *a, **k, &b) = n.to_s.start_with?("x") ? [n.to_s, a, k, b&.call("y")] : super; def respond_to_missing?(n, p = false) = n.to_s.start_with?("x") }; o = c.new; [o.xa(1, "2", q: 3) { |y| y * 2 }, o.respond_to?(:xb), (o.nope rescue $!.class), o.method(:xc).call(5)] }
part("classes") { 8.times.map { |i| k = Class.new(Struct.new(:a)) { define_method(:go) { |x = "d"| super_go(x) }; define_method(:super_go) { |x| [x, a, self.class.ancestors.size > 3] }; include(Module.new { def to_s = "m" + a.to_s }) }; o = k.new("a#{i}"); [o.go, o.go("z"), o.to_s, o.dup == o, o.frozen?] } }
part("eval") { x = "lo"; 6.times.map { |i| eval("y = x + '#{i}'; [y, binding.local_variables.size > 0, ->(z) { z + y }.call('w')]") } }
part("instance variables") { o = Object.new; 25.times { |i| o.instance_variable_set("@v#{i}", "x#{i}") }; o.instance_variables.map { |n| o.instance_variable_get(n) }.join }
part("splats") { def sp(a, b = [a].to_s, *c, d, e:, f: e.to_s * 2, **g, &h) = [a, b, c, d, e, f, g, h&.call]; [sp("1", "2", e: :x), sp(*("a".."f").to_a, e: "é", z: 1) { "blk" }, sp(*[1, 2], **{ e: [1], y: {} })] }
part("patterns") { [[1, ["a", { k: "v", l: [1, 2] }]], { t: :circle, r: "2" }, Point.new(1, "2"), Pair.new("l", nil)].map { |v| case v; in [Integer => i, [String => s, { k:, l: [*, last] }]] then [i, s, k, last]; in { t: Symbol => t, r: } then [t, r]; in Point[x, y] then [x, y]; in Pair(left:, right: nil) then left; end } }
part("io") { io = StringIO.new; io.puts "a", ["b", ["c"]]; io.printf("%d\n", 5); io << "x" << 1; io.rewind; [io.each_line.map(&:chomp), io.string.size, io.ungetc("q"), io.read] }
part("files") { File.write("/tmp/gc.txt", (1..50).map { |i| "line #{i} ä\n" }.join); r = [File.foreach("/tmp/gc.txt").select { |l| l.include?("7") }.size, File.read("/tmp/gc.txt", encoding: "UTF-8").size, File.open("/tmp/gc.txt") { |f| f.seek(10); f.gets + f.readpartial(5) }, IO.readlines("/tmp/gc.txt", chomp: true).last]; File.delete("/tmp/gc.txt"); r }
part("encodings") { %w[UTF-16LE UTF-32BE ISO-8859-1 Windows-1252 Shift_JIS EUC-JP].map { |e| (e =~ /JP|JIS/ ? "日本語" : "é€ü"[0, 1]).encode(e).then { |s| [s.bytesize, s.encode("UTF-8"), s.valid_encoding?, s.inspect] } } + ["a\xffb".scrub("?"), "é".unicode_normalize(:nfd).size, "ǅ".swapcase, "ß".upcase] }
part("packing") { [[1, 2, 3].pack("C*"), ["abc", 1.5, -7, 0x1f600].pack("A5Gq<U"), "\x01\x02\x03\x04".unpack("nC*"), ["x" * 50].pack("m"), "é".unpack("U*"), [65, 256].pack("w*")] }
part("comparisons") { a = [[1, ["x", 2.0]], [1, ["x", 1.0]]]; [a[0] <=> a[1], a.max, a.hash == [[1, ["x", 2.0]], [1, ["x", 1.0]]].hash, a.eql?(a.dup), { a => 1 }[a.map(&:dup)], a.flatten(1).inspect] }
part("recursion") { def tree(n) = n.zero? ? ["leaf"] : [tree(n - 1), "n#{n}", tree(n - 1)].flatten; def ack(m, n) = m.zero? ? n + 1 : (n.zero? ? ack(m - 1, 1) : ack(m - 1, ack(m, n - 1))); [tree(5).size, ack(2, 3), [1].cycle.lazy.map { |x| x.to_s }.first(2)] }
part("recursive structures") { a = ["x"]; a << a; h = { "k" => a }; h["h"] = h; [a.inspect, h.inspect, a.hash == a.hash, (a.flatten rescue $!.message), a == a] }
part("refinements") { eval("module Shout; refine(String) { def shout = upcase + '!' }; end; using Shout; %w[a b].map(&:shout)") }
part("freeze and dup") { o = { "a" => ["b", { "c" => "d" }] }; d = Marshal.load(Marshal.dump(o)); d["a"][1]["c"] << "e"; o.freeze; [o, d, (begin; o["x"] = 1; rescue => e; e.class; end), o.dup.frozen?, o.clone.frozen?] }
part("open struct") { o = OpenStruct.new(a: 1); o.b = "2"; o[:c] = [3]; [o.to_h, o.respond_to?(:b), o.dig(:c, 0), o.zz] }
