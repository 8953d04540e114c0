// util and assert.
(function (native, hooks) {
  const { coded, badArgument, inspect } = hooks;

  // ---- equality, as assert.deepStrictEqual has it

  const unbox = (value) => (native.classOf(value) === 'Symbol' ? Symbol.prototype.valueOf.call(value) : hooks.unbox(value));
  const boxed = { Number: 1, String: 1, Boolean: 1, BigInt: 1, Symbol: 1 };
  const keysOf = (object) => [...Object.keys(object), ...Object.getOwnPropertySymbols(object).filter((symbol) => Object.prototype.propertyIsEnumerable.call(object, symbol))];

  const equal = (a, b, strict, seen) => {
    if (a === b) return a !== 0 || !strict || Object.is(a, b);
    const isObject = (value) => value !== null && typeof value === 'object';
    if (!isObject(a) || !isObject(b)) {
      if (typeof a === 'number' && typeof b === 'number' && Number.isNaN(a) && Number.isNaN(b)) return true;
      return !strict && !isObject(a) && !isObject(b) && typeof a !== 'function' && a == b;
    }
    const kind = native.classOf(a);
    if (kind !== native.classOf(b)) return false;
    if (strict && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
    if (boxed[kind] && !Object.is(unbox(a), unbox(b))) return false;
    if (kind === 'Date' && !Object.is(hooks.getTime.call(a), hooks.getTime.call(b))) return false;
    if (kind === 'RegExp' && (a.source !== b.source || a.flags !== b.flags || a.lastIndex !== b.lastIndex)) return false;
    if (kind === 'Error' && (a.message !== b.message || a.name !== b.name)) return false;
    if (kind === 'Error' && !equal(a.cause, b.cause, strict, seen)) return false;
    if (kind === 'Promise' || kind === 'WeakMap' || kind === 'WeakSet') return false;
    if (seen.get(a) === b) return true; // both go in circles alike
    seen = new Map(seen).set(a, b);
    const same = (x, y) => equal(x, y, strict, seen);
    if (kind === 'Array' || (ArrayBuffer.isView(a) && kind !== 'DataView')) {
      if (a.length !== b.length) return false;
      if (kind !== 'Array') {
        for (let i = 0; i < a.length; i++) if (strict ? !Object.is(a[i], b[i]) : a[i] !== b[i]) return false;
      }
    }
    if (kind === 'ArrayBuffer' || kind === 'DataView') {
      const [x, y] = kind === 'ArrayBuffer' ? [new Uint8Array(a), new Uint8Array(b)] : [hooks.viewBytes(a), hooks.viewBytes(b)];
      if (x.length !== y.length || x.some((byte, i) => byte !== y[i])) return false;
    }
    if (kind === 'Set') {
      if (a.size !== b.size) return false;
      const rest = [...b];
      for (const item of a) {
        let index = rest.findIndex((other) => Object.is(other, item));
        if (index < 0) index = rest.findIndex((other) => same(item, other));
        if (index < 0) return false;
        rest.splice(index, 1);
      }
    }
    if (kind === 'Map') {
      if (a.size !== b.size) return false;
      const rest = [...b];
      for (const [key, value] of a) {
        let index = rest.findIndex(([other]) => Object.is(other, key));
        if (index < 0) index = rest.findIndex(([other, item]) => same(key, other) && same(value, item));
        if (index < 0 || !same(value, rest[index][1])) return false;
        rest.splice(index, 1);
      }
    }
    if (ArrayBuffer.isView(a)) return true;
    const keys = keysOf(a);
    if (keys.length !== keysOf(b).length) return false;
    return keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
  };
  const isDeepStrictEqual = (a, b) => equal(a, b, true, new Map());

  // ---- util

  const promisifyCustom = Symbol.for('nodejs.util.promisify.custom');
  const promisify = (original) => {
    if (typeof original !== 'function') throw badArgument('original', 'of type function', original);
    if (original[promisifyCustom]) return original[promisifyCustom];
    const promisified = function (...args) {
      return new Promise((resolve, reject) => {
        original.call(this, ...args, (error, value) => (error ? reject(error) : resolve(value)));
      });
    };
    Object.setPrototypeOf(promisified, Object.getPrototypeOf(original));
    return Object.defineProperties(promisified, Object.getOwnPropertyDescriptors(original));
  };
  promisify.custom = promisifyCustom;
  const sleep = (delay, value, options) =>
    new Promise((resolve, reject) => {
      const signal = options?.signal;
      const abort = () => new hooks.DOMException('The operation was aborted', 'AbortError');
      if (signal?.aborted) {
        reject(abort());
        return;
      }
      const timer = hooks.timers.setTimeout(() => resolve(value), delay);
      signal?.addEventListener('abort', () => {
        hooks.timers.clearTimeout(timer);
        reject(abort());
      }, { once: true });
    });
  Object.defineProperty(hooks.timers.setTimeout, promisifyCustom, { value: sleep });
  Object.defineProperty(hooks.timers.setImmediate, promisifyCustom, { value: (value) => new Promise((resolve) => hooks.timers.setImmediate(resolve, value)) });
  hooks.sleep = sleep;

  const callbackify = (original) =>
    function (...args) {
      const callback = args.pop();
      original.apply(this, args).then(
        (value) => hooks.nextTick(callback, null, value),
        (error) => hooks.nextTick(callback, error || coded(Object.assign(new Error('Promise was rejected with falsy value'), { reason: error }), 'ERR_FALSY_VALUE_REJECTION')),
      );
    };

  const is = (...kinds) => (value) => kinds.includes(native.classOf(value));
  const tagged = (tag) => (value) => typeof value === 'function' && Object.prototype.toString.call(value) === tag;
  const types = {
    isAnyArrayBuffer: is('ArrayBuffer', 'SharedArrayBuffer'),
    isArgumentsObject: is('Arguments'),
    isArrayBuffer: is('ArrayBuffer'),
    isArrayBufferView: ArrayBuffer.isView,
    isAsyncFunction: (value) => tagged('[object AsyncFunction]')(value) || tagged('[object AsyncGeneratorFunction]')(value),
    isBoxedPrimitive: (value) => Boolean(boxed[native.classOf(value)]),
    isDataView: is('DataView'),
    isDate: is('Date'),
    isGeneratorFunction: (value) => tagged('[object GeneratorFunction]')(value) || tagged('[object AsyncGeneratorFunction]')(value),
    isGeneratorObject: is('Generator', 'AsyncGenerator'),
    isMap: is('Map'),
    isMapIterator: is('Map Iterator'),
    isModuleNamespaceObject: (value) => value !== null && typeof value === 'object' && Object.prototype.toString.call(value) === '[object Module]',
    isNativeError: is('Error'),
    isPromise: is('Promise'),
    isProxy: is('Proxy'),
    isRegExp: is('RegExp'),
    isSet: is('Set'),
    isSetIterator: is('Set Iterator'),
    isSharedArrayBuffer: is('SharedArrayBuffer'),
    isTypedArray: (value) => ArrayBuffer.isView(value) && native.classOf(value) !== 'DataView',
    isUint8Array: is('Uint8Array'),
    isWeakMap: is('WeakMap'),
    isWeakSet: is('WeakSet'),
  };
  for (const kind of ['Number', 'String', 'Boolean', 'BigInt', 'Symbol']) types[`is${kind}Object`] = is(kind);
  for (const kind of ['Int8', 'Uint8Clamped', 'Int16', 'Uint16', 'Int32', 'Uint32', 'Float32', 'Float64', 'BigInt64', 'BigUint64']) types[`is${kind}Array`] = is(`${kind}Array`);

  const inherits = (constructor, parent) => {
    Object.defineProperty(constructor, 'super_', { value: parent, writable: true, configurable: true });
    Object.setPrototypeOf(constructor.prototype, parent.prototype);
  };
  const deprecate = (original, message, code) => {
    let warned = false;
    return function (...args) {
      if (!warned) {
        warned = true;
        native.print(2, `(node:1) ${code ? `[${code}] ` : ''}DeprecationWarning: ${message}\n`);
      }
      return new.target ? Reflect.construct(original, args, new.target) : original.apply(this, args);
    };
  };
  const parseArgs = ({ args = hooks.process.argv.slice(2), options = {}, strict = true, allowPositionals = !strict } = {}) => {
    const values = { __proto__: null };
    const positionals = [];
    const fail = (message, code) => {
      if (strict) throw coded(new TypeError(message), code);
    };
    const store = (name, value) => {
      if (options[name]?.multiple) (values[name] ??= []).push(value);
      else values[name] = value;
    };
    const queue = [...args];
    while (queue.length) {
      const arg = queue.shift();
      if (arg === '--') {
        positionals.push(...queue.splice(0));
        break;
      }
      if (!arg.startsWith('-') || arg === '-') {
        if (!allowPositionals) fail(`Unexpected argument '${arg}'. This command does not take positional arguments`, 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL');
        positionals.push(arg);
        continue;
      }
      let name;
      let value;
      if (arg.startsWith('--')) [, name, value] = /^--([^=]*)(?:=(.*))?$/s.exec(arg);
      else {
        const letter = arg[1];
        name = Object.keys(options).find((key) => options[key].short === letter) ?? letter;
        if (arg.length > 2) {
          if (options[name]?.type === 'string') value = arg.slice(2);
          else queue.unshift(`-${arg.slice(2)}`);
        }
      }
      if (!Object.hasOwn(options, name)) fail(`Unknown option '${arg.startsWith('--') ? `--${name}` : `-${name}`}'`, 'ERR_PARSE_ARGS_UNKNOWN_OPTION');
      if (options[name]?.type === 'string') {
        value ??= queue.shift();
        if (value === undefined) fail(`Option '--${name} <value>' argument missing`, 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE');
        store(name, value);
      } else {
        if (value !== undefined) fail(`Option '--${name}' does not take an argument`, 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE');
        store(name, true);
      }
    }
    for (const [name, option] of Object.entries(options)) if (option.default !== undefined && values[name] === undefined) values[name] = option.default;
    return { values, positionals };
  };

  hooks.util = {
    inspect,
    format: hooks.format,
    formatWithOptions: hooks.formatWithOptions,
    promisify,
    callbackify,
    types,
    isDeepStrictEqual,
    inherits,
    deprecate,
    parseArgs,
    stripVTControlCharacters: hooks.stripColors,
    toUSVString: (value) => `${value}`.toWellFormed(),
    isArray: Array.isArray,
    debuglog: () => Object.assign(() => {}, { enabled: false }),
    debug: () => Object.assign(() => {}, { enabled: false }),
    TextEncoder: globalThis.TextEncoder,
    TextDecoder: globalThis.TextDecoder,
    aborted: (signal) => new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true }))),
  };

  // ---- assert

  class AssertionError extends Error {
    constructor({ message, actual, expected, operator }) {
      super(message);
      this.generatedMessage = false;
      this.code = 'ERR_ASSERTION';
      this.actual = actual;
      this.expected = expected;
      this.operator = operator;
    }
    get name() {
      return 'AssertionError';
    }
    toString() {
      return `${this.name} [${this.code}]: ${this.message}`;
    }
  }

  // What differs, line by line: the lines before and after that are the same stay.
  const difference = (actual, expected) => {
    const show = (value) => inspect(value, { depth: 1000, maxArrayLength: Infinity, breakLength: Infinity, compact: false, sorted: true }).split('\n');
    const a = show(actual);
    const b = show(expected);
    let start = 0;
    while (start < a.length && start < b.length && a[start] === b[start]) start++;
    let end = 0;
    while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
    const lines = [
      ...a.slice(Math.max(0, start - 2), start).map((line) => `  ${line}`),
      ...a.slice(start, a.length - end).map((line) => `+ ${line}`),
      ...b.slice(start, b.length - end).map((line) => `- ${line}`),
      ...a.slice(a.length - end, a.length - end + 2).map((line) => `  ${line}`),
    ];
    return `+ actual - expected\n\n${lines.join('\n')}`;
  };

  const fail = (message, fallback, actual, expected, operator) => {
    if (hooks.isError(message)) throw message;
    const error = new AssertionError({ message: message === undefined ? fallback() : message, actual, expected, operator });
    error.generatedMessage = message === undefined;
    throw error;
  };
  const verify = (passed, message, fallback, actual, expected, operator) => {
    if (!passed) fail(message, fallback, actual, expected, operator);
  };
  const truthy = (value, message) =>
    verify(value, message, () => 'The expression evaluated to a falsy value', value, true, '==');

  // Whether what was thrown is what was expected; throws it when it is not.
  const matches = (error, expected, message, operator) => {
    if (expected === undefined) return;
    if (typeof expected === 'function') {
      if (expected.prototype !== undefined && error instanceof expected) return;
      if (Error.isPrototypeOf(expected) || expected === Error) {
        fail(message, () => `The error is expected to be an instance of "${expected.name}". Received ${hooks.isError(error) ? `"${error.constructor.name}"\n\nError message:\n\n${error.message}` : `"${inspect(error, { depth: -1 })}"`}`, error, expected, operator);
      }
      if (expected.call({}, error) === true) return;
      fail(message, () => 'The validation function is expected to return "true".', error, expected, operator);
    } else if (native.classOf(expected) === 'RegExp') {
      verify(expected.test(String(error)), message, () => `The input did not match the regular expression ${inspect(expected)}. Input:\n\n${inspect(String(error))}\n`, error, expected, operator);
    } else {
      const keys = Object.keys(expected);
      if (hooks.isError(expected)) keys.push('name', 'message');
      for (const key of keys) {
        const same = typeof error[key] === 'string' && native.classOf(expected[key]) === 'RegExp' ? expected[key].test(error[key]) : isDeepStrictEqual(error[key], expected[key]);
        verify(same, message, () => `Expected values to be strictly deep-equal:\n${difference(error[key], expected[key])}`, error, expected, operator);
      }
    }
  };
  const missing = (expected, message, what, operator) => {
    const name = expected?.name ? ` (${expected.name})` : '';
    fail(message, () => `Missing expected ${what}${name}.`, undefined, expected, operator);
  };
  const splitMessage = (expected, message) => (typeof expected === 'string' ? [undefined, expected] : [expected, message]);

  const assert = function assert(value, message) {
    truthy(value, message);
  };
  Object.assign(assert, {
    AssertionError,
    ok: (value, message) => truthy(value, message),
    fail: (message = 'Failed') => fail(message, undefined, undefined, undefined, 'fail'),
    equal: (a, b, message) => verify(a == b || (Number.isNaN(a) && Number.isNaN(b)), message, () => `${inspect(a)} == ${inspect(b)}`, a, b, '=='),
    notEqual: (a, b, message) => verify(a != b && !(Number.isNaN(a) && Number.isNaN(b)), message, () => `${inspect(a)} != ${inspect(b)}`, a, b, '!='),
    strictEqual: (a, b, message) =>
      verify(Object.is(a, b), message, () => {
        const primitive = (value) => (value === null || typeof value !== 'object') && typeof value !== 'function';
        if (primitive(a) && primitive(b) && inspect(a).length + inspect(b).length < 60) return `Expected values to be strictly equal:\n\n${inspect(a)} !== ${inspect(b)}\n`;
        return `Expected values to be strictly equal:\n${difference(a, b)}`;
      }, a, b, 'strictEqual'),
    notStrictEqual: (a, b, message) => verify(!Object.is(a, b), message, () => `Expected "actual" to be strictly unequal to: ${inspect(b)}`, a, b, 'notStrictEqual'),
    deepEqual: (a, b, message) => verify(equal(a, b, false, new Map()), message, () => `Expected values to be loosely deep-equal:\n\n${inspect(a)}\n\nshould loosely deep-equal\n\n${inspect(b)}`, a, b, 'deepEqual'),
    notDeepEqual: (a, b, message) => verify(!equal(a, b, false, new Map()), message, () => `Expected "actual" not to be loosely deep-equal to: ${inspect(b)}`, a, b, 'notDeepEqual'),
    deepStrictEqual: (a, b, message) => verify(isDeepStrictEqual(a, b), message, () => `Expected values to be strictly deep-equal:\n${difference(a, b)}`, a, b, 'deepStrictEqual'),
    notDeepStrictEqual: (a, b, message) => verify(!isDeepStrictEqual(a, b), message, () => `Expected "actual" not to be strictly deep-equal to:\n\n${inspect(b, { compact: false })}\n`, a, b, 'notDeepStrictEqual'),
    match: (text, pattern, message) => verify(typeof text === 'string' && pattern.test(text), message, () => `The input did not match the regular expression ${inspect(pattern)}. Input:\n\n${inspect(text)}\n`, text, pattern, 'match'),
    doesNotMatch: (text, pattern, message) => verify(typeof text === 'string' && !pattern.test(text), message, () => `The input was expected to not match the regular expression ${inspect(pattern)}. Input:\n\n${inspect(text)}\n`, text, pattern, 'doesNotMatch'),
    throws(run, ...rest) {
      const [expected, message] = splitMessage(...rest);
      let caught;
      try {
        run();
      } catch (error) {
        caught = { error };
      }
      if (!caught) missing(expected, message, 'exception', 'throws');
      matches(caught.error, expected, message, 'throws');
    },
    doesNotThrow(run, ...rest) {
      const [, message] = splitMessage(...rest);
      try {
        run();
      } catch (error) {
        fail(undefined, () => `Got unwanted exception${message ? `: ${message}` : '.'}\nActual message: "${error?.message}"`, error, undefined, 'doesNotThrow');
      }
    },
    async rejects(promise, ...rest) {
      const [expected, message] = splitMessage(...rest);
      let caught;
      try {
        await (typeof promise === 'function' ? promise() : promise);
      } catch (error) {
        caught = { error };
      }
      if (!caught) missing(expected, message, 'rejection', 'rejects');
      matches(caught.error, expected, message, 'rejects');
    },
    async doesNotReject(promise, ...rest) {
      const [, message] = splitMessage(...rest);
      try {
        await (typeof promise === 'function' ? promise() : promise);
      } catch (error) {
        fail(undefined, () => `Got unwanted rejection${message ? `: ${message}` : '.'}\nActual message: "${error?.message}"`, error, undefined, 'doesNotReject');
      }
    },
    ifError(value) {
      if (value !== null && value !== undefined) fail(undefined, () => `ifError got unwanted exception: ${hooks.isError(value) ? value.message : inspect(value)}`, value, null, 'ifError');
    },
  });
  assert.strict = Object.assign((...args) => assert(...args), assert, {
    equal: assert.strictEqual, notEqual: assert.notStrictEqual, deepEqual: assert.deepStrictEqual, notDeepEqual: assert.notDeepStrictEqual,
  });
  assert.strict.strict = assert.strict;
  hooks.assert = assert;
})
