/** Which functions a directory offers, also a hostile one. */

import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { directoryOf, Worker, write } from './support.mjs';

const directory = directoryOf({
  'plain.mjs': `
    import { helper } from './_helper.mjs';
    import { inner } from './lib/inner.js';
    import old from './lib/old.cjs';
    import data from './data.json' with { type: 'json' };
    import { context } from 'motorpool';
    export const VALUE = 5;
    export class Thing {}
    /** Adds up. */
    export function total(...numbers) { return numbers.reduce((a, b) => a + b, 0); }
    export async function later() {}
    export function _hidden() {}
    export const sum = total;
    export default function () {}
    export const parts = () => [helper(), inner(), old(), data.x, context().function];
  `,
  '_helper.mjs': `export const helper = () => 'helper';`,
  'lib/inner.js': `export const inner = () => 'inner';`,
  'lib/old.cjs': `module.exports = () => 'old';`,
  'data.json': '{"x": "data"}',
  'script.js': `export const where = () => import.meta.url; export const fail = () => { throw new Error('here'); };`,
  'described.mjs': `
    export const motorpool = { f: { description: 'Says.', timeout: 3, parameters: { properties: { a: {} } } } };
    export function f(a) { return a; }
    export function g() {}
  `,
  'package.json': '{"type": "commonjs"}',
  'types.d.ts': '',
  '.hidden.mjs': 'export function f() {}',
  'folder.mjs/x.mjs': 'export function f() {}',
  'onlydefault.mjs': 'export default function f() {}',
  'empty.mjs': '',
  'broken.mjs': 'const x = 1;\nexport function f(: {\n}',
  'imports_broken.mjs': `\nimport './lib/broken.mjs';`,
  'lib/broken.mjs': '\n\nlet let = 1;',
  'missing.mjs': `import 'node:fs';\nimport { x } from './nothing.mjs';`,
  'no_package.mjs': `import 'nothing-of-this-name';`,
  'no_export.mjs': `import { nothing } from './_helper.mjs';`,
  'throws.mjs': `\nthrow new RangeError('too early', { cause: new Error('why') });`,
  'rejects.mjs': `await Promise.reject('a text');`,
  'quits.mjs': `console.log('going');\nprocess.exit(3);`,
  'waits.mjs': 'await new Promise(() => {});\nexport function f() {}',
  'my-module.mjs': 'export function f() {}',
  'both.js': 'export function f() {}',
  'both.mjs': 'export function f() {}',
  'wrong.mjs': 'export const motorpool = { f: { timeout: -1 } };\nexport function f() {}',
  'unknown.mjs': 'export const motorpool = { g: {} };\nexport function f() {}',
  'no_object.mjs': 'export const motorpool = 5;\nexport function f() {}',
  'strays.mjs': `setTimeout(() => { throw new Error('stray'); }, 1);\nPromise.reject(1);\nexport function f() {}`,
  'prints.mjs': `process.stdout.write('x'.repeat(100) + '\\n'); export function f() {}`,
});
writeFileSync(join(directory, 'not_utf8.mjs'), Buffer.from([0x78, 0xff]));

/** @type {Record<string, any>} */
const sources = {};
/** @type {Record<string, any>} */
const functions = {};
let probe;
before(async () => {
  probe = await Worker.start(directory, { MOTORPOOL_ROLE: 'probe', MOTORPOOL_FUNCTIONS_PLACE: '/author/functions' });
  probe.hello.sources.forEach((each) => (sources[each.name] ??= each));
  probe.hello.functions.forEach((each) => (functions[each.name] = each));
});

test('the probe says what it loads, and ends', async () => {
  assert.equal(probe.hello.version, 2);
  const loading = probe.seen.filter((each) => each.type === 'loading').map((each) => each.source);
  assert.deepEqual([...new Set(loading)].sort(), Object.keys(sources).sort());
  assert.equal(loading.filter((each) => each === 'both').length, 2);
  assert.deepEqual((await probe.rest()).map((each) => each.type), ['leaving']);
  assert.equal(await probe.exit, 0);
  assert.match(probe.printed, /going/);
});

