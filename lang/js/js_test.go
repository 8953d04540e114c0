package js_test

import (
	"testing"

	"github.com/funcbox/funcbox/lang/js"
	"github.com/funcbox/funcbox/lang/langtest"
)

func TestLanguage(t *testing.T) {
	langtest.Run(t, js.Language(), langtest.Dialect{
		Echo:    `function echo(value) { return value }`,
		Add:     `function add(a, b) { return a + b }`,
		Count:   `let counter = globalThis.leaked ?? 0; globalThis.leaked = 1; if (Array.prototype.leak) counter = 100; Array.prototype.leak = true; function count() { return ++counter }`,
		Unicode: `function größe(名) { return 名 + '𝔘' }`,
		Spoil: `const fs = require('fs');
			function spoil() {
				fs.openSync('/tmp/left', 'w');
				for (const fd of [0, 1, 2]) fs.closeSync(fd);
				process.chdir('/tmp');
				process.env.LEFT = 'left';
				globalThis.left = 1;
				setInterval(() => console.log('tick'), 1);
				Promise.resolve().then(function again() { return Promise.resolve().then(again) });
				Array.prototype.push = () => 7; JSON.stringify = Object.keys = () => 'spoilt'; delete Math.max;
				fs.readFileSync = () => 'spoilt'; console.log = () => {}; require.cache = {};
			}`,
		Pristine: `const fs = require('fs');
			function pristine() {
				const found = [];
				if (process.cwd() !== '/workspace') found.push('cwd');
				if (process.env.LEFT !== undefined) found.push('env');
				if (globalThis.left !== undefined) found.push('global');
				if ([].push(1) !== 1 || typeof Math.max !== 'function' || JSON.stringify([1]) !== '[1]') found.push('builtins');
				if (fs.openSync('/tmp/new', 'w') !== 4) found.push('descriptors');
				if (fs.existsSync('/tmp/left')) found.push('files');
				console.log('seen');
				return found;
			}`,
		Greet: `const greet = (name, { greeting = 'Hello' } = {}) => greeting + ', ' + name + '!'`,

		Throw:         "function fail() {\n  const what = 42;\n  throw new RangeError('no such thing: ' + what);\n}",
		ThrowType:     "RangeError",
		Malformed:     "const fine = 1;\nconst = 2;\n",
		MalformedType: "SyntaxError",
		Functions:     `function alpha() {} ; const beta = async () => {}; const gone = 1; class Other { gamma() {} }`,

		Print:        `function say() { console.log('to stdout'); console.error('to stderr') }`,
		Exit:         `function leave(code) { process.exit(code) }`,
		Spin:         `function spin() { console.log('started'); for (;;) ; }`,
		Work:         `function work(n) { let i = 0; while (i < n) i++; return i }`,
		Sleep:        `function rest(seconds) { return new Promise(done => setTimeout(done, seconds * 1000)) }`,
		Recurse:      `function dive() { return dive() + 1 }`,
		RecurseType:  "RangeError",
		Hoard:        `function hoard() { const all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(1)) }`,
		HoardType:    "InternalError",
		Shout:        `function shout() { for (;;) console.log('x'.repeat(63)) }`,
		Unreturnable: `function unreturnable() { return { items: [1, () => {}] } }`,

		Env:         `function env(name) { return process.env[name] }`,
		Stdin:       `function read() { return require('fs').readFileSync(0, 'utf8') }`,
		Copy:        `const fs = require('fs'); function copy(from, to) { fs.writeFileSync(to, fs.readFileSync(from)) }`,
		ReadMissing: `const fs = require('fs'); function missing() { return fs.readFileSync('/no/such/file') }`,
		FileName:    "main.js",

		Kinds: langtest.Kinds{Floats: false, BigIntegers: true},
	})
}
