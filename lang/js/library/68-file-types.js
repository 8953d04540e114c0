// What fs is made of: errors, arguments, flags, Stats and Dirent.
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
    return value;
  };
  // The standard streams by the names that they have elsewhere.
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

  hooks.files = { failure, check, toPath, standard, toFd, toOptions, toText, toBytes, toTime, constants, toFlags, openNative, withFile, Stats, statsOf, Dirent, DIRECTORY, LINK, NOENT, NOTDIR, EXIST };
})
