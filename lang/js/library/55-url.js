// URL and URLSearchParams, after the URL standard (url.spec.whatwg.org).
(function (native, hooks) {
  const { ports, isSpecial, encode, percent, decodeBytes, parseHost, parsePath, parse, serializePath, serialize } = hooks.urlParser;
  const define = (name, value) => Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });

  // ---- URLSearchParams

  const parseForm = (text) =>
    text.split('&').filter((pair) => pair !== '').map((pair) => {
      const equals = pair.indexOf('=');
      const parts = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
      return parts.map((part) => decodeBytes(part.replaceAll('+', ' ')));
    });
  const formEncode = (text) => text.replace(/[^a-zA-Z0-9*._-]+/gu, (part) => part.split(' ').map(percentAll).join('+'));
  const percentAll = (text) => (text === '' ? '' : percent(text));
  const wellFormed = (value) => `${value}`.toWellFormed();
  const invalid = (name, message) => hooks.coded(new TypeError(message), name);

  let connect; // ties the parameters of a URL to it
  class URLSearchParams {
    #list = [];
    #changed;

    static {
      connect = (params, list, changed) => {
        params.#list = list;
        if (changed) params.#changed = changed;
      };
    }
    constructor(init) {
      if (init === undefined || init === null) return;
      if (typeof init === 'object' || typeof init === 'function') {
        const iterate = init[Symbol.iterator];
        if (typeof iterate === 'function') {
          for (const pair of init) {
            const items = pair !== null && typeof pair === 'object' && typeof pair[Symbol.iterator] === 'function' ? [...pair] : [];
            if (items.length !== 2) throw invalid('ERR_INVALID_TUPLE', 'Each query pair must be an iterable [name, value] tuple');
            this.#list.push(items.map(wellFormed));
          }
        } else {
          for (const key of Reflect.ownKeys(init)) {
            if (Object.prototype.propertyIsEnumerable.call(init, key)) this.#list.push([wellFormed(key), wellFormed(init[key])]);
          }
        }
        return;
      }
      init = wellFormed(init);
      this.#list = parseForm(init.startsWith('?') ? init.slice(1) : init);
    }
    #notify() {
      this.#changed?.(this.toString());
    }
    get size() {
      return this.#list.length;
    }
    append(name, value) {
      this.#list.push([wellFormed(name), wellFormed(value)]);
      this.#notify();
    }
    delete(name, value) {
      name = wellFormed(name);
      this.#list = this.#list.filter(([key, item]) => key !== name || (value !== undefined && item !== `${value}`));
      this.#notify();
    }
    get(name) {
      name = wellFormed(name);
      return this.#list.find(([key]) => key === name)?.[1] ?? null;
    }
    getAll(name) {
      name = wellFormed(name);
      return this.#list.filter(([key]) => key === name).map(([, value]) => value);
    }
    has(name, value) {
      name = wellFormed(name);
      return this.#list.some(([key, item]) => key === name && (value === undefined || item === `${value}`));
    }
    set(name, value) {
      name = wellFormed(name);
      value = wellFormed(value);
      const first = this.#list.find(([key]) => key === name);
      if (first) {
        first[1] = value;
        this.#list = this.#list.filter((pair) => pair === first || pair[0] !== name);
      } else this.#list.push([name, value]);
      this.#notify();
    }
    sort() {
      this.#list.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
      this.#notify();
    }
    forEach(callback, self) {
      for (const [name, value] of this) callback.call(self, value, name, this);
    }
    *entries() {
      for (let i = 0; i < this.#list.length; i++) yield [...this.#list[i]];
    }
    *keys() {
      for (let i = 0; i < this.#list.length; i++) yield this.#list[i][0];
    }
    *values() {
      for (let i = 0; i < this.#list.length; i++) yield this.#list[i][1];
    }
    toString() {
      return this.#list.map(([name, value]) => `${formEncode(name)}=${formEncode(value)}`).join('&');
    }
    [Symbol.for('nodejs.util.inspect.custom')](depth, options) {
      const pairs = this.#list.map(([name, value]) => `${hooks.inspect(name, options)} => ${hooks.inspect(value, options)}`);
      return pairs.length ? `URLSearchParams { ${pairs.join(', ')} }` : 'URLSearchParams {}';
    }
  }
  Object.defineProperty(URLSearchParams.prototype, Symbol.iterator, { value: URLSearchParams.prototype.entries, writable: true, configurable: true });
  Object.defineProperty(URLSearchParams.prototype, Symbol.toStringTag, { value: 'URLSearchParams', configurable: true });

  // ---- URL

  class URL {
    #record;
    #params;

    constructor(input, base) {
      if (!arguments.length) throw hooks.coded(new TypeError('The "url" argument must be specified'), 'ERR_MISSING_ARGS');
      input = wellFormed(input);
      let baseRecord;
      if (base !== undefined) baseRecord = parse(wellFormed(base));
      const record = base !== undefined && !baseRecord ? undefined : parse(input, baseRecord);
      if (!record) {
        const error = hooks.coded(new TypeError('Invalid URL'), 'ERR_INVALID_URL');
        error.input = input;
        if (base !== undefined) error.base = wellFormed(base);
        throw error;
      }
      this.#record = record;
    }
    static canParse(input, base) {
      try {
        return Boolean(new URL(input, base));
      } catch {
        return false;
      }
    }
    #refresh() {
      if (this.#params) connect(this.#params, parseForm(this.#record.query ?? ''));
    }
    get href() {
      return serialize(this.#record);
    }
    set href(value) {
      this.#record = new URL(value).#record;
      this.#refresh();
    }
    get origin() {
      const { scheme } = this.#record;
      if (scheme === 'blob:') return URL.canParse(this.pathname) ? new URL(this.pathname).origin : 'null';
      return isSpecial(scheme) && scheme !== 'file:' ? `${scheme}//${this.host}` : 'null';
    }
    get protocol() {
      return this.#record.scheme;
    }
    set protocol(value) {
      const match = /^([a-zA-Z][a-zA-Z0-9+.-]*)(:|$)/.exec(`${value}`);
      if (!match) return;
      const scheme = `${match[1].toLowerCase()}:`;
      const record = this.#record;
      if (isSpecial(scheme) !== isSpecial(record.scheme)) return;
      if (scheme === 'file:' && (record.username !== '' || record.password !== '' || record.port !== null)) return;
      if (record.scheme === 'file:' && record.host === '') return;
      record.scheme = scheme;
      if (record.port === ports[scheme]) record.port = null;
    }
    get #noCredentials() {
      return this.#record.host === null || this.#record.host === '' || this.#record.scheme === 'file:';
    }
    get username() {
      return this.#record.username;
    }
    set username(value) {
      if (!this.#noCredentials) this.#record.username = encode(wellFormed(value), 'userinfo');
    }
    get password() {
      return this.#record.password;
    }
    set password(value) {
      if (!this.#noCredentials) this.#record.password = encode(wellFormed(value), 'userinfo');
    }
    get host() {
      const { host, port } = this.#record;
      return host === null ? '' : port === null ? host : `${host}:${port}`;
    }
    set host(value) {
      this.#setHost(wellFormed(value), true);
    }
    get hostname() {
      return this.#record.host ?? '';
    }
    set hostname(value) {
      this.#setHost(wellFormed(value), false);
    }
    #setHost(value, withPort) {
      const record = this.#record;
      if (typeof record.path === 'string') return;
      const special = isSpecial(record.scheme);
      const [text] = value.replace(/[\t\n\r]/g, '').split(special ? /[/\\?#]/ : /[/?#]/);
      const match = /^(\[[^\]]*\]|[^:]*)(?::([0-9]*))?/.exec(text);
      if (match[1] === '' && (special ? record.scheme !== 'file:' : match[2] !== undefined || record.username !== '' || record.password !== '' || record.port !== null)) return;
      const host = match[1] === '' ? '' : parseHost(match[1], special);
      if (host === undefined) return;
      record.host = record.scheme === 'file:' && host === 'localhost' ? '' : host;
      if (withPort && match[2] && record.scheme !== 'file:') this.port = match[2];
    }
    get port() {
      return this.#record.port === null ? '' : `${this.#record.port}`;
    }
    set port(value) {
      if (this.#noCredentials) return;
      value = `${value}`.replace(/[\t\n\r]/g, '');
      if (value === '') {
        this.#record.port = null;
        return;
      }
      const match = /^[0-9]+/.exec(value);
      if (!match || Number(match[0]) > 65535) return;
      this.#record.port = Number(match[0]) === ports[this.#record.scheme] ? null : Number(match[0]);
    }
    get pathname() {
      return serializePath(this.#record);
    }
    set pathname(value) {
      const record = this.#record;
      if (typeof record.path === 'string') return;
      const special = isSpecial(record.scheme);
      const text = wellFormed(value).replace(/[\t\n\r]/g, '');
      record.path = [];
      if (text === '' && !special) return;
      parsePath(record, (special ? /^[/\\]/ : /^\//).test(text) ? text.slice(1) : text, special);
    }
    get search() {
      const { query } = this.#record;
      return query === null || query === '' ? '' : `?${query}`;
    }
    set search(value) {
      value = wellFormed(value).replace(/[\t\n\r]/g, '');
      if (value.startsWith('?')) value = value.slice(1);
      else if (value === '') value = null;
      this.#record.query = value === null ? null : encode(value, isSpecial(this.#record.scheme) ? 'specialQuery' : 'query');
      this.#refresh();
    }
    get searchParams() {
      if (!this.#params) {
        this.#params = new URLSearchParams();
        connect(this.#params, parseForm(this.#record.query ?? ''), (query) => (this.#record.query = query === '' ? null : query));
      }
      return this.#params;
    }
    get hash() {
      const { fragment } = this.#record;
      return fragment === null || fragment === '' ? '' : `#${fragment}`;
    }
    set hash(value) {
      value = wellFormed(value).replace(/[\t\n\r]/g, '');
      if (value.startsWith('#')) value = value.slice(1);
      else if (value === '') value = null;
      this.#record.fragment = value === null ? null : encode(value, 'fragment');
    }
    toString() {
      return this.href;
    }
    toJSON() {
      return this.href;
    }
    [Symbol.for('nodejs.util.inspect.custom')](depth, options) {
      if (typeof depth === 'number' && depth < 0) return this;
      const shown = {};
      for (const name of ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'searchParams', 'hash']) shown[name] = this[name];
      return `URL ${hooks.inspect(shown, options)}`;
    }
  }
  const enumerable = { enumerable: true };
  for (const name of ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'searchParams', 'hash', 'toString', 'toJSON']) {
    Object.defineProperty(URL.prototype, name, enumerable);
  }
  Object.defineProperty(URL.prototype, Symbol.toStringTag, { value: 'URL', configurable: true });
  define('URL', URL);
  define('URLSearchParams', URLSearchParams);

  const fileURLToPath = (url) => {
    if (typeof url === 'string') url = new URL(url);
    if (!(url instanceof URL)) throw hooks.badArgument('path', 'of type string or an instance of URL', url);
    if (url.protocol !== 'file:') throw hooks.coded(new TypeError('The URL must be of scheme file'), 'ERR_INVALID_URL_SCHEME');
    if (url.hostname !== '') throw hooks.coded(new TypeError('File URL host must be "localhost" or empty'), 'ERR_INVALID_FILE_URL_HOST');
    if (/%2f/i.test(url.pathname)) throw hooks.coded(new TypeError('File URL path must not include encoded / characters'), 'ERR_INVALID_FILE_URL_PATH');
    return decodeURIComponent(url.pathname);
  };
  const pathToFileURL = (path) => {
    const absolute = hooks.path.resolve(path) + (path.endsWith('/') && path !== '/' ? '/' : '');
    return new URL(`file://${absolute.replace(/[%\\\n\r\t?#]/g, percent)}`);
  };
  const urlToHttpOptions = (url) => ({
    protocol: url.protocol, hostname: url.hostname, hash: url.hash, search: url.search, pathname: url.pathname,
    path: `${url.pathname}${url.search}`, href: url.href, ...(url.port === '' ? {} : { port: Number(url.port) }),
    ...(url.username || url.password ? { auth: `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` } : {}),
  });
  hooks.url = { URL, URLSearchParams, fileURLToPath, pathToFileURL, urlToHttpOptions, domainToASCII: (name) => parseHost(`${name}`, true) ?? '' };
})
