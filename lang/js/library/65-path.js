// path, in its POSIX form.
(function (native, hooks) {
  const check = (value, name = 'path') => {
    if (typeof value !== 'string') throw hooks.badArgument(name, 'of type string', value);
  };

  // Takes out "." and what ".." undoes; above keeps leading "..".
  const fold = (path, above) => {
    const parts = [];
    for (const part of path.split('/')) {
      if (part === '' || part === '.') continue;
      if (part !== '..') parts.push(part);
      else if (parts.length && parts[parts.length - 1] !== '..') parts.pop();
      else if (above) parts.push('..');
    }
    return parts.join('/');
  };

  const normalize = (path) => {
    check(path);
    if (path === '') return '.';
    const absolute = path.startsWith('/');
    let folded = fold(path, !absolute);
    if (folded === '' && !absolute) folded = '.';
    if (folded !== '' && path.endsWith('/')) folded += '/';
    return absolute ? `/${folded}` : folded;
  };
  const resolve = (...paths) => {
    let resolved = '';
    for (let i = paths.length - 1; i >= 0 && !resolved.startsWith('/'); i--) {
      check(paths[i], `paths[${i}]`);
      if (paths[i] !== '') resolved = resolved === '' ? paths[i] : `${paths[i]}/${resolved}`;
    }
    if (!resolved.startsWith('/')) resolved = `${native.cwd()}/${resolved}`;
    return `/${fold(resolved, false)}`;
  };
  const trim = (path) => path.replace(/(?<=[^/])\/+$/, '').replace(/^\/+$/, '/');
  const dirname = (path) => {
    check(path);
    if (path === '') return '.';
    const trimmed = trim(path);
    const slash = trimmed.lastIndexOf('/');
    if (slash < 0) return '.';
    if (slash === 0) return '/';
    return trimmed.slice(0, slash).replace(/(?<=[^/])\/+$/, '');
  };
  const basename = (path, suffix) => {
    check(path);
    if (suffix !== undefined) check(suffix, 'suffix');
    const base = path.replace(/\/+$/, '').replace(/^.*\//s, '');
    return suffix && base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base;
  };
  const extname = (path) => {
    const base = basename(path);
    const dot = base.lastIndexOf('.');
    return dot <= 0 || base === '..' ? '' : base.slice(dot);
  };
  const relative = (from, to) => {
    check(from, 'from');
    check(to, 'to');
    const source = fold(resolve(from), false).split('/').filter(Boolean);
    const target = fold(resolve(to), false).split('/').filter(Boolean);
    let same = 0;
    while (same < source.length && same < target.length && source[same] === target[same]) same++;
    return [...source.slice(same).map(() => '..'), ...target.slice(same)].join('/');
  };
  const path = {
    resolve,
    normalize,
    isAbsolute(value) {
      check(value);
      return value.startsWith('/');
    },
    join(...paths) {
      paths.forEach((part) => check(part));
      const joined = paths.filter((part) => part !== '').join('/');
      return joined === '' ? '.' : normalize(joined);
    },
    relative,
    toNamespacedPath: (value) => value,
    dirname,
    basename,
    extname,
    format(object) {
      if (object === null || typeof object !== 'object') throw hooks.badArgument('pathObject', 'of type object', object);
      const directory = object.dir || object.root;
      const ext = object.ext ? (object.ext.startsWith('.') ? object.ext : `.${object.ext}`) : '';
      const base = object.base || `${object.name || ''}${ext}`;
      if (!directory) return base;
      return directory === object.root ? `${directory}${base}` : `${directory}/${base}`;
    },
    parse(value) {
      check(value);
      const root = value.startsWith('/') ? '/' : '';
      const base = basename(value);
      const ext = extname(value);
      let dir = dirname(value);
      if (dir === '.' && !trim(value).includes('/')) dir = '';
      return { root, dir, base, ext, name: ext ? base.slice(0, -ext.length) : base };
    },
    sep: '/',
    delimiter: ':',
    win32: null,
    posix: null,
  };
  path.posix = path;
  hooks.path = path;
})
