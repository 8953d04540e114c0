// Proves that console.log lays out values as node 20 does.
class Point { constructor(x, y) { this.x = x; this.y = y; } }
class Empty {}
class Child extends Point { #hidden = 1; static s = 2; get area() { return this.x * this.y; } }
class Tagged { get [Symbol.toStringTag]() { return 'Tag'; } }
const circular = { name: 'a', self: null, list: [] };
circular.self = circular;
circular.list.push(circular, { back: circular });

console.log('plain', 1, -0, 1.5, 10n, true, null, undefined, Symbol('s'), Symbol.iterator);
console.log({}, [], { a: 1 }, [1], [[]], [{}], { a: {} });
console.log({ 'a-b': 1, 2: 3, valid_id: 4, [Symbol('k')]: 5, 'it\'s': 6, $x: 7, ä: 8 });
console.log(['it\'s', 'say "x"', 'both \' and "', 'all \' " `', 'line\nbreak', 'tab\t', '\x00\x1f\x7f', '\\', 'ü€😀', '\ud800']);
console.log({ a: { b: { c: { d: 1 } } } }, [[[[1]]]], { a: [[[1]]] }, { f: { g: { h: new Point(1, 2) } } }, { a: { b: { c: [] , d: {} } } });
console.log(new Point(1, 2), new Empty(), new Child(1, 2), new Tagged(), Object.create(null), Object.create({ inherited: 1 }));
console.log(Object.assign(Object.create(null), { a: 1 }), Object.create(Point.prototype));
console.log(function () {}, function named() {}, () => {}, async () => {}, function* gen() {}, async function* ag() {}, class {}, class A {}, class B extends Point {}, Math.max);
console.log(Object.assign(function props() {}, { a: 1 }), { method() {}, arrow: () => {}, k: class {} });
console.log({ get a() { return 1; }, set a(v) {}, get b() { return 1; }, set c(v) {} });
console.log(new Map([['a', 1], [{ k: 1 }, [1, 2]]]), new Set([1, 'two', { three: 3 }]), new Map(), new Set());
console.log(new Map([[new Map([[1, 2]]), new Set([new Set([1])])]]), new WeakMap(), new WeakSet());
console.log([1, , 3], [, ,], [undefined, , null], Object.assign([1, 2], { extra: true }), new Array(5));
console.log(new Date(0), new Date(NaN), /re+/gi, new Error('boom').message);
console.log({ d: new Date(0), r: /x/ });
console.log(circular);
console.log(Promise.resolve(4), Promise.resolve({ a: 1 }), new Promise(() => {}));
console.log(new Uint8Array([1, 2, 3]), new Float64Array([1.5, -0]), new BigInt64Array([1n]), new Uint8Array(0));
console.log(new ArrayBuffer(4), new DataView(new ArrayBuffer(2)), Buffer.from('hello'), [Buffer.from('x')]);
console.log(Object(1), Object('str'), Object(true), Object(1n), Object(Symbol('b')), [Object('x')]);
console.log([function a() {}, class Q {}, Symbol('z')], { u: undefined, n: null });
console.log((function () { return arguments; })(1, 'a'), globalThis === global);
console.log([1, 2, 3][Symbol.iterator](), new Map([[1, 2]]).size, (function* () {})());

// Grouping of long arrays.
console.log(Array.from({ length: 7 }, (_, i) => i));
console.log(Array.from({ length: 30 }, (_, i) => i * 1000));
console.log(Array.from({ length: 120 }, (_, i) => i));
console.log(Array.from({ length: 27 }, (_, i) => 'item' + i));
console.log(Array.from({ length: 10 }, (_, i) => 'x'.repeat(i + 1)));
console.log(Array.from({ length: 12 }, (_, i) => ({ i })));
console.log(Array.from({ length: 8 }, (_, i) => (i % 2 ? 'odd' : i)));
console.log(Array.from({ length: 101 }, () => 'ab'));
console.log({ nested: { array: Array.from({ length: 40 }, (_, i) => i) } });
console.log(new Uint8Array(200));
console.log(['日本語', '中文', '한국어', 'a', 'bb', 'ccc', 'dddd', 'é']);

// Lines that are too long.
console.log({ first: 'a'.repeat(20), second: 'b'.repeat(20), third: 'c'.repeat(20) });
console.log({ first: 'a'.repeat(20), second: 'b'.repeat(20), third: 'c'.repeat(10) });
console.log({ a: 1, b: 'x', c: [1, 2, 3], d: { e: { f: { g: 1 } }, h: [[['deep']]] }, i: new Map([['key', { value: 1 }]]) });
console.log([{ id: 1, name: 'Alice', tags: ['a', 'b'] }, { id: 2, name: 'Bob', tags: [] }, { id: 3, name: 'Carol', address: { city: 'X', zip: { code: 1 } } }]);
console.log({ text: 'line one\nline two is rather longer than the first\nline three ends the whole story of lines' });
console.log({ level1: { level2: { level3: { level4: 'x' } } }, other: 'value', more: [1, 2, [3, 4, [5, 6, [7]]]] });
console.log(new Map([['long key number one', 'a long value for it'], ['long key number two', 'another long value'], ['k3', 'v3']]));
console.log(new Set(Array.from({ length: 20 }, (_, i) => 'element' + i)));
console.log(['a'.repeat(80), 'b'.repeat(80)]);
console.log('a'.repeat(100), { s: 'long'.repeat(40) });
console.log({ a: { b: 1, c: { d: 2 } }, e: [{ f: 1 }, { g: { h: { i: 1 } } }] });

// Format specifiers.
console.log('%s is %d years and %i months, %f', 'Bob', 42.5, 7.9, '1.25', 'extra', { a: 1 });
console.log('%o and %O and %j', [1, { a: 2 }], { b: { c: { d: { e: 1 } } } }, { j: [1] });
console.log('%s %s %s %s %s', { a: 1 }, [1, [2, [3]]], null, undefined, -0, Symbol('q'), 5n);
console.log('100%', 'a%b', '%%', '%s');
console.log('%s', 'only', '%s', 'not used as format');
console.log('%c styled', 'color: red', 'rest');
console.log('%d %i %f', '0x10', '12px', 'abc', '%x');
console.log('%s', new Date(0), '%s', class Foo {}, function bar() {});
console.log('%s', { toString() { return 'custom'; } }, `${[1, 2]}`);
console.log(5, '%s', 'a');
console.log();
console.log('');

const util = require('util');
console.log(util.inspect('str'), util.inspect({ a: { b: { c: { d: 1 } } } }, { depth: 0 }), util.inspect({ a: { b: { c: { d: {} } } } }, { depth: null }));
console.log(util.inspect({ b: 1, a: 2 }, { sorted: true }), util.inspect([1, 2, 3, 4], { maxArrayLength: 2 }), util.inspect('x'.repeat(20), { maxStringLength: 5 }));
console.log(util.inspect({ a: 1, b: { c: 2 } }, { compact: false }), util.inspect({ a: 1, b: [1, 2] }, { breakLength: 5 }));
console.log(util.inspect([1, [2]], { showHidden: true }), util.inspect({ a: 1n, s: 'x', n: null, u: undefined, f() {}, d: new Date(0) }, { colors: true }));
console.log({ [util.inspect.custom](depth, options) { return `custom at ${depth} ${typeof options.stylize}`; } });
console.log({ inner: { [util.inspect.custom]: () => ({ replaced: true }) } });
console.log(util.format('%s=%d', 'a', 1, 'b'), util.format(1, 2, '3'), util.format('%s', null, undefined, {}));
console.log(util.inspect(new Proxy({ a: 1 }, {})), util.inspect(Object.freeze({ z: 1 })), [new Proxy([1, 2], {})]);
console.log({ a: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], b: ['x', 'y'] }, [['a', 1], ['b', 2]], Object.entries({ k: 1 }));
console.log([1.25, 100.5, 3, 4, 5, 6, 7, 8], [true, false, true, false, true, false, true], [null, null, null, null, null, null, null]);
console.log([undefined, 'abc', 1, { a: 1 }, [1], null, 3n, true, () => {}]);
console.log(Array.from({ length: 26 }, (_, i) => String.fromCharCode(97 + i)), 'abcdefghij'.split(''));
