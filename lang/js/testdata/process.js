// Proves process, performance, crypto and the shape of the global object.
console.log(process.argv.length, process.platform, process.versions.quickjs, typeof process.pid, process.cwd(), process.env.NOPE, Object.keys(process.env));
process.env.SET = 5; console.log(process.env.SET, 'SET' in process.env, delete process.env.SET, process.env.SET);
const [seconds, nanoseconds] = process.hrtime(); console.log(Number.isInteger(seconds), nanoseconds < 1e9, typeof process.hrtime.bigint(), process.hrtime([seconds, nanoseconds])[0] >= 0, process.uptime() >= 0, process.memoryUsage().heapUsed > 0);
console.log(performance.now() <= performance.now(), Math.abs(performance.timeOrigin + performance.now() - Date.now()) < 1000);
const a = crypto.getRandomValues(new Uint8Array(16)); const b = crypto.getRandomValues(new Uint8Array(16)); console.log(a.some((x, i) => x !== b[i]), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()), crypto.randomUUID() !== crypto.randomUUID());
try { crypto.getRandomValues(new Uint8Array(65537)); } catch (error) { console.log(error.name); }
try { crypto.getRandomValues([1]); } catch (error) { console.log(error.name); }
const { randomBytes, randomInt, timingSafeEqual } = require('crypto'); console.log(randomBytes(8).length, randomInt(5) < 5, randomInt(3, 4), timingSafeEqual(Buffer.from('a'), Buffer.from('a')));
console.log(Math.random() !== Math.random(), Math.random() < 1);
process.stdout.write('written '); process.stdout.write(new Uint8Array([0x62, 0x0a])); process.stdout.write('callback', () => console.log(' called'));
console.log(globalThis === global, Object.prototype.toString.call(globalThis), typeof print, typeof scriptArgs, typeof std, typeof os, typeof gc, typeof native, typeof hooks);
const standard = Object.getOwnPropertyNames(globalThis).filter((name) => !/^[A-Z]/.test(name)).sort(); console.log(standard.join(' '));
console.log(Object.keys(globalThis).join(' '));
console.log(require('fs').readFileSync(0, 'utf8') === '', require('fs').readFileSync('/dev/stdin').length);
process.on('exit', (code) => console.log('exit listener', code));
