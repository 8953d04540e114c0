// structuredClone, after the HTML standard.
(function (native, hooks) {
  const errorTypes = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
  const { DOMException, getTime, unbox } = hooks;
  const refuse = (value) => {
    let text;
    try {
      text = typeof value === 'function' ? hooks.functionSource(value) : typeof value === 'symbol' ? value.toString() : `#<${value?.constructor?.name ?? 'Object'}>`;
    } catch {
      text = 'The value';
    }
    throw new DOMException(`${text} could not be cloned.`, 'DataCloneError');
  };

  const clone = (value, seen) => {
    if (typeof value === 'symbol' || typeof value === 'function') refuse(value);
    if (value === null || typeof value !== 'object') return value;
    if (seen.has(value)) return seen.get(value);
    const kind = native.classOf(value);
    const remember = (copy) => {
      seen.set(value, copy);
      return copy;
    };
    switch (kind) {
      case 'Number':
      case 'String':
      case 'Boolean':
      case 'BigInt': return remember(Object(unbox(value)));
      case 'Date': return remember(new Date(getTime.call(value)));
      case 'RegExp': return remember(new RegExp(value.source, value.flags));
      case 'ArrayBuffer': return remember(value.slice(0));
      case 'SharedArrayBuffer': return remember(value);
      case 'DataView': return remember(new DataView(clone(value.buffer, seen), value.byteOffset, value.byteLength));
      case 'Map': {
        const copy = remember(new Map());
        for (const [key, item] of [...Map.prototype.entries.call(value)]) copy.set(clone(key, seen), clone(item, seen));
        return copy;
      }
      case 'Set': {
        const copy = remember(new Set());
        for (const item of [...Set.prototype.values.call(value)]) copy.add(clone(item, seen));
        return copy;
      }
      case 'Error': {
        const type = errorTypes[value.name] ?? Error;
        const error = remember(new type());
        const descriptor = Object.getOwnPropertyDescriptor(value, 'message');
        const set = (name, item) => Object.defineProperty(error, name, { value: item, writable: true, configurable: true });
        if (descriptor && 'value' in descriptor) set('message', `${descriptor.value}`);
        set('stack', typeof value.stack === 'string' ? value.stack : '');
        if (Object.hasOwn(value, 'cause')) set('cause', clone(value.cause, seen));
        return error;
      }
      case 'Array': {
        const copy = remember(new Array(value.length));
        for (const key of Object.keys(value)) copy[key] = clone(value[key], seen);
        return copy;
      }
      case 'Object':
      case 'Arguments': {
        const copy = remember({});
        for (const key of Object.keys(value)) {
          Object.defineProperty(copy, key, { value: clone(value[key], seen), writable: true, enumerable: true, configurable: true });
        }
        return copy;
      }
      default:
    }
    if (ArrayBuffer.isView(value)) {
      const type = globalThis[kind];
      return remember(new type(clone(value.buffer, seen), value.byteOffset, value.length));
    }
    return refuse(value);
  };

  Object.defineProperty(globalThis, 'structuredClone', {
    value: function structuredClone(value, options) {
      if (!arguments.length) throw hooks.coded(new TypeError('The "value" argument must be specified'), 'ERR_MISSING_ARGS');
      const seen = new Map();
      const transfer = options?.transfer ?? [];
      for (const buffer of transfer) if (native.classOf(buffer) !== 'ArrayBuffer') refuse(buffer);
      return clone(value, seen);
    },
    writable: true,
    enumerable: true,
    configurable: true,
  });
})
