package php_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
)

// TestCode: code with and without tags, markup, and what is run.
func TestCode(t *testing.T) {
	executor := newExecutor(t)
	for name, test := range map[string]struct {
		code   string
		args   []any
		stdout string
		want   any
	}{
		"with a tag":               {code: "<?php return 5;", want: int64(5)},
		"without":                  {code: "return 5;", want: int64(5)},
		"blanks before the tag":    {code: "\n\n  <?php\ndeclare(strict_types=1);\nreturn __LINE__;", want: int64(5)},
		"a mark":                   {code: "\xef\xbb\xbf<?php return 5;", want: int64(5)},
		"for the shell":            {code: "#!/usr/bin/env php\n<?php echo __LINE__;", stdout: "2"},
		"markup":                   {code: "<html><?php foreach ([1, 2] as $x): ?><li><?= $x ?></li><?php endforeach ?></html>", stdout: "<html><li>1</li><li>2</li></html>"},
		"text and tags":            {code: "Dear <?= 'Ann' ?>,\nhello", stdout: "Dear Ann,\nhello"},
		"a tag in a string":        {code: "echo '<?php';", stdout: "<?php"},
		"here document":            {code: "return <<<X\n  text\n  X;", want: "text"},
		"back to markup":           {code: "echo 1 ?> and <?php echo 2;", stdout: "1 and 2"},
		"the only function":        {code: "$n = 1; function twice($x = 4) { return 2 * $x; }", want: int64(8)},
		"a helper is not public":   {code: "function _help($x) { return $x; } function main($x) { return _help($x); }", args: []any{7}, want: int64(7)},
		"a script with a helper":   {code: "function twice($x) { return 2 * $x; } echo twice(4);", stdout: "8"},
		"a helper with arguments":  {code: "function twice($x) { return 2 * $x; } echo 'loaded ';", args: []any{4}, stdout: "loaded ", want: int64(8)},
		"a body with arguments":    {code: "return array_sum($args);", args: []any{1, 2}, want: int64(3)},
		"the names of the program": {code: "return [__FILE__, __DIR__, basename(get_included_files()[0]), $argc, $argv];", want: []any{"main.php", "/workspace", "main.php", int64(1), []any{"main.php"}}},
		"data behind the program":  {code: "echo 1; __halt_compiler(); not <?php at all", stdout: "1"},
	} {
		t.Run(name, func(t *testing.T) {
			res := execute(t, executor, funcbox.Request{Code: test.code, Args: test.args})
			require.NoError(t, res.Err(), "%+v\n%s", res.Error, res.Stderr)
			require.Equal(t, test.stdout, res.Stdout)
			require.Equal(t, test.want, res.Value)
			require.Empty(t, res.Stderr)
		})
	}
	t.Run("several functions", func(t *testing.T) {
		res := execute(t, executor, funcbox.Request{Code: "function a() {} function b() {} return 'body';", Args: []any{1}})
		require.Equal(t, funcbox.StatusError, res.Status)
		require.Equal(t, "FunctionNotFound", res.Error.Type)
		require.Equal(t, "no function is named, and the code has several: a, b", res.Error.Message)
	})
}

