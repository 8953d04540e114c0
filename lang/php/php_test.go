package php_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/lang/langtest"
	"github.com/funcbox/funcbox/lang/php"
)

func TestLanguage(t *testing.T) {
	steps, err := os.ReadFile("testdata/suite/steps.php")
	require.NoError(t, err)
	langtest.Run(t, php.Language(), langtest.Dialect{
		Steps:         string(steps),
		ResolvesPaths: true, // what its stream wrapper does before any call of WASI

		Echo:    `function show($value) { return $value; }`,
		Add:     `function add($a, $b) { return $a + $b; }`,
		Count:   `namespace App; $counter = $GLOBALS['leaked'] ?? 0; $GLOBALS['leaked'] = 1; if (ini_get('precision') == 5) $counter = 100; ini_set('precision', 5); function count() { global $counter; return ++$counter; }`,
		Unicode: `function größe($名) { return $名 . '𝔘'; }`,
		Spoil: `
			$left = 1;
			function spoil() {
				$GLOBALS['open'] = fopen('/tmp/left', 'w');
				fclose(STDIN); fclose(STDERR); fclose(STDOUT);
				chdir('/tmp');
				putenv('LEFT=left'); $_ENV['LEFT'] = 'left';
				$GLOBALS['left'] = 2;
				ini_set('date.timezone', 'Asia/Tokyo'); date_default_timezone_set('Asia/Tokyo'); setlocale(LC_ALL, 'C'); mb_internal_encoding('SJIS');
				set_error_handler(fn() => true); set_exception_handler(fn() => 0); spl_autoload_register(function ($c) { eval("class $c {}"); });
				error_reporting(0); mt_srand(1); srand(1); umask(0); define('LEFT', 1); assert_options(ASSERT_WARNING, 0);
				stream_wrapper_unregister('file'); stream_filter_register('left', 'php_user_filter');
				ob_start(fn($text) => 'spoilt');
			}`,
		Pristine: `function pristine() {
			$found = [];
			if (getcwd() !== '/workspace') $found[] = 'cwd';
			if (getenv('LEFT') !== false || isset($_ENV['LEFT'])) $found[] = 'env';
			if (isset($GLOBALS['left']) || defined('LEFT')) $found[] = 'global';
			if (date_default_timezone_get() !== 'UTC' || mb_internal_encoding() !== 'UTF-8' || error_reporting() !== E_ALL) $found[] = 'settings';
			if (class_exists('Nothing') || in_array('left', stream_get_filters()) || ob_get_level()) $found[] = 'hooks';
			if (set_error_handler(null) !== null || umask() !== 022) $found[] = 'handlers';
			if (!is_resource(STDIN) || get_resource_id(fopen('/tmp/new', 'w')) !== 5) $found[] = 'descriptors';
			if (file_exists('/tmp/left')) $found[] = 'files';
			echo "seen\n";
			return $found;
		}`,
		Greet: `function greet($name, $greeting = 'Hello') { return "$greeting, $name!"; }`,

		Throw:         "function fail() {\n  $what = 42;\n  throw new RangeException('no such thing: ' . $what);\n}",
		ThrowType:     "RangeException",
		Malformed:     "$fine = 1;\nfunction = 2;\n",
		MalformedType: "ParseError",
		Functions:     `function alpha() {} function beta() {} $gone = 1; class Other { function gamma() {} }`,

		Print:        `function say() { echo "to stdout\n"; fwrite(STDERR, "to stderr\n"); }`,
		Exit:         `function leave($code) { exit($code); }`,
		Spin:         `function spin() { echo "started\n"; for (;;) ; }`,
		Work:         `function work($n) { $i = 0; while ($i < $n) $i++; return $i; }`,
		Sleep:        `function rest($seconds) { sleep($seconds); }`,
		Recurse:      `function dive() { return dive() + 1; }`,
		RecurseType:  "FatalError",
		Hoard:        `function hoard() { $all = []; for (;;) $all[] = str_repeat('x', 1 << 20); }`,
		HoardType:    "FatalError",
		Shout:        `function shout() { for (;;) echo str_repeat('x', 63), "\n"; }`,
		Unreturnable: `function unreturnable() { return ['items' => [1, fn() => 1]]; }`,

		Env:         `function env($name) { $value = getenv($name); return $value === false ? null : $value; }`,
		Stdin:       `function read() { return file_get_contents('php://stdin'); }`,
		Copy:        `namespace App; set_error_handler(function ($n, $text) { throw new \ErrorException($text); }); function copy($from, $to) { file_put_contents($to, file_get_contents($from)); }`,
		ReadMissing: `function missing() { $file = @fopen('/no/such/file', 'r'); if (!$file) throw new RuntimeException(error_get_last()['message']); }`,
		FileName:    "main.php",

		Names: map[string]string{"echo": "show"},

		Kinds: langtest.Kinds{Floats: true, BigIntegers: false},
	})
}
