// util.format: what console.log prints.
(function (native, hooks) {
  const { formatNumber, functionSource, inspect, uncurry } = hooks;
  const hasOwn = uncurry(Object.prototype.hasOwnProperty);

  // Whether String(value) would give what no one asked for.
  const hasOwnText = (value) => {
    if (hasOwn(value, 'toString') || hasOwn(value, Symbol.toPrimitive)) return true;
    for (let at = value; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
      const descriptor = Object.getOwnPropertyDescriptor(at, 'toString');
      if (descriptor) return typeof descriptor.value === 'function' && !/\[native code\]/.test(functionSource(descriptor.value));
    }
    return false;
  };

  const stringify = (value) => {
    try {
      return JSON.stringify(value);
    } catch (error) {
      if (/circular/i.test(error?.message)) return '[Circular]';
      throw error;
    }
  };

  const directives = {
    s: (value, options) => {
      if (typeof value === 'number') return formatNumber(value);
      if (typeof value === 'bigint') return `${value}n`;
      if (value === null || typeof value !== 'object' || hasOwnText(value)) return String(value);
      return inspect(value, { ...options, depth: 0, colors: false, compact: 3 });
    },
    d: (value) => (typeof value === 'bigint' ? `${value}n` : typeof value === 'symbol' ? 'NaN' : formatNumber(Number(value))),
    i: (value) => (typeof value === 'bigint' ? `${value}n` : typeof value === 'symbol' ? 'NaN' : formatNumber(Number.parseInt(value, 10))),
    f: (value) => (typeof value === 'symbol' ? 'NaN' : formatNumber(Number.parseFloat(value))),
    j: (value) => stringify(value),
    o: (value, options) => inspect(value, { ...options, showHidden: true, showProxy: true, depth: 4 }),
    O: (value, options) => inspect(value, options),
    c: () => '',
  };

  const formatWithOptions = (options, ...args) => {
    if (args.length === 1) return typeof args[0] === 'string' ? args[0] : inspect(args[0], { ...options, compact: 3 });
    if (args.length === 0) return '';
    let next = 0;
    let text = '';
    if (typeof args[0] === 'string') {
      next = 1;
      text = args[0];
      if (text.includes('%')) {
        text = text.replace(/%([sdifjoOc%])/g, (whole, letter) => {
          if (letter === '%') return '%';
          if (next >= args.length) return whole;
          return directives[letter](args[next++], options);
        });
      }
    }
    for (; next < args.length; next++) {
      if (next > 0) text += ' ';
      text += typeof args[next] === 'string' ? args[next] : inspect(args[next], { ...options, compact: 3 });
    }
    return text;
  };

  hooks.formatWithOptions = formatWithOptions;
  hooks.format = (...args) => formatWithOptions({}, ...args);
})
