package js_test

import (
	"testing"
	"time"

	"github.com/funcbox/funcbox/lang/js"
	"github.com/funcbox/funcbox/lang/langtest"
)

// resetPrograms leave behind as much as they can. Each may end in any way.
var resetPrograms = [][2]string{
	{"changes builtins", `
		Array.prototype.push = () => 'mine'; Array.prototype.leak = 1; Object.prototype.leak = 2;
		delete globalThis.JSON; Math.max = Math.min; Function.prototype.call = null; String.prototype.at = 7;
		globalThis.leak = 3; var leaked = 4; Promise.prototype.then = () => {}; Symbol.for('leak');`},
	{"freezes builtins", `[Object, Array, Map, Promise, globalThis].forEach(o => { try { Object.freeze(o.prototype ?? o) } catch {} })`},
	{"changes the console and modules", `
		console.log = () => {}; const fs = require('fs'); fs.readFileSync = null; process.exit = null;
		process.env.LEAK = 'x'; require('path').join = () => 'mine'; process.argv.push('leak');`},
	{"allocates", `const all = []; for (let i = 0; i < 20000; i++) all.push({ i, s: 'x' + i }); all.length`},
	{"allocates large", `const all = []; for (let i = 0; i < 8; i++) all.push(new Uint8Array(1 << 20).fill(i + 1)); all.length`},
	{"allocates all", `const all = []; for (;;) all.push(new Uint8Array(1 << 18).fill(1))`},
	{"long strings", `let s = 'x'; while (s.length < 1 << 21) s += s; let t = 'ä𝄞'.repeat(1 << 16); s.length + t.toUpperCase().length`},
	{"cycles", `for (let i = 0; i < 2000; i++) { const a = {}, b = { a }; a.b = b } new WeakMap([[{}, 1]]); new WeakRef({}).deref()`},
	{"throws", `throw new TypeError('no')`},
	{"throws something else", `throw { toString() { throw 1 }, get stack() { throw 2 } }`},
	{"rejects", `async function f() { await null; throw new RangeError('no') } f()`},
	{"exits", `process.exit(3)`},
	{"exits with success", `globalThis.leak = 1; process.exit()`},
	{"malformed", `const fine = 1; const = 2;`},
	{"recurses", `function dive() { return dive() + 1 } dive()`},
	{"recurses and catches", `function dive() { try { return dive() + 1 } catch { return 0 } } dive()`},
	{"recurses in natives", `const o = { toJSON() { return JSON.stringify(o) } }; JSON.stringify(o)`},
	{"loops", `let i = 0; for (;;) i++`},
	{"loops and catches", `for (;;) try { for (;;) ; } catch {}`},
	{"sleeps", `new Promise(done => setTimeout(done, 3600000))`},
	{"files", `
		const fs = require('fs'); fs.mkdirSync('/tmp/a/b', { recursive: true });
		for (let i = 0; i < 50; i++) fs.writeFileSync('/tmp/a/' + i, 'x'.repeat(1000 * i));
		fs.rmSync('/tmp/a/7'); fs.symlinkSync('/tmp', '/tmp/loop'); fs.readdirSync('/tmp/a').length`},
	{"descriptors", `
		const fs = require('fs'); const open = [];
		for (const fd of [0, 1, 2]) try { fs.closeSync(fd) } catch {}
		for (;;) open.push(fs.openSync('/tmp/f', 'w'))`},
	{"working directory", `require('fs').mkdirSync('/tmp/d'); process.chdir('/tmp/d')`},
	{"timers", `for (let i = 0; i < 100; i++) setTimeout(() => console.log(i), i % 3); setInterval(() => {}, 1); setTimeout(() => process.exit(), 5)`},
	{"promises", `Promise.all(Array.from({ length: 500 }, async (_, i) => { await null; return i })).then(all => all.length)`},
	{"generators left in the middle", `function* g() { try { for (let i = 0;; i++) yield i } finally { globalThis.leak = 1 } } const it = g(); it.next().value`},
	{"buffers", `const b = Buffer.alloc(100000, 'ab'); b.toString('base64').length + Buffer.concat([b, b]).length + new TextDecoder().decode(b).length`},
	{"sorts", `Array.from({ length: 5000 }, (_, i) => (i * 7919) % 5003).sort((a, b) => a - b)[0]`},
	{"a comparison that throws", `[3, 1, 2].sort(() => { throw new Error('no') })`},
	{"regular expressions", `'aaaa-bbbb-cccc'.repeat(500).replace(/(?<x>a+)-(b+)/gu, '$<x>').match(/c/g).length; /(a+)+$/.test('a'.repeat(22) + 'b')`},
	{"JSON", `const o = JSON.parse(JSON.stringify(Array.from({ length: 2000 }, (_, i) => ({ i, s: 'x'.repeat(i % 50) })))); o.length`},
	{"large integers", `let n = 1n; for (let i = 1n; i < 400n; i++) n *= i; n`},
	{"evaluates", `for (let i = 0; i < 100; i++) (0, eval)('var v' + i + ' = ' + i); new Function('a', 'return a + 1')(1)`},
	{"proxies and getters", `const p = new Proxy({}, { get(_, k) { return p[k] } }); p.x`},
	{"prints", `for (let i = 0; i < 2000; i++) console.log('line', i, { a: [i] })`},
	{"unreturnable", `function f() { return { f() {} } } f()`},
	{"a long result", `Array.from({ length: 20000 }, (_, i) => 'item ' + i)`},
}

// resetProbe describes what a program may find of an earlier one.
const resetProbe = `
	const fs = require('fs');
	const shape = (o, depth) => Object.getOwnPropertyNames(o).map(name => {
		const d = Object.getOwnPropertyDescriptor(o, name), v = d.value;
		return [name, typeof v, d.writable, d.configurable, Object.isFrozen(v ?? 0),
			typeof v === 'function' ? String(v).length : 0, depth && v && v.prototype ? shape(v.prototype, 0) : 0];
	});
	function probe() {
		return JSON.stringify([shape(globalThis, 1), shape(Object.prototype, 0), process.cwd(), process.env, process.argv, fs.readdirSync('/tmp'),
			Object.keys(fs), Object.keys(require('path')), fs.openSync('/tmp/first', 'w')]);
	}`

func TestResets(t *testing.T) {
	langtest.Resets(t, js.Language(), langtest.ResetPlan{
		Programs: resetPrograms, Probe: resetProbe, Finds: "globalThis", Calls: 800,
		Fuel: 3_000_000, MemoryBytes: 32 << 20, Timeout: 10 * time.Second,
		TightFuel: 300_000, TightMemoryBytes: 12 << 20, TightTimeout: 3 * time.Millisecond,
	})
}
