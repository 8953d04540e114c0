// The module funcbox: the functions that the host offers.
(function (native, hooks) {
  const { defineProperty } = Object;
  const NativeError = Error;

  class HostError extends NativeError {}
  defineProperty(HostError.prototype, 'name', { value: 'HostError', writable: true, configurable: true });
  hooks.hostError = ({ message }) => new HostError(message);

  const call = (name, args = [], kwargs = undefined) => native.hostCall(`${name}`, args, kwargs);
  const functions = () => native.hostCall('', []);

  // Names that the language asks any object for are there only when they are granted.
  const asked = { __proto__: null, then: true, toJSON: true, next: true, constructor: true, toString: true, valueOf: true };
  const made = { __proto__: null };
  const host = new Proxy(
    { __proto__: null },
    {
      get(target, name) {
        if (typeof name === 'symbol' || name === '') return undefined;
        const found = made[name];
        if (found !== undefined) return found;
        if (asked[name] && !functions().includes(name)) return undefined;
        return (made[name] = native.hostFunction(name));
      },
      has: (target, name) => functions().includes(name),
      ownKeys: () => functions(),
      getOwnPropertyDescriptor(target, name) {
        return functions().includes(name) ? { value: host[name], enumerable: true, configurable: true } : undefined;
      },
      set: () => false,
      defineProperty: () => false,
      deleteProperty: () => false,
      preventExtensions: () => false,
    },
  );
  hooks.host = { host, call, functions, HostError };
})
