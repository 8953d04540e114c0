// Proves EventEmitter, EventTarget, AbortController and util's helpers.
const EventEmitter = require('events');
const { once, on } = require('node:events');
class Mine extends EventEmitter {}
const e = new Mine();
e.on('a', (...args) => console.log('first', ...args)).once('a', () => console.log('once')).prependListener('a', function () { console.log('before', this === e); });
console.log(e.emit('a', 1, 2), e.emit('a'), e.emit('nothing'), e.listenerCount('a'), e.eventNames(), e.listeners('a').length);
const f = () => console.log('f'); e.on('b', f); e.off('b', f); e.emit('b'); e.addListener('b', f); e.removeAllListeners('b'); e.emit('b');
try { e.emit('error', new Error('unheard')); } catch (error) { console.log(error.message); }
try { e.emit('error', 'text'); } catch (error) { console.log(error.message, error.code); }
e.on('error', (error) => console.log('heard', error)); e.emit('error', 5);
try { e.on('x', 'no function'); } catch (error) { console.log(error.name, error.code); }
once(e, 'later').then((values) => setImmediate(() => console.log('once:', values))); e.emit('later', 1, 2);
function Old() { EventEmitter.call(this); } require('util').inherits(Old, EventEmitter);
const old = new Old(); old.on('z', () => console.log('old style')); old.emit('z');
console.log(EventEmitter.EventEmitter === EventEmitter, new EventEmitter() instanceof EventEmitter, EventEmitter.defaultMaxListeners);
(async () => { setTimeout(() => { e.emit('tick', 1); e.emit('tick', 2); }, 1); let n = 0; for await (const [value] of on(e, 'tick')) { console.log('on', value); if (++n === 2) break; } })();

const target = new EventTarget();
target.addEventListener('ev', (event) => console.log(event.type, event instanceof Event, event.target === target), { once: true });
target.addEventListener('ev', { handleEvent(event) { console.log('object', event.detail); event.preventDefault(); } });
console.log(target.dispatchEvent(new CustomEvent('ev', { detail: 7, cancelable: true })), target.dispatchEvent(new Event('ev')));
const c = new AbortController(); c.signal.addEventListener('abort', () => console.log('aborted', c.signal.reason)); c.abort('why'); c.abort('again');
try { c.signal.throwIfAborted(); } catch (reason) { console.log(reason); }
console.log(AbortSignal.abort().reason.name, AbortSignal.any([c.signal]).aborted);

const util = require('util');
console.log(util.isDeepStrictEqual({ a: [1, new Map([[1, { b: 2 }]])] }, { a: [1, new Map([[1, { b: 2 }]])] }), util.isDeepStrictEqual([1], ['1']), util.isDeepStrictEqual(new Set([{ a: 1 }]), new Set([{ a: 1 }])), util.isDeepStrictEqual(NaN, NaN), util.isDeepStrictEqual(0, -0));
console.log(util.types.isDate(new Date()), util.types.isRegExp(/x/), util.types.isPromise(Promise.resolve()), util.types.isProxy(new Proxy({}, {})), util.types.isGeneratorFunction(function* () {}), util.types.isAsyncFunction(async () => {}), util.types.isTypedArray(Buffer.alloc(1)), util.types.isMap({}));
util.promisify((x, cb) => cb(null, x * 2))(4).then(console.log);
util.promisify((cb) => cb(new Error('cb failed')))().catch((error) => console.log(error.message));
util.callbackify(async (x) => x + 1)(1, (error, value) => console.log(error, value));
console.log(util.parseArgs({ args: ['-v', '--name=x', '--num', '3', 'pos'], options: { v: { type: 'boolean', short: 'v' }, name: { type: 'string' }, num: { type: 'string' } }, allowPositionals: true }));
console.log(util.stripVTControlCharacters('\x1b[31mred\x1b[39m'), util.toUSVString('\ud800'), util.inspect.custom);

const assert = require('assert');
const attempt = (run) => { try { run(); console.log('passed'); } catch (error) { console.log(error.name, error.code, JSON.stringify(error.message)); } };
attempt(() => assert(true)); attempt(() => assert.ok(0, 'zero')); attempt(() => assert.equal(1, '1')); attempt(() => assert.equal(1, 2)); attempt(() => assert.strictEqual(1, 2));
attempt(() => assert.notStrictEqual(1, 1)); attempt(() => assert.deepEqual({ a: 1 }, { a: '1' })); attempt(() => assert.deepStrictEqual({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })); attempt(() => assert.notDeepStrictEqual({ a: 1 }, { a: 1 }));
attempt(() => assert.throws(() => { throw new TypeError('bad'); }, TypeError)); attempt(() => assert.throws(() => { throw new TypeError('bad'); }, { message: 'bad', name: 'TypeError' })); attempt(() => assert.throws(() => { throw new TypeError('bad'); }, /bad/)); attempt(() => assert.throws(() => {})); attempt(() => assert.doesNotThrow(() => {}));
attempt(() => assert.match('abc', /b/)); attempt(() => assert.fail('failed')); attempt(() => assert.ifError(null)); attempt(() => assert.strict.equal(1, 1)); attempt(() => assert.ok(true, 'x')); attempt(() => assert.throws(() => { throw new Error('x'); }, RangeError));
assert.rejects(Promise.reject(new Error('r')), /r/).then(() => console.log('rejected as it should'));
