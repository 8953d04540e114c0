// util.inspect, with the layout that node prints.
(function (native, hooks) {
  const { uncurry } = hooks;
  const custom = Symbol.for('nodejs.util.inspect.custom');
  const NativeError = Error;
  const toString = uncurry(Object.prototype.toString);
  const isEnumerable = uncurry(Object.prototype.propertyIsEnumerable);
  const hasOwn = uncurry(Object.prototype.hasOwnProperty);
  const dateToISO = uncurry(Date.prototype.toISOString);
  const dateToString = uncurry(Date.prototype.toString);
  const regExpToString = uncurry(RegExp.prototype.toString);
  const errorToString = uncurry(Error.prototype.toString);
  const symbolToString = uncurry(Symbol.prototype.toString);
  const mapForEach = uncurry(Map.prototype.forEach);
  const setForEach = uncurry(Set.prototype.forEach);
  const size = {
    Map: uncurry(Object.getOwnPropertyDescriptor(Map.prototype, 'size').get),
    Set: uncurry(Object.getOwnPropertyDescriptor(Set.prototype, 'size').get),
  };
  const { classOf } = native;

  const defaults = {
    showHidden: false,
    depth: 2,
    colors: false,
    customInspect: true,
    showProxy: false,
    maxArrayLength: 100,
    maxStringLength: 10000,
    breakLength: 80,
    compact: 3,
    sorted: false,
    getters: false,
    numericSeparator: false,
  };

  const colors = {
    bold: [1, 22], italic: [3, 23], underline: [4, 24], inverse: [7, 27],
    white: [37, 39], grey: [90, 39], gray: [90, 39], black: [30, 39], blue: [34, 39], cyan: [36, 39],
    green: [32, 39], magenta: [35, 39], red: [31, 39], yellow: [33, 39],
  };
  const styles = {
    special: 'cyan', number: 'yellow', bigint: 'yellow', boolean: 'yellow', undefined: 'grey', null: 'bold',
    string: 'green', symbol: 'green', date: 'magenta', regexp: 'red', module: 'underline',
  };

  const { escape, quote, stripColors, toEscape, width } = hooks.layout;
  const plain = (text) => text;
  const colored = (text, style) => {
    const color = colors[styles[style]];
    return color ? `\x1b[${color[0]}m${text}\x1b[${color[1]}m` : text;
  };

  const formatNumber = (number) => (Object.is(number, -0) ? '-0' : `${number}`);

  const formatString = (ctx, text) => {
    let rest = '';
    if (text.length > ctx.maxStringLength) {
      const more = text.length - ctx.maxStringLength;
      text = text.slice(0, ctx.maxStringLength);
      rest = `... ${more} more character${more > 1 ? 's' : ''}`;
    }
    if (ctx.compact !== true && text.length > 16 && text.length > ctx.breakLength - ctx.indentation - 4 && text.includes('\n')) {
      const lines = text.match(/[^\n]*\n|[^\n]+$/g);
      return lines.map((line) => ctx.stylize(quote(line), 'string')).join(` +\n${' '.repeat(ctx.indentation + 2)}`) + rest;
    }
    return ctx.stylize(quote(text), 'string') + rest;
  };

  const formatPrimitive = (ctx, value) => {
    switch (typeof value) {
      case 'string': return formatString(ctx, value);
      case 'number': return ctx.stylize(formatNumber(value), 'number');
      case 'bigint': return ctx.stylize(`${value}n`, 'bigint');
      case 'boolean': return ctx.stylize(`${value}`, 'boolean');
      case 'undefined': return ctx.stylize('undefined', 'undefined');
      case 'symbol': return ctx.stylize(symbolToString(value), 'symbol');
      default: return ctx.stylize('null', 'null');
    }
  };

  // The name of the constructor as the prototypes tell it; null without any.
  const constructorName = (object) => {
    for (let at = object; at; at = Object.getPrototypeOf(at)) {
      const descriptor = Object.getOwnPropertyDescriptor(at, 'constructor');
      if (descriptor && typeof descriptor.value === 'function' && descriptor.value.name !== '' && isInstance(object, descriptor.value)) {
        return String(descriptor.value.name);
      }
    }
    return null;
  };
  const isInstance = (object, constructor) => {
    try {
      return object instanceof constructor;
    } catch {
      return false;
    }
  };

  const prefixOf = (constructor, tag, fallback, length = '') => {
    if (constructor === null) {
      return tag !== '' && fallback !== tag ? `[${fallback}${length}: null prototype] [${tag}] ` : `[${fallback}${length}: null prototype] `;
    }
    return tag !== '' && constructor !== tag ? `${constructor}${length} [${tag}] ` : `${constructor}${length} `;
  };

  const tagOf = (ctx, object, constructor) => {
    let tag;
    try {
      tag = object[Symbol.toStringTag];
    } catch {
      return '';
    }
    if (typeof tag !== 'string' || tag === '') return '';
    if ((ctx.showHidden ? hasOwn : isEnumerable)(object, Symbol.toStringTag)) return '';
    return tag === constructor ? '' : tag;
  };

  const keysOf = (ctx, object) => {
    const symbols = Object.getOwnPropertySymbols(object);
    if (ctx.showHidden) return [...Object.getOwnPropertyNames(object), ...symbols];
    let keys;
    try {
      keys = Object.keys(object);
    } catch {
      keys = Object.getOwnPropertyNames(object); // a module of which not all is initialized
    }
    return symbols.length ? [...keys, ...symbols.filter((symbol) => isEnumerable(object, symbol))] : keys;
  };

  const isIndex = (key, length) => typeof key === 'string' && /^(0|[1-9]\d{0,9})$/.test(key) && Number(key) < length;
  const extraKeys = (ctx, array) => keysOf(ctx, array).filter((key) => !isIndex(key, array.length));

  const isIdentifier = (key) => /^[a-zA-Z_][a-zA-Z_0-9]*$/.test(key);

  const formatProperty = (ctx, object, level, key, isItem) => {
    const descriptor = Object.getOwnPropertyDescriptor(object, key) ?? { value: object[key], configurable: true, enumerable: true };
    let text;
    if (descriptor.get !== undefined) {
      const label = descriptor.set !== undefined ? 'Getter/Setter' : 'Getter';
      const { stylize } = ctx;
      if (ctx.getters && (ctx.getters === true || (ctx.getters === 'get') === (descriptor.set === undefined))) {
        try {
          const value = descriptor.get.call(object);
          ctx.indentation += 2;
          text = value === null || typeof value !== 'object' ? `${stylize(`[${label}:`, 'special')} ${formatPrimitiveOrValue(ctx, value, level)}${stylize(']', 'special')}` : `${stylize(`[${label}]`, 'special')} ${formatValue(ctx, value, level)}`;
          ctx.indentation -= 2;
        } catch (error) {
          text = `${stylize(`[${label}: <Inspection threw (${error?.message})>]`, 'special')}`;
        }
      } else text = stylize(`[${label}]`, 'special');
    } else if (descriptor.set !== undefined) text = ctx.stylize('[Setter]', 'special');
    else {
      ctx.indentation += 2;
      text = formatValue(ctx, descriptor.value, level);
      ctx.indentation -= 2;
    }
    if (isItem) return text;
    let name;
    if (typeof key === 'symbol') name = `[${ctx.stylize(symbolToString(key).replace(toEscape['"'], escape), 'symbol')}]`;
    else if (key === '__proto__') name = "['__proto__']";
    else if (descriptor.enumerable === false) name = `[${key.replace(toEscape['"'], escape)}]`;
    else name = isIdentifier(key) ? ctx.stylize(key, 'name') : ctx.stylize(quote(key), 'string');
    return `${name}: ${text}`;
  };
  const formatPrimitiveOrValue = (ctx, value, level) => (typeof value === 'function' ? formatValue(ctx, value, level) : formatPrimitive(ctx, value));

  const more = (count) => `... ${count} more item${count > 1 ? 's' : ''}`;

  const formatArray = (ctx, array, level) => {
    const output = [];
    const { length } = array;
    const limit = Math.min(Math.max(0, ctx.maxArrayLength), length);
    let index = 0;
    while (index < length && output.length < limit) {
      if (hasOwn(array, index)) {
        output.push(formatProperty(ctx, array, level, `${index}`, true));
        index++;
        continue;
      }
      const start = index;
      // The next key tells how long the hole is.
      if (length - index > 1000) {
        const next = Object.keys(array).find((key) => isIndex(key, length) && Number(key) > start);
        index = next === undefined ? length : Number(next);
      } else while (index < length && !hasOwn(array, index)) index++;
      output.push(ctx.stylize(`<${index - start} empty item${index - start > 1 ? 's' : ''}>`, 'undefined'));
    }
    if (index < length) output.push(more(length - index));
    return output;
  };

  const formatTypedArray = (ctx, array) => {
    const limit = Math.min(Math.max(0, ctx.maxArrayLength), array.length);
    const output = [];
    for (let i = 0; i < limit; i++) output.push(formatPrimitive(ctx, array[i]));
    if (array.length > limit) output.push(more(array.length - limit));
    return output;
  };

  const formatItems = (ctx, items, level) => {
    const limit = Math.min(Math.max(0, ctx.maxArrayLength), items.length);
    ctx.indentation += 2;
    const output = items.slice(0, limit).map((item) => formatValue(ctx, item, level));
    ctx.indentation -= 2;
    if (items.length > limit) output.push(more(items.length - limit));
    return output;
  };

  const formatSet = (ctx, set, level) => {
    const items = [];
    setForEach(set, (item) => items.push(item));
    return formatItems(ctx, items, level);
  };

  const formatMap = (ctx, map, level) => {
    const output = [];
    const limit = Math.max(0, ctx.maxArrayLength);
    ctx.indentation += 2;
    mapForEach(map, (value, key) => {
      if (output.length < limit) output.push(`${formatValue(ctx, key, level)} => ${formatValue(ctx, value, level)}`);
    });
    ctx.indentation -= 2;
    const rest = size.Map(map) - limit;
    if (rest > 0) output.push(more(rest));
    return output;
  };

  const formatArrayBuffer = (ctx, buffer) => {
    const bytes = new Uint8Array(buffer, 0, Math.min(Math.max(0, ctx.maxArrayLength), 50, buffer.byteLength));
    let text = native.toText(bytes, 0).replace(/(.{2})(?=.)/g, '$1 ');
    const rest = buffer.byteLength - bytes.length;
    if (rest > 0) text += ` ... ${rest} more byte${rest > 1 ? 's' : ''}`;
    return [`${ctx.stylize('[Uint8Contents]', 'special')}: <${text}>`, `byteLength: ${ctx.stylize(`${buffer.byteLength}`, 'number')}`];
  };

  const functionKinds = {
    '[object AsyncFunction]': 'AsyncFunction',
    '[object GeneratorFunction]': 'GeneratorFunction',
    '[object AsyncGeneratorFunction]': 'AsyncGeneratorFunction',
  };
  const formatFunction = (ctx, value, constructor, tag) => {
    if (hooks.isClass(value)) {
      const named = hasOwn(value, 'name') && value.name !== '';
      let base = `[class ${named ? value.name : '(anonymous)'}`;
      if (constructor !== 'Function' && constructor !== null) base += ` [${constructor}]`;
      if (tag !== '' && constructor !== tag) base += ` [${tag}]`;
      if (constructor !== null) {
        const superName = Object.getPrototypeOf(value).name;
        if (superName) base += ` extends ${superName}`;
      } else base += ' extends [null prototype]';
      return `${base}]`;
    }
    const kind = functionKinds[toString(value)] ?? 'Function';
    let base = `[${kind}`;
    if (constructor === null) base += ' (null prototype)';
    base += value.name === '' ? ' (anonymous)' : `: ${typeof value.name === 'string' ? value.name : inspect(value.name)}`;
    base += ']';
    if (constructor !== kind && constructor !== null) base += ` ${constructor}`;
    if (tag !== '' && constructor !== tag && tag !== kind) base += ` [${tag}]`;
    return base;
  };

  const formatError = (ctx, error, constructor, tag, keys) => {
    let stack = error.stack ? String(error.stack) : errorToString(error);
    const name = error.name != null ? String(error.name) : 'Error';
    // The stack was made before a constructor could set the name.
    const [before] = /^[\w$]*/.exec(stack);
    if (before !== name && stack.startsWith(error.message ? `${before}: ${error.message}` : `${before}\n`)) stack = name + stack.slice(before.length);
    for (const key of ['name', 'message', 'stack']) {
      const index = keys.indexOf(key);
      if (index >= 0 && (typeof error[key] !== 'string' || stack.includes(error[key]))) keys.splice(index, 1);
    }
    for (const key of ['cause', 'errors']) {
      if (hasOwn(error, key) && !keys.includes(key)) keys.push(key);
    }
    if (constructor === null || (name.endsWith('Error') && stack.startsWith(name) && (stack.length === name.length || stack[name.length] === ':' || stack[name.length] === '\n'))) {
      const rest = stack.slice(name.length);
      if (constructor === null) stack = `[${name}: null prototype]${rest}`;
      else if (constructor !== name) stack = constructor.includes(name) ? constructor + rest : `${constructor} [${name}]${rest}`;
    }
    let start = error.message ? stack.indexOf(error.message) : -1;
    if (start >= 0) start += error.message.length;
    if (stack.indexOf('\n    at', Math.max(start, 0)) === -1) stack = `[${stack}]`;
    if (ctx.indentation !== 0) stack = stack.replaceAll('\n', `\n${' '.repeat(ctx.indentation)}`);
    return stack;
  };

  // Puts many short items into columns.
  const group = (ctx, output, items) => {
    const hasRest = ctx.maxArrayLength < output.length;
    const count = hasRest ? output.length - 1 : output.length;
    const gap = 2;
    const widths = [];
    let total = 0;
    let widest = 0;
    for (let i = 0; i < count; i++) {
      widths[i] = width(output[i]);
      total += widths[i] + gap;
      widest = Math.max(widest, widths[i]);
    }
    const column = widest + gap;
    if (!(column * 3 + ctx.indentation < ctx.breakLength && (total / column > 5 || widest <= 6))) return output;
    // A character is about 2.5 times as high as wide: as many columns as make
    // the whole about square, less when a few items are much longer.
    const bias = Math.sqrt(column - total / output.length);
    const biased = Math.max(column - 3 - bias, 1);
    const columns = Math.min(
      Math.round(Math.sqrt(2.5 * biased * count) / biased),
      Math.floor((ctx.breakLength - ctx.indentation) / column),
      ctx.compact * 4,
      15,
    );
    if (columns <= 1) return output;
    const columnWidths = [];
    for (let i = 0; i < columns; i++) {
      let longest = 0;
      for (let j = i; j < count; j += columns) longest = Math.max(longest, widths[j]);
      columnWidths.push(longest + gap);
    }
    const right = items !== undefined && output.every((_, i) => typeof items[i] === 'number' || typeof items[i] === 'bigint');
    const rows = [];
    for (let i = 0; i < count; i += columns) {
      const end = Math.min(i + columns, count);
      let row = '';
      let j = i;
      for (; j < end - 1; j++) {
        const cell = `${output[j]}, `;
        const to = columnWidths[j - i] + output[j].length - widths[j];
        row += right ? cell.padStart(to) : cell.padEnd(to);
      }
      row += right ? output[j].padStart(columnWidths[j - i] + output[j].length - widths[j] - gap) : output[j];
      rows.push(row);
    }
    if (hasRest) rows.push(output[count]);
    return rows;
  };

  const fits = (ctx, output, start, base) => {
    let total = output.length + start;
    if (total + output.length > ctx.breakLength) return false;
    for (const entry of output) {
      total += stripColors(entry).length;
      if (total > ctx.breakLength) return false;
    }
    return base === '' || !base.includes('\n');
  };

  // Puts entries on one line or on several.
  const layOut = (ctx, output, base, open, close, isArray, level, items) => {
    const head = base ? `${base} ` : '';
    if (ctx.compact !== true) {
      if (typeof ctx.compact === 'number' && ctx.compact >= 1) {
        const entries = output.length;
        if (isArray && entries > 6) output = group(ctx, output, items);
        if (ctx.currentLevel - level < ctx.compact && entries === output.length) {
          const start = output.length + ctx.indentation + open.length + base.length + 10;
          if (fits(ctx, output, start, base)) {
            const joined = output.join(', ');
            if (!joined.includes('\n')) return `${head}${open} ${joined} ${close}`;
          }
        }
      }
      const indent = `\n${' '.repeat(ctx.indentation)}`;
      return `${head}${open}${indent}  ${output.join(`,${indent}  `)}${indent}${close}`;
    }
    if (fits(ctx, output, 0, base)) return `${open}${base ? ` ${base}` : ''} ${output.join(', ')} ${close}`;
    const indent = `\n${' '.repeat(ctx.indentation)}`;
    const line = base === '' && open.length === 1 ? ' ' : `${base ? ` ${base}` : ''}\n${indent.slice(1)}  `;
    return `${open}${line}${output.join(`,${indent}  `)} ${close}`;
  };

  const boxed = { Number: 1, String: 1, Boolean: 1, BigInt: 1, Symbol: 1 };
  const symbolValueOf = uncurry(Symbol.prototype.valueOf);

  const formatRaw = (ctx, value, level) => {
    const constructor = constructorName(value);
    const tag = tagOf(ctx, value, constructor);
    const kind = Array.isArray(value) ? 'Array' : classOf(value);
    let base = '';
    let open = '{';
    let close = '}';
    let isArray = false;
    let keys;
    let entries; // makes the output besides the keys
    let items;

    if (kind === 'Array') {
      keys = extraKeys(ctx, value);
      const prefix = constructor !== 'Array' || tag !== '' ? prefixOf(constructor, tag, 'Array', `(${value.length})`) : '';
      open = `${prefix}[`;
      close = ']';
      isArray = true;
      if (value.length === 0 && keys.length === 0) return `${open}]`;
      items = value;
      entries = () => formatArray(ctx, value, level);
    } else if (kind === 'Set' || kind === 'Map') {
      keys = keysOf(ctx, value);
      const count = size[kind](value);
      open = `${prefixOf(constructor, tag, kind, `(${count})`)}{`;
      if (count === 0 && keys.length === 0) return `${open}}`;
      entries = kind === 'Set' ? () => formatSet(ctx, value, level) : () => formatMap(ctx, value, level);
    } else if (ArrayBuffer.isView(value) && kind !== 'DataView') {
      keys = extraKeys(ctx, value);
      open = `${prefixOf(constructor, tag, kind, `(${value.length})`)}[`;
      close = ']';
      isArray = true;
      if (value.length === 0 && keys.length === 0 && !ctx.showHidden) return `${open}]`;
      items = value;
      entries = () => formatTypedArray(ctx, value);
    } else if (kind.endsWith(' Iterator') && (kind.startsWith('Map') || kind.startsWith('Set'))) {
      keys = keysOf(ctx, value);
      open = `[${tag || kind}] {`;
      entries = () => [];
    } else {
      keys = keysOf(ctx, value);
      if (kind === 'Arguments') {
        open = '[Arguments] {';
        if (keys.length === 0) return `${open}}`;
      } else if (typeof value === 'function') {
        base = ctx.stylize(formatFunction(ctx, value, constructor, tag), 'special');
        if (keys.length === 0) return base;
      } else if (kind === 'RegExp') {
        base = regExpToString(value);
        const prefix = prefixOf(constructor, tag, 'RegExp');
        if (prefix !== 'RegExp ') base = `${prefix}${base}`;
        base = ctx.stylize(base, 'regexp');
        if (keys.length === 0 || level > ctx.depth) return base;
      } else if (kind === 'Date') {
        base = Number.isNaN(hooks.getTime.call(value)) ? dateToString(value) : dateToISO(value);
        const prefix = prefixOf(constructor, tag, 'Date');
        if (prefix !== 'Date ') base = `${prefix}${base}`;
        base = ctx.stylize(base, 'date');
        if (keys.length === 0) return base;
      } else if (kind === 'Error' || isInstance(value, NativeError)) {
        base = formatError(ctx, value, constructor, tag, keys);
        if (keys.length === 0) return base;
      } else if (kind === 'ArrayBuffer' || kind === 'SharedArrayBuffer') {
        open = `${prefixOf(constructor, tag, kind)}{`;
        entries = () => formatArrayBuffer(ctx, value);
      } else if (kind === 'DataView') {
        open = `${prefixOf(constructor, tag, kind)}{`;
        entries = () => ['byteLength', 'byteOffset', 'buffer'].map((name) => `${name}: ${withIndent(ctx, () => formatValue(ctx, value[name], level))}`);
      } else if (kind === 'Promise') {
        open = `${prefixOf(constructor, tag, 'Promise')}{`;
        entries = () => {
          const [state, result] = native.promiseState(value);
          if (state === 0) return [ctx.stylize('<pending>', 'special')];
          const text = withIndent(ctx, () => formatValue(ctx, result, level));
          return [state === 2 ? `${ctx.stylize('<rejected>', 'special')} ${text}` : text];
        };
      } else if (kind === 'WeakSet' || kind === 'WeakMap') {
        open = `${prefixOf(constructor, tag, kind)}{`;
        entries = () => [ctx.stylize('<items unknown>', 'special')];
      } else if (kind === 'WeakRef') {
        open = `${prefixOf(constructor, tag, kind)}{`;
        entries = () => [ctx.stylize('<ref>', 'special')];
      } else if (boxed[kind]) {
        const primitive = kind === 'Symbol' ? symbolValueOf(value) : hooks.unbox(value);
        let type = kind;
        if (kind === 'String') keys = keys.filter((key) => !isIndex(key, primitive.length));
        if (kind !== constructor) type += constructor === null ? ' (null prototype)' : ` (${constructor})`;
        base = `[${type}`;
        base += `: ${formatPrimitive({ ...ctx, stylize: plain, compact: false }, primitive)}]`;
        if (tag !== '' && tag !== constructor) base += ` [${tag}]`;
        base = ctx.stylize(base, kind.toLowerCase());
        if (keys.length === 0) return base;
      } else if (toString(value) === '[object Module]') {
        open = `${prefixOf(constructor, tag, 'Module').replace('] [Module]', ']')}{`;
      } else if (constructor === 'Object') {
        if (tag !== '') open = `${prefixOf(constructor, tag, 'Object')}{`;
        if (keys.length === 0) return `${open}}`;
      } else {
        open = `${prefixOf(constructor, tag, 'Object')}{`;
        if (keys.length === 0) return `${open}}`;
      }
    }

    if (level > ctx.depth) {
      const name = prefixOf(constructor, tag, kind === 'Array' ? 'Array' : 'Object').slice(0, -1);
      return ctx.stylize(constructor === null ? name : `[${name}]`, 'special');
    }
    level++;
    ctx.currentLevel = level;
    ctx.seen.push(value);
    let output = entries ? entries() : [];
    for (const key of keys) output.push(formatProperty(ctx, value, level, key, false));
    ctx.seen.pop();

    if (ctx.circular !== undefined) {
      const index = ctx.circular.get(value);
      if (index !== undefined) {
        const reference = ctx.stylize(`<ref *${index}>`, 'special');
        if (ctx.compact !== true) base = base === '' ? reference : `${reference} ${base}`;
        else open = `${reference} ${open}`;
      }
    }
    if (ctx.sorted) {
      const order = ctx.sorted === true ? undefined : ctx.sorted;
      if (!isArray) output.sort(order);
      else if (keys.length > 1) output = [...output.slice(0, output.length - keys.length), ...output.slice(output.length - keys.length).sort(order)];
    }
    return layOut(ctx, output, base, open, close, isArray, level, items);
  };

  const withIndent = (ctx, make) => {
    ctx.indentation += 2;
    const text = make();
    ctx.indentation -= 2;
    return text;
  };

  const formatValue = (ctx, value, level) => {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return formatPrimitive(ctx, value);
    if (ctx.customInspect) {
      const method = value[custom];
      if (typeof method === 'function' && method !== inspect && !(value.constructor && value.constructor.prototype === value)) {
        const depth = ctx.depth === Infinity || ctx.depth === null ? ctx.depth : ctx.depth - level;
        const options = { ...ctx.options, depth, stylize: ctx.stylize };
        const result = method.call(value, depth, options, inspect);
        if (result !== value) {
          if (typeof result !== 'object' && typeof result !== 'function') return typeof result === 'string' ? result.replaceAll('\n', `\n${' '.repeat(ctx.indentation)}`) : formatPrimitive(ctx, result);
          return result === null ? 'null' : formatValue(ctx, result, level).replaceAll('\n', `\n${' '.repeat(ctx.indentation)}`);
        }
      }
    }
    if (ctx.seen.includes(value)) {
      ctx.circular ??= new Map();
      let index = ctx.circular.get(value);
      if (index === undefined) {
        index = ctx.circular.size + 1;
        ctx.circular.set(value, index);
      }
      return ctx.stylize(`[Circular *${index}]`, 'special');
    }
    return formatRaw(ctx, value, level);
  };

  function inspect(value, options, ...legacy) {
    const ctx = { ...defaults, indentation: 0, currentLevel: 0, seen: [], circular: undefined, stylize: plain };
    if (typeof options === 'boolean') {
      ctx.showHidden = options;
      if (legacy[0] !== undefined) [ctx.depth] = legacy;
      if (legacy[1] !== undefined) [, ctx.colors] = legacy;
    } else if (options !== null && typeof options === 'object') {
      for (const key of Object.keys(options)) if (hasOwn(defaults, key) || key === 'stylize') ctx[key] = options[key];
    }
    if (ctx.colors && ctx.stylize === plain) ctx.stylize = colored;
    if (ctx.depth === null) ctx.depth = Infinity;
    if (ctx.maxArrayLength === null) ctx.maxArrayLength = Infinity;
    if (ctx.maxStringLength === null) ctx.maxStringLength = Infinity;
    ctx.options = { ...defaults };
    for (const key of Object.keys(defaults)) ctx.options[key] = ctx[key];
    return formatValue(ctx, value, 0);
  }
  Object.defineProperty(inspect, 'custom', { value: custom, enumerable: true });
  inspect.defaultOptions = defaults;
  inspect.colors = colors;
  inspect.styles = styles;

  hooks.inspect = inspect;
  hooks.formatNumber = formatNumber;
})
