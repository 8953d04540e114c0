// The operations of fs, synchronous, over the natives.
(function (native, hooks) {
  const { badArgument, coded, path: paths, toBuffer } = hooks;
  const { failure, check, toPath, standard, toFd, toOptions, toText, toBytes, toTime, constants, toFlags, openNative, withFile, statsOf, Dirent, DIRECTORY, LINK, NOENT, NOTDIR, EXIST } = hooks.files;
  const { O_WRONLY, O_CREAT, O_EXCL, O_TRUNC } = constants;

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

  // Each function gets a form with a callback and one with a promise.
  const operations = {
    // The mode is not looked at: whether a write is allowed is only known when it
    // is tried.
    access(path) {
      path = toPath(path);
      if (!Object.hasOwn(standard, path)) check(native.stat(path, 1), 'access', path);
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
        else if (options?.force !== false || typeof native.stat(target, 0) === 'number') operations.copyFile(source, target);
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
        const names = [];
        const types = new Map();
        for (let i = 0; i < entries.length; i += 2) {
          names.push(entries[i]);
          if (withFileTypes || recursive) types.set(entries[i], entries[i + 1]);
        }
        names.sort(); // without a function, which for large folders would be most of the work
        for (const name of names) found.push(withFileTypes ? new Dirent(toText(name, encoding), folder, types.get(name)) : toText(prefix + name, encoding));
        if (!recursive) return;
        for (const name of names) if (types.get(name) === DIRECTORY) list(paths.join(folder, name), `${prefix}${name}/`);
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

  Object.assign(hooks.files, { operations, Dir });
})
