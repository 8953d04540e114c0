// fs itself: the synchronous form of each operation, that with a callback, and
// fs/promises.
(function (native, hooks) {
  const { badArgument } = hooks;
  const { toPath, standard, constants, Stats, Dirent, operations, Dir } = hooks.files;

  const fs = { constants, Stats, Dirent, Dir };
  const promises = { constants };
  fs.existsSync = (path) => {
    try {
      path = toPath(path);
    } catch {
      return false;
    }
    return Object.hasOwn(standard, path) || typeof native.stat(path, 1) !== 'number';
  };
  fs.exists = (path, callback) => {
    hooks.timers.setImmediate(callback, fs.existsSync(path));
  };

  // Done at once, but told in another turn, as everything that waits for a disk is.
  const later = (operation, args) =>
    new Promise((resolve, reject) => {
      try {
        const result = operation(...args);
        hooks.timers.setImmediate(resolve, result);
      } catch (error) {
        hooks.timers.setImmediate(reject, error);
      }
    });

  const rename = (value, name) => Object.defineProperty(value, 'name', { value: name });
  // read and write give their callbacks the buffer too.
  const extra = { read: (args) => args[1], write: (args) => args[1], readv: (args) => args[1], writev: (args) => args[1] };
  for (const [name, operation] of Object.entries(operations)) {
    fs[`${name}Sync`] = rename((...args) => operation(...args), `${name}Sync`);
    fs[name] = rename((...args) => {
      const callback = args.pop();
      if (typeof callback !== 'function') throw badArgument('cb', 'of type function', callback);
      let error = null;
      let result;
      try {
        result = operation(...args);
      } catch (thrown) {
        if (thrown.syscall === undefined && thrown.code !== 'ERR_FS_EISDIR') throw thrown; // a bad argument
        error = thrown;
      }
      hooks.timers.setImmediate(() => {
        if (error) callback(error);
        else if (extra[name]) callback(null, result, extra[name](args));
        else if (result === undefined) callback(null);
        else callback(null, result);
      });
    }, name);
    if (!/^(f|close|read$|write$|readv|writev|open$)/.test(name)) promises[name] = rename((...args) => later(operation, args), name);
  }
  fs.realpathSync.native = fs.realpathSync;
  fs.realpath.native = fs.realpath;

  class FileHandle {
    #fd;
    constructor(fd) {
      this.#fd = fd;
    }
    get fd() {
      return this.#fd;
    }
    async close() {
      if (this.#fd < 0) return;
      const fd = this.#fd;
      this.#fd = -1;
      operations.close(fd);
    }
    async read(buffer, ...args) {
      if (!ArrayBuffer.isView(buffer)) {
        const options = buffer ?? {};
        buffer = options.buffer ?? hooks.Buffer.alloc(16384);
        args = [options];
      }
      return { __proto__: null, bytesRead: operations.read(this.#fd, buffer, ...args), buffer };
    }
    async write(data, ...args) {
      return { __proto__: null, bytesWritten: operations.write(this.#fd, data, ...args), buffer: data };
    }
    async readFile(options) {
      return operations.readFile(this.#fd, options);
    }
    async writeFile(data, options) {
      operations.writeFile(this.#fd, data, options);
    }
    async appendFile(data, options) {
      operations.writeFile(this.#fd, data, options);
    }
    async stat(options) {
      return operations.fstat(this.#fd, options);
    }
    async truncate(length) {
      operations.ftruncate(this.#fd, length);
    }
    async sync() {
      operations.fsync(this.#fd);
    }
    async datasync() {
      operations.fdatasync(this.#fd);
    }
    async utimes(atime, mtime) {
      operations.futimes(this.#fd, atime, mtime);
    }
    async chmod() {}
    async *readLines(options) {
      yield* hooks.lines(operations.readFile(this.#fd, options?.encoding ?? 'utf8'));
    }
  }
  promises.open = async function open(path, flags = 'r') {
    return new FileHandle(operations.open(path, flags));
  };
  fs.promises = promises;

  hooks.lines = (text) => {
    const lines = text.split(/\r\n|\n|\r/);
    if (lines[lines.length - 1] === '') lines.pop();
    return lines;
  };
  hooks.fs = fs;
})
