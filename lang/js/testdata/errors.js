// Proves how errors look: stacks with the user's frames only, causes, names, and what catches see.
class ValidationError extends Error { constructor(field) { super(`bad ${field}`); this.name = 'ValidationError'; this.field = field; } }
class Unnamed extends TypeError {}
function inner() { throw new ValidationError('age'); }
function outer() { return [1].map(() => inner()); }
try { outer(); } catch (error) {
  console.log(error.stack.replace(/[^( ]*\.js/g, 'FILE'));
  console.log(Object.keys(error), error instanceof ValidationError, error.toString(), `${error}`);
}
console.log(new Unnamed('u').stack.split('\n')[0], [new Error('in array').message]);
const bare = new Error('no stack'); delete bare.stack; console.log([bare], { bare });
const plain = new Error('plain'); plain.stack = undefined; console.log([plain]);
const coded = Object.assign(new Error('with code'), { code: 'E_X', stack: 'Error: with code\n    at f (main.js:1:1)' }); console.log(coded, [coded], { coded });
const caused = new Error('outer', { cause: Object.assign(new Error('root'), { stack: 'Error: root\n    at g (main.js:2:2)' }) }); caused.stack = 'Error: outer\n    at h (main.js:3:3)'; console.log(caused);
const aggregate = new AggregateError([1, 'two'], 'many'); aggregate.stack = 'AggregateError: many\n    at i (main.js:4:4)'; console.log(aggregate);
console.log(Object.assign(new Unnamed('x'), { stack: 'TypeError: x\n    at j (main.js:5:5)' }));
console.log(Object.assign(new Error(''), { stack: 'Error\n    at k (main.js:6:6)' }));
function deep(n) { return n === 0 ? new Error('deep').stack.split('\n').length : deep(n - 1); }
console.log(deep(5) > 5, deep(200) <= 60);
function recurse() { return recurse() + 1; }
try { recurse(); } catch (error) { console.log(error.name, error.message, error instanceof RangeError); }
try { JSON.parse('{bad'); } catch (error) { console.log(error.name, /at/.test(error.stack)); }
try { null.x; } catch (error) { console.log(error.name); }
try { undefinedName; } catch (error) { console.log(error.name, error.message.includes('undefinedName')); }
try { new Array(-1); } catch (error) { console.log(error.name); }
try { eval('let ='); } catch (error) { console.log(error.name); }
try { decodeURIComponent('%'); } catch (error) { console.log(error.name); }
const target = {}; Error.captureStackTrace(target); console.log(typeof target.stack, Object.keys(target));
console.log(require('fs').existsSync('/nowhere'), (() => { try { require('fs').readFileSync('/nowhere'); } catch (error) { return [error.message, error.code, error.errno, error.syscall, error.path, error.stack.includes('funcbox'), error.stack.split('\n').length > 1]; } })());
try { setTimeout(5); } catch (error) { console.log(error.stack.split('\n')[1].replace(/[^( ]*\.js/, 'FILE')); }
[3, 1, 2].sort((a, b) => { if (a === 3 && b === 1 || a === 1 && b === 3) { try { throw new Error('in callback'); } catch (error) { console.log(error.message); } } return a - b; });
console.log((async () => { throw new Error('rejected'); })().catch((error) => console.log('caught', error.message)) instanceof Promise);
