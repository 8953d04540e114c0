(function (native, hooks) {
  hooks.inspect = (v) => String(v);
  hooks.finish = () => {};
  hooks.resolveImport = (b, n) => n;
  hooks.loadImport = (n) => { throw new Error('no module ' + n); };
  hooks.describeModule = () => {};
  globalThis.console = { log: (...a) => { native.print(1, a.join(' ') + '\n'); }, error: (...a) => { native.print(2, a.join(' ') + '\n'); } };
})
