// The parser of the URL standard (url.spec.whatwg.org). Names that are not ASCII are lower-cased, normalized and written in Punycode; the
// finer mappings of UTS 46 are left out.
(function (native, hooks) {
  const ports = { 'http:': 80, 'https:': 443, 'ws:': 80, 'wss:': 443, 'ftp:': 21, 'file:': null };
  const isSpecial = (scheme) => Object.hasOwn(ports, scheme);

  // ---- percent-encoding: what is encoded besides controls and non-ASCII

  const sets = {
    control: '',
    fragment: ' "<>`',
    query: ' "#<>',
    specialQuery: ' "#<>\'',
    path: ' "#<>?`{}^',
    userinfo: ' "#<>?`{}/:;=@[\\]^|',
  };
  const patterns = {};
  for (const [name, characters] of Object.entries(sets)) {
    patterns[name] = new RegExp(`[^\\x20-\\x7e]+${characters ? `|[${characters.replace(/[\\\]^-]/g, '\\$&')}]` : ''}`, 'gu');
  }
  const percent = (text) => {
    let encoded = '';
    for (const byte of new Uint8Array(native.utf8(text))) encoded += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    return encoded;
  };
  const encode = (text, set) => text.replace(patterns[set], percent);
  const decodeBytes = (text) => {
    const bytes = [];
    for (let i = 0; i < text.length; i++) {
      const hex = text[i] === '%' && /^[0-9a-fA-F]{2}$/.test(text.slice(i + 1, i + 3));
      if (hex) {
        bytes.push(Number.parseInt(text.slice(i + 1, i + 3), 16));
        i += 2;
      } else if (text.charCodeAt(i) < 0x80) bytes.push(text.charCodeAt(i));
      else {
        const character = String.fromCodePoint(text.codePointAt(i));
        bytes.push(...new Uint8Array(native.utf8(character)));
        i += character.length - 1;
      }
    }
    return native.fromUtf8(new Uint8Array(bytes));
  };

  // ---- hosts

  // RFC 3492.
  const punycode = (label) => {
    const points = Array.from(label, (character) => character.codePointAt(0));
    let output = points.filter((point) => point < 128).map((point) => String.fromCharCode(point)).join('');
    const basic = output.length;
    let done = basic;
    if (basic) output += '-';
    let n = 128;
    let delta = 0;
    let bias = 72;
    while (done < points.length) {
      const next = Math.min(...points.filter((point) => point >= n));
      delta += (next - n) * (done + 1);
      n = next;
      for (const point of points) {
        if (point < n) delta++;
        if (point !== n) continue;
        let q = delta;
        for (let k = 36; ; k += 36) {
          const t = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
          if (q < t) break;
          const digit = t + ((q - t) % (36 - t));
          output += String.fromCharCode(digit < 26 ? digit + 97 : digit + 22);
          q = Math.floor((q - t) / (36 - t));
        }
        output += String.fromCharCode(q < 26 ? q + 97 : q + 22);
        let d = done === basic ? Math.floor(delta / 700) : delta >> 1;
        d += Math.floor(d / (done + 1));
        let k = 0;
        for (; d > 455; k += 36) d = Math.floor(d / 35);
        bias = k + Math.floor((36 * d) / (d + 38));
        delta = 0;
        done++;
      }
      delta++;
      n++;
    }
    return `xn--${output}`;
  };

  const parseIPv4Part = (text) => {
    if (text === '') return NaN;
    let radix = 10;
    if (/^0[xX]/.test(text)) {
      text = text.slice(2);
      radix = 16;
    } else if (text.length > 1 && text[0] === '0') {
      text = text.slice(1);
      radix = 8;
    }
    if (text === '') return 0;
    const valid = radix === 10 ? /^[0-9]+$/ : radix === 16 ? /^[0-9a-fA-F]+$/ : /^[0-7]+$/;
    return valid.test(text) ? Number.parseInt(text, radix) : NaN;
  };
  const parseIPv4 = (host) => {
    const parts = host.split('.');
    if (parts[parts.length - 1] === '' && parts.length > 1) parts.pop();
    if (parts.length > 4) return undefined;
    const numbers = parts.map(parseIPv4Part);
    const last = numbers.pop();
    if (numbers.some((number) => !(number <= 255)) || !(last < 256 ** (4 - numbers.length))) return undefined;
    let address = last;
    numbers.forEach((number, i) => (address += number * 256 ** (3 - i)));
    return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
  };

  const parseIPv6 = (text) => {
    let tail = [];
    const v4 = /^(.*:)(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})$/.exec(text);
    if (v4) {
      const numbers = v4[2].split('.');
      if (numbers.some((number) => number > 255 || (number.length > 1 && number[0] === '0'))) return undefined;
      const [a, b, c, d] = numbers.map(Number);
      tail = [a * 256 + b, c * 256 + d];
      text = v4[1].endsWith('::') ? v4[1] : v4[1].slice(0, -1);
    }
    const halves = text.split('::');
    if (halves.length > 2) return undefined;
    const pieces = (half) => (half === '' ? [] : half.split(':'));
    const left = pieces(halves[0]);
    const right = halves.length === 2 ? pieces(halves[1]) : [];
    if ([...left, ...right].some((piece) => !/^[0-9a-fA-F]{1,4}$/.test(piece))) return undefined;
    const known = left.length + right.length + tail.length;
    if (halves.length === 2 ? known > 7 : known !== 8) return undefined;
    const words = [...left, ...Array(8 - known).fill('0'), ...right].map((piece) => Number.parseInt(piece, 16)).concat(tail);
    // The longest run of zeros, of at least two, is left out.
    let best = -1;
    let bestLength = 1;
    for (let i = 0; i < 8; i++) {
      let length = 0;
      while (i + length < 8 && words[i + length] === 0) length++;
      if (length > bestLength) [best, bestLength] = [i, length];
      i += length;
    }
    const hex = words.map((word) => word.toString(16));
    if (best < 0) return `[${hex.join(':')}]`;
    return `[${hex.slice(0, best).join(':')}::${hex.slice(best + bestLength).join(':')}]`;
  };

  // The serialized host, or undefined for one that cannot be.
  const parseHost = (text, special) => {
    if (text.startsWith('[')) return text.endsWith(']') ? parseIPv6(text.slice(1, -1)) : undefined;
    if (!special) return /[\x00\t\n\r #/:<>?@[\\\]^|]/.test(text) ? undefined : encode(text, 'control');
    let host = decodeBytes(text).toLowerCase().normalize('NFKC').replace(/\u00ad/g, '').replace(/[\u3002\uff0e\uff61]/g, '.').toLowerCase();
    if (/[^\x00-\x7f]/.test(host)) host = host.split('.').map((label) => (/[^\x00-\x7f]/.test(label) ? punycode(label) : label)).join('.');
    if (host === '' || /[\x00-\x20"#%/:<>?@[\\\]^`{|}\x7f]/.test(host) || host.includes('\ufffd')) return undefined;
    const labels = host.split('.');
    if (labels[labels.length - 1] === '' && labels.length > 1) labels.pop();
    const last = labels[labels.length - 1];
    if (/^[0-9]+$/.test(last) || /^0[xX][0-9a-fA-F]*$/.test(last)) return parseIPv4(host);
    return host;
  };

  // ---- parsing

  const parsePath = (record, text, special) => {
    const segments = record.path;
    const pieces = text.split(special ? /[/\\]/ : '/');
    const isDrive = (segment) => record.scheme === 'file:' && /^[a-zA-Z][:|]$/.test(segment);
    pieces.forEach((piece, i) => {
      const last = i === pieces.length - 1;
      const lower = piece.toLowerCase().replaceAll('%2e', '.');
      if (lower === '..') {
        if (!(segments.length === 1 && isDrive(segments[0]))) segments.pop();
        if (last) segments.push('');
      } else if (lower === '.') {
        if (last) segments.push('');
      } else {
        if (segments.length === 0 && isDrive(piece)) piece = `${piece[0]}:`;
        segments.push(encode(piece, 'path'));
      }
    });
  };

  const parseAuthority = (record, text, special) => {
    const at = text.lastIndexOf('@');
    if (at >= 0) {
      const credentials = text.slice(0, at);
      const colon = credentials.indexOf(':');
      record.username = encode(colon < 0 ? credentials : credentials.slice(0, colon), 'userinfo');
      record.password = colon < 0 ? '' : encode(credentials.slice(colon + 1), 'userinfo');
      text = text.slice(at + 1);
      if (text === '') return false;
    }
    const port = /:([^\]:]*)$/.exec(text);
    let host = text;
    if (port) {
      host = text.slice(0, port.index);
      if (!/^[0-9]*$/.test(port[1]) || Number(port[1]) > 65535) return false;
      record.port = port[1] === '' || Number(port[1]) === ports[record.scheme] ? null : Number(port[1]);
      if (host === '') return false;
    }
    if (host === '') {
      if (special) return false;
      record.host = '';
      return true;
    }
    record.host = parseHost(host, special);
    return record.host !== undefined;
  };

  // Parses into a record, or gives undefined.
  const parse = (input, base) => {
    let text = input.replace(/^[\x00-\x20]+|[\x00-\x20]+$/g, '').replace(/[\t\n\r]/g, '');
    const record = { scheme: '', username: '', password: '', host: null, port: null, path: [], query: null, fragment: null };
    const hash = text.indexOf('#');
    if (hash >= 0) {
      record.fragment = encode(text.slice(hash + 1), 'fragment');
      text = text.slice(0, hash);
    }
    const splitQuery = () => {
      const mark = text.indexOf('?');
      if (mark < 0) return;
      record.query = encode(text.slice(mark + 1), isSpecial(record.scheme) ? 'specialQuery' : 'query');
      text = text.slice(0, mark);
    };
    const match = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text);
    let relative = false;
    if (match) {
      record.scheme = `${match[1].toLowerCase()}:`;
      text = text.slice(match[0].length);
      if (isSpecial(record.scheme) && record.scheme !== 'file:' && base && base.scheme === record.scheme && !/^[/\\]{2}/.test(text)) relative = true;
    } else {
      if (!base) return undefined;
      if (typeof base.path === 'string') {
        if (text !== '' || hash < 0) return undefined;
        return { ...base, fragment: record.fragment };
      }
      record.scheme = base.scheme;
      relative = base.scheme !== 'file:';
    }
    const special = isSpecial(record.scheme);
    splitQuery();
    const slash = special ? /^[/\\]/ : /^\//;
    const slashes = special ? /^[/\\]{2}/ : /^\/\//;
    const copyHost = () => {
      record.username = base.username;
      record.password = base.password;
      record.host = base.host;
      record.port = base.port;
    };
    const resolvePath = () => {
      record.path = [...base.path];
      if (text === '') {
        if (record.query === null) record.query = base.query;
        return;
      }
      record.path.pop();
      parsePath(record, text, special);
    };
    if (record.scheme === 'file:') {
      record.host = '';
      const fileBase = base && base.scheme === 'file:' ? base : undefined;
      if (slashes.test(text)) {
        const end = text.slice(2).search(/[/\\]/);
        let host = end < 0 ? text.slice(2) : text.slice(2, 2 + end);
        let path = end < 0 ? '' : text.slice(2 + end);
        if (/^[a-zA-Z][:|]$/.test(host)) [host, path] = ['', `/${text.slice(2)}`];
        if (host !== '') {
          const parsed = parseHost(host, true);
          if (parsed === undefined) return undefined;
          record.host = parsed === 'localhost' ? '' : parsed;
        }
        parsePath(record, path.slice(1), true);
      } else if (slash.test(text)) {
        if (fileBase) record.host = fileBase.host;
        parsePath(record, text.slice(1), true);
      } else if (fileBase) {
        record.host = fileBase.host;
        resolvePath();
      } else parsePath(record, text, true);
      return record;
    }
    if (relative) {
      if (slashes.test(text)) text = text.slice(special ? text.match(/^[/\\]*/)[0].length : 2);
      else {
        copyHost();
        if (slash.test(text)) parsePath(record, text.slice(1), special);
        else resolvePath();
        return record;
      }
    } else if (special) text = text.replace(/^[/\\]*/, '');
    else if (slashes.test(text)) text = text.slice(2);
    else if (slash.test(text)) {
      parsePath(record, text.slice(1), false);
      return record;
    } else {
      record.path = encode(text, 'control');
      return record;
    }
    const end = text.search(special ? /[/\\]/ : /\//);
    const path = end < 0 ? '' : text.slice(end);
    if (!parseAuthority(record, end < 0 ? text : text.slice(0, end), special)) return undefined;
    if (path !== '' || special) parsePath(record, path.slice(1), special);
    return record;
  };

  const serializePath = (record) => (typeof record.path === 'string' ? record.path : record.path.map((segment) => `/${segment}`).join(''));
  const serialize = (record) => {
    let text = record.scheme;
    if (record.host !== null) {
      text += '//';
      if (record.username !== '' || record.password !== '') text += `${record.username}${record.password === '' ? '' : `:${record.password}`}@`;
      text += record.host + (record.port === null ? '' : `:${record.port}`);
    } else if (typeof record.path !== 'string' && record.path.length > 1 && record.path[0] === '') text += '/.';
    text += serializePath(record);
    if (record.query !== null) text += `?${record.query}`;
    if (record.fragment !== null) text += `#${record.fragment}`;
    return text;
  };

  hooks.urlParser = { ports, isSpecial, encode, percent, decodeBytes, parseHost, parsePath, parse, serializePath, serialize };
})
