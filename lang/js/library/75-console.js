// The console.
(function (native, hooks) {
  const { inspect, formatWithOptions, stringWidth } = hooks;
  const OUT = 1;
  const ERR = 2;
  const MAX_ROWS_DEPTH = 2;

  const formatTime = (milliseconds) => {
    const units = [[3600000, 'h'], [60000, 'm'], [1000, 's']];
    for (const [unit, name] of units) {
      if (milliseconds < unit) continue;
      if (name === 's') return `${(milliseconds / 1000).toFixed(3)}s`;
      const parts = [Math.floor(milliseconds / unit), Math.floor((milliseconds % unit) / (unit / 60))];
      const rest = name === 'm' ? (milliseconds / 1000) % 60 : parts[1];
      if (name === 'm') return `${parts[0]}:${rest.toFixed(3).padStart(6, '0')} (m:ss.mmm)`;
      return `${parts[0]}:${String(parts[1]).padStart(2, '0')}:${String(Math.floor((milliseconds / 1000) % 60)).padStart(2, '0')} (h:mm:ss)`;
    }
    return `${Number(milliseconds.toFixed(3))}ms`;
  };

  const table = (head, columns) => {
    const widths = columns.map((column, i) => Math.max(stringWidth(head[i]), ...column.map(stringWidth)) + 2);
    const left = (text, width) => ` ${text}${' '.repeat(width - stringWidth(text) - 1)}`;
    const row = (cells) => `│${cells.map((cell, i) => left(cell, widths[i])).join('│')}│\n`;
    const line = (first, middle, last) => first + widths.map((width) => '─'.repeat(width)).join(middle) + last;
    let text = `${line('┌', '┬', '┐')}\n${row(head)}${line('├', '┼', '┤')}\n`;
    const height = Math.max(0, ...columns.map((column) => column.length));
    for (let i = 0; i < height; i++) text += row(columns.map((column) => column[i] ?? ''));
    return text + line('└', '┴', '┘');
  };

  class Console {
    #indent = '';
    #counts = new Map();
    #timers = new Map();
    #write;

    constructor(write) {
      this.#write = write;
      // Methods work when taken off the object.
      for (const name of Object.getOwnPropertyNames(Console.prototype)) {
        if (name !== 'constructor') this[name] = this[name].bind(this);
      }
      for (const name of Object.keys(this)) Object.defineProperty(this[name], 'name', { value: name });
    }

    #print(stream, text) {
      if (this.#indent !== '') text = this.#indent + (text.includes('\n') ? text.replaceAll('\n', `\n${this.#indent}`) : text);
      this.#write(stream, `${text}\n`);
    }

    log(...args) {
      this.#print(OUT, formatWithOptions({}, ...args));
    }
    warn(...args) {
      this.#print(ERR, formatWithOptions({}, ...args));
    }
    dir(object, options) {
      this.#print(OUT, inspect(object, { customInspect: false, ...options }));
    }
    time(label = 'default') {
      label = `${label}`;
      if (this.#timers.has(label)) {
        this.warn(`Warning: Label '${label}' already exists for console.time()`);
        return;
      }
      this.#timers.set(label, native.now());
    }
    #elapsed(name, label, data) {
      label = `${label}`;
      const start = this.#timers.get(label);
      if (start === undefined) {
        this.warn(`Warning: No such label '${label}' for console.${name}()`);
        return false;
      }
      this.log('%s: %s', label, formatTime(native.now() - start), ...data);
      return true;
    }
    timeEnd(label = 'default') {
      if (this.#elapsed('timeEnd', label, [])) this.#timers.delete(`${label}`);
    }
    timeLog(label = 'default', ...data) {
      this.#elapsed('timeLog', label, data);
    }
    trace(...args) {
      const error = { name: 'Trace', message: formatWithOptions({}, ...args) };
      Error.captureStackTrace(error);
      this.#print(ERR, error.stack);
    }
    assert(condition, ...args) {
      if (condition) return;
      if (typeof args[0] === 'string') args[0] = `Assertion failed: ${args[0]}`;
      else args.unshift(args.length ? 'Assertion failed:' : 'Assertion failed');
      this.warn(...args);
    }
    clear() {}
    count(label = 'default') {
      label = `${label}`;
      const count = (this.#counts.get(label) ?? 0) + 1;
      this.#counts.set(label, count);
      this.log(`${label}: ${count}`);
    }
    countReset(label = 'default') {
      if (!this.#counts.delete(`${label}`)) this.warn(`Warning: Count for '${label}' does not exist`);
    }
    group(...args) {
      if (args.length) this.log(...args);
      this.#indent += '  ';
    }
    groupEnd() {
      this.#indent = this.#indent.slice(2);
    }
    table(data, properties) {
      if (data === null || typeof data !== 'object') {
        this.log(data);
        return;
      }
      const cell = (value) => inspect(value, { maxArrayLength: 3, breakLength: Infinity, colors: false, depth: value !== null && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length > MAX_ROWS_DEPTH ? -1 : 0 });
      const isMap = data instanceof Map;
      const isIterable = !isMap && typeof data[Symbol.iterator] === 'function' && !Array.isArray(data) && !ArrayBuffer.isView(data);
      const indexes = [];
      const rows = [];
      if (isMap) {
        let i = 0;
        for (const [key, value] of data) {
          indexes.push([`${i++}`, cell(key)]);
          rows.push(value);
        }
      } else if (isIterable) {
        let i = 0;
        for (const value of data) {
          indexes.push([`${i++}`]);
          rows.push(value);
        }
      } else {
        for (const key of Object.keys(data)) {
          indexes.push([key]);
          rows.push(data[key]);
        }
      }
      const columns = new Map();
      const values = [];
      let hasValues = false;
      rows.forEach((row, i) => {
        const primitive = row === null || (typeof row !== 'object' && typeof row !== 'function');
        if (primitive || isMap) {
          hasValues = true;
          values[i] = cell(row);
          return;
        }
        for (const key of properties ?? Object.keys(row)) {
          if (!columns.has(key)) columns.set(key, []);
          if (Object.hasOwn(row, key)) columns.get(key)[i] = cell(row[key]);
        }
      });
      const head = [isMap || isIterable ? '(iteration index)' : '(index)'];
      const body = [indexes.map(([index]) => index)];
      if (isMap) {
        head.push('Key');
        body.push(indexes.map(([, key]) => key));
      }
      for (const [key, column] of columns) {
        head.push(key);
        body.push(Array.from({ length: rows.length }, (_, i) => column[i] ?? ''));
      }
      if (hasValues) {
        head.push('Values');
        body.push(Array.from({ length: rows.length }, (_, i) => values[i] ?? ''));
      }
      this.log(table(head, body));
    }
  }
  const { log, warn, group } = Console.prototype;
  Object.assign(Console.prototype, { info: log, debug: log, error: warn, dirxml: log, groupCollapsed: group });
  Object.defineProperty(Console.prototype, Symbol.toStringTag, { value: 'console' });

  const console = new Console((stream, text) => native.print(stream, text));
  const shown = Object.create({}, { [Symbol.toStringTag]: { value: 'console' } });
  for (const name of Object.keys(console)) shown[name] = console[name];
  Object.defineProperty(globalThis, 'console', { value: shown, writable: true, configurable: true });
  hooks.console = shown;
})
