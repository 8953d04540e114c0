// Buffer.
(function (native, hooks) {
  const HEX = 0;
  const BASE64 = 1;
  const BASE64URL = 2;
  const LATIN1 = 3;
  const { coded, describeValue: describe, fromUtf16, outOfRange, toUtf16 } = hooks;

  const encodings = {
    utf8: 'utf8', 'utf-8': 'utf8', hex: 'hex', base64: 'base64', base64url: 'base64url', latin1: 'latin1', binary: 'latin1',
    ascii: 'ascii', utf16le: 'utf16le', 'utf-16le': 'utf16le', ucs2: 'utf16le', 'ucs-2': 'utf16le',
  };
  const encodingOf = (name) => {
    if (name === undefined || name === null || name === '') return 'utf8';
    const encoding = typeof name === 'string' ? encodings[name] ?? encodings[name.toLowerCase()] : undefined;
    if (!encoding) throw coded(new TypeError(`Unknown encoding: ${name}`), 'ERR_UNKNOWN_ENCODING');
    return encoding;
  };

  const encode = (text, encoding) => {
    switch (encodingOf(encoding)) {
      case 'utf8': return new Uint8Array(native.utf8(text));
      case 'hex': return new Uint8Array(native.fromText(text, HEX));
      case 'base64':
      case 'base64url': return new Uint8Array(native.fromText(text, BASE64));
      case 'utf16le': return toUtf16(text);
      default: {
        const bytes = new Uint8Array(text.length);
        for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
        return bytes;
      }
    }
  };
  const decode = (bytes, encoding) => {
    switch (encodingOf(encoding)) {
      case 'utf8': return native.fromUtf8(bytes);
      case 'hex': return native.toText(bytes, HEX);
      case 'base64': return native.toText(bytes, BASE64);
      case 'base64url': return native.toText(bytes, BASE64URL);
      case 'utf16le': return fromUtf16(bytes, 0, bytes.length, false);
      case 'ascii': return native.toText(bytes.map((byte) => byte & 127), LATIN1);
      default: return native.toText(bytes, LATIN1);
    }
  };
  hooks.encode = encode;
  hooks.decode = decode;

  class Buffer extends Uint8Array {
    static poolSize = 8192;

    // new Buffer(text, encoding) is an old way to say Buffer.from.
    constructor(value, offsetOrEncoding, length) {
      if (typeof value === 'string') super(encode(value, offsetOrEncoding));
      else super(value, offsetOrEncoding, length);
    }

    static from(value, encodingOrOffset, length) {
      if (typeof value === 'string') return wrap(encode(value, encodingOrOffset));
      if (value !== null && typeof value === 'object') {
        const kind = native.classOf(value);
        if (kind === 'ArrayBuffer' || kind === 'SharedArrayBuffer') {
          const offset = encodingOrOffset === undefined ? 0 : Number(encodingOrOffset) || 0;
          if (offset > value.byteLength) throw coded(new RangeError('"offset" is outside of buffer bounds'), 'ERR_BUFFER_OUT_OF_BOUNDS');
          if (length !== undefined && length > value.byteLength - offset) throw coded(new RangeError('"length" is outside of buffer bounds'), 'ERR_BUFFER_OUT_OF_BOUNDS');
          return new Buffer(value, offset, length === undefined ? value.byteLength - offset : Math.max(0, Number(length) || 0));
        }
        if (ArrayBuffer.isView(value) || Array.isArray(value)) return new Buffer(value);
        const primitive = value.valueOf?.();
        if (primitive != null && primitive !== value && (typeof primitive === 'string' || typeof primitive === 'object')) return Buffer.from(primitive, encodingOrOffset, length);
        if (value.type === 'Buffer' && Array.isArray(value.data)) return new Buffer(value.data);
        if (typeof value.length === 'number') return new Buffer(Array.from(value));
        const text = value[Symbol.toPrimitive]?.('string');
        if (typeof text === 'string') return Buffer.from(text, encodingOrOffset);
      }
      throw coded(new TypeError(`The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object.${describe(value)}`), 'ERR_INVALID_ARG_TYPE');
    }
    static of(...bytes) {
      return new Buffer(bytes);
    }
    static alloc(size, fill, encoding) {
      const buffer = new Buffer(checkSize(size));
      return fill === undefined || fill === 0 ? buffer : buffer.fill(fill, encoding);
    }
    static allocUnsafe(size) {
      return new Buffer(checkSize(size));
    }
    static allocUnsafeSlow(size) {
      return new Buffer(checkSize(size));
    }
    static isBuffer(value) {
      return value instanceof Buffer;
    }
    static isEncoding(name) {
      return typeof name === 'string' && name !== '' && encodings[name.toLowerCase()] !== undefined;
    }
    static byteLength(value, encoding) {
      if (typeof value !== 'string') {
        if (ArrayBuffer.isView(value) || native.classOf(value)?.endsWith('ArrayBuffer')) return value.byteLength;
        throw hooks.badArgument('string', 'of type string or an instance of Buffer or ArrayBuffer', value);
      }
      return encode(value, encoding).length;
    }
    static concat(list, total) {
      if (!Array.isArray(list)) throw hooks.badArgument('list', 'an instance of Array', list);
      total ??= list.reduce((sum, part) => sum + part.length, 0);
      const buffer = Buffer.alloc(total);
      let offset = 0;
      for (const part of list) {
        if (!(part instanceof Uint8Array)) throw hooks.badArgument('list', 'an array of Buffer or Uint8Array', part);
        if (offset >= total) break;
        buffer.set(offset + part.length > total ? part.subarray(0, total - offset) : part, offset);
        offset += part.length;
      }
      return buffer;
    }
    static compare(a, b) {
      const length = Math.min(a.length, b.length);
      for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
      return Math.sign(a.length - b.length);
    }

    get parent() {
      return this.buffer;
    }
    get offset() {
      return this.byteOffset;
    }
    toString(encoding, start = 0, end = this.length) {
      start = clamp(start, this.length);
      end = clamp(end, this.length);
      if (end <= start) return '';
      return decode(start === 0 && end === this.length ? this : this.subarray(start, end), encoding);
    }
    toLocaleString(encoding, start, end) {
      return this.toString(encoding, start, end);
    }
    toJSON() {
      return { type: 'Buffer', data: Array.from(this) };
    }
    equals(other) {
      if (!(other instanceof Uint8Array)) throw hooks.badArgument('otherBuffer', 'an instance of Buffer or Uint8Array', other);
      return Buffer.compare(this, other) === 0;
    }
    compare(target, targetStart = 0, targetEnd = target.length, start = 0, end = this.length) {
      return Buffer.compare(this.subarray(start, end), target.subarray(targetStart, targetEnd));
    }
    slice(start, end) {
      return this.subarray(start, end);
    }
    subarray(start, end) {
      const part = super.subarray(start, end);
      return part instanceof Buffer ? part : new Buffer(part.buffer, part.byteOffset, part.length);
    }
    write(text, offset, length, encoding) {
      if (typeof offset === 'string') [encoding, offset, length] = [offset, 0, undefined];
      else if (typeof length === 'string') [encoding, length] = [length, undefined];
      if (typeof text !== 'string') throw hooks.badArgument('string', 'of type string', text);
      offset ??= 0;
      if (offset > this.length) throw outOfRange('offset', `>= 0 && <= ${this.length}`, offset);
      let room = this.length - offset;
      if (length !== undefined && length < room) room = length;
      let bytes = encode(text, encoding);
      if (bytes.length > room) {
        let end = room;
        // A character is written whole or not at all.
        if (encodingOf(encoding) === 'utf8') while (end > 0 && (bytes[end] & 0xc0) === 0x80) end--;
        else if (encodingOf(encoding) === 'utf16le') end &= ~1;
        bytes = bytes.subarray(0, end);
      }
      this.set(bytes, offset);
      return bytes.length;
    }
    fill(value, offset, end, encoding) {
      if (typeof offset === 'string') [encoding, offset, end] = [offset, 0, this.length];
      else if (typeof end === 'string') [encoding, end] = [end, this.length];
      offset ??= 0;
      end ??= this.length;
      if (offset < 0 || offset > this.length) throw outOfRange('offset', `>= 0 && <= ${this.length}`, offset);
      if (end < 0 || end > this.length) throw outOfRange('end', `>= 0 && <= ${this.length}`, end);
      if (typeof value === 'number' || typeof value === 'boolean') return super.fill(value & 255, offset, end);
      const bytes = typeof value === 'string' ? encode(value, encoding) : value;
      if (bytes.length === 0) {
        if (typeof value === 'string' && value !== '') throw coded(new TypeError(`The argument 'value' is invalid. Received ${hooks.inspect(value)}`), 'ERR_INVALID_ARG_VALUE');
        return super.fill(0, offset, end);
      }
      for (let i = offset, j = 0; i < end; i++, j++) this[i] = bytes[j % bytes.length];
      return this;
    }
    copy(target, targetStart = 0, start = 0, end = this.length) {
      if (start >= end || targetStart >= target.length) return 0;
      const part = super.subarray(start, Math.min(end, start + target.length - targetStart));
      target.set(part, targetStart);
      return part.length;
    }
    indexOf(value, offset, encoding) {
      return search(this, value, offset, encoding, true);
    }
    lastIndexOf(value, offset, encoding) {
      return search(this, value, offset, encoding, false);
    }
    includes(value, offset, encoding) {
      return search(this, value, offset, encoding, true) !== -1;
    }
    swap16() {
      return swap(this, 2);
    }
    swap32() {
      return swap(this, 4);
    }
    swap64() {
      return swap(this, 8);
    }
    readUIntBE(offset, length) {
      return this.#read(offset, length, false, false);
    }
    readUIntLE(offset, length) {
      return this.#read(offset, length, true, false);
    }
    readIntBE(offset, length) {
      return this.#read(offset, length, false, true);
    }
    readIntLE(offset, length) {
      return this.#read(offset, length, true, true);
    }
    #read(offset, length, little, signed) {
      checkOffset(this, offset, length);
      let value = 0;
      for (let i = 0; i < length; i++) value = value * 256 + this[offset + (little ? length - 1 - i : i)];
      return signed && value >= 2 ** (8 * length - 1) ? value - 2 ** (8 * length) : value;
    }
    writeUIntBE(value, offset, length) {
      return this.#write(value, offset, length, false, false);
    }
    writeUIntLE(value, offset, length) {
      return this.#write(value, offset, length, true, false);
    }
    writeIntBE(value, offset, length) {
      return this.#write(value, offset, length, false, true);
    }
    writeIntLE(value, offset, length) {
      return this.#write(value, offset, length, true, true);
    }
    #write(value, offset, length, little, signed) {
      value = Number(value);
      const high = signed ? 2 ** (8 * length - 1) : 2 ** (8 * length);
      const low = signed ? -high : 0;
      if (value < low || value >= high) throw outOfRange('value', `>= ${low} and <= ${high - 1}`, value);
      checkOffset(this, offset, length);
      let rest = value < 0 ? value + 2 ** (8 * length) : value;
      rest = Math.trunc(rest);
      for (let i = 0; i < length; i++) {
        this[offset + (little ? i : length - 1 - i)] = rest % 256;
        rest = Math.floor(rest / 256);
      }
      return offset + length;
    }
    inspect(...args) {
      return this[Symbol.for('nodejs.util.inspect.custom')](...args);
    }
    [Symbol.for('nodejs.util.inspect.custom')](depth, options) {
      const shown = native.toText(Uint8Array.prototype.subarray.call(this, 0, 50), HEX).replace(/(..)(?=.)/g, '$1 ');
      const rest = this.length > 50 ? ` ... ${this.length - 50} more byte${this.length > 51 ? 's' : ''}` : '';
      let extra = '';
      const keys = Object.keys(this).filter((key) => !/^\d+$/.test(key));
      if (keys.length && options) extra = keys.map((key) => `${shown || rest ? ', ' : ''}${key}: ${hooks.inspect(this[key], { ...options, breakLength: Infinity })}`).join('');
      return `<${this.constructor.name} ${shown}${rest}${extra}>`;
    }
  }
  const wrap = (bytes) => new Buffer(bytes.buffer, bytes.byteOffset, bytes.length);
  const clamp = (index, length) => {
    index = Math.trunc(Number(index)) || 0;
    return index < 0 ? 0 : index > length ? length : index;
  };
  const checkSize = (size) => {
    if (typeof size !== 'number') throw hooks.badArgument('size', 'of type number', size);
    if (!(size >= 0 && size <= Number.MAX_SAFE_INTEGER)) throw outOfRange('size', `>= 0 && <= ${Number.MAX_SAFE_INTEGER}`, size);
    return size;
  };
  const checkOffset = (buffer, offset, length) => {
    if (typeof offset !== 'number') throw hooks.badArgument('offset', 'of type number', offset);
    if (!Number.isInteger(offset)) throw outOfRange('offset', 'an integer', offset);
    if (buffer.length < length) throw coded(new RangeError('Attempt to access memory outside buffer bounds'), 'ERR_BUFFER_OUT_OF_BOUNDS');
    if (offset < 0 || offset + length > buffer.length) throw outOfRange('offset', `>= 0 and <= ${buffer.length - length}`, offset);
  };
  const search = (buffer, value, offset, encoding, forward) => {
    if (typeof offset === 'string') [encoding, offset] = [offset, undefined];
    let bytes;
    if (typeof value === 'number') bytes = [value & 255];
    else if (typeof value === 'string') bytes = encode(value, encoding);
    else if (value instanceof Uint8Array) bytes = value;
    else throw hooks.badArgument('value', 'one of type number or string or an instance of Buffer or Uint8Array', value);
    let at = offset === undefined ? (forward ? 0 : buffer.length) : Math.trunc(Number(offset)) || 0;
    if (at < 0) at += buffer.length;
    if (at < 0) {
      if (!forward) return -1;
      at = 0;
    }
    const last = buffer.length - bytes.length;
    if (bytes.length === 0) return Math.min(at, buffer.length);
    const step = forward ? 1 : -1;
    next: for (let i = forward ? at : Math.min(at, last); i >= 0 && i <= last; i += step) {
      for (let j = 0; j < bytes.length; j++) if (buffer[i + j] !== bytes[j]) continue next;
      return i;
    }
    return -1;
  };
  const swap = (buffer, width) => {
    if (buffer.length % width) throw coded(new RangeError(`Buffer size must be a multiple of ${width * 8}-bits`), 'ERR_INVALID_BUFFER_SIZE');
    for (let i = 0; i < buffer.length; i += width) Uint8Array.prototype.subarray.call(buffer, i, i + width).reverse();
    return buffer;
  };

  const numbers = [
    ['UInt8', 1, 'Uint8'], ['Int8', 1, 'Int8'], ['UInt16', 2, 'Uint16'], ['Int16', 2, 'Int16'], ['UInt32', 4, 'Uint32'], ['Int32', 4, 'Int32'],
    ['BigUInt64', 8, 'BigUint64'], ['BigInt64', 8, 'BigInt64'], ['Float', 4, 'Float32'], ['Double', 8, 'Float64'],
  ];
  const ranges = { UInt8: [0, 255], Int8: [-128, 127], UInt16: [0, 65535], Int16: [-32768, 32767], UInt32: [0, 4294967295], Int32: [-2147483648, 2147483647], BigUInt64: [0n, 2n ** 64n - 1n], BigInt64: [-(2n ** 63n), 2n ** 63n - 1n] };
  const method = (name, value) => Object.defineProperty(Buffer.prototype, name, { value, writable: true, configurable: true });
  for (const [name, width, view] of numbers) {
    for (const order of width === 1 ? [''] : ['LE', 'BE']) {
      const little = order === 'LE';
      const read = function (offset = 0) {
        checkOffset(this, offset, width);
        return new DataView(this.buffer, this.byteOffset, this.length)[`get${view}`](offset, little);
      };
      const write = function (value, offset = 0) {
        if (!name.startsWith('Big')) value = Number(value);
        const range = ranges[name];
        if (range && (value < range[0] || value > range[1])) throw outOfRange('value', `>= ${range[0]} and <= ${range[1]}`, value);
        checkOffset(this, offset, width);
        new DataView(this.buffer, this.byteOffset, this.length)[`set${view}`](offset, value, little);
        return offset + width;
      };
      for (const alias of [name, name.replace('UInt', 'Uint')]) {
        method(`read${alias}${order}`, read);
        method(`write${alias}${order}`, write);
      }
    }
  }
  for (const name of ['readUInt', 'writeUInt']) {
    for (const order of ['LE', 'BE']) method(`${name.replace('UInt', 'Uint')}${order}`, Buffer.prototype[name + order]);
  }
  Object.defineProperty(Buffer, Symbol.species, { get: () => Buffer });

  Object.defineProperty(globalThis, 'Buffer', { value: Buffer, writable: true, configurable: true });
  hooks.Buffer = Buffer;
  hooks.toBuffer = wrap;
})
