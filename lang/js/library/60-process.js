// process, performance and crypto.
(function (native, hooks) {
  // The clocks of a call begin when it first looks at them: an image may have been
  // made long ago, by another process.
  const sinceBegin = () => native.sinceBegin();
  const define = (name, value) => Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });

  // ---- process

  // Made of the request when first asked for.
  const lazy = (object, name, make) =>
    Object.defineProperty(object, name, {
      get() {
        const value = make();
        Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
        return value;
      },
      set(value) {
        Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
      },
      enumerable: true,
      configurable: true,
    });

  const process = Object.create(hooks.EventEmitter.prototype);
  Object.defineProperty(process, '_events', { value: undefined, writable: true, configurable: true });
  Object.defineProperty(process, Symbol.toStringTag, { value: 'process', configurable: true });
  // What the program has of an earlier request, kept up to date.
  let env;
  let argv;
  const { entries: entriesOf, keys: keysOf, assign } = Object;
  const fillEnv = () => {
    for (const name of keysOf(env)) delete env[name];
    for (const [name, value] of entriesOf(native.request()[0] ?? {})) env[name] = value;
  };
  const commandLine = () => ['/usr/bin/node', fileName(), ...(native.request()[1] ?? [])];
  hooks.renewRequest = () => {
    if (env) fillEnv();
    if (!argv) return;
    const line = commandLine();
    argv.length = line.length;
    assign(argv, line);
  };
  lazy(process, 'env', () => {
    env = {};
    fillEnv();
    // Assigned values become text, as in a real environment.
    return new Proxy(env, {
      set(target, name, value) {
        if (typeof name === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
        target[name] = `${value}`;
        return true;
      },
    });
  });
  const fileName = () => {
    const file = native.mainFile()[0] ?? 'main.js';
    return file.startsWith('/') ? file : `${native.cwd().replace(/\/$/, '')}/${file}`;
  };
  hooks.mainFile = fileName;
  lazy(process, 'argv', () => (argv = commandLine()));

  const version = 'v20.0.0'; // of node, whose interfaces these are like
  const exit = (code) => {
    if (code === undefined) code = process.exitCode ?? 0;
    if (!exiting) {
      exiting = true;
      process.exitCode = code;
      process.emit('exit', Number(code) || 0);
      code = process.exitCode;
    }
    native.exit(Number(code) & 255);
  };
  let exiting = false;

  const hrtime = (previous) => {
    const now = native.nanoseconds();
    let seconds = Number(now / 1000000000n);
    let nanoseconds = Number(now % 1000000000n);
    if (previous !== undefined) {
      seconds -= previous[0];
      nanoseconds -= previous[1];
      if (nanoseconds < 0) {
        seconds--;
        nanoseconds += 1000000000;
      }
    }
    return [seconds, nanoseconds];
  };
  hrtime.bigint = () => native.nanoseconds();

  const output = (fd) => {
    const stream = Object.create(hooks.EventEmitter.prototype);
    Object.defineProperty(stream, '_events', { value: undefined, writable: true, configurable: true });
    return Object.assign(stream, {
      fd,
      isTTY: false,
      writable: true,
      write(data, encoding, callback) {
        if (typeof encoding === 'function') [callback, encoding] = [encoding, undefined];
        if (typeof data === 'string' && (encoding === undefined || encoding === 'utf8' || encoding === 'utf-8')) native.print(fd, data);
        else {
          const bytes = typeof data === 'string' ? hooks.encode(data, encoding) : data;
          if (!ArrayBuffer.isView(bytes)) throw hooks.badArgument('chunk', 'of type string or an instance of Buffer, TypedArray, or DataView', data);
          native.write(fd, bytes.buffer, bytes.byteOffset, bytes.byteLength);
        }
        if (callback) hooks.nextTick(callback);
        return true;
      },
      end(data, encoding, callback) {
        if (data !== undefined && typeof data !== 'function') this.write(data, encoding);
        const done = [data, encoding, callback].find((argument) => typeof argument === 'function');
        if (done) hooks.nextTick(done);
        return this;
      },
      cork() {},
      uncork() {},
    });
  };

  // All of standard input comes as one chunk, when it is first asked for.
  const input = () => {
    const stream = Object.create(hooks.EventEmitter.prototype);
    Object.defineProperty(stream, '_events', { value: undefined, writable: true, configurable: true });
    let encoding;
    let state = 'idle';
    const readAll = () => {
      const data = hooks.toBuffer(new Uint8Array(hooks.readAll(0)));
      return encoding ? data.toString(encoding) : data;
    };
    const flow = () => {
      if (state !== 'idle') return;
      state = 'flowing';
      hooks.nextTick(() => {
        const data = readAll();
        state = 'ended';
        if (data.length) stream.emit('data', data);
        stream.emit('end');
        stream.emit('close');
      });
    };
    let pending;
    return Object.assign(stream, {
      fd: 0,
      isTTY: false,
      readable: true,
      setEncoding(name) {
        encoding = name ?? 'utf8';
        return this;
      },
      on(name, listener) {
        hooks.EventEmitter.prototype.on.call(this, name, listener);
        if (name === 'data') flow();
        else if (name === 'readable') {
          hooks.nextTick(() => {
            if (pending === undefined) {
              pending = readAll();
              stream.emit('readable');
              if (pending === null) stream.emit('end');
            }
          });
        }
        return this;
      },
      read() {
        if (pending === undefined) pending = readAll();
        const data = pending?.length ? pending : null;
        pending = null;
        if (data !== null) {
          hooks.nextTick(() => {
            stream.emit('readable');
            stream.emit('end');
          });
        }
        return data;
      },
      resume() {
        flow();
        return this;
      },
      pause() {
        return this;
      },
      unref() {
        return this;
      },
      ref() {
        return this;
      },
      pipe(target) {
        this.on('data', (data) => target.write(data));
        return target;
      },
      async *[Symbol.asyncIterator]() {
        state = 'ended';
        const data = readAll();
        if (data.length) yield data;
      },
    });
  };
  lazy(process, 'stdout', () => output(1));
  lazy(process, 'stderr', () => output(2));
  lazy(process, 'stdin', input);

  Object.assign(process, {
    title: 'funcbox',
    pid: 1,
    ppid: 0,
    arch: 'wasm32',
    platform: 'wasi',
    version,
    versions: { node: version.slice(1), quickjs: native.quickjs },
    release: { name: 'node' },
    execPath: '/usr/bin/node',
    execArgv: [],
    exitCode: undefined,
    cwd: () => native.cwd(),
    chdir(directory) {
      if (typeof directory !== 'string') throw hooks.badArgument('directory', 'of type string', directory);
      hooks.changeDirectory(directory);
    },
    exit,
    reallyExit: exit,
    abort: () => native.exit(134),
    hrtime,
    uptime: () => sinceBegin() / 1000,
    memoryUsage() {
      const [rss, heapUsed] = native.memory();
      return { rss, heapTotal: rss, heapUsed, external: 0, arrayBuffers: 0 };
    },
    cpuUsage: () => ({ user: Math.round(sinceBegin() * 1000), system: 0 }),
    nextTick: hooks.nextTick,
    emitWarning(warning, type = 'Warning') {
      const text = hooks.isError(warning) ? `${warning.name}: ${warning.message}` : `${typeof type === 'string' ? type : type?.type ?? 'Warning'}: ${warning}`;
      native.print(2, `(node:1) ${text}\n`);
    },
    umask: () => 0o022,
    getuid: () => 0,
    getgid: () => 0,
    geteuid: () => 0,
    getegid: () => 0,
    kill: () => true,
    features: {},
    config: {},
  });
  process.memoryUsage.rss = () => native.memory()[0];
  hooks.process = process;
  define('process', process);

  // The end of a program: listeners, then the exit code it set.
  hooks.finish = () => {
    if (!exiting && process._events?.beforeExit) process.emit('beforeExit', process.exitCode ?? 0);
    if (!exiting && (process._events?.exit || process.exitCode !== undefined)) {
      exiting = true;
      process.emit('exit', Number(process.exitCode) || 0);
    }
    if (process.exitCode) native.exit(Number(process.exitCode) & 255);
  };

  // ---- performance

  let entries = [];
  class PerformanceEntry {
    constructor(name, entryType, startTime, duration, detail) {
      Object.assign(this, { name, entryType, startTime, duration, detail });
    }
    toJSON() {
      return { ...this };
    }
  }
  const markTime = (mark) => {
    if (typeof mark === 'number') return mark;
    const entry = entries.findLast(({ name, entryType }) => name === mark && entryType === 'mark');
    if (!entry) throw new hooks.DOMException(`The "${mark}" performance mark has not been set`, 'SyntaxError');
    return entry.startTime;
  };
  const performance = {
    now: sinceBegin,
    get timeOrigin() {
      return native.wall() - sinceBegin();
    },
    mark(name, options) {
      const entry = new PerformanceEntry(`${name}`, 'mark', options?.startTime ?? performance.now(), 0, options?.detail ?? null);
      entries.push(entry);
      return entry;
    },
    measure(name, start, end) {
      if (start !== null && typeof start === 'object') ({ start, end } = start);
      const from = start === undefined ? 0 : markTime(start);
      const to = end === undefined ? performance.now() : markTime(end);
      const entry = new PerformanceEntry(`${name}`, 'measure', from, to - from, null);
      entries.push(entry);
      return entry;
    },
    getEntries: () => [...entries],
    getEntriesByName: (name, type) => entries.filter((entry) => entry.name === name && (type === undefined || entry.entryType === type)),
    getEntriesByType: (type) => entries.filter((entry) => entry.entryType === type),
    clearMarks: (name) => (entries = entries.filter((entry) => entry.entryType !== 'mark' || (name !== undefined && entry.name !== name))),
    clearMeasures: (name) => (entries = entries.filter((entry) => entry.entryType !== 'measure' || (name !== undefined && entry.name !== name))),
    toJSON: () => ({ timeOrigin: performance.timeOrigin }),
  };
  Object.defineProperty(performance, Symbol.toStringTag, { value: 'Performance' });
  define('performance', performance);
  hooks.performance = performance;

  // ---- crypto

  const QUOTA = 65536; // bytes, of the Web Cryptography API
  const getRandomValues = (array) => {
    const kind = native.classOf(array);
    if (!ArrayBuffer.isView(array) || kind === 'DataView' || kind.startsWith('Float')) {
      throw new hooks.DOMException('The data argument must be an integer-type TypedArray', 'TypeMismatchError');
    }
    if (array.byteLength > QUOTA) throw new hooks.DOMException(`The requested length exceeds 65,536 bytes`, 'QuotaExceededError');
    native.randomFill(array);
    return array;
  };
  const randomBytes = (size) => {
    if (typeof size !== 'number') throw hooks.badArgument('size', 'of type number', size);
    const bytes = new Uint8Array(size);
    for (let i = 0; i < size; i += 1 << 20) native.randomFill(bytes.subarray(i, i + (1 << 20)));
    return hooks.toBuffer(bytes);
  };
  const randomUUID = () => {
    const bytes = native.randomFill(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40; // RFC 9562, section 5.4
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    return native.toText(bytes, 0).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  };
  const randomInt = (low, high, callback) => {
    if (high === undefined || typeof high === 'function') [low, high, callback] = [0, low, high];
    const range = high - low;
    if (!(Number.isSafeInteger(low) && Number.isSafeInteger(high) && range > 0 && range < 2 ** 48)) {
      throw hooks.coded(new RangeError(`The value of "max" is out of range. It must be greater than the value of "min" (${low}). Received ${high}`), 'ERR_OUT_OF_RANGE');
    }
    const limit = 2 ** 48 - (2 ** 48 % range); // beyond it small numbers would come more often
    let number;
    do {
      const [a, b] = native.randomFill(new Uint32Array(2));
      number = a * 65536 + (b & 65535);
    } while (number >= limit);
    number = low + (number % range);
    if (callback) hooks.nextTick(callback, null, number);
    return callback ? undefined : number;
  };
  const webcrypto = {};
  for (const [name, value] of Object.entries({ getRandomValues, randomUUID })) Object.defineProperty(webcrypto, name, { value, writable: true, enumerable: true, configurable: true });
  Object.defineProperty(webcrypto, Symbol.toStringTag, { value: 'Crypto' });
  define('crypto', webcrypto);
  hooks.crypto = {
    getRandomValues,
    randomUUID,
    randomInt,
    randomBytes(size, callback) {
      const bytes = randomBytes(size);
      if (typeof callback !== 'function') return bytes;
      hooks.nextTick(callback, null, bytes);
      return undefined;
    },
    randomFillSync(target, offset = 0, size = target.byteLength - offset) {
      native.randomFill(new Uint8Array(target.buffer ?? target, (target.byteOffset ?? 0) + offset, size));
      return target;
    },
    timingSafeEqual(a, b) {
      if (a.byteLength !== b.byteLength) throw hooks.coded(new RangeError('Input buffers must have the same byte length'), 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH');
      const left = hooks.bytesOf(a);
      const right = hooks.bytesOf(b);
      let difference = 0;
      for (let i = 0; i < left.length; i++) difference |= left[i] ^ right[i];
      return difference === 0;
    },
    webcrypto,
  };

  define('global', globalThis);
  Object.defineProperty(globalThis, Symbol.toStringTag, { value: 'global', configurable: true });
})
