// EventEmitter, and of the web's events what AbortController needs.
(function (native, hooks) {
  const define = (name, value) => Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  const checkListener = (listener) => {
    if (typeof listener !== 'function') throw hooks.badArgument('listener', 'of type function', listener);
  };

  // Works on any object, so that old-style inheritance with util.inherits does too.
  function EventEmitter() {
    this._events ??= { __proto__: null };
  }
  const eventsOf = (emitter) => (emitter._events !== undefined && Object.hasOwn(emitter, '_events') ? emitter._events : (emitter._events = { __proto__: null }));
  const add = (emitter, name, listener, first) => {
    checkListener(listener);
    const events = eventsOf(emitter);
    if (events.newListener) emitter.emit('newListener', name, listener.listener ?? listener);
    const list = (events[name] ??= []);
    if (first) list.unshift(listener);
    else list.push(listener);
    return emitter;
  };
  const once = (emitter, name, listener) => {
    checkListener(listener);
    const wrapper = function (...args) {
      emitter.removeListener(name, wrapper);
      return listener.apply(emitter, args);
    };
    wrapper.listener = listener;
    return wrapper;
  };
  const methods = {
    on(name, listener) {
      return add(this, name, listener, false);
    },
    prependListener(name, listener) {
      return add(this, name, listener, true);
    },
    once(name, listener) {
      return add(this, name, once(this, name, listener), false);
    },
    prependOnceListener(name, listener) {
      return add(this, name, once(this, name, listener), true);
    },
    off(name, listener) {
      checkListener(listener);
      const events = eventsOf(this);
      const list = events[name];
      if (!list) return this;
      for (let i = list.length - 1; i >= 0; i--) {
        if (list[i] !== listener && list[i].listener !== listener) continue;
        // A copy, since emit may be going through the list.
        events[name] = list.filter((_, j) => j !== i);
        if (events[name].length === 0) delete events[name];
        if (events.removeListener) this.emit('removeListener', name, listener);
        break;
      }
      return this;
    },
    removeAllListeners(name) {
      if (name === undefined) this._events = { __proto__: null };
      else delete eventsOf(this)[name];
      return this;
    },
    emit(name, ...args) {
      const list = eventsOf(this)[name];
      if (list === undefined) {
        if (name !== 'error') return false;
        const [error] = args;
        if (hooks.isError(error)) throw error;
        const thrown = hooks.coded(new Error(`Unhandled error. (${hooks.inspect(error)})`), 'ERR_UNHANDLED_ERROR');
        thrown.context = error;
        throw thrown;
      }
      for (const listener of [...list]) listener.apply(this, args);
      return true;
    },
    listeners(name) {
      return (eventsOf(this)[name] ?? []).map((listener) => listener.listener ?? listener);
    },
    rawListeners(name) {
      return [...(eventsOf(this)[name] ?? [])];
    },
    listenerCount(name, listener) {
      const list = eventsOf(this)[name] ?? [];
      return listener === undefined ? list.length : list.filter((item) => item === listener || item.listener === listener).length;
    },
    eventNames() {
      return Reflect.ownKeys(eventsOf(this));
    },
    setMaxListeners(count) {
      this._maxListeners = count;
      return this;
    },
    getMaxListeners() {
      return this._maxListeners ?? EventEmitter.defaultMaxListeners;
    },
  };
  methods.addListener = methods.on;
  methods.removeListener = methods.off;
  for (const [name, value] of Object.entries(methods)) EventEmitter.prototype[name] = value;
  EventEmitter.prototype._events = undefined;
  EventEmitter.defaultMaxListeners = 10;
  EventEmitter.EventEmitter = EventEmitter;
  EventEmitter.errorMonitor = Symbol('events.errorMonitor');
  EventEmitter.listenerCount = (emitter, name) => emitter.listenerCount(name);
  EventEmitter.once = async (emitter, name, { signal } = {}) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (typeof emitter.addEventListener === 'function') {
        emitter.addEventListener(name, (event) => resolve([event]), { once: true });
        return;
      }
      const fail = (error) => {
        emitter.off(name, done);
        reject(error);
      };
      const done = (...args) => {
        emitter.off('error', fail);
        resolve(args);
      };
      emitter.once(name, done);
      if (name !== 'error') emitter.once('error', fail);
      signal?.addEventListener('abort', () => fail(signal.reason), { once: true });
    });
  EventEmitter.on = (emitter, name, { signal } = {}) => {
    const queue = [];
    const waiting = [];
    let failure;
    const listener = (...args) => (waiting.length ? waiting.shift().resolve({ value: args, done: false }) : queue.push(args));
    const fail = (error) => (waiting.length ? waiting.shift().reject(error) : (failure = { error }));
    const stop = () => {
      emitter.off(name, listener);
      emitter.off('error', fail);
      for (const { resolve } of waiting.splice(0)) resolve({ value: undefined, done: true });
      return Promise.resolve({ value: undefined, done: true });
    };
    emitter.on(name, listener);
    if (name !== 'error') emitter.on('error', fail);
    signal?.addEventListener('abort', () => fail(signal.reason), { once: true });
    return {
      next() {
        if (queue.length) return Promise.resolve({ value: queue.shift(), done: false });
        if (failure) {
          const { error } = failure;
          failure = undefined;
          return Promise.reject(error);
        }
        return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
      },
      return: stop,
      throw: (error) => (stop(), Promise.reject(error)),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  };
  hooks.EventEmitter = EventEmitter;

  // ---- the web's events

  class Event {
    #type;
    #cancelable;
    #prevented = false;
    constructor(type, options = {}) {
      this.#type = `${type}`;
      this.#cancelable = Boolean(options?.cancelable);
      Object.defineProperty(this, 'timeStamp', { value: native.now() });
      this.target = null;
      this.currentTarget = null;
    }
    get type() {
      return this.#type;
    }
    get cancelable() {
      return this.#cancelable;
    }
    get defaultPrevented() {
      return this.#prevented;
    }
    preventDefault() {
      if (this.#cancelable) this.#prevented = true;
    }
    stopPropagation() {}
    stopImmediatePropagation() {
      this.stopped = true;
    }
  }
  class EventTarget {
    #listeners = new Map();
    addEventListener(type, listener, options) {
      if (listener == null) return;
      const once = typeof options === 'object' && Boolean(options?.once);
      const list = this.#listeners.get(type) ?? [];
      if (list.some((item) => item.listener === listener)) return;
      this.#listeners.set(type, [...list, { listener, once }]);
      if (typeof options === 'object') options?.signal?.addEventListener('abort', () => this.removeEventListener(type, listener), { once: true });
    }
    removeEventListener(type, listener) {
      const list = this.#listeners.get(type);
      if (list) this.#listeners.set(type, list.filter((item) => item.listener !== listener));
    }
    dispatchEvent(event) {
      event.target = event.currentTarget = this;
      for (const { listener, once } of this.#listeners.get(event.type) ?? []) {
        if (once) this.removeEventListener(event.type, listener);
        if (typeof listener === 'function') listener.call(this, event);
        else listener.handleEvent(event);
        if (event.stopped) break;
      }
      const handler = this[`on${event.type}`];
      if (typeof handler === 'function') handler.call(this, event);
      return !event.defaultPrevented;
    }
  }
  class CustomEvent extends Event {
    constructor(type, options) {
      super(type, options);
      Object.defineProperty(this, 'detail', { value: options?.detail ?? null });
    }
  }

  let abort;
  const token = {};
  class AbortSignal extends EventTarget {
    #aborted = false;
    #reason;
    static {
      abort = (signal, reason) => {
        if (signal.#aborted) return;
        signal.#aborted = true;
        signal.#reason = reason === undefined ? new hooks.DOMException('This operation was aborted', 'AbortError') : reason;
        signal.dispatchEvent(new Event('abort'));
      };
    }
    constructor(key) {
      if (key !== token) throw hooks.coded(new TypeError('Illegal constructor'), 'ERR_ILLEGAL_CONSTRUCTOR');
      super();
      Object.defineProperty(this, 'onabort', { value: null, writable: true });
    }
    get aborted() {
      return this.#aborted;
    }
    get reason() {
      return this.#reason;
    }
    throwIfAborted() {
      if (this.#aborted) throw this.#reason;
    }
    static abort(reason) {
      const signal = new AbortSignal(token);
      abort(signal, reason);
      return signal;
    }
    static timeout(milliseconds) {
      const signal = new AbortSignal(token);
      hooks.timers.setTimeout(() => abort(signal, new hooks.DOMException('The operation was aborted due to timeout', 'TimeoutError')), milliseconds).unref();
      return signal;
    }
    static any(signals) {
      const signal = new AbortSignal(token);
      for (const other of signals) {
        if (other.aborted) abort(signal, other.reason);
        else other.addEventListener('abort', () => abort(signal, other.reason), { once: true });
      }
      return signal;
    }
    [Symbol.for('nodejs.util.inspect.custom')]() {
      return `AbortSignal { aborted: ${this.#aborted} }`;
    }
  }
  class AbortController {
    #signal = new AbortSignal(token);
    get signal() {
      return this.#signal;
    }
    abort(reason) {
      abort(this.#signal, reason);
    }
    [Symbol.for('nodejs.util.inspect.custom')](depth, options) {
      return `AbortController { signal: ${hooks.inspect(this.#signal, options)} }`;
    }
  }
  for (const type of [Event, EventTarget, CustomEvent, AbortSignal, AbortController]) {
    Object.defineProperty(type.prototype, Symbol.toStringTag, { value: type.name, configurable: true });
    define(type.name, type);
  }
})
