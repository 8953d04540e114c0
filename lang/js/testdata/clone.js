// Proves structuredClone.
const date = new Date(5); const bytes = new Uint8Array([1, 2, 3]);
const source = { n: 1, s: 'x', b: 10n, u: undefined, nul: null, nan: NaN, date, re: /a+/gi, map: new Map([[{ k: 1 }, new Set([1, date])]]), bytes, view: new DataView(bytes.buffer, 1), list: [1, , 3], boxed: [Object(1), Object('s'), Object(false)], deep: { deep: { deep: {} } } };
source.self = source; source.sameDate = date; source.part = bytes.subarray(1);
const copy = structuredClone(source);
console.log(copy);
console.log(copy !== source, copy.self === copy, copy.sameDate === copy.date, copy.date !== date, copy.bytes.buffer === copy.part.buffer, copy.bytes.buffer === copy.view.buffer, 1 in copy.list);
const error = structuredClone(Object.assign(new RangeError('bad', { cause: { c: 1 } }), { extra: 1 }));
console.log(error instanceof RangeError, error.name, error.message, error.cause, 'extra' in error);
class Custom { constructor() { this.a = 1; } method() {} }
console.log(structuredClone(new Custom()), structuredClone([1, 'a', null]), structuredClone('text'), structuredClone(Object.create({ inherited: 1 }, { own: { value: 1, enumerable: true }, hidden: { value: 2 } })));
for (const value of [() => {}, { f() {} }, Symbol('s'), [new WeakMap()], Promise.resolve()]) {
  try { structuredClone(value); console.log('cloned'); } catch (e) { console.log(e.name, e.code, e.message, e instanceof DOMException); }
}
try { structuredClone(); } catch (e) { console.log(e.name); }
console.log(structuredClone({ get a() { return 'computed'; } }));
