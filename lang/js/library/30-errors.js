// Errors on their way out: what type, message and stack are reported.
(function (native, hooks) {
  const NativeError = Error;
  const { defineProperty } = Object;

  const text = (read) => {
    try {
      const value = read();
      return typeof value === 'string' ? value : undefined;
    } catch {
      return undefined;
    }
  };

  const safely = (read, fallback) => {
    try {
      return read();
    } catch {
      return fallback;
    }
  };

  const nameOf = (error) => text(() => error.name) || text(() => error.constructor.name) || 'Error';

  const headerOf = (error) => {
    const name = nameOf(error);
    const message = text(() => error.message) ?? '';
    return message === '' ? name : `${name}: ${message}`;
  };

  // The frames of a stack: what follows the line or lines that repeat the message.
  const framesOf = (error) => {
    const stack = text(() => error.stack) ?? '';
    const start = stack.startsWith('    at ') ? 0 : stack.indexOf('\n    at ') + 1;
    return start === 0 && !stack.startsWith('    at ') ? '' : unshift(stack.slice(start));
  };

  // Columns on the first line count from where the user's code begins.
  const unshift = (frames) => {
    const [file, shift] = native.mainFile();
    if (!shift) return frames;
    return frames.replace(/^(    at .*?)([^ (]+):1:(\d+)(\)?)$/gm, (line, before, name, column, after) => (name === file && column > shift ? `${before}${name}:1:${column - shift}${after}` : line));
  };

  const isError = (value) => {
    if (value === null || typeof value !== 'object') return false;
    return native.classOf(value) === 'Error' || safely(() => value instanceof NativeError, false);
  };

  // The frames of error and, below them, of what caused it.
  const trace = (error, seen) => {
    let stack = framesOf(error);
    if (seen.length < 10 && !seen.includes(error)) {
      const cause = safely(() => error.cause, undefined);
      if (isError(cause) && !seen.includes(cause)) {
        const inner = trace(cause, [...seen, error]);
        stack += `${stack ? '\n' : ''}  [cause]: ${headerOf(cause)}`;
        if (inner) stack += `\n${inner.replace(/^/gm, '  ')}`;
      }
    }
    return stack;
  };

  // [type, message, stack] of anything that was thrown.
  hooks.describeError = (thrown) => {
    if (isError(thrown)) {
      return [nameOf(thrown), text(() => thrown.message) ?? safely(() => String(thrown.message), ''), trace(thrown, [])];
    }
    if (thrown !== null && typeof thrown === 'object') {
      const message = text(() => thrown.message);
      if (message !== undefined) return [nameOf(thrown), message, framesOf(thrown)];
    }
    if (typeof thrown === 'string') return ['Error', thrown, ''];
    return ['Error', `uncaught ${safely(() => hooks.inspect(thrown), typeof thrown)}`, ''];
  };

  hooks.errorHeader = headerOf;
  hooks.isError = isError;

  // V8's way to give any object a stack; much code calls it without asking.
  defineProperty(Error, 'captureStackTrace', {
    value: function captureStackTrace(object) {
      const frames = framesOf(new NativeError());
      defineProperty(object, 'stack', {
        value: headerOf(object) + (frames ? `\n${frames}` : ''),
        writable: true,
        configurable: true,
      });
    },
    writable: true,
    configurable: true,
  });
  defineProperty(Error, 'stackTraceLimit', { value: 50, writable: true, configurable: true });
})
