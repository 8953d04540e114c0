package php_test

import (
	"testing"

	"github.com/funcbox/funcbox/lang/langtest"
	"github.com/funcbox/funcbox/lang/php"
)

func TestStateful(t *testing.T) {
	langtest.RunStateful(t, php.Language(), langtest.Stateful{
		Program: `<?php
echo "loading\n";
file_put_contents('/workspace/loaded.txt', 'loaded');
$counter = 40;
function bump() { global $counter; return ++$counter; }
function wrote() { return file_get_contents('/workspace/loaded.txt'); }
function draw() { return random_int(0, 2 ** 30); }
function fail() { throw new RangeException('no'); }
function spin() { while (true) {} }
function leave($code) { exit($code); }
`,
		LeavesOpen: "<?php $held = fopen('/tmp/held', 'w'); function f() {}",
		Fails:      "<?php function f() {} throw new RangeException('no');",
		FailsType:  "RangeException",
		Set:        "<?php $x = 41;",
		Get:        "<?php return $x + 1;",
		Define:     "<?php function twice($n) { return 2 * $n; }",
		Throw:      "<?php throw new RangeException('no');",
		Host: `<?php
use Funcbox\HostError;
function ask($name, $list) { return Funcbox\host()->$name(...$list); }
function tell($name, $value) { return Funcbox\host()->$name(key: $value); }
function guarded($name) { try { Funcbox\host()->$name(); } catch (HostError $e) { return $e->getMessage(); } }
function offered() { return Funcbox\functions(); }
`,
	})
}
