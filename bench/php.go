package main

import (
	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/php"
)

var phpLanguage = language{
	title: "PHP",
	first: "-first-php",
	value: php.Language,

	add: "function add($a, $b) { return $a + $b; }\n",
	calls: []call{
		{"a fiber, started and resumed once", funcbox.Request{Code: "$f = new Fiber(fn() => Fiber::suspend(2) + 3); $f->start(); $f->resume(2); return $f->getReturn();"}, int64(5)},
		{"a fiber left suspended", funcbox.Request{Code: "$f = new Fiber(fn() => Fiber::suspend(5)); return $f->start();"}, int64(5)},
		{"a script that matches, formats and prints", funcbox.Request{Code: "preg_match('/b/', 'abc', $m); echo json_encode($m), (new DateTime('2024-02-29'))->format('c');"}, nil},
	},
	callRuns: 500,

	work:   phpWork,
	timed:  phpTimed,
	result: "return [$median, $done];",
	median: "$median",
	native: interpreter{
		commands: []string{"php8.4", "php"},
		name:     "php",
		calls:    [][]string{{"-n", "-r"}},
		work:     []string{"-n", "-d", "memory_limit=1G", "-r"},
		shown:    " -n",
		print:    "echo %s;",
	},
}

var phpWork = []work{
	{"fib(27)", "function fib($n) { return $n < 2 ? $n : fib($n - 1) + fib($n - 2); }\nfunction run() { return fib(27); }\n", 7, int64(196418)},
	{"a JSON round trip of 1 MB", `
for ($i = 0; $i < 14000; $i++) $value[] = ['id' => $i, 'name' => "name $i", 'tags' => ['a', 'b'], 'price' => $i / 7];
$text = json_encode($value);
function run() { global $text; return json_encode(json_decode($text, true)) === $text && strlen($text) > 1_000_000; }
`, 7, true},
	{"a regular expression over 1 MB", `
$text = str_repeat('the quick brown fox, 2024-02-29, jumps over mail@example.org and x. ', 15000);
function run() { global $text; return preg_match_all('/(\d{4})-(\d\d)-(\d\d)|([\w.]+)@([\w.]+)/', $text); }
`, 7, int64(30000)},
	{"sorting a million integers", `
mt_srand(1);
for ($i = 0; $i < 1_000_000; $i++) $values[] = mt_rand();
function run() { global $values; $copy = $values; sort($copy); return count($copy); }
`, 3, int64(1_000_000)},
	{"10,000 switches of fibers", `
function run() { $f = new Fiber(function () { for (;;) Fiber::suspend(); }); $f->start(); for ($i = 1; $i < 5000; $i++) $f->resume(); return $i; }
`, 7, int64(5000)},
	{"500 fibers made and left suspended", `
function run() { for ($i = 0; $i < 500; $i++) { $f[$i] = new Fiber(fn() => Fiber::suspend()); $f[$i]->start(); } return $i; }
`, 7, int64(500)},
	{"1,000 exceptions through array_map", `
function run() { for ($i = 0; $i < 1000; $i++) try { array_map(fn() => throw new Exception, [1]); } catch (Exception) {} return $i; }
`, 7, int64(1000)},
}

const phpTimed = `%s
for ($round = 0; $round < %d; $round++) {
	$begin = hrtime(true);
	$done = run();
	$times[] = hrtime(true) - $begin;
}
sort($times);
$median = $times[count($times) >> 1];
`
