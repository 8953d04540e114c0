package php_test

import (
	"testing"
	"time"

	"github.com/funcbox/funcbox/lang/langtest"
	"github.com/funcbox/funcbox/lang/php"
)

// resetPrograms leave behind as much as they can. Each may end in any way.
var resetPrograms = [][2]string{
	{"changes settings", `ini_set('precision', 3); date_default_timezone_set('Asia/Tokyo'); error_reporting(0); mb_internal_encoding('SJIS'); setlocale(LC_ALL, 'C'); mt_srand(1); umask(0);`},
	{"sets handlers", `set_error_handler(fn() => true); set_exception_handler(fn() => 0); spl_autoload_register(fn() => 0); register_shutdown_function(fn() => print('leak')); ob_start(fn($x) => 'leak'); header_register_callback(fn() => 0);`},
	{"replaces wrappers", `stream_wrapper_unregister('file'); stream_wrapper_unregister('php'); stream_filter_register('leak.*', 'php_user_filter'); libxml_use_internal_errors(true);`},
	{"defines", `define('LEAK', 1); class Leak { static $leak = 1; const LEAK = 2; } function leak() { static $n = 0; return ++$n; } interface I {} enum E { case A; } leak(); leak(); $leaked = 4; $_ENV['LEAK'] = 1; putenv('LEAK=1');`},
	{"allocates", `for ($i = 0; $i < 20000; $i++) $all[] = ['i' => $i, 's' => 'x' . $i]; return count($all);`},
	{"allocates large", `for ($i = 0; $i < 8; $i++) $all[] = str_repeat(chr($i), 1 << 20); return count($all);`},
	{"allocates all", `for (;;) $all[] = str_repeat('x', 1 << 18);`},
	{"grows one string", `$s = 'x'; for (;;) $s .= $s;`},
	{"grows one array", `for (;;) $all[] = 1;`},
	{"cycles", `for ($i = 0; $i < 2000; $i++) { $a = new stdClass; $b = new stdClass; $a->b = $b; $b->a = $a; } gc_collect_cycles(); $w = new WeakMap; $w[$a] = 1;`},
	{"throws", `throw new TypeError('no');`},
	{"throws at the end", `class D { function __destruct() { throw new Exception('late'); } } $d = new D; register_shutdown_function(fn() => throw new Exception('later'));`},
	{"fails fatally", `function f() {} if (true) { function f() {} }`},
	{"fails in the compiler", `class A { function f(); }`},
	{"warns", `for ($i = 0; $i < 100; $i++) echo $undefined[$i] ?? @$x, $y;`},
	{"exits", `register_shutdown_function(fn() => print('bye')); exit(3);`},
	{"exits with success", `$leak = 1; exit();`},
	{"exits with text in a function", `(function () { try { exit('text'); } finally { echo 'never'; } })();`},
	{"malformed", `$fine = 1; function = 2;`},
	{"recurses", `function dive() { return dive() + 1; } dive();`},
	{"recurses in natives", `function dive() { return array_map(fn($x) => dive(), [1]); } dive();`},
	{"recurses and catches", `function dive() { try { return array_map(fn($x) => dive(), [1]); } catch (Error) { return 0; } } dive();`},
	{"loops", `for (;;) ;`},
	{"loops and catches", `for (;;) try { for (;;) ; } finally { continue; }`},
	{"sleeps", `sleep(3600);`},
	{"files", `mkdir('/tmp/a/b', recursive: true); for ($i = 0; $i < 50; $i++) file_put_contents("/tmp/a/$i", str_repeat('x', 1000 * $i)); unlink('/tmp/a/7'); symlink('/tmp', '/tmp/loop'); return count(scandir('/tmp/a'));`},
	{"descriptors", `fclose(STDIN); fclose(STDOUT); fclose(STDERR); for (;;) $open[] = fopen('/tmp/f', 'w') ?: throw new Exception('enough');`},
	{"working directory", `mkdir('/tmp/d'); chdir('/tmp/d'); chmod('/tmp/d', 0);`},
	{"generators left in the middle", `function g() { try { for ($i = 0;; $i++) yield $i; } finally { echo 'left'; } } $it = g(); $it->next(); return $it->current();`},
	{"fibers", `for ($i = 0; $i < 50; $i++) { $f = new Fiber(fn() => Fiber::suspend($i) + 1); $f->start(); $f->resume(1); $sum[] = $f->getReturn(); } return $sum;`},
	{"fibers left suspended", `for ($i = 0; $i < 50; $i++) { $f[$i] = new Fiber(function () { try { Fiber::suspend(1); } finally { echo 'left'; } }); $f[$i]->start(); }`},
	{"ends in a fiber", `$f = new Fiber(function () { $g = new Fiber(fn() => exit(4)); $g->start(); }); $f->start();`},
	{"loops in a fiber", `$f = new Fiber(function () { $g = new Fiber(function () { for (;;) ; }); $g->start(); }); $f->start();`},
	{"fails in a fiber", `$f = new Fiber(function () { Fiber::suspend(1); for (;;) $all[] = str_repeat('x', 1 << 20); }); $f->start(); $f->resume();`},
	{"too many fibers", `for (;;) { $f[] = $g = new Fiber(fn() => Fiber::suspend(1)); $g->start(); }`},
	{"patterns", `preg_replace_callback('/(?<x>a+)-(b+)/u', fn($m) => $m['x'], str_repeat('aaaa-bbbb-cccc', 500)); return preg_match('/(a+)+$/', str_repeat('a', 22) . 'b');`},
	{"multibyte patterns", `mb_regex_encoding('EUC-JP'); mb_ereg('(a+)+$', str_repeat('a', 200)); mb_ereg_search_init('abc', 'b'); return mb_ereg_search();`},
	{"documents", `$d = new DOMDocument; $d->loadHTML(str_repeat('<p>x', 500)); $x = new SimpleXMLElement('<a>' . str_repeat('<b/>', 500) . '</a>'); libxml_set_external_entity_loader(fn() => null); return count($x->b);`},
	{"packs", `$d = deflate_init(ZLIB_ENCODING_GZIP); deflate_add($d, str_repeat('x', 100000)); $f = gzopen('/tmp/x.gz', 'w'); gzwrite($f, 'left open'); return strlen(gzcompress(random_bytes(10000)));`},
	{"sorts", `$a = range(1, 5000); shuffle($a); usort($a, fn($x, $y) => $x <=> $y); usort($a, fn() => throw new Exception('no'));`},
	{"JSON", `for ($i = 0; $i < 2000; $i++) $o[] = ['i' => $i, 's' => str_repeat('x', $i % 50)]; return count(json_decode(json_encode($o)));`},
	{"dates", `for ($i = 0; $i < 200; $i++) $d = new DateTime("+$i days", new DateTimeZone('Europe/Berlin')); return $d;`},
	{"evaluates", `for ($i = 0; $i < 100; $i++) eval("function f$i() { return $i; } \$v$i = f$i();"); return $v99;`},
	{"prints", `for ($i = 0; $i < 2000; $i++) { echo "line $i "; fwrite(STDERR, 'x'); } var_dump($GLOBALS['argv']); phpinfo();`},
	{"unreturnable", `return ['f' => fn() => 1];`},
	{"a long result", `return array_map(fn($i) => "item $i", range(1, 20000));`},
	{"a result of itself", `$a = new stdClass; $a->a = $a; return $a;`},
}

// resetProbe describes what a program may find of an earlier one.
const resetProbe = `function probe() {
	return json_encode([array_keys($GLOBALS), get_defined_constants(true)['user'] ?? [], get_declared_classes(), get_defined_functions(), ini_get_all(null, false),
		getcwd(), getenv(), scandir('/tmp'), stream_get_wrappers(), stream_get_filters(), spl_autoload_functions(), ob_get_level(), umask(), date_default_timezone_get(),
		mb_regex_encoding(), setlocale(LC_ALL, 0), error_get_last(), libxml_use_internal_errors(), get_included_files(), get_resource_id(fopen('/tmp/first', 'w')),
		set_error_handler(null), set_exception_handler(null), spl_object_id(new stdClass), intdiv(memory_get_usage(), 16384)]) ?: json_last_error_msg();
}`

func TestResets(t *testing.T) {
	langtest.Resets(t, php.Language(), langtest.ResetPlan{
		Programs: resetPrograms, Probe: resetProbe, Finds: "probe", Calls: 300,
		Fuel: 3_000_000, MemoryBytes: 64 << 20, Timeout: 10 * time.Second,
		TightFuel: 300_000, TightMemoryBytes: 24 << 20, TightTimeout: 3 * time.Millisecond,
	})
}
