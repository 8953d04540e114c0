package ruby_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/lang/langtest"
	"github.com/funcbox/funcbox/lang/ruby"
)

func TestLanguage(t *testing.T) {
	steps, err := os.ReadFile("testdata/suite/steps.rb")
	require.NoError(t, err)
	langtest.Run(t, ruby.Language(), langtest.Dialect{
		Steps: string(steps),

		Echo:    `def echo(value) = value`,
		Add:     `def add(a, b) = a + b`,
		Count:   `$counter = $leaked || 0; $leaked = 1; $counter = 100 if [].respond_to?(:leak); class Array; def leak; end; end; def count = $counter += 1`,
		Unicode: `def größe(名) = 名 + '𝔘'`,
		Spoil: `
			def spoil
				File.open('/tmp/left', 'w')
				[0, 1, 2].each { |fd| IO.for_fd(fd, autoclose: false).close }
				Dir.chdir('/tmp')
				ENV['LEFT'] = 'left'
				$left = 1
				Array.class_eval { def push(*) = 7 }
				String.class_eval { undef_method :upcase }
				Math.singleton_class.class_eval { undef_method :sqrt }
				def File.read(*) = 'spoilt'
				Kernel.class_eval { def puts(*) = nil }
				at_exit { nil }
				Fiber.new { Fiber.yield }.resume
				nil
			end`,
		Pristine: `
			def pristine
				found = []
				found << 'cwd' if Dir.pwd != '/workspace'
				found << 'env' if ENV['LEFT']
				found << 'global' if $left
				found << 'builtins' if [].push(1) != [1] || 'a'.upcase != 'A' || Math.sqrt(4) != 2
				found << 'descriptors' if File.open('/tmp/new', 'w').fileno != 4
				found << 'files' if File.exist?('/tmp/left')
				puts 'seen'
				found
			end`,
		Greet: `def greet(name, greeting: 'Hello') = "#{greeting}, #{name}!"`,

		Throw:         "def fail\n  what = 42\n  raise RangeError, \"no such thing: #{what}\"\nend",
		ThrowType:     "RangeError",
		Malformed:     "fine = 1\ndef = 2\n",
		MalformedType: "SyntaxError",
		Functions:     `def alpha = 1; def beta = 2; GONE = 1; class Other; def gamma; end; end`,

		Print:        `def say; puts 'to stdout'; warn 'to stderr'; end`,
		Exit:         `def leave(code) = exit(code)`,
		Spin:         `def spin; puts 'started'; loop {}; end`,
		Work:         `def work(n); i = 0; i += 1 while i < n; i; end`,
		Sleep:        `def rest(seconds) = sleep(seconds)`,
		Recurse:      `def dive = dive + 1`,
		RecurseType:  "SystemStackError",
		Hoard:        `def hoard; all = []; loop { all << 'x' * (1 << 20) }; end`,
		HoardType:    "NoMemoryError",
		Shout:        `def shout; loop { puts 'x' * 63 }; end`,
		Unreturnable: `def unreturnable = { items: [1, -> {}] }`,

		Env:         `def env(name) = ENV[name]`,
		Stdin:       `def read = $stdin.read`,
		Copy:        `def copy(from, to); File.binwrite(to, File.binread(from)); nil; end`,
		ReadMissing: `def missing = File.read('/no/such/file')`,
		FileName:    "main.rb",

		Kinds: langtest.Kinds{Floats: true, BigIntegers: true},
	})
}
