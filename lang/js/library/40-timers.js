// Timers, immediates and the queues around them. The C side calls runTicks and
// runTimers between the jobs of promises. Time stands still within a turn, so that
// timers started together are due in the order of their delays.
(function (native, hooks) {
  const MAX_DELAY = 2 ** 31 - 1; // milliseconds; beyond it node takes 1
  const { push } = hooks;

  let lastId = 0;
  const timers = []; // sorted by time, then by order of creation
  const byId = new Map();
  let immediates = [];
  let ticks = [];

  const needFunction = (callback) => {
    if (typeof callback !== 'function') {
      const error = new TypeError(`The "callback" argument must be of type function. Received ${hooks.inspect(callback)}`);
      error.code = 'ERR_INVALID_ARG_TYPE';
      throw error;
    }
  };

  const insert = (timer) => {
    let low = 0;
    let high = timers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (timers[middle].at <= timer.at) low = middle + 1;
      else high = middle;
    }
    timers.splice(low, 0, timer);
  };

  const remove = (timer) => {
    const index = timers.indexOf(timer);
    if (index >= 0) timers.splice(index, 1);
  };

  // State that user code cannot reach hangs on the timer by a private field.
  class Timeout {
    #state;
    constructor(state) {
      this.#state = state;
      state.handle = this;
    }
    ref() {
      this.#state.referenced = true;
      return this;
    }
    unref() {
      this.#state.referenced = false;
      return this;
    }
    hasRef() {
      return this.#state.referenced;
    }
    refresh() {
      if (this.#state.dead) return this;
      remove(this.#state);
      this.#state.at = native.turnTime() + this.#state.delay;
      insert(this.#state);
      return this;
    }
    close() {
      cancel(this);
      return this;
    }
    [Symbol.toPrimitive]() {
      return this.#state.id;
    }
    static stateOf(value) {
      return #state in value ? value.#state : undefined;
    }
  }
  const { stateOf } = Timeout;
  delete Timeout.stateOf;

  class Immediate {
    #state;
    constructor(state) {
      this.#state = state;
    }
    ref() {
      this.#state.referenced = true;
      return this;
    }
    unref() {
      this.#state.referenced = false;
      return this;
    }
    hasRef() {
      return this.#state.referenced;
    }
    static stateOf(value) {
      return #state in value ? value.#state : undefined;
    }
  }
  const immediateState = Immediate.stateOf;
  delete Immediate.stateOf;

  const start = (callback, delay, repeat, args) => {
    needFunction(callback);
    delay = Number(delay);
    if (!(delay >= 1 && delay <= MAX_DELAY)) delay = 1;
    delay = Math.trunc(delay);
    const state = { id: ++lastId, at: native.turnTime() + delay, delay, repeat, callback, args, referenced: true, dead: false };
    byId.set(state.id, state);
    insert(state);
    return new Timeout(state);
  };

  const kill = (state) => {
    state.dead = true;
    byId.delete(state.id);
    remove(state);
  };

  const cancel = (timer) => {
    let state;
    if (timer !== null && typeof timer === 'object') {
      state = stateOf(timer);
      if (!state) {
        const immediate = immediateState(timer);
        if (immediate) immediate.dead = true;
      }
    } else if (typeof timer === 'number' || typeof timer === 'string') {
      state = byId.get(Number(timer));
    }
    if (state) kill(state);
  };

  const setTimeout = (callback, delay, ...args) => start(callback, delay, false, args);
  const setInterval = (callback, delay, ...args) => start(callback, delay, true, args);
  const setImmediate = (callback, ...args) => {
    needFunction(callback);
    const state = { callback, args, referenced: true, dead: false };
    push(immediates, state);
    return new Immediate(state);
  };
  const queueMicrotask = (callback) => {
    needFunction(callback);
    native.enqueue(callback);
  };

  hooks.timers = {
    setTimeout,
    setInterval,
    setImmediate,
    clearTimeout: (timer) => cancel(timer),
    clearInterval: (timer) => cancel(timer),
    clearImmediate: (timer) => cancel(timer),
  };
  for (const [name, value] of Object.entries({ ...hooks.timers, queueMicrotask })) {
    Object.defineProperty(value, 'name', { value: name });
    Object.defineProperty(globalThis, name, { value, writable: true, enumerable: true, configurable: true });
  }

  hooks.isTimer = (value) => value !== null && typeof value === 'object' && Boolean(stateOf(value) || immediateState(value));

  hooks.nextTick = (callback, ...args) => {
    needFunction(callback);
    push(ticks, [callback, args]);
    native.needTicks();
  };

  hooks.runTicks = () => {
    for (let i = 0; i < ticks.length; i++) {
      const [callback, args] = ticks[i];
      ticks[i] = undefined;
      callback(...args);
    }
    ticks = [];
  };

  const runTimer = (state) => {
    if (state.repeat) {
      remove(state);
      state.at = native.turnTime() + state.delay;
      insert(state);
    } else kill(state);
    state.callback.call(state.handle, ...state.args);
  };

  // The clock went on without the program, by so many milliseconds.
  hooks.shiftTimers = (elapsed) => {
    for (let i = 0; i < timers.length; i++) timers[i].at += elapsed;
  };

  // Runs what comes next, waiting for it if need be and wanted; false when nothing
  // is left that keeps a program alive. One callback at a time: jobs run in between.
  hooks.runTimers = (wait) => {
    const first = timers[0];
    if (first && first.at <= native.turnTime()) {
      runTimer(first);
      return true;
    }
    while (immediates.length) {
      const state = immediates.shift();
      if (state.dead) continue;
      state.callback(...state.args);
      return true;
    }
    if (!wait || !first || !timers.some((timer) => timer.referenced)) return false;
    native.sleep(first.at - native.now());
    return true;
  };
})
