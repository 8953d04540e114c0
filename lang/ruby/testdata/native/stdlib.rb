# The parts of the standard library that there are.
require "abbrev"
require "base64"
require "benchmark"
require "bigdecimal/util"
require "cgi"
require "csv"
require "date"
require "delegate"
require "digest"
require "English"
require "erb"
require "fileutils"
require "find"
require "forwardable"
require "getoptlong"
require "json"
require "logger"
require "matrix"
require "monitor"
require "objspace"
require "observer"
require "optparse"
require "ostruct"
require "pathname"
require "pp"
require "prime"
require "pstore"
require "rexml/document"
require "ripper"
require "securerandom"
require "set"
require "shellwords"
require "singleton"
require "stringio"
require "strscan"
require "tempfile"
require "time"
require "timeout"
require "tmpdir"
require "tsort"
require "uri"
require "weakref"
require "yaml"
require "zlib"

def show(name) = puts("#{name}: #{(yield).inspect}")

show("abbrev") { %w[car cone].abbrev.size }
show("base64") { [Base64.strict_encode64("\xff\x00".b), Base64.urlsafe_decode64("_w==")] }
show("bigdecimal") { [(BigDecimal("0.1") + "0.2".to_d).to_s, BigDecimal("2").sqrt(20).round(15).to_s] }
show("cgi") { [CGI.escape("a b&ä"), CGI.escapeHTML("<a>"), CGI.unescape("a+b")] }
show("csv") { CSV.parse("a,b\n1,\"x,y\"\n", headers: true, converters: :numeric).map(&:to_h) }
show("date") { [Date.parse("2024-02-29").next_year.to_s, (Date.new(2024, 3, 1) - Date.new(2024, 2, 1)).to_i, DateTime.parse("2001-02-03T04:05:06+07:00").to_s, Date.valid_date?(2023, 2, 29)] }
show("digest") { [Digest::MD5, Digest::SHA1, Digest::SHA256, Digest::SHA384, Digest::SHA512, Digest::RMD160].map { |d| d.hexdigest("abc")[0, 8] } }
show("erb") { ERB.new("<% [1, 2].each do |x| -%>\n<%= x %>;\n<% end -%>", trim_mode: "-").result }
show("find") { Dir.mktmpdir { |d| FileUtils.mkdir_p("#{d}/a/b"); FileUtils.touch("#{d}/a/b/c"); Find.find(d).count } }
show("fileutils") { Dir.mktmpdir { |d| Dir.chdir(d) { File.write("x", "1"); FileUtils.cp("x", "y"); FileUtils.mv("y", "z"); FileUtils.mkdir_p("p/q"); FileUtils.cp_r("p", "r"); FileUtils.rm("x"); FileUtils.rm_rf("p"); FileUtils.ln_s("z", "l"); [Dir.glob("**/*").sort, FileUtils.identical?("z", "l"), File.readlink("l")] } } }
show("json") { [JSON.parse('{"a":[1,2.5,null,"\u00e9"]}'), JSON.generate({ a: [nil, "ä", 1e20] }), { "a" => 1 }.to_json, JSON.pretty_generate([1, {}])] }
show("json error") { JSON.parse("[1,") rescue $!.class }
show("logger") { io = StringIO.new; Logger.new(io, formatter: proc { |severity, _, _, message| "#{severity} #{message}\n" }).warn("careful"); io.string }
show("matrix") { [Matrix[[1, 2], [3, 4]].determinant, (Matrix[[1, 2], [3, 4]] * Vector[1, 1]).to_a] }
show("monitor") { m = Monitor.new; m.synchronize { m.synchronize { :entered } } }
show("optparse") { o = {}; rest = OptionParser.new { |p| p.on("-v", "--verbose") { o[:v] = true }; p.on("-nN", Integer) { |n| o[:n] = n } }.parse(%w[-v -n3 file]); [o, rest] }
show("ostruct") { o = OpenStruct.new(a: 1); o.b = 2; o.to_h }
show("pathname") { p = Pathname("/usr/lib") + "../bin/x.rb"; [p.to_s, p.extname, p.dirname.to_s, p.relative_path_from(Pathname("/usr")).to_s] }
show("pp") { PP.pp({ a: "x" * 50, b: "y" * 50 }, +"") }
show("prime") { [Prime.first(5), 60.prime_division, 97.prime?] }
show("pstore") { Dir.mktmpdir { |d| s = PStore.new("#{d}/s"); s.transaction { s[:a] = [1] }; s.transaction(true) { s[:a] } } }
show("rexml") { REXML::Document.new("<a><b c='1'>t</b></a>").elements["a/b"].then { |b| [b.text, b.attributes["c"]] } }
show("ripper") { Ripper.sexp("1 + x")[1][0][0] }
show("securerandom") { [SecureRandom.hex(4).size, SecureRandom.uuid.size, SecureRandom.random_number(5).between?(0, 4), SecureRandom.alphanumeric(7).size] }
show("shellwords") { ["a 'b c' d\\ e".shellsplit, ["x y"].shelljoin] }
show("singleton") { c = Class.new { include Singleton }; c.instance.equal?(c.instance) }
show("tempfile") { t = Tempfile.new("x"); t.write("abc"); t.close; [File.size(t.path), t.unlink] }
show("time") { [Time.parse("2024-02-29 12:00:00 UTC").iso8601, Time.httpdate("Thu, 29 Feb 2024 12:00:00 GMT").to_i, Time.strptime("01/02/03 +0000", "%d/%m/%y %z").year, Time.utc(2024).xmlschema(3)] }
show("timeout") { [Timeout.timeout(5) { :fine }, (Timeout.timeout(0.01) { loop {} } rescue [$!.class, $!.message]), (Timeout.timeout(0.01) { sleep 60 } rescue $!.class), (Timeout.timeout(0.01, KeyError, "late") { nil while true } rescue [$!.class, $!.message])] }
show("timeout within") { (Timeout.timeout(60) { Timeout.timeout(0.01) { begin; loop {}; rescue => e; :not_here; end } } rescue $!.class) }
show("timeout and ensure") { log = []; begin; Timeout.timeout(0.01) { begin; loop {}; ensure; log << 1; end }; rescue Timeout::Error; log << 2; end; log }
show("tsort") { h = { 1 => [2, 3], 2 => [3], 3 => [] }; TSort.tsort(->(&b) { h.each_key(&b) }, ->(n, &b) { h[n].each(&b) }) }
show("uri") { u = URI("http://user@example.com:8080/p?q=1#f"); [u.host, u.port, u.query, URI.join("http://a/b/c", "../d").to_s, URI.encode_www_form(a: 1, b: "x y"), URI.decode_www_form("a=1&b=%20")] }
show("weakref") { WeakRef.new("x".dup).class }
show("yaml") { [YAML.load("a: [1, 2.5, ~]\nb: &x {c: d}\ne: *x", aliases: true), { "k" => ["ä", nil, true, 1.5, { "z" => "multi\nline" }] }.to_yaml, YAML.load_stream("--- 1\n--- 2\n"), (YAML.load("a: [") rescue $!.class)] }
show("zlib") { d = Zlib.deflate("hello" * 100, 9); io = StringIO.new("".b); Zlib::GzipWriter.wrap(io) { |z| z.write("abc" * 10); z.finish }; [Zlib.inflate(d).size, Zlib::GzipReader.new(StringIO.new(io.string)).read, Zlib.crc32("x"), Zlib.adler32("x")] }
show("encodings") do
  { "UTF-16LE" => "é𝄞", "UTF-16BE" => "é", "UTF-32LE" => "é", "UTF-16" => "é", "ISO-8859-1" => "é", "ISO-8859-2" => "ł", "ISO-8859-5" => "д", "ISO-8859-7" => "α", "ISO-8859-9" => "ş",
    "ISO-8859-15" => "€", "Windows-1250" => "ł", "Windows-1251" => "д", "Windows-1252" => "€", "Windows-1253" => "α", "Windows-1254" => "ş", "Windows-1257" => "ķ", "KOI8-R" => "д", "IBM437" => "é",
    "Shift_JIS" => "日本ー", "Windows-31J" => "①", "EUC-JP" => "日本ー", "ISO-2022-JP" => "日本", "EUC-KR" => "한", "GBK" => "中", "GB18030" => "中", "Big5" => "中", "macRoman" => "é" }
    .map { |name, text| e = text.encode(name); [name, e.bytesize, e.encode("UTF-8").delete_prefix("\ufeff") == text] }
end
show("unicode") { ["ÄÖ".downcase, "ß".upcase, "e\u0301".unicode_normalize(:nfc).size, "한글".unicode_normalize(:nfd).size, "👩‍👩‍👧".grapheme_clusters.size, "ǆ".capitalize, "ΑΣ".downcase] }
