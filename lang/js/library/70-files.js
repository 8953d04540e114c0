// fs: synchronous functions over the natives; the callback and promise forms
// are made of them.
(function (native, hooks) {
  const { badArgument, coded, path: paths, toBuffer } = hooks;

  // By WASI number: code, number on Linux, message of libuv.
  const errors = {
    1: ['E2BIG', 7, 'argument list too long'],
    2: ['EACCES', 13, 'permission denied'],
    6: ['EAGAIN', 11, 'resource temporarily unavailable'],
    8: ['EBADF', 9, 'bad file descriptor'],
    10: ['EBUSY', 16, 'resource busy or locked'],
    19: ['EDQUOT', 122, 'disk quota exceeded'],
    20: ['EEXIST', 17, 'file already exists'],
    21: ['EFAULT', 14, 'bad address in system call argument'],
    22: ['EFBIG', 27, 'file too large'],
    27: ['EINTR', 4, 'interrupted system call'],
    28: ['EINVAL', 22, 'invalid argument'],
    29: ['EIO', 5, 'i/o error'],
    31: ['EISDIR', 21, 'illegal operation on a directory'],
    32: ['ELOOP', 40, 'too many symbolic links encountered'],
    33: ['EMFILE', 24, 'too many open files'],
    34: ['EMLINK', 31, 'too many links'],
    37: ['ENAMETOOLONG', 36, 'name too long'],
    41: ['ENFILE', 23, 'file table overflow'],
    43: ['ENODEV', 19, 'no such device'],
    44: ['ENOENT', 2, 'no such file or directory'],
    48: ['ENOMEM', 12, 'not enough memory'],
    51: ['ENOSPC', 28, 'no space left on device'],
    52: ['ENOSYS', 38, 'function not implemented'],
    54: ['ENOTDIR', 20, 'not a directory'],
    55: ['ENOTEMPTY', 39, 'directory not empty'],
    58: ['ENOTSUP', 95, 'operation not supported on socket'],
    60: ['ENXIO', 6, 'no such device or address'],
    61: ['EOVERFLOW', 75, 'value too large for defined data type'],
    63: ['EPERM', 1, 'operation not permitted'],
    64: ['EPIPE', 32, 'broken pipe'],
    68: ['ERANGE', 34, 'result too large'],
    69: ['EROFS', 30, 'read-only file system'],
    70: ['ESPIPE', 29, 'invalid seek'],
    74: ['ETXTBSY', 26, 'text file is busy'],
    75: ['EXDEV', 18, 'cross-device link not permitted'],
    76: ['EACCES', 13, 'permission denied'], // ENOTCAPABLE
  };
  const NOENT = -44;
  const NOTDIR = -54;
  const EXIST = -20;

  const failure = (number, syscall, path, dest) => {
    const [code, errno, text] = errors[-number] ?? ['UNKNOWN', 4094, 'unknown error'];
    let message = `${code}: ${text}, ${syscall}`;
    if (path !== undefined) message += ` '${path}'`;
    if (dest !== undefined) message += ` -> '${dest}'`;
    const error = new Error(message);
    error.errno = -errno;
    error.code = code;
    error.syscall = syscall;
    if (path !== undefined) error.path = path;
    if (dest !== undefined) error.dest = dest;
    return error;
  };
  const check = (result, syscall, path, dest) => {
    if (typeof result === 'number' && result < 0) throw failure(result, syscall, path, dest);
    return result;
  };

  // ---- arguments

  const toPath = (value, name = 'path') => {
    if (value instanceof hooks.url.URL) value = hooks.url.fileURLToPath(value);
    else if (value instanceof Uint8Array) value = native.fromUtf8(value);
    if (typeof value !== 'string') throw badArgument(name, 'of type string or an instance of Buffer or URL', value);
    if (value.includes('\0')) throw coded(new TypeError(`The argument '${name}' must be a string, Uint8Array, or URL without null bytes. Received ${hooks.inspect(value)}`), 'ERR_INVALID_ARG_VALUE');
    // Standard input by the names that it has elsewhere.
    return value;
  };
  const standard = { '/dev/stdin': 0, '/dev/stdout': 1, '/dev/stderr': 2, '/dev/fd/0': 0, '/dev/fd/1': 1, '/dev/fd/2': 2 };
  const toFd = (value) => {
    if (typeof value !== 'number') throw badArgument('fd', 'of type number', value);
    if (!Number.isInteger(value) || value < 0 || value > 2147483647) {
      throw coded(new RangeError(`The value of "fd" is out of range. It must be >= 0 && <= 2147483647. Received ${value}`), 'ERR_OUT_OF_RANGE');
    }
    return value;
  };
  const toOptions = (options, defaults) => {
    if (options === undefined || options === null || typeof options === 'function') return { ...defaults };
    if (typeof options === 'string') options = { encoding: options };
    else if (typeof options !== 'object') throw badArgument('options', 'one of type string or object', options);
    checkEncoding(options.encoding);
    return { ...defaults, ...options };
  };
  const checkEncoding = (encoding) => {
    if (!encoding || encoding === 'buffer' || hooks.Buffer.isEncoding(encoding)) return;
    throw coded(new TypeError(`The argument 'encoding' is invalid encoding. Received ${hooks.inspect(encoding)}`), 'ERR_INVALID_ARG_VALUE');
  };
  const toText = (text, encoding) => {
    if (!encoding || encoding === 'utf8' || encoding === 'utf-8') return text;
    const bytes = toBuffer(hooks.encode(text));
    return encoding === 'buffer' ? bytes : bytes.toString(encoding);
  };
  const toBytes = (data, encoding) => {
    if (typeof data === 'string') return hooks.encode(data, encoding);
    if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    throw badArgument('data', 'of type string or an instance of Buffer, TypedArray, or DataView', data);
  };
  const toTime = (time) => {
    if (typeof time === 'string' && time.trim() !== '' && Number.isFinite(Number(time))) time = Number(time);
    if (typeof time === 'number' && Number.isFinite(time)) return time * 1000;
    if (native.classOf(time) === 'Date') return hooks.getTime.call(time);
    throw badArgument('time', 'an instance of Date or one of type number', time);
  };

  // ---- constants and flags

  const constants = {
    F_OK: 0, X_OK: 1, W_OK: 2, R_OK: 4,
    COPYFILE_EXCL: 1, COPYFILE_FICLONE: 2, COPYFILE_FICLONE_FORCE: 4,
    O_RDONLY: 0, O_WRONLY: 1, O_RDWR: 2, O_CREAT: 64, O_EXCL: 128, O_TRUNC: 512, O_APPEND: 1024, O_DIRECTORY: 65536, O_NOFOLLOW: 131072, O_SYNC: 1052672,
    S_IFMT: 61440, S_IFREG: 32768, S_IFDIR: 16384, S_IFCHR: 8192, S_IFBLK: 24576, S_IFIFO: 4096, S_IFLNK: 40960, S_IFSOCK: 49152,
    S_IRWXU: 448, S_IRUSR: 256, S_IWUSR: 128, S_IXUSR: 64, S_IRWXG: 56, S_IRGRP: 32, S_IWGRP: 16, S_IXGRP: 8, S_IRWXO: 7, S_IROTH: 4, S_IWOTH: 2, S_IXOTH: 1,
    UV_FS_O_FILEMAP: 0, UV_DIRENT_UNKNOWN: 0, UV_DIRENT_FILE: 1, UV_DIRENT_DIR: 2, UV_DIRENT_LINK: 3,
  };
  const { O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_DIRECTORY } = constants;
  const flagNames = {
    r: 0, rs: 0, sr: 0, 'r+': O_RDWR, 'rs+': O_RDWR, 'sr+': O_RDWR,
    w: O_TRUNC | O_CREAT | O_WRONLY, wx: O_TRUNC | O_CREAT | O_WRONLY | O_EXCL, xw: O_TRUNC | O_CREAT | O_WRONLY | O_EXCL,
    'w+': O_TRUNC | O_CREAT | O_RDWR, 'wx+': O_TRUNC | O_CREAT | O_RDWR | O_EXCL, 'xw+': O_TRUNC | O_CREAT | O_RDWR | O_EXCL,
    a: O_APPEND | O_CREAT | O_WRONLY, ax: O_APPEND | O_CREAT | O_WRONLY | O_EXCL, xa: O_APPEND | O_CREAT | O_WRONLY | O_EXCL,
    as: O_APPEND | O_CREAT | O_WRONLY, sa: O_APPEND | O_CREAT | O_WRONLY,
    'a+': O_APPEND | O_CREAT | O_RDWR, 'ax+': O_APPEND | O_CREAT | O_RDWR | O_EXCL, 'xa+': O_APPEND | O_CREAT | O_RDWR | O_EXCL,
    'as+': O_APPEND | O_CREAT | O_RDWR, 'sa+': O_APPEND | O_CREAT | O_RDWR,
  };
  const toFlags = (flags) => {
    if (flags === undefined || flags === null) return 0;
    if (typeof flags === 'number') return flags;
    const bits = Object.hasOwn(flagNames, flags) ? flagNames[flags] : undefined;
    if (bits === undefined) throw coded(new TypeError(`The argument 'flags' is invalid. Received ${hooks.inspect(flags)}`), 'ERR_INVALID_ARG_VALUE');
    return bits;
  };

  // wasi: oflags creat 1, directory 2, excl 4, trunc 8; fdflags append 1.
  const openNative = (path, flags) => {
    if (Object.hasOwn(standard, path)) return standard[path];
    const mode = flags & 3;
    const bits = (flags & O_CREAT ? 1 : 0) | (flags & O_DIRECTORY ? 2 : 0) | (flags & O_EXCL ? 4 : 0) | (flags & O_TRUNC ? 8 : 0);
    return native.open(path, bits, flags & O_APPEND ? 1 : 0, mode !== O_WRONLY ? 1 : 0, mode !== 0 ? 1 : 0);
  };
  const closeNative = (fd) => (fd > 2 ? native.close(fd) : 0);

  // Runs use with a descriptor that is closed afterwards, unless it was given.
  const withFile = (file, flags, use) => {
    if (typeof file === 'number') return use(toFd(file), undefined);
    const path = toPath(file);
    const fd = check(openNative(path, toFlags(flags)), 'open', path);
    try {
      return use(fd, path);
    } finally {
      closeNative(fd);
    }
  };

  // ---- what stat tells

  const fileTypes = { 1: constants.S_IFBLK, 2: constants.S_IFCHR, 3: constants.S_IFDIR, 4: constants.S_IFREG, 5: constants.S_IFSOCK, 6: constants.S_IFSOCK, 7: constants.S_IFLNK };
  const typeTests = { isBlockDevice: [1], isCharacterDevice: [2], isDirectory: [3], isFile: [4], isSocket: [5, 6], isSymbolicLink: [7], isFIFO: [] };
  class Stats {
    #type;
    constructor([dev, ino, type, nlink, size, atimeMs, mtimeMs, ctimeMs]) {
      this.#type = type;
      // WASI has no permission bits.
      const mode = (fileTypes[type] ?? 0) | (type === 3 ? 0o755 : type === 7 ? 0o777 : 0o644);
      Object.assign(this, { dev, mode, nlink, uid: 0, gid: 0, rdev: 0, blksize: 4096, ino, size, blocks: Math.ceil(size / 512), atimeMs, mtimeMs, ctimeMs, birthtimeMs: ctimeMs });
      for (const name of ['atime', 'mtime', 'ctime', 'birthtime']) this[name] = new Date(this[`${name}Ms`]);
    }
    static {
      for (const [name, types] of Object.entries(typeTests)) {
        Object.defineProperty(this.prototype, name, { value: { [name]() { return types.includes(this.#type); } }[name], writable: true, configurable: true });
      }
    }
  }
  class BigIntStats extends Stats {
    constructor(fields) {
      super(fields);
      for (const [name, value] of Object.entries(this)) {
        if (typeof value !== 'number') continue;
        this[name] = BigInt(Math.trunc(value));
        if (name.endsWith('Ms')) this[name.replace('Ms', 'Ns')] = BigInt(Math.round(value * 1e6));
      }
    }
  }
  const statsOf = (fields, options) => (options?.bigint ? new BigIntStats(fields) : new Stats(fields));

  class Dirent {
    #type;
    constructor(name, path, type) {
      this.name = name;
      this.path = path;
      this.parentPath = path;
      this.#type = type;
    }
    static {
      for (const [name, types] of Object.entries(typeTests)) {
        Object.defineProperty(this.prototype, name, { value: { [name]() { return types.includes(this.#type); } }[name], writable: true, configurable: true });
      }
    }
  }
  const DIRECTORY = 3;
  const LINK = 7;

  hooks.readAll = (fd) => check(native.readAll(fd), 'read');

  hooks.changeDirectory = (directory) => {
    const fields = check(native.stat(directory, 1), 'chdir', native.cwd(), directory);
    if (fields[2] !== DIRECTORY) throw failure(NOTDIR, 'chdir', native.cwd(), directory);
    check(native.chdir(paths.resolve(directory)), 'chdir', native.cwd(), directory);
  };

  const removeTree = (path) => {
    const entries = check(native.readdir(path), 'scandir', path);
    for (let i = 0; i < entries.length; i += 2) {
      const inner = `${path.replace(/\/$/, '')}/${entries[i]}`;
      if (entries[i + 1] === DIRECTORY) removeTree(inner);
      else check(native.unlink(inner), 'unlink', inner);
    }
    check(native.rmdir(path), 'rmdir', path);
  };

  const writeAll = (file, data, options, defaultFlag) => {
    const { encoding, flag } = toOptions(options, {});
    const bytes = toBytes(data, encoding);
    withFile(file, flag ?? defaultFlag, (fd, path) => {
      const written = check(native.write(fd, bytes.buffer, bytes.byteOffset, bytes.byteLength), 'write', path);
      if (written < bytes.byteLength) throw failure(-51, 'write', path);
    });
  };

  // Each function here gets a form with a callback and one with a promise.
  const operations = {
    access(path, mode = 0) {
      path = toPath(path);
      if (Object.hasOwn(standard, path)) return;
      check(native.stat(path, 1), 'access', path);
      void mode; // whether a write is allowed is only known when it is tried
    },
    appendFile(file, data, options) {
      writeAll(file, data, options, 'a');
    },
    chmod(path) {
      path = toPath(path);
      check(native.stat(path, 1), 'chmod', path);
    },
    chown(path) {
      path = toPath(path);
      check(native.stat(path, 1), 'chown', path);
    },
    close(fd) {
      check(native.close(toFd(fd)), 'close');
    },
    copyFile(from, to, mode = 0) {
      from = toPath(from, 'src');
      to = toPath(to, 'dest');
      const wrap = (result) => check(result, 'copyfile', from, to);
      const source = wrap(openNative(from, 0));
      try {
        if (wrap(native.fstat(source))[2] === DIRECTORY) throw failure(-31, 'copyfile', from, to);
        const target = wrap(openNative(to, O_WRONLY | O_CREAT | O_TRUNC | (mode & constants.COPYFILE_EXCL ? O_EXCL : 0)));
        try {
          const buffer = new ArrayBuffer(65536);
          for (;;) {
            const count = wrap(native.read(source, buffer, 0, buffer.byteLength));
            if (count === 0) break;
            if (wrap(native.write(target, buffer, 0, count)) < count) throw failure(-51, 'copyfile', from, to);
          }
        } finally {
          native.close(target);
        }
      } finally {
        native.close(source);
      }
    },
    cp(from, to, options = {}) {
      from = toPath(from, 'src');
      to = toPath(to, 'dest');
      const copy = (source, target) => {
        const type = check(native.stat(source, 0), 'cp', source)[2];
        if (type === DIRECTORY) {
          if (!options?.recursive) throw coded(new Error(`Recursive option not enabled, cannot copy a directory: cp '${source}'`), 'ERR_FS_EISDIR');
          operations.mkdir(target, { recursive: true });
          const entries = check(native.readdir(source), 'scandir', source);
          for (let i = 0; i < entries.length; i += 2) copy(`${source}/${entries[i]}`, `${target}/${entries[i]}`);
        } else if (type === LINK) check(native.symlink(check(native.readlink(source), 'readlink', source), target), 'symlink', source, target);
        else if (options?.force !== false || !fs.existsSync(target)) operations.copyFile(source, target);
        else if (options?.errorOnExist) throw failure(EXIST, 'cp', target);
      };
      copy(from.replace(/(?<=.)\/+$/, ''), to.replace(/(?<=.)\/+$/, ''));
    },
    fdatasync(fd) {
      check(native.sync(toFd(fd)), 'fdatasync');
    },
    fstat(fd, options) {
      return statsOf(check(native.fstat(toFd(fd)), 'fstat'), options);
    },
    fsync(fd) {
      check(native.sync(toFd(fd)), 'fsync');
    },
    ftruncate(fd, length = 0) {
      check(native.truncate(toFd(fd), length), 'ftruncate');
    },
    futimes(fd, atime, mtime) {
      check(native.utimes(toFd(fd), toTime(atime), toTime(mtime), 0), 'futimes');
    },
    link(from, to) {
      from = toPath(from, 'existingPath');
      to = toPath(to, 'newPath');
      check(native.link(from, to), 'link', from, to);
    },
    lstat(path, options) {
      path = toPath(path);
      const fields = native.stat(path, 0);
      if (options?.throwIfNoEntry === false && (fields === NOENT || fields === NOTDIR)) return undefined;
      return statsOf(check(fields, 'lstat', path), options);
    },
    lutimes(path, atime, mtime) {
      path = toPath(path);
      check(native.utimes(path, toTime(atime), toTime(mtime), 0), 'lutime', path);
    },
    mkdir(path, options) {
      path = toPath(path);
      if (!(options !== null && typeof options === 'object' && options.recursive)) {
        check(native.mkdir(path), 'mkdir', path);
        return undefined;
      }
      // The first folder that had to be made is what recursive returns.
      const missing = [];
      let at = paths.resolve(path);
      for (;;) {
        const fields = native.stat(at, 1);
        if (typeof fields !== 'number') {
          if (fields[2] !== DIRECTORY) throw failure(missing.length ? NOTDIR : EXIST, 'mkdir', path);
          break;
        }
        if (fields !== NOENT) throw failure(fields, 'mkdir', path);
        missing.push(at);
        at = paths.dirname(at);
      }
      let [first] = missing.slice(-1);
      if (first !== undefined && !path.startsWith('/')) first = paths.relative(native.cwd(), first);
      while (missing.length) {
        const result = native.mkdir(missing.pop());
        if (result !== EXIST) check(result, 'mkdir', path);
      }
      return first;
    },
    mkdtemp(prefix, options) {
      prefix = toPath(prefix, 'prefix');
      for (;;) {
        const bytes = native.randomFill(new Uint8Array(6));
        const path = prefix + Array.from(bytes, (byte) => 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'[byte % 62]).join('');
        const result = native.mkdir(path);
        if (result === EXIST) continue;
        check(result, 'mkdtemp', `${prefix}XXXXXX`);
        return toText(path, toOptions(options, {}).encoding);
      }
    },
    open(path, flags) {
      path = toPath(path);
      return check(openNative(path, toFlags(flags)), 'open', path);
    },
    opendir(path) {
      path = toPath(path);
      return new Dir(path, operations.readdir(path, { withFileTypes: true }));
    },
    read(fd, buffer, offset, length, position) {
      toFd(fd);
      if (!ArrayBuffer.isView(buffer)) throw badArgument('buffer', 'an instance of Buffer, TypedArray, or DataView', buffer);
      if (offset !== null && typeof offset === 'object') ({ offset, length, position } = offset);
      offset ??= 0;
      length ??= buffer.byteLength - offset;
      if (!(offset >= 0 && offset <= buffer.byteLength) || !(length >= 0 && length <= buffer.byteLength - offset)) {
        throw coded(new RangeError(`The value of "length" is out of range. It must be <= ${buffer.byteLength - offset}. Received ${length}`), 'ERR_OUT_OF_RANGE');
      }
      return check(native.read(fd, buffer.buffer, buffer.byteOffset + offset, length, position == null ? null : Number(position)), 'read');
    },
    readdir(path, options) {
      path = toPath(path);
      const { encoding, withFileTypes, recursive } = toOptions(options, {});
      const found = [];
      const list = (folder, prefix) => {
        const entries = check(native.readdir(folder), 'scandir', folder);
        const pairs = [];
        for (let i = 0; i < entries.length; i += 2) pairs.push([entries[i], entries[i + 1]]);
        pairs.sort(([a], [b]) => (a < b ? -1 : 1));
        const inner = [];
        for (const [name, type] of pairs) {
          found.push(withFileTypes ? new Dirent(toText(name, encoding), folder, type) : toText(prefix + name, encoding));
          if (recursive && type === DIRECTORY) inner.push(name);
        }
        for (const name of inner) list(paths.join(folder, name), `${prefix}${name}/`);
      };
      list(path, '');
      return found;
    },
    readFile(file, options) {
      const { encoding, flag } = toOptions(options, {});
      const data = withFile(file, flag, (fd, path) => {
        const all = native.readAll(fd);
        if (all === -31) throw failure(all, 'read'); // a folder, opened without complaint
        return check(all, 'read', path);
      });
      const bytes = new Uint8Array(data);
      if (!encoding || encoding === 'buffer') return toBuffer(bytes);
      return hooks.decode(bytes, encoding);
    },
    readlink(path, options) {
      path = toPath(path);
      return toText(check(native.readlink(path), 'readlink', path), toOptions(options, {}).encoding);
    },
    readv(fd, buffers, position) {
      let total = 0;
      for (const buffer of buffers) {
        const count = operations.read(fd, buffer, 0, buffer.byteLength, position == null ? null : position + total);
        total += count;
        if (count < buffer.byteLength) break;
      }
      return total;
    },
    realpath(path, options) {
      path = toPath(path);
      const parts = paths.resolve(path).split('/').filter(Boolean);
      let real = '';
      let links = 0;
      while (parts.length) {
        const next = `${real}/${parts.shift()}`;
        const fields = check(native.stat(next, 0), 'lstat', next);
        if (fields[2] !== LINK) {
          real = next;
          continue;
        }
        if (++links > 40) throw failure(-32, 'realpath', path);
        const target = check(native.readlink(next), 'readlink', next);
        parts.unshift(...paths.resolve(real || '/', target).split('/').filter(Boolean));
        real = '';
      }
      return toText(real || '/', toOptions(options, {}).encoding);
    },
    rename(from, to) {
      from = toPath(from, 'oldPath');
      to = toPath(to, 'newPath');
      check(native.rename(from, to), 'rename', from, to);
    },
    rm(path, options) {
      path = toPath(path);
      const fields = native.stat(path, 0);
      if (fields === NOENT && options?.force) return;
      check(fields, 'lstat', path);
      if (fields[2] !== DIRECTORY) check(native.unlink(path), 'rm', path);
      else if (options?.recursive) removeTree(path);
      else {
        const error = coded(new Error(`Path is a directory: rm returned EISDIR (is a directory) ${path}`), 'ERR_FS_EISDIR');
        error.name = 'SystemError';
        error.path = path;
        throw error;
      }
    },
    rmdir(path, options) {
      path = toPath(path);
      if (options?.recursive) removeTree(path);
      else check(native.rmdir(path), 'rmdir', path);
    },
    stat(path, options) {
      path = toPath(path);
      const fields = Object.hasOwn(standard, path) ? native.fstat(standard[path]) : native.stat(path, 1);
      if (options?.throwIfNoEntry === false && (fields === NOENT || fields === NOTDIR)) return undefined;
      return statsOf(check(fields, 'stat', path), options);
    },
    symlink(target, path) {
      target = toPath(target, 'target');
      path = toPath(path);
      check(native.symlink(target, path), 'symlink', target, path);
    },
    truncate(path, length = 0) {
      withFile(path, 'r+', (fd, name) => check(native.truncate(fd, length), 'ftruncate', name));
    },
    unlink(path) {
      path = toPath(path);
      check(native.unlink(path), 'unlink', path);
    },
    utimes(path, atime, mtime) {
      path = toPath(path);
      check(native.utimes(path, toTime(atime), toTime(mtime), 1), 'utime', path);
    },
    write(fd, data, offset, length, position) {
      toFd(fd);
      let bytes;
      if (typeof data === 'string') {
        // write(fd, string, position, encoding)
        position = offset;
        bytes = hooks.encode(data, typeof length === 'string' ? length : 'utf8');
      } else {
        bytes = toBytes(data);
        if (offset !== null && typeof offset === 'object') ({ offset, length, position } = offset);
        offset ??= 0;
        length ??= bytes.length - offset;
        if (offset < 0 || length < 0 || offset + length > bytes.length) {
          throw coded(new RangeError(`The value of "length" is out of range. It must be <= ${bytes.length - offset}. Received ${length}`), 'ERR_OUT_OF_RANGE');
        }
        bytes = bytes.subarray(offset, offset + length);
      }
      return check(native.write(fd, bytes.buffer, bytes.byteOffset, bytes.byteLength, typeof position === 'number' ? position : null), 'write');
    },
    writeFile(file, data, options) {
      writeAll(file, data, options, 'w');
    },
    writev(fd, buffers, position) {
      let total = 0;
      for (const buffer of buffers) total += operations.write(fd, buffer, 0, buffer.byteLength, position == null ? null : position + total);
      return total;
    },
  };

  class Dir {
    #entries;
    constructor(path, entries) {
      this.path = path;
      this.#entries = entries;
    }
    readSync() {
      return this.#entries.shift() ?? null;
    }
    async read() {
      return this.readSync();
    }
    closeSync() {}
    async close() {}
    async *[Symbol.asyncIterator]() {
      while (this.#entries.length) yield this.#entries.shift();
    }
  }

  // ---- the three forms

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
