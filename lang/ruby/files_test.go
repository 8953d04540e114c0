package ruby_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
)

// TestFiles: programs of several files, and the ways to read and write what is there.
func TestFiles(t *testing.T) {
	executor := newExecutor(t)
	for name, test := range map[string]struct {
		code  string
		files map[string][]byte
		stdin string
		want  any
	}{
		"require_relative": {
			code: `[require_relative("lib/shop"), require_relative("lib/shop"), Shop.total, Shop::PATH, Shop.method(:total).source_location]`,
			files: map[string][]byte{"/workspace/lib/shop.rb": []byte("require_relative 'shop/tax'\nmodule Shop\n  PATH = __dir__\n  def self.total = 100 + TAX\nend"),
				"/workspace/lib/shop/tax.rb": []byte("module Shop; TAX = 19; end")},
			want: []any{true, false, int64(119), "/workspace/lib", []any{"/workspace/lib/shop.rb", int64(4)}},
		},
		"require, load and autoload": {
			code:  `$LOAD_PATH.unshift("/workspace/lib"); autoload(:Late, "late"); [require("one"), load("lib/one.rb"), load("/workspace/lib/one.rb"), ONE.size, Late]`,
			files: map[string][]byte{"/workspace/lib/one.rb": []byte("(ONE ||= []) << 1"), "/workspace/lib/late.rb": []byte("Late = 5")},
			want:  []any{true, true, true, int64(3), int64(5)},
		},
		"an error in a file": {
			code:  `require_relative "bad" rescue [$!.class.name, $!.backtrace.first]`,
			files: map[string][]byte{"/workspace/bad.rb": []byte("\nraise KeyError, 'no'")}, want: []any{"KeyError", "/workspace/bad.rb:2:in `<top (required)>'"},
		},
		"gets":  {code: `[gets, $stdin.gets.chomp, STDIN.each_line.map(&:size), gets]`, stdin: "one\ntwo\nthree\nfour", want: []any{"one\n", "two", []any{int64(6), int64(4)}, nil}},
		"ARGF":  {code: `ARGV.replace(["a", "b"]); [ARGF.readlines(chomp: true), gets]`, files: map[string][]byte{"/workspace/a": []byte("1\n2\n"), "/workspace/b": []byte("3")}, want: []any{[]any{"1", "2", "3"}, nil}},
		"files": {code: `File.write("a", "xyz"); File.open("a", "r+") { |f| f.seek(1); f.write("_"); f.rewind; [f.read, f.eof?, f.pos, File.size("a")] }`, want: []any{"x_z", true, int64(3), int64(3)}},
		"folders": {
			code: `require "fileutils"; FileUtils.mkdir_p("d/e"); FileUtils.touch(%w[d/a d/e/b]); [Dir.glob("d/**/*").sort, Dir.children("d").sort, Dir.exist?("d"), Dir.chdir("d") { Dir.pwd }, FileUtils.rm_r("d"), Dir.exist?("d")]`,
			want: []any{[]any{"d/a", "d/e", "d/e/b"}, []any{"a", "e"}, true, "/workspace/d", []any{"d"}, false},
		},
		"temporary files": {
			code: `require "tempfile"; require "tmpdir"; [Tempfile.create { |f| f.write("abc"); f.flush; [File.dirname(f.path), File.size(f.path)] }, Dir.mktmpdir { |d| File.dirname(d) }, Dir.children("/tmp")]`,
			want: []any{[]any{"/tmp", int64(3)}, "/tmp", []any{}},
		},
		"minitest": {
			code: "require 'minitest'\nclass T < Minitest::Test\n  parallelize_me!\n  def test_a = assert_equal(1, 1)\n  def test_b = assert_equal(1, 2)\nend\n" +
				"out = StringIO.new\n$stdout = out\npassed = Minitest.run(%w[--seed 1])\n$stdout = STDOUT\n[passed, out.string[/^\\d+ runs,.*/]]",
			want: []any{false, "2 runs, 2 assertions, 1 failures, 0 errors, 0 skips"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			res, err := executor.Execute(context.Background(), funcbox.Request{Language: "ruby", Code: test.code, Files: test.files, Stdin: strings.NewReader(test.stdin)})
			require.NoError(t, err)
			require.NoError(t, res.Err(), "%+v", res.Error)
			require.Equal(t, test.want, res.Value)
		})
	}
}
