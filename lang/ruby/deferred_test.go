package ruby_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
)

// TestDeferred: libraries that the image holds behave as if it did not.
func TestDeferred(t *testing.T) {
	executor := newExecutor(t)
	for code, want := range map[string]any{
		`%i[CSV FileUtils Logger OptionParser OptParse Psych YAML URI].map { |name| Object.const_defined?(name) }.any?`:                                        false,
		`$LOADED_FEATURES.grep(/csv|fileutils|logger|optparse|uri/).size`:                                                                                      int64(0),
		`[].respond_to?(:to_csv) || [].respond_to?(:to_yaml)`:                                                                                                  false,
		`[require("yaml"), require("psych"), YAML.load("a: [1, ~]"), { "b" => [2.5] }.to_yaml, (YAML.load("[") rescue $!.class.name)]`:                         []any{true, false, map[string]any{"a": []any{int64(1), nil}}, "---\nb:\n- 2.5\n", "Psych::SyntaxError"},
		`[require("csv"), require("csv"), [1, "a"].to_csv, "1,2".parse_csv, CSV.parse("a,b\n1,2", headers: true).map(&:to_h)]`:                                 []any{true, false, "1,a\n", []any{"1", "2"}, []any{map[string]any{"a": "1", "b": "2"}}},
		`require "fileutils"; FileUtils.mkdir_p("a/b"); FileUtils.touch("a/b/c"); FileUtils.rm_rf("a"); File.exist?("a")`:                                      false,
		`require "logger"; out = StringIO.new; Logger.new(out, formatter: ->(s, _, _, m) { "#{s} #{m}" }).info("x"); out.string`:                               "INFO x",
		`require "optparse"; found = {}; rest = OptionParser.new { |o| o.on("-v", "--count N", Integer) }.parse!(%w[--count 3 x], into: found); [rest, found]`: []any{[]any{"x"}, map[string]any{"count": int64(3)}},
		`require "uri"; [URI("http://a.b/c?d=e").query, URI.join("http://a/b/", "c").to_s, URI.encode_www_form(a: 1)]`:                                         []any{"d=e", "http://a/b/c", "a=1"},
		`require "uri/generic"; require "uri"; URI("http://a/b").class.name`:                                                                                   "URI::HTTP",
		`require "csv/row"; require "csv"; CSV.parse_line("a,b")`:                                                                                              []any{"a", "b"},
		`class Logger; def mine = 1; end; Logger.new.mine`:                                                                                                     int64(1),
		`URI = 5; begin; require "uri"; rescue TypeError => e; e.message.start_with?("URI is not a module"); end`:                                              true,
		`require "tempfile"; Tempfile.create { |f| f << "x"; f.flush; File.size(f.path) }`:                                                                     int64(1),
		`begin; require "uri"; URI.parse("http://[") ; rescue URI::InvalidURIError => e; e.backtrace.first[/[\w.\/]+:/]; end`:                                  "/usr/lib/ruby/3.3.0/uri/rfc3986_parser.rb:",
	} {
		t.Run(code, func(t *testing.T) {
			res, err := executor.Execute(context.Background(), funcbox.Request{Language: "ruby", Code: code})
			require.NoError(t, err)
			require.NoError(t, res.Err(), "%+v", res.Error)
			require.Equal(t, want, res.Value)
		})
	}
}
