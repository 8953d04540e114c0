// Proves require and import(): built-in modules, files, JSON, folders, packages, cycles, errors.
const fs = require('fs');
const path = require('path');
const dir = fs.mkdtempSync('/tmp/modules-');
const attempt = (run) => { try { console.log(run()); } catch (error) { console.log(error.name, error.code); } };
const write = (name, text) => { fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true }); fs.writeFileSync(path.join(dir, name), text); };
write('common.js', 'exports.name = "common"; exports.file = __filename; exports.dir = __dirname; exports.same = module.exports === exports && this === exports; exports.args = arguments.length;');
write('value.cjs', 'module.exports = function greet(who) { return "hi " + who; }; module.exports.extra = 1;');
write('data.json', '{ "list": [1, 2], "ä": "ü" }');
write('broken.json', '{ nope');
write('folder/index.js', 'module.exports = require("../common").name + " from folder " + require("./inner");');
write('folder/inner.js', 'module.exports = "inner";');
write('cycle-a.js', 'exports.early = 1; const b = require("./cycle-b"); exports.late = b.seen;');
write('cycle-b.js', 'const a = require("./cycle-a"); exports.seen = Object.keys(a);');
write('throws.js', 'throw new RangeError("while loading");');
write('syntax.js', 'const = 1;');
write('node_modules/pkg/package.json', '{ "name": "pkg", "main": "lib/main.js" }');
write('node_modules/pkg/lib/main.js', 'exports.pkg = require("dep");');
write('node_modules/dep/index.js', 'module.exports = "dep";');
write('node_modules/@scope/name/package.json', '{ "exports": { ".": { "import": "./esm.mjs", "require": "./cjs.cjs" } } }');
write('node_modules/@scope/name/cjs.cjs', 'exports.kind = "cjs";');
write('node_modules/@scope/name/esm.mjs', 'export const kind = "esm";');
write('esm.mjs', 'import def, { name } from "./common.js"; import { readFileSync } from "fs"; import fs from "node:fs"; import * as all from "./other.mjs"; import data from "./data.cjs"; export const values = [def.name, name, readFileSync === fs.readFileSync, all.one, typeof all.default, data]; export default class Thing {}; export let counter = 0; export const bump = () => ++counter; export const where = [import.meta.url, import.meta.filename, import.meta.dirname]; export { one as renamed } from "./other.mjs"; export const top = await Promise.resolve("awaited");');
write('other.mjs', 'export const one = 1; export default function () { return "default"; }');
write('data.cjs', 'module.exports = { from: "cjs" };');
write('bad.mjs', 'export const = 1;');
write('missing.mjs', 'import { nothing } from "./other.mjs";');
write('cycle1.mjs', 'import { two } from "./cycle2.mjs"; export const one = 1; export const sum = () => one + two;');
write('cycle2.mjs', 'import { one } from "./cycle1.mjs"; export const two = 2; export const get = () => one;');

const from = require('module').createRequire(dir + '/');
const common = from('./common.js');
console.log(common.name, common.file === dir + '/common.js', common.dir === dir, common.same, common.args, from('./common') === common);
console.log(from('./value.cjs')('you'), from('./value.cjs').extra, from('./data.json'), from('./data'), from('./folder'), from('./cycle-a'), from('pkg').pkg, from('@scope/name').kind);
attempt(() => from('./nope')); attempt(() => from('nope')); attempt(() => from('./broken.json')); attempt(() => from('./throws')); attempt(() => from('./syntax')); attempt(() => require(5)); attempt(() => require('node:nope'));
console.log(from.resolve('./folder').replace(dir, 'DIR'), from.resolve('fs'), Object.keys(from.cache).length > 3);
console.log(require('fs') === require('node:fs'), require('fs/promises') === fs.promises, require('path').posix === path, require('events').once !== undefined, require('os').EOL === '\n', typeof require('url').URL, require('buffer').Buffer === Buffer, require('process') === process, require('timers').setTimeout === setTimeout, require('util').types === require('util/types'), require('assert').strict === require('assert/strict'), require('perf_hooks').performance === performance, typeof require('crypto').randomBytes, require('console').log === console.log);
console.log(module.exports === exports, typeof __filename, path.isAbsolute(__dirname));

(async () => {
  const esm = await import(dir + '/esm.mjs');
  console.log(esm.values, esm.default.name, esm.bump(), esm.counter, esm.renamed, esm.top, esm.where.map((text) => text.replace(dir, 'DIR')), Object.keys(esm));
  console.log((await import('file://' + dir + '/other.mjs')).one, (await import('fs')).default === fs, (await import('node:path')).join === path.join);
  const { sum } = await import(dir + '/cycle1.mjs'); console.log(sum());
  console.log((await import(dir + '/value.cjs')).default('cjs'), await import(dir + '/other.mjs') === await import(dir + '/other.mjs'));
  for (const name of ['/nope.mjs', '/bad.mjs', '/missing.mjs', '/throws.js']) await import(dir + name).catch((error) => console.log(name, error.name));
  fs.rmSync(dir, { recursive: true });
})();
