package js_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/js"
)

// resetPrograms leave behind as much as they can. Each may end in any way.
var resetPrograms = []struct{ name, code string }{
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

// resets counts what the executor logs about resets.
type resets struct{ good, bad atomic.Int64 }

func (r *resets) Enabled(context.Context, slog.Level) bool { return true }
func (r *resets) WithAttrs([]slog.Attr) slog.Handler       { return r }
func (r *resets) WithGroup(string) slog.Handler            { return r }
func (r *resets) Handle(_ context.Context, record slog.Record) error {
	switch {
	case record.Level >= slog.LevelWarn:
		r.bad.Add(1)
	case strings.Contains(record.Message, "equals its image"):
		r.good.Add(1)
	}
	return nil
}

// TestResets runs thousands of programs in random order, from several goroutines
// and with limits that stop some of them anywhere. Every byte of memory and every
// global of a reused instance must equal the image after each, and a program must
// find nothing of the ones before.
func TestResets(t *testing.T) {
	ctx := context.Background()
	var log resets
	executor, err := funcbox.New(ctx, funcbox.WithLanguages(js.Language()), funcbox.WithResetCheck(), funcbox.WithLogger(slog.New(&log)))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, executor.Close(ctx)) })
	probe := funcbox.Request{Language: "js", Code: resetProbe, Function: "probe"}
	first, err := executor.Execute(ctx, probe)
	require.NoError(t, err)
	require.NoError(t, first.Err(), "%+v", first.Error)
	require.Contains(t, first.Value, "globalThis")

	calls := 800
	if testing.Short() {
		calls = 60
	}
	var workers sync.WaitGroup
	for worker := range uint64(4) {
		workers.Go(func() {
			random := rand.New(rand.NewPCG(worker, 20))
			for range calls {
				program := resetPrograms[random.IntN(len(resetPrograms))]
				if err := resetCall(executor, program.code, random); err != nil {
					t.Errorf("%s: %v", program.name, err)
					return
				}
				if random.IntN(4) > 0 {
					continue
				}
				res, err := executor.Execute(ctx, probe)
				if err != nil || res.Value != first.Value {
					t.Errorf("after %s: %v: found\n%+v, at first it was\n%+v", program.name, err, res, first)
					return
				}
			}
		})
	}
	workers.Wait()
	require.Zero(t, log.bad.Load(), "resets that failed")
	require.Greater(t, log.good.Load(), int64(calls), "resets that were checked")
}

// resetCall runs a program under limits of which one may be tight.
func resetCall(executor *funcbox.Executor, code string, random *rand.Rand) error {
	ctx := context.Background()
	req := funcbox.Request{Language: "js", Code: code, Limits: funcbox.Limits{
		Fuel: 3_000_000, Timeout: 10 * time.Second, MemoryBytes: 32 << 20, OpenFiles: 32,
	}}
	switch random.IntN(6) {
	case 0:
		req.Limits.Fuel = 1 + random.Int64N(300_000)
	case 1:
		req.Limits.Timeout = time.Duration(1+random.IntN(3000)) * time.Microsecond
	case 2:
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(1+random.IntN(3000))*time.Microsecond)
		defer cancel()
	case 3:
		req.Limits.OutputBytes, req.Limits.ResultBytes, req.Limits.FilesystemBytes = 100, 100, 10_000
	case 4:
		req.Limits.MemoryBytes = 12 << 20
	}
	if strings.Contains(code, "3600000") {
		req.Limits.Timeout = min(req.Limits.Timeout, 5*time.Millisecond)
	}
	res, err := executor.Execute(ctx, req)
	if err != nil {
		return err
	}
	if res.Status == funcbox.StatusCrash {
		return fmt.Errorf("it crashed: %w", res.Err())
	}
	return nil
}
