package main

import (
	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/ruby"
)

var rubyLanguage = language{
	title: "Ruby",
	first: "-first-ruby",
	value: ruby.Language,

	add: "def add(a, b) = a + b\n",
	calls: []call{
		{"an exception raised and rescued", funcbox.Request{Code: "def f; raise 'no'; rescue => e; e.message.size; end", Function: "f"}, int64(2)},
		{"a script that requires json and prints", funcbox.Request{Code: "require 'json'\nputs JSON.generate([1, { a: 'b' }])"}, nil},
		{"a script that requires csv, which is not in the image", funcbox.Request{Code: "require 'csv'\nCSV.parse('a,b').first.size"}, int64(2)},
	},
	callRuns: 300,

	work:   rubyWork,
	timed:  rubyTimed,
	result: "[median, done]",
	median: "median",
	native: interpreter{
		commands: []string{"ruby3.3", "ruby"},
		name:     "ruby",
		calls:    [][]string{{"--disable-gems", "-e"}, {"--enable-gems", "-e"}},
		work:     []string{"--disable-gems", "-e"},
		print:    "puts %s",
	},
}

var rubyWork = []work{
	{"fib(27)", "def fib(n) = n < 2 ? n : fib(n - 1) + fib(n - 2)\ndef run = fib(27)\n", 7, int64(196418)},
	{"a million blocks, from each, map and times", `
A = (0...333_333).to_a
def run
  n = 0
  A.each { |x| n += 1 }
  A.map { |x| n += 1 }
  333_334.times { |x| n += 1 }
  n
end
`, 7, int64(1_000_000)},
	{"20,000 exceptions raised and rescued", `
def run
  n = 0
  20_000.times { begin; raise ArgumentError, "no"; rescue ArgumentError; n += 1; end }
  n
end
`, 7, int64(20_000)},
	{"a JSON round trip of 1 MB", `
require "json"
VALUE = (0...14_000).map { |i| { "id" => i, "name" => "name #{i}", "tags" => %w[a b], "price" => i / 7.0 } }
TEXT = JSON.generate(VALUE)
def run = JSON.generate(JSON.parse(TEXT)).size == TEXT.size && TEXT.size > 900_000
`, 5, true},
	{"a regular expression over 1 MB", `
TEXT = "the quick brown fox, 2024-02-29, jumps over mail@example.org and x. " * 15_000
def run = TEXT.scan(/(\d{4})-(\d\d)-(\d\d)|([\w.]+)@([\w.]+)/).size
`, 5, int64(30_000)},
	{"200,000 strings into a hash", `
def run
  h = {}
  200_000.times { |i| h["key #{i}"] = i }
  h.size
end
`, 5, int64(200_000)},
	{"20,000 switches of fibers", `
def run
  f = Fiber.new { loop { Fiber.yield 1 } }
  20_000.times.sum { f.resume }
end
`, 5, int64(20_000)},
}

const rubyTimed = `%s
done = nil
times = Array.new(%d) do
  from = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
  done = run
  Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond) - from
end
median = times.sort[times.size / 2]
`
