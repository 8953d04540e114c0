// Text and bytes: TextEncoder, TextDecoder, atob and btoa, and the errors that
// node's interfaces throw for wrong arguments.
(function (native, hooks) {
  const BASE64 = 1;
  const LATIN1 = 3;

  const define = (name, value) => Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });

  const coded = (error, code) => {
    Object.defineProperty(error, 'code', { value: code, writable: true, enumerable: true, configurable: true });
    return error;
  };
  hooks.coded = coded;
  const describe = (value) => {
    if (value == null) return ` Received ${value}`;
    if (typeof value === 'function') return ` Received function ${value.name}`;
    if (typeof value === 'object') return value.constructor?.name ? ` Received an instance of ${value.constructor.name}` : ` Received ${hooks.inspect(value, { depth: -1 })}`;
    let text = hooks.inspect(value);
    if (text.length > 28) text = `${text.slice(0, 25)}...`;
    return ` Received type ${typeof value} (${text})`;
  };
  hooks.badArgument = (name, expected, value) =>
    coded(new TypeError(`The "${name}" argument must be ${expected}.${describe(value)}`), 'ERR_INVALID_ARG_TYPE');
  hooks.outOfRange = (name, range, value) =>
    coded(new RangeError(`The value of "${name}" is out of range. It must be ${range}. Received ${typeof value === 'number' ? value : hooks.inspect(value)}`), 'ERR_OUT_OF_RANGE');

  // Errors of web interfaces.
  class DOMException extends Error {
    #name;
    constructor(message = '', options = 'Error') {
      super(message);
      this.#name = typeof options === 'object' && options !== null ? options.name ?? 'Error' : `${options}`;
      if (typeof options === 'object' && options !== null && 'cause' in options) this.cause = options.cause;
      Error.captureStackTrace(this);
    }
    get name() {
      return this.#name;
    }
    get code() {
      const index = ['IndexSizeError', '', 'HierarchyRequestError', 'WrongDocumentError', 'InvalidCharacterError', '', 'NoModificationAllowedError', 'NotFoundError', 'NotSupportedError', 'InUseAttributeError', 'InvalidStateError', 'SyntaxError', 'InvalidModificationError', 'NamespaceError', 'InvalidAccessError', '', 'TypeMismatchError', 'SecurityError', 'NetworkError', 'AbortError', 'URLMismatchError', 'QuotaExceededError', 'TimeoutError', 'InvalidNodeTypeError', 'DataCloneError'].indexOf(this.#name);
      return index + 1;
    }
  }
  define('DOMException', DOMException);
  hooks.DOMException = DOMException;

  // ---- utf-16

  const fromUtf16 = (bytes, start, end, bigEndian) => {
    let text = '';
    const units = [];
    for (let i = start; i + 1 < end; i += 2) {
      units.push(bigEndian ? (bytes[i] << 8) | bytes[i + 1] : bytes[i] | (bytes[i + 1] << 8));
      if (units.length === 4096) text += String.fromCharCode(...units.splice(0));
    }
    return text + String.fromCharCode(...units);
  };
  const toUtf16 = (text) => {
    const bytes = new Uint8Array(text.length * 2);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      bytes[2 * i] = unit & 255;
      bytes[2 * i + 1] = unit >> 8;
    }
    return bytes;
  };

  // ---- encoding standard

  class TextEncoder {
    get encoding() {
      return 'utf-8';
    }
    encode(text = '') {
      return new Uint8Array(native.utf8(`${text}`));
    }
    encodeInto(text, target) {
      if (!(target instanceof Uint8Array)) throw hooks.badArgument('dest', 'an instance of Uint8Array', target);
      text = `${text}`;
      let read = 0;
      let written = 0;
      for (const character of text) {
        const point = character.codePointAt(0);
        const need = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
        if (written + need > target.length) break;
        target.set(new Uint8Array(native.utf8(character)), written);
        written += need;
        read += character.length;
      }
      return { read, written };
    }
  }

  const labels = {};
  for (const [name, list] of [
    ['utf-8', 'unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8'],
    ['utf-16le', 'csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le'],
    ['utf-16be', 'unicodefffe utf-16be'],
    ['windows-1252', 'ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252'],
  ]) for (const label of list.split(' ')) labels[label] = name;

  // Bytes 0x80 to 0x9f in windows-1252.
  const windows1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

  const bytesOf = (input) => {
    if (input === undefined) return new Uint8Array(0);
    if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
    const kind = native.classOf(input);
    if (kind === 'ArrayBuffer' || kind === 'SharedArrayBuffer') return new Uint8Array(input);
    throw hooks.badArgument('list', 'an instance of SharedArrayBuffer, ArrayBuffer or ArrayBufferView', input);
  };

  class TextDecoder {
    #encoding;
    #fatal;
    #ignoreBOM;
    #pending = new Uint8Array(0);
    #started = false;

    constructor(label = 'utf-8', options = {}) {
      const encoding = labels[`${label}`.trim().toLowerCase()];
      if (!encoding) throw coded(new RangeError(`The "${label}" encoding is not supported`), 'ERR_ENCODING_NOT_SUPPORTED');
      this.#encoding = encoding;
      this.#fatal = Boolean(options?.fatal);
      this.#ignoreBOM = Boolean(options?.ignoreBOM);
    }
    get encoding() {
      return this.#encoding;
    }
    get fatal() {
      return this.#fatal;
    }
    get ignoreBOM() {
      return this.#ignoreBOM;
    }
    decode(input, options = {}) {
      let bytes = bytesOf(input);
      const stream = Boolean(options?.stream);
      if (this.#pending.length) {
        const whole = new Uint8Array(this.#pending.length + bytes.length);
        whole.set(this.#pending);
        whole.set(bytes, this.#pending.length);
        bytes = whole;
        this.#pending = new Uint8Array(0);
      }
      let text;
      if (this.#encoding === 'utf-8') {
        const decoded = native.fromUtf8(bytes, 0, bytes.length, this.#fatal, stream);
        if (decoded === undefined) throw this.#malformed();
        text = stream ? decoded[0] : decoded;
        if (stream) this.#pending = bytes.slice(bytes.length - decoded[1]);
      } else if (this.#encoding === 'windows-1252') {
        text = native.toText(bytes, LATIN1).replace(/[\x80-\x9f]/g, (character) => windows1252[character.charCodeAt(0) - 0x80]);
      } else {
        const bigEndian = this.#encoding === 'utf-16be';
        let end = bytes.length & ~1;
        const high = end && (bigEndian ? bytes[end - 2] : bytes[end - 1]);
        if (stream && high >= 0xd8 && high <= 0xdb) end -= 2;
        text = fromUtf16(bytes, 0, end, bigEndian);
        if (stream) this.#pending = bytes.slice(end);
        if (this.#fatal && (!text.isWellFormed() || (!stream && end < bytes.length))) throw this.#malformed();
        text = text.toWellFormed();
        if (!stream && end < bytes.length) text += '\ufffd';
      }
      if (!this.#started && text !== '') {
        if (text[0] === '\ufeff' && !this.#ignoreBOM && this.#encoding !== 'windows-1252') text = text.slice(1);
        this.#started = true;
      }
      if (!stream) this.#started = false;
      return text;
    }
    #malformed() {
      return coded(new TypeError(`The encoded data was not valid for encoding ${this.#encoding}`), 'ERR_ENCODING_INVALID_ENCODED_DATA');
    }
  }
  for (const [type, names] of [[TextEncoder, ['encoding']], [TextDecoder, ['encoding', 'fatal', 'ignoreBOM']]]) {
    Object.defineProperty(type.prototype, Symbol.toStringTag, { value: type.name, configurable: true });
    for (const name of names) Object.defineProperty(type.prototype, name, { enumerable: true });
    define(type.name, type);
  }
  hooks.TextDecoder = TextDecoder;

  define('btoa', function btoa(text) {
    if (!arguments.length) throw coded(new TypeError('The "data" argument must be specified'), 'ERR_MISSING_ARGS');
    text = `${text}`;
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 255) throw new DOMException('Invalid character', 'InvalidCharacterError');
      bytes[i] = unit;
    }
    return native.toText(bytes, BASE64);
  });
  define('atob', function atob(text) {
    if (!arguments.length) throw coded(new TypeError('The "data" argument must be specified'), 'ERR_MISSING_ARGS');
    text = `${text}`.replace(/[\t\n\f\r ]/g, '');
    if (text.length % 4 === 0) text = text.replace(/={1,2}$/, '');
    if (/[^A-Za-z0-9+/]/.test(text)) throw new DOMException('Invalid character', 'InvalidCharacterError');
    if (text.length % 4 === 1) throw new DOMException('The string to be decoded is not correctly encoded.', 'InvalidCharacterError');
    return native.toText(new Uint8Array(native.fromText(text, BASE64)), LATIN1);
  });

  Object.assign(hooks, { bytesOf, fromUtf16, toUtf16, describeValue: describe });
})
