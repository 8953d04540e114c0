// What the C side asks of JavaScript while it turns results into CBOR and looks
// for functions. Built-ins are captured here, before user code can change them.
(function (native, hooks) {
  const call = Function.prototype.call;
  const uncurry = (method) => call.bind(method);

  const mapForEach = uncurry(Map.prototype.forEach);
  const setForEach = uncurry(Set.prototype.forEach);
  const functionToString = uncurry(Function.prototype.toString);
  const startsWith = uncurry(String.prototype.startsWith);
  const getter = (prototype, name) => uncurry(Object.getOwnPropertyDescriptor(prototype, name).get);
  const viewBuffer = getter(DataView.prototype, 'buffer');
  const viewOffset = getter(DataView.prototype, 'byteOffset');
  const viewLength = getter(DataView.prototype, 'byteLength');
  const valueOf = {
    Number: uncurry(Number.prototype.valueOf),
    String: uncurry(String.prototype.valueOf),
    Boolean: uncurry(Boolean.prototype.valueOf),
    BigInt: uncurry(BigInt.prototype.valueOf),
  };
  const { defineProperty } = Object;
  const NativePromise = Promise;
  const NativeBytes = Uint8Array;
  const resolve = Promise.resolve.bind(Promise);

  const push = (array, value) => defineProperty(array, array.length, { value, writable: true, enumerable: true, configurable: true });

  hooks.push = push;
  hooks.uncurry = uncurry;
  hooks.getTime = Date.prototype.getTime;
  hooks.unbox = (object) => valueOf[native.classOf(object)](object);
  hooks.viewBytes = (view) => new NativeBytes(viewBuffer(view), viewOffset(view), viewLength(view));

  hooks.setItems = (set) => {
    const items = [];
    setForEach(set, (item) => push(items, item));
    return items;
  };

  // An object with the keys of a map as text, or what stands in the way.
  hooks.mapObject = (map) => {
    const object = { __proto__: null };
    let refused;
    mapForEach(map, (value, key) => {
      const type = typeof key;
      if (type === 'string' || type === 'number' || type === 'boolean' || type === 'bigint') {
        object[`${key}`] = value === undefined ? null : value;
      } else if (!refused) {
        refused = `Map with a key of type ${key === null ? 'null' : type}`;
      }
    });
    return refused ?? object;
  };

  hooks.iteratorItems = (iterator) => {
    const items = [];
    for (const item of iterator) push(items, item);
    return items;
  };

  hooks.collectAsync = async (iterator) => {
    const items = [];
    for await (const item of iterator) push(items, item);
    return items;
  };

  // A thenable may be settled by whatever it likes: a promise takes it on.
  hooks.resolve = (thenable) => new NativePromise((done) => done(thenable));
  hooks.promiseResolve = resolve;

  hooks.isClass = (value) => startsWith(functionToString(value), 'class') && /^class(?:\s+[^\s(]|\s*\{)/.test(functionToString(value));
  hooks.functionSource = functionToString;

  const commonModule = module;

  // Whether the value a program ended with is meant as its result: its last
  // statement may just as well have defined, exported or started something.
  hooks.isResult = (value) => {
    if (typeof value === 'function' || typeof value === 'symbol') return false;
    if (value === null || typeof value !== 'object') return true;
    return !hooks.isTimer(value) && !(value instanceof hooks.EventEmitter) && value !== commonModule && value !== commonModule.exports;
  };
})
