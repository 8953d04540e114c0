// Proves the order of timers, ticks, promise jobs and immediates, and that a program runs until none is left.
const order = [];
const note = (name) => () => order.push(name);
setTimeout(note('timeout 5'), 5);
setTimeout(note('timeout 1'), 1);
setTimeout(() => { order.push('timeout 10'); process.nextTick(note('tick in timeout')); Promise.resolve().then(note('job in timeout')); }, 10);
setTimeout(note('timeout 10b'), 10);
Promise.resolve().then(note('job 1')).then(note('job 2'));
process.nextTick(note('tick 1'));
queueMicrotask(note('microtask'));
process.nextTick((a, b) => order.push(a + b), 'tick ', 2);
(async () => { order.push('async start'); await null; order.push('async rest'); })();
order.push('sync');
let count = 0;
const interval = setInterval(() => { if (++count === 3) clearInterval(interval); }, 20);
const cancelled = setTimeout(note('never'), 1); clearTimeout(cancelled);
clearTimeout(undefined); clearTimeout(null); clearTimeout(12345); clearTimeout('x');
setTimeout((...args) => order.push(args.join()), 15, 1, 2, 3);
setInterval(() => {}, 1000).unref();
const immediate = setImmediate(note('cancelled immediate')); clearImmediate(immediate);
const { setTimeout: sleep } = require('timers/promises');
const { promisify } = require('util');
sleep(120, 'slept').then((value) => {
  order.push(value);
  clearInterval(interval);
  console.log(order, count >= 1);
  return new Promise((resolve) => { // a refreshed timer comes after one that was due later
    const late = [];
    const refreshed = setTimeout(() => { late.push('refreshed'); console.log(late); resolve(); }, 10);
    setTimeout(() => refreshed.refresh(), 5);
    setTimeout(() => late.push('due later'), 11);
  });
}).then(() => {
  setImmediate((...args) => { console.log('immediate', args); process.nextTick(() => console.log('tick')); setImmediate(() => console.log('next immediate')); Promise.resolve().then(() => console.log('job')); }, 1, 2);
});
promisify(setTimeout)(90, 'p').then((value) => order.push(value));
console.log(typeof cancelled.hasRef(), cancelled.ref() === cancelled, Number.isInteger(+cancelled), typeof setTimeout(() => {}, 0)[Symbol.toPrimitive]());
try { setTimeout('code'); } catch (error) { console.log(error.name, error.code); }
(async () => {
  const results = await Promise.allSettled([Promise.reject(new Error('no')), sleep(1, 'ok'), { then(done) { done('thenable'); } }, 4]);
  console.log(results.map(({ status, value, reason }) => [status, value ?? reason.message]));
  console.log(await Promise.race([sleep(50, 'slow'), sleep(5, 'fast')]), await Promise.any([Promise.reject(1), sleep(2, 'any')]));
  try { await Promise.any([Promise.reject(1)]); } catch (error) { console.log(error.name, error.errors); }
  for await (const value of (async function* () { yield 1; await sleep(1); yield 2; })()) console.log('yielded', value);
  const aborter = new AbortController();
  const aborted = sleep(1000, null, { signal: aborter.signal });
  aborter.abort();
  await aborted.catch((error) => console.log(error.name, aborter.signal.aborted, aborter.signal.reason.name));
  const timeout = AbortSignal.timeout(5); await sleep(10); console.log(timeout.aborted, timeout.reason.name);
})();
