package js_test

import (
	"testing"

	"github.com/funcbox/funcbox/lang/js"
	"github.com/funcbox/funcbox/lang/langtest"
)

func TestStateful(t *testing.T) {
	langtest.RunStateful(t, js.Language(), langtest.Stateful{
		Program: `const fs = require('fs');
			console.log('loading');
			fs.writeFileSync('/workspace/loaded.txt', 'loaded');
			let counter = 40;
			function bump() { return ++counter }
			function wrote() { return fs.readFileSync('/workspace/loaded.txt', 'utf8') }
			function draw() { return Math.floor(Math.random() * 2 ** 30) }
			function fail() { throw new RangeError('no') }
			function spin() { for (;;) ; }
			function leave(code) { process.exit(code) }`,
		LeavesOpen: `require('fs').openSync('/tmp/held', 'w'); function f() {}`,
		Fails:      `function f() {} throw new RangeError('no')`,
		FailsType:  "RangeError",
		Set:        `let x = 41`,
		Get:        `x + 1`,
		Define:     `function twice(n) { return 2 * n }`,
		Throw:      `throw new RangeError('no')`,
		Host: `const { host, call, functions, HostError } = require('funcbox');
			function ask(name, list) { return host[name](...list) }
			function tell(name, value) { return call(name, [], { key: value }) }
			function guarded(name) { try { host[name]() } catch (error) { if (error instanceof HostError) return error.message } }
			function offered() { return functions() }`,
	})
}
