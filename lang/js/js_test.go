package js_test

import (
	"testing"

	"github.com/funcbox/funcbox/lang/js"
	"github.com/funcbox/funcbox/lang/langtest"
)

func TestLanguage(t *testing.T) {
	langtest.Run(t, js.Language(), langtest.Dialect{
		Echo:    `function echo(value) { return value }`,
		Add:     `function add(a, b) { return a + b }`,
		Count:   `let counter = globalThis.leaked ?? 0; globalThis.leaked = 1; if (Array.prototype.leak) counter = 100; Array.prototype.leak = true; function count() { return ++counter }`,
		Unicode: `function größe(名) { return 名 + '𝔘' }`,
		Spoil: `const fs = require('fs');
			function spoil() {
				fs.openSync('/tmp/left', 'w');
				for (const fd of [0, 1, 2]) fs.closeSync(fd);
				process.chdir('/tmp');
				process.env.LEFT = 'left';
				globalThis.left = 1;
				setInterval(() => console.log('tick'), 1);
				Promise.resolve().then(function again() { return Promise.resolve().then(again) });
				Array.prototype.push = () => 7; JSON.stringify = Object.keys = () => 'spoilt'; delete Math.max;
				fs.readFileSync = () => 'spoilt'; console.log = () => {}; require.cache = {};
			}`,
		Pristine: `const fs = require('fs');
			function pristine() {
				const found = [];
				if (process.cwd() !== '/workspace') found.push('cwd');
				if (process.env.LEFT !== undefined) found.push('env');
				if (globalThis.left !== undefined) found.push('global');
				if ([].push(1) !== 1 || typeof Math.max !== 'function' || JSON.stringify([1]) !== '[1]') found.push('builtins');
				if (fs.openSync('/tmp/new', 'w') !== 4) found.push('descriptors');
				if (fs.existsSync('/tmp/left')) found.push('files');
				console.log('seen');
				return found;
			}`,
		Greet: `const greet = (name, { greeting = 'Hello' } = {}) => greeting + ', ' + name + '!'`,

		Throw:         "function fail() {\n  const what = 42;\n  throw new RangeError('no such thing: ' + what);\n}",
		ThrowType:     "RangeError",
		Malformed:     "const fine = 1;\nconst = 2;\n",
		MalformedType: "SyntaxError",
		Functions:     `function alpha() {} ; const beta = async () => {}; const gone = 1; class Other { gamma() {} }`,

		Print:        `function say() { console.log('to stdout'); console.error('to stderr') }`,
		Exit:         `function leave(code) { process.exit(code) }`,
		Spin:         `function spin() { console.log('started'); for (;;) ; }`,
		Work:         `function work(n) { let i = 0; while (i < n) i++; return i }`,
		Sleep:        `function rest(seconds) { return new Promise(done => setTimeout(done, seconds * 1000)) }`,
		Recurse:      `function dive() { return dive() + 1 }`,
		RecurseType:  "RangeError",
		Hoard:        `function hoard() { const all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(1)) }`,
		HoardType:    "InternalError",
		Shout:        `function shout() { for (;;) console.log('x'.repeat(63)) }`,
		Unreturnable: `function unreturnable() { return { items: [1, () => {}] } }`,

		Env:         `function env(name) { return process.env[name] }`,
		Stdin:       `function read() { return require('fs').readFileSync(0, 'utf8') }`,
		Copy:        `const fs = require('fs'); function copy(from, to) { fs.writeFileSync(to, fs.readFileSync(from)) }`,
		ReadMissing: `const fs = require('fs'); function missing() { return fs.readFileSync('/no/such/file') }`,
		Steps: `const fs = require('fs');
			const tell = (stat) => stat.isFile() ? 'file ' + stat.size : stat.isDirectory() ? 'dir' : stat.isSymbolicLink() ? 'link' : 'other';
			function contents(fd) {
				const all = [];
				for (let at = 0, n = 1; n > 0; at += n) {
					const buffer = Buffer.alloc(5000);
					n = fs.readSync(fd, buffer, 0, buffer.length, at);
					all.push(buffer.subarray(0, n));
				}
				return Buffer.concat(all).toString();
			}
			function steps(list) {
				const slots = new Map();
				const slot = (name) => {
					if (!slots.has(name)) throw { code: 'EBADF' };
					return slots.get(name);
				};
				const operations = {
					read: (path) => fs.readFileSync(path, 'utf8'),
					write: (path, text) => fs.writeFileSync(path, text),
					append: (path, text) => fs.appendFileSync(path, text),
					create: (path) => fs.writeFileSync(path, '', { flag: 'wx' }),
					open: (name, path, mode) => { slots.set(name, fs.openSync(path, mode)) },
					fread: (name) => contents(slot(name)),
					fwrite: (name, text) => { fs.writeSync(slot(name), text) },
					fsize: (name, size) => fs.ftruncateSync(slot(name), size),
					fstat: (name) => tell(fs.fstatSync(slot(name))),
					close: (name) => { fs.closeSync(slot(name)); slots.delete(name) },
					stat: (path) => tell(fs.statSync(path)),
					lstat: (path) => tell(fs.lstatSync(path)),
					list: (path) => fs.readdirSync(path).sort().join(','),
					mkdir: (path) => fs.mkdirSync(path),
					rmdir: (path) => fs.rmdirSync(path),
					unlink: (path) => fs.unlinkSync(path),
					rename: (from, to) => fs.renameSync(from, to),
					link: (from, to) => fs.linkSync(from, to),
					symlink: (target, path) => fs.symlinkSync(target, path),
					readlink: (path) => fs.readlinkSync(path),
					truncate: (path, size) => fs.truncateSync(path, size),
					utimes: (path) => fs.utimesSync(path, 1, 1),
					chdir: (path) => process.chdir(path),
					pause: () => { fs.writeSync(1, 'pause\n'); fs.readSync(0, Buffer.alloc(1)) },
				};
				return list.map(([operation, ...args]) => {
					try {
						const result = operations[operation](...args);
						return result === undefined ? 'ok' : '=' + result;
					} catch (error) {
						return error.code === 'ERR_INVALID_ARG_VALUE' ? 'EINVAL' : error.code ?? String(error);
					}
				});
			}`,
		FileName: "main.js",

		Kinds: langtest.Kinds{Floats: false, BigIntegers: true},
	})
}
