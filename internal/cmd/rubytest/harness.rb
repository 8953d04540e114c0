# harness.rb runs one file of Ruby's own tests and prints a line for each test: its
# result, its name and, but for "ok", the reason. Tests that start a ruby of their own, or a
# thread, are "skip".

root, file, only = ARGV
# How a test says that it needs what is not there.
class Needs < Exception; end

$LOAD_PATH.unshift("#{root}/tool/lib", "#{root}/test", "#{root}/test/lib")
$VERBOSE = false
ENV["LANG"] = "C.UTF-8"
# What the tests' own library asks for and uses for processes only.
ABSENT = %w[open3 io/console socket continuation rubygems]
ABSENT.concat(Dir.glob("#{root}/ext/-test-/**/").map { |folder| "-test-/" + folder.split("/-test-/", 2)[1].to_s.chomp("/") })
ABSENT.concat(%w[-test-/st/foreach -test-/st/update -test-/st/numhash])
ABSENT.each { |name| $LOADED_FEATURES << "#{$LOAD_PATH.last}/#{name}.rb" } if RUBY_PLATFORM.include?("wasm")
require "rbconfig"
require "tmpdir"
require "tempfile"
require "test/unit"
require "envutil"
require "core_assertions"
Test::Unit::AutoRunner.need_auto_run = false if defined?(Test::Unit::AutoRunner) && Test::Unit::AutoRunner.respond_to?(:need_auto_run=)
Test::Unit.instance_variable_set(:@at_exit_registered, true)

module NoProcesses
  %i[assert_separately assert_in_out_err assert_normal_exit assert_ruby_status assert_no_memory_leak assert_rss assert_ractor
     assert_cpu_usage_low assert_linear_performance].each do |name|
    define_method(name) { |*, **, &_| raise Needs, "needs a process" }
  end
end
Test::Unit::TestCase.prepend(NoProcesses)
def EnvUtil.invoke_ruby(*) = raise(Needs, "needs a process")
def EnvUtil.rubybin = raise(Needs, "needs a process")
class << Thread
  %i[new start fork].each { |name| define_method(name) { |*, &_| raise Needs, "needs a thread" } }
end

Dir.chdir(Dir.mktmpdir)
begin
  load "#{root}/test/#{file}"
rescue Needs => e
  puts "skip #{file} #{e.message}"
  exit
rescue LoadError, NameError => e
  kind = e.message.match?(/fiddle|Gem|Socket|Bug|MemoryViewTestUtils/) ? "skip" : "error"
  puts "#{kind} #{file} #{e.message.lines.first}"
  exit
rescue Exception => e
  puts "error #{file} #{e.class}: #{e.message.lines.first}"
  exit
end

classes = ObjectSpace.each_object(Class).select { |c| c < Test::Unit::TestCase && c.name }
classes.sort_by(&:name).each do |klass|
  klass.public_instance_methods(true).grep(/\Atest/).sort.each do |name|
    next if only && !"#{klass}##{name}".include?(only)
    verbose, out, err = $VERBOSE, $stdout, $stderr
    result =
      begin
        test = klass.new(name.to_s)
        failure = nil
        begin
          test.before_setup if test.respond_to?(:before_setup)
          test.setup
          test.public_send(name)
        rescue Exception => failure
        end
        begin
          test.teardown
        rescue Exception
          raise unless failure
        end
        raise failure if failure
        "ok"
      rescue Needs, NotImplementedError => e
        "skip #{e.message}"
      rescue Test::Unit::PendedError => e
        "skip #{e.message}"
      rescue SystemExit, Interrupt, StandardError, ScriptError, NoMemoryError, SystemStackError, Exception => e
        text = "#{e.class}: #{e.message}".gsub(/\s+/, " ")[0, 300]
        where = e.backtrace&.grep(/test_|\/test\//)&.first.to_s[/[^\/]*:\d+/]
        e.message.to_s.match?(/needs a (process|thread)|load such file -- (pty|net)|uninitialized constant (\S*::)?(Bug|Socket|TCPS|UNIXS|Gem)|undefined method `callcc|undefined method `(join|kill|value|call)' for nil|@ (apply2files|rb_file_chown)|Illegal byte sequence|IPSocket/) ? "skip #{text}" : "fail #{where} #{text}"
      end
    $VERBOSE, $stdout, $stderr = verbose, out, err
    kind, reason = result.split(" ", 2)
    $stdout.puts "#{kind} #{klass}##{name} #{reason}".scrub
  end
end
exit!(0)
