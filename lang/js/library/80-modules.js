// require and import: the built-in modules, and files of the guest.
(function (native, hooks) {
  const { coded, fs, path: paths } = hooks;

  // ---- built-in modules

  const readline = () => {
    class Interface extends hooks.EventEmitter {}
    const createInterface = (input, output) => {
      const options = input && typeof input.on !== 'function' ? input : { input, output };
      const instance = Object.create(Interface.prototype);
      hooks.EventEmitter.call(instance);
      const source = options.input ?? hooks.process.stdin;
      let queue;
      let closed = false;
      const lines = () => (queue ??= source.fd === 0 ? hooks.lines(native.fromUtf8(new Uint8Array(hooks.readAll(0)))) : []);
      const close = () => {
        if (closed) return;
        closed = true;
        instance.emit('close');
      };
      const flow = () => {
        if (closed || instance.paused) return;
        if (lines().length === 0) close();
        else {
          instance.emit('line', lines().shift());
          hooks.nextTick(flow);
        }
      };
      return Object.assign(instance, {
        terminal: false,
        line: '',
        close,
        on(name, listener) {
          hooks.EventEmitter.prototype.on.call(instance, name, listener);
          if (name === 'line') hooks.nextTick(flow);
          return instance;
        },
        question(query, settings, callback) {
          if (typeof settings === 'function') callback = settings;
          (options.output ?? hooks.process.stdout).write(query);
          const answer = lines().shift();
          if (callback) {
            if (answer === undefined) hooks.nextTick(close);
            else hooks.nextTick(callback, answer);
            return undefined;
          }
          return answer === undefined ? new Promise(() => {}) : Promise.resolve(answer);
        },
        setPrompt(prompt) {
          instance.promptText = prompt;
        },
        prompt() {
          (options.output ?? hooks.process.stdout).write(instance.promptText ?? '> ');
        },
        pause() {
          instance.paused = true;
          return instance;
        },
        resume() {
          instance.paused = false;
          hooks.nextTick(flow);
          return instance;
        },
        write() {},
        async *[Symbol.asyncIterator]() {
          while (lines().length) yield lines().shift();
          close();
        },
      });
    };
    const module = { Interface, createInterface, clearLine: () => true, cursorTo: () => true };
    return { ...module, promises: module };
  };

  const makers = {
    assert: () => hooks.assert,
    'assert/strict': () => hooks.assert.strict,
    buffer: () => ({ Buffer: hooks.Buffer, SlowBuffer: hooks.Buffer, kMaxLength: 2 ** 31 - 1, constants: { MAX_LENGTH: 2 ** 31 - 1, MAX_STRING_LENGTH: 2 ** 30 - 1 }, atob: globalThis.atob, btoa: globalThis.btoa, isUtf8: (input) => native.fromUtf8(hooks.bytesOf(input), undefined, undefined, true) !== undefined, isAscii: (input) => hooks.bytesOf(input).every((byte) => byte < 128) }),
    console: () => hooks.console,
    crypto: () => hooks.crypto,
    events: () => hooks.EventEmitter,
    fs: () => fs,
    funcbox: () => hooks.host,
    'fs/promises': () => fs.promises,
    module: () => ({
      createRequire(file) {
        const path = typeof file === 'string' && !file.startsWith('file:') ? file : hooks.url.fileURLToPath(file);
        return makeRequire(path.endsWith('/') ? paths.resolve(path) : paths.dirname(path));
      },
       builtinModules: Object.keys(makers),
      isBuiltin: (name) => builtin(name) !== undefined,
    }),
    os: () => ({
      EOL: '\n', arch: () => 'wasm32', platform: () => 'wasi', type: () => 'WASI', release: () => '1', version: () => 'preview1', machine: () => 'wasm32', endianness: () => 'LE',
      cpus: () => [], availableParallelism: () => 1, totalmem: () => native.memory()[0], freemem: () => 0, loadavg: () => [0, 0, 0], uptime: () => hooks.process.uptime(),
      hostname: () => 'funcbox', homedir: () => hooks.process.env.HOME ?? '/', tmpdir: () => hooks.process.env.TMPDIR ?? '/tmp', networkInterfaces: () => ({}), devNull: '/dev/null',
      userInfo: () => ({ uid: 0, gid: 0, username: hooks.process.env.USER ?? 'root', homedir: hooks.process.env.HOME ?? '/', shell: null }), constants: { signals: {}, errno: {} },
    }),
    path: () => paths,
    'path/posix': () => paths,
    perf_hooks: () => ({ performance: hooks.performance, constants: {} }),
    process: () => hooks.process,
    querystring: () => {
      const { URLSearchParams } = hooks.url;
      return {
        parse(text) {
          const result = { __proto__: null };
          for (const [key, value] of new URLSearchParams(text)) {
            if (key in result) result[key] = [].concat(result[key], value);
            else result[key] = value;
          }
          return result;
        },
        stringify: (object) => Object.entries(object ?? {}).flatMap(([key, value]) => [].concat(value).map((item) => `${encodeURIComponent(key)}=${encodeURIComponent(item)}`)).join('&'),
        escape: encodeURIComponent,
        unescape: decodeURIComponent,
      };
    },
    readline,
    'readline/promises': readline,
    string_decoder: () => ({
      StringDecoder: class StringDecoder {
        #decoder;
        #encoding;
        constructor(encoding = 'utf8') {
          this.encoding = encoding;
          this.#encoding = encoding;
          if (/^(utf-?8|utf-?16le|ucs-?2)$/i.test(encoding)) this.#decoder = new hooks.TextDecoder(/8/.test(encoding) ? 'utf-8' : 'utf-16le', { ignoreBOM: true });
        }
        write(bytes) {
          return this.#decoder ? this.#decoder.decode(bytes, { stream: true }) : hooks.decode(bytes, this.#encoding);
        }
        end(bytes) {
          return this.#decoder ? this.#decoder.decode(bytes) : bytes ? hooks.decode(bytes, this.#encoding) : '';
        }
      },
    }),
    timers: () => hooks.timers,
    'timers/promises': () => ({
      setTimeout: hooks.sleep,
      setImmediate: (value) => new Promise((resolve) => hooks.timers.setImmediate(resolve, value)),
      async *setInterval(delay, value) {
        for (;;) yield await hooks.sleep(delay, value);
      },
      scheduler: { wait: (delay) => hooks.sleep(delay), yield: () => new Promise((resolve) => hooks.timers.setImmediate(resolve)) },
    }),
    url: () => hooks.url,
    util: () => hooks.util,
    'util/types': () => hooks.util.types,
  };
  const made = { __proto__: null };
  const builtin = (name) => {
    const bare = name.startsWith('node:') ? name.slice(5) : name;
    if (!Object.hasOwn(makers, bare)) return undefined;
    return (made[bare] ??= makers[bare]());
  };

  const notFound = (name, from) => {
    if (name.startsWith('node:')) return coded(new Error(`No such built-in module: ${name}`), 'ERR_UNKNOWN_BUILTIN_MODULE');
    const available = Object.keys(makers).filter((key) => !key.includes('/')).join(', ');
    const local = /^(\.{0,2}\/|\.{1,2}$)/.test(name);
    const error = coded(new Error(local ? `Cannot find module '${name}' from '${from}'` : `Cannot find module '${name}'; the built-in modules are: ${available}`), 'MODULE_NOT_FOUND');
    error.requireStack = [];
    return error;
  };

  // ---- files

  const isFile = (path) => {
    const fields = native.stat(path, 1);
    return typeof fields !== 'number' && fields[2] !== 3;
  };
  const EXTENSIONS = ['', '.js', '.json', '.mjs', '.cjs'];
  const asFile = (path) => EXTENSIONS.map((extension) => path + extension).find(isFile);
  const readText = (path) => fs.readFileSync(path, 'utf8').replace(/^\ufeff/, '');
  const readPackage = (folder) => {
    const path = paths.join(folder, 'package.json');
    return isFile(path) ? JSON.parse(readText(path)) : undefined;
  };
  const asFolder = (path, wanted) => {
    const main = mainOf(readPackage(path), wanted);
    const found = main && (asFile(paths.join(path, main)) ?? asFile(paths.join(path, main, 'index')));
    return found ?? asFile(paths.join(path, 'index'));
  };
  // What "exports" says for the package itself, else "main".
  const mainOf = (description, wanted) => {
    const pick = (target) => {
      if (typeof target === 'string') return target;
      if (Array.isArray(target)) return target.map(pick).find(Boolean);
      if (target === null || typeof target !== 'object') return undefined;
      for (const condition of Object.keys(target)) {
        if (condition === 'default' || condition === 'node' || condition === wanted) return pick(target[condition]);
      }
      return undefined;
    };
    const target = description?.exports?.['.'] ?? description?.exports;
    return pick(target) ?? description?.main;
  };
  const resolveFile = (name, folder, wanted) => {
    if (name.startsWith('file:')) name = hooks.url.fileURLToPath(name);
    if (/^(\.{0,2}\/|\.{1,2}$)/.test(name)) {
      const path = paths.resolve(folder, name);
      return (name.endsWith('/') ? undefined : asFile(path)) ?? asFolder(path, wanted);
    }
    for (let at = folder; ; at = paths.dirname(at)) {
      const path = paths.join(at, 'node_modules', name);
      const found = asFile(path) ?? asFolder(path, wanted);
      if (found) return found;
      if (at === '/') return undefined;
    }
  };

  const cache = { __proto__: null };
  const loadCommon = (path) => {
    if (cache[path]) return cache[path];
    const module = { id: path, path: paths.dirname(path), exports: {}, filename: path, loaded: false, children: [], paths: [] };
    cache[path] = module;
    try {
      const source = readText(path);
      if (path.endsWith('.json')) {
        try {
          module.exports = JSON.parse(source);
        } catch (error) {
          error.message = `${path}: ${error.message}`;
          throw error;
        }
      } else {
        if (path.endsWith('.mjs') || native.isModuleSource(source)) {
          throw coded(new Error(`require() of ES Module ${path} not supported; use import() instead`), 'ERR_REQUIRE_ESM');
        }
        const text = source.startsWith('#!') ? `//${source}` : source;
        const run = native.evaluate(`(function (exports, require, module, __filename, __dirname) {${text}\n})`, path);
        module.require = makeRequire(module.path);
        run.call(module.exports, module.exports, module.require, module, path, module.path);
      }
      module.loaded = true;
    } catch (error) {
      delete cache[path];
      throw error;
    }
    return module;
  };

  const makeRequire = (folder) => {
    const resolve = (name) => {
      if (typeof name !== 'string') throw hooks.badArgument('id', 'of type string', name);
      if (builtin(name) !== undefined) return name;
      const base = typeof folder === 'function' ? folder() : folder;
      const found = resolveFile(name, base, 'require');
      if (!found) throw notFound(name, base);
      return found;
    };
    const require = (name) => {
      const resolved = resolve(name);
      return builtin(resolved) ?? loadCommon(resolved).exports;
    };
    require.resolve = resolve;
    require.cache = cache;
    require.main = globalThis.module;
    return require;
  };

  // The folder of the user's code, known once there is a call.
  const mainFolder = () => paths.dirname(hooks.mainFile());
  const define = (name, descriptor) => Object.defineProperty(globalThis, name, { configurable: true, ...descriptor });
  define('require', { value: makeRequire(mainFolder), writable: true });
  for (const [name, get] of [['__filename', () => hooks.mainFile()], ['__dirname', mainFolder]]) {
    define(name, { get, set: (value) => define(name, { value, writable: true }) });
  }

  // ---- import

  hooks.resolveImport = (base, name) => {
    if (builtin(name) !== undefined) return name.startsWith('node:') ? name : `node:${name}`;
    // Code that was not read from a file is where the call's file name says.
    const folder = base.startsWith('/') ? paths.dirname(base) : mainFolder();
    const found = resolveFile(name, folder, 'import');
    if (!found) {
      const error = notFound(name, folder);
      if (error.code === 'MODULE_NOT_FOUND') error.code = 'ERR_MODULE_NOT_FOUND';
      throw error;
    }
    return found;
  };

  const looksCommon = (source) => /\bmodule\s*\.\s*exports\b|\bexports\s*[.[]|\brequire\s*\(/.test(source);

  // The text of an ES module, or in an array what another kind exports.
  hooks.loadImport = (name) => {
    const found = builtin(name);
    if (found !== undefined) return [found];
    if (name.endsWith('.json') || name.endsWith('.cjs')) return [loadCommon(name).exports];
    const source = readText(name);
    if (!name.endsWith('.mjs') && !native.isModuleSource(source) && looksCommon(source)) return [loadCommon(name).exports];
    return source;
  };

  hooks.describeModule = (meta, name, main) => {
    const file = main ? hooks.mainFile() : name;
    meta.url = `file://${file}`;
    meta.filename = file;
    meta.dirname = paths.dirname(file);
    meta.main = main;
    meta.resolve = (target) => {
      const resolved = hooks.resolveImport(file, `${target}`);
      return resolved.startsWith('node:') ? resolved : hooks.url.pathToFileURL(resolved).href;
    };
  };
})