test('modules offer the functions that they export by name', () => {
  assert.deepEqual(sources.plain.functions, ['plain.later', 'plain.parts', 'plain.sum', 'plain.total']);
  assert.deepEqual([sources.plain.state, sources.plain.reason, sources.plain.file], ['ready', null, 'plain.mjs']);
  assert.deepEqual(functions['plain.later'], {
    name: 'plain.later', source: 'plain', description: '', workload: 'io', asynchronous: true, returns: true,
    parameters: { type: 'object', properties: {}, required: [], additionalProperties: false }, positional: 0, rest: true,
  });
  assert.equal(functions['plain.total'].description, 'Adds up.');
  assert.equal(functions['plain.total'].workload, 'cpu');
  assert.deepEqual(functions['described.f'].parameters.properties, { a: {} });
  assert.deepEqual(functions['described.f'].defaults, { timeout: 3 });
  assert.equal('positional' in functions['described.f'], false);
  assert.match(sources.onlydefault.reason, /default export/);
});

test('what is no source', () => {
  for (const name of ['_helper', '.hidden', 'folder', 'types.d', 'data', 'package']) {
    assert.equal(sources[name], undefined, name);
  }
});

test('a bad source fails alone, with its reason and place', () => {
  for (const [name, reason] of Object.entries({
    broken: /^SyntaxError: Unexpected token ':' \(broken.mjs, line 2\)$/,
    imports_broken: /^SyntaxError: .*\(lib\/broken.mjs, line 3\)$/,
    missing: /^Cannot find module '\/author\/functions\/nothing.mjs'.*\(missing.mjs, line 2\)$/,
    no_package: /^Cannot find package 'nothing-of-this-name'.*$/,
    no_export: /^SyntaxError: .*'nothing' \(no_export.mjs, line 1\)$/,
    throws: /^RangeError: too early \(throws.mjs, line 2\)$/,
    rejects: /^string: a text$/,
    quits: /^importing it calls process.exit\(3\) \(quits.mjs, line 2\)$/,
    waits: /top-level await never ends/,
    'my-module': /cannot begin the names of functions/,
    wrong: /motorpool.f.timeout must be a number greater than 0/,
    unknown: /describes g, which is not an exported function/,
    no_object: /must be an object/,
    not_utf8: /^SyntaxError/,
  })) {
    assert.equal(sources[name].state, 'failed', name);
    assert.match(sources[name].reason, reason, name);
    assert.deepEqual(sources[name].functions, []);
  }
  assert.match(sources.throws.traceback, /^RangeError: too early\n {4}at \/author\/functions\/throws.mjs:2:\d+\n\[cause\]: Error: why/);
  assert.match(sources.broken.traceback, /^\/author\/functions\/broken.mjs:2\nexport function f\(: \{\n/);
  const both = probe.hello.sources.filter((each) => each.name === 'both');
  assert.deepEqual(both.map((each) => each.state), ['ready', 'failed']);
  for (const name of ['strays', 'prints', 'empty']) {
    assert.equal(sources[name].state, 'ready', name);
  }
});

test('modules are read from the copy and show the author\'s place', async () => {
  for (const kind of ['process', 'thread']) {
    const worker = await Worker.start(directory, {
      MOTORPOOL_FUNCTIONS_PLACE: '/author/functions', MOTORPOOL_SOURCES: '["script","plain"]', MOTORPOOL_KIND: kind, MOTORPOOL_SLOTS: '1',
    });
    assert.deepEqual(worker.hello.sources.map((each) => each.name), ['plain', 'script']);
    assert.equal(await worker.value('script.where'), 'file:///author/functions/script.js');
    const { traceback } = await worker.error('script.fail');
    assert.match(traceback, /^Error: here\n {4}at .*\/author\/functions\/script.js:1:\d+\)?$/);
    assert.deepEqual(await worker.value('plain.parts'), ['helper', 'inner', 'old', 'data', 'plain.parts']);
  }
});

test('what has gone has failed', async () => {
  const worker = await Worker.start(directory, { MOTORPOOL_SOURCES: '["gone","plain"]' });
  const states = Object.fromEntries(worker.hello.sources.map(({ name, state }) => [name, state]));
  assert.deepEqual(states, { gone: 'failed', plain: 'ready' });
});

test('a thread that cannot load what another one could ends the worker', async () => {
  const place = directoryOf({
    'once.mjs': `
      import { mkdirSync } from 'node:fs';
      mkdirSync(process.env.ONCE); // fails the second time
      export async function nap() { await new Promise((resolve) => setTimeout(resolve, 100_000)); }`,
  });
  const worker = await Worker.start(place, {
    MOTORPOOL_KIND: 'thread', MOTORPOOL_SLOTS: '2', ONCE: `${place}/made`,
  });
  worker.call('once.nap');
  worker.call('once.nap'); // which needs a second thread
  assert.equal(await worker.exit, 76);
  assert.match(worker.printed, /source once cannot be loaded any more: .*EEXIST/);
});

test('packages come from the author\'s directory', async () => {
  const place = directoryOf({
    'node_modules/esm/package.json': '{"name":"esm","type":"module","exports":"./main.js"}',
    'node_modules/esm/main.js': `import cjs from 'cjs'; import { x } from './inner/x.js'; export const name = x + cjs.name;`,
    'node_modules/esm/inner/x.js': `export const x = 'esm, ';`,
    'node_modules/cjs/package.json': '{"name":"cjs","main":"main.js"}',
    'node_modules/cjs/main.js': `exports.name = require('./other').name;`,
    'node_modules/cjs/other.js': `exports.name = 'cjs';`,
    'old.cjs': `exports.old = require('cjs').name; exports.file = __filename;`,
  });
  const sources = {
    'uses.mjs': `
      import { name } from 'esm';
      import { inner } from '#inner';
      import old from './old.cjs';
      export const names = async () => [name, inner, old.old, (await import('esm')).name, (await import('./late.mjs')).late];
      export const files = () => [old.file, import.meta.url];
    `,
    'late.mjs': `export const late = 'late';`,
    'lib/inner.js': `export const inner = 'inner';`,
    'old.cjs': `exports.old = 'not from the copy';`,
    'package.json': '{"imports": {"#inner": "./lib/inner.js"}}',
  };
  const copy = directoryOf(sources);
  const worker = await Worker.start(copy, { MOTORPOOL_FUNCTIONS_PLACE: place });
  assert.deepEqual(worker.hello.sources.map((each) => each.reason), [null, null]);
  assert.deepEqual(await worker.value('uses.names'), ['esm, cjs', 'inner', 'cjs', 'esm, cjs', 'late']);
  assert.deepEqual(await worker.value('uses.files'), [join(place, 'old.cjs'), `file://${join(place, 'uses.mjs')}`]);
});

test('the source that hangs, ends or kills the probe is known', async () => {
  const place = directoryOf({ 'good.mjs': 'export const f = () => 1;', 'late.mjs': 'export const f = () => 2;' });
  for (const [name, text] of Object.entries({
    hangs: 'for (;;);',
    waits_too: 'setInterval(() => {}, 1000); await new Promise(() => {});',
    vanishes: 'process.reallyExit(5);',
    crashes: `process.kill(process.pid, 'SIGSEGV'); for (;;);`,
    aborts: 'process.abort();',
  })) {
    write(place, `${name}.mjs`, text);
    const first = new Worker(place, { MOTORPOOL_ROLE: 'probe' });
    await first.until('loading', { source: name });
    if (name === 'hangs' || name === 'waits_too') {
      process.kill(first.pid, 'SIGKILL');
    }
    assert.deepEqual(await first.rest(), []);
    const again = await Worker.start(place, { MOTORPOOL_ROLE: 'probe', MOTORPOOL_SOURCES: '["good","late"]' });
    assert.deepEqual(again.hello.sources.map((each) => each.state), ['ready', 'ready']);
    rmSync(join(place, `${name}.mjs`));
  }
});

test('an empty or missing directory', async () => {
  const place = directoryOf({});
  mkdirSync(join(place, 'empty'));
  for (const each of [join(place, 'empty'), join(place, 'missing'), null]) {
    const worker = await Worker.start(each);
    assert.deepEqual([worker.hello.functions, worker.hello.sources], [[], []]);
    assert.equal((await worker.error('any.f')).error, 'unknown-function');
  }
  assert.deepEqual(readdirSync(place), ['empty']);
});