// TestErrors: types, messages and stacks, and the output that stays.
func TestErrors(t *testing.T) {
	executor := newExecutor(t)
	for name, test := range map[string]struct {
		code, kind, message, stack, stdout, stderr string
	}{
		"previous": {
			code: "function f() {\n try {\n intdiv(1, 0);\n } catch (Error $e) {\n throw new LogicException('outer', 3, $e);\n }\n}\nf();",
			kind: "LogicException", message: "outer",
			stack: "main.php:5\n#0 main.php(8): f()\n#1 {main}\nPrevious: DivisionByZeroError: Division by zero\nmain.php:3\n#0 main.php(3): intdiv(1, 0)\n#1 main.php(8): f()\n#2 {main}",
		},
		"namespace":       {code: `namespace A\B; class E extends \Exception {} throw new E('x');`, kind: `A\B\E`, message: "x", stack: "main.php:1\n#0 {main}"},
		"anonymous":       {code: `throw new class('x') extends Exception {};`, kind: "Exception@anonymous", message: "x"},
		"parse":           {code: "echo 1;\nif (", kind: "ParseError", message: "Unclosed '('", stack: "main.php:2\n#0 {main}"},
		"redeclared":      {code: "echo 'so far';\nfunction strlen() {}", kind: "FatalError", message: "Cannot redeclare function strlen()", stack: "main.php:2"},
		"missing class":   {code: "echo 'so far';\nnew Missing;", kind: "Error", message: `Class "Missing" not found`, stack: "main.php:2\n#0 {main}", stdout: "so far"},
		"abstract":        {code: "interface I { function f(); } echo 'so far'; eval('class C implements I {}');", kind: "FatalError", stdout: "so far", message: "Class C contains 1 abstract method and must therefore be declared abstract or implement the remaining methods (I::f)"},
		"memory":          {code: "echo 'so far';\n$x = str_repeat('x', 1 << 30);", kind: "FatalError", message: "Allowed memory size of 268435456 bytes exhausted (tried to allocate 1073741848 bytes)", stack: "main.php:2", stdout: "so far"},
		"own limit":       {code: "ini_set('memory_limit', '8M'); str_repeat('x', 9 << 20);", kind: "FatalError", message: "Allowed memory size of 8388608 bytes exhausted (tried to allocate 9437208 bytes)"},
		"size":            {code: "return str_repeat('x', 2**32 + 1);", kind: "FatalError", message: "Possible integer overflow in memory allocation (4294967297 bytes)"},
		"offset":          {code: "$s = 'abc'; echo $s[2**32] ?? 'none'; $s[2**32] = 'x';", kind: "FatalError", message: "Possible integer overflow in memory allocation (4294967297 bytes)", stdout: "none"},
		"user error":      {code: "trigger_error('mine', E_USER_ERROR);", kind: "FatalError", message: "mine", stderr: "Deprecated: Passing E_USER_ERROR to trigger_error() is deprecated since 8.4, throw an exception or call exit with a string message instead in main.php on line 1\n"},
		"warnings":        {code: "echo $x;\n[][1];\n'a' + 1;", kind: "TypeError", message: "Unsupported operand types: string + int", stderr: "Warning: Undefined variable $x in main.php on line 1\nWarning: Undefined array key 1 in main.php on line 2\n"},
		"buffered output": {code: "ob_start(); echo 'in a buffer'; throw new Exception('x');", kind: "Exception", message: "x", stdout: "in a buffer"},
		"shutdown":        {code: "register_shutdown_function(fn() => print('last')); throw new Exception('x');", kind: "Exception", message: "x", stdout: "last"},
		"in shutdown":     {code: "register_shutdown_function(fn() => throw new Exception('late')); return 5;", kind: "Exception", message: "late"},
		"in a destructor": {code: "class D { function __destruct() { throw new Exception('late'); } } $d = new D; return 5;", kind: "Exception", message: "late"},
		"exit with code":  {code: "echo 'a'; register_shutdown_function(fn() => print('b')); exit(3);", kind: "Exit", message: "the guest exited with code 3", stdout: "ab"},
		"handler":         {code: "set_exception_handler(fn($e) => print('handled ' . $e->getMessage())); throw new Exception('x');", kind: "Exception", message: "x", stdout: "handled x"},
		"shown on demand": {code: "ini_set('display_errors', '1'); throw new Exception('x');", kind: "Exception", message: "x", stdout: "PHP Fatal error"},
		"missing include": {code: "require 'missing.php';", kind: "Error", message: "Failed opening required 'missing.php' (include_path='.')", stderr: "Warning: require(missing.php): Failed to open stream: No such file or directory in main.php on line 1\n"},
		"bytes":           {code: `throw new Exception("\xff");`, kind: "Exception", message: "\ufffd"},
	} {
		t.Run(name, func(t *testing.T) {
			res := execute(t, executor, funcbox.Request{Code: test.code})
			require.Equal(t, funcbox.StatusError, res.Status)
			require.Equal(t, test.kind, res.Error.Type)
			require.Equal(t, test.message, res.Error.Message)
			if test.stack != "" {
				require.Equal(t, test.stack, res.Error.Stack)
			}
			if name == "shown on demand" {
				require.Contains(t, res.Stdout, "Fatal error: Uncaught Exception: x in main.php:1\nStack trace:\n#0 {main}\n  thrown in main.php on line 1\n")
				return
			}
			require.Equal(t, test.stdout, res.Stdout)
			require.Equal(t, test.stderr, res.Stderr)
		})
	}
	t.Run("exit with text", func(t *testing.T) {
		res := execute(t, executor, funcbox.Request{Code: "exit('bye');"})
		require.NoError(t, res.Err())
		require.Equal(t, "bye", res.Stdout)
	})
}

// TestSurroundings: what a program is given, and finds.
func TestSurroundings(t *testing.T) {
	executor := newExecutor(t)
	res := execute(t, executor, funcbox.Request{
		Filename: "tool.php",
		Code: `return [getenv('A'), $_ENV['A'], $_SERVER['A'], $_SERVER['argv'], $argc, fgets(STDIN), stream_get_contents(STDIN), ini_get('memory_limit'),
			include 'lib/part.php', require_once 'lib/part.php', get_current_user(), $_SERVER['REQUEST_TIME'] > 1700000000, PHP_OS, php_uname('s'), headers_sent()];`,
		Argv:  []string{"--flag", "x"},
		Env:   map[string]string{"A": "b ä"},
		Stdin: strings.NewReader("one\ntwo\nthree"),
		Files: map[string][]byte{"lib/part.php": []byte("<?php return basename(__DIR__);")},
	})
	require.NoError(t, res.Err(), "%+v", res.Error)
	require.Empty(t, res.Stderr)
	require.Equal(t, []any{
		"b ä", "b ä", "b ä", []any{"tool.php", "--flag", "x"}, int64(3), "one\n", "two\nthree", "-1",
		"lib", true, "", true, "Linux", "Linux", false,
	}, res.Value)
}
