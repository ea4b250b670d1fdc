/** Calls without a service; the README and the examples do what they say. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { directoryOf, PACKAGE } from './support.mjs';

const EXAMPLES = fileURLToPath(new URL('../../../examples/node/', import.meta.url));

/** @returns {Promise<{ code: number, out: string, err: string }>} */
function run(words, cwd = '/') {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(PACKAGE, 'run.mjs'), ...words], { cwd }, (fault, out, err) => {
      resolve({ code: fault === null ? 0 : Number(fault.code), out, err });
    });
  });
}

const directory = directoryOf({
  'functions/node/work.mjs': `
    import { context } from 'motorpool';
    export const motorpool = {
      double: { parameters: { properties: { n: { type: 'integer' } }, required: ['n'] } },
    };
    export const double = (n) => (typeof n === 'bigint' ? 2n * n : 2 * n);
    export const echo = (...all) => all;
    export async function slowly() {
      context().progress(1, 2, 'half');
      await null;
      return context().function;
    }
    export const fail = () => { throw new TypeError('broken', { cause: new Error('why') }); };
    export const nan = () => NaN;
    export const leave = () => process.exit(7);
    export const many = () => 'x'.repeat(200000);
  `,
  'functions/node/broken.mjs': 'export function f(: {}',
});

test('calls', async () => {
  for (const [words, code, out, err] of [
    [['work.double', '12345678901234567890'], 0, '24691357802469135780\n', /^$/],
    [['work.echo', '{"a": [1]}', 'text', '"5"', '', '-x'], 0, '[{"a":[1]},"text","5","","-x"]\n', /^$/],
    [['work.slowly'], 0, '"work.slowly"\n', /^1\/2 half\n$/],
    [['work.double', 'x'], 2, '', /^\/args\/0: must be integer, not 'x'\n$/],
    [['work.double'], 2, '', /argument n is missing/],
    [['work.fail'], 1, '', /^TypeError: broken\n {4}at .*work\.mjs:\d+:\d+\)?\n\[cause\]: Error: why/],
    [['work.nan'], 1, '', /^NaN is no number in JSON\n$/],
    [['work.leave'], 7, '', /^$/],
    [['work.none'], 2, '', /has no function work.none; it has: work.double, work.echo/],
    [['nothing.f'], 2, '', /has no source nothing; it has: broken, work/],
    [['broken.f'], 2, '', /broken.mjs cannot be loaded: SyntaxError: .* \(broken.mjs, line 1\)/],
    [[], 2, '', /^usage: /],
    [['--help'], 0, /^usage: /, /^$/],
  ]) {
    const ended = await run(words, directory);
    assert.equal(ended.code, code, ended.err);
    assert.match(ended.err, /** @type {RegExp} */ (err));
    typeof out === 'string' ? assert.equal(ended.out, out) : assert.match(ended.out, out);
  }
  assert.equal((await run(['work.many'], directory)).out.length, 200_003);
});

test('the page about functions in Node.js', async () => {
  const text = readFileSync(join(PACKAGE, '../../../docs/how-to/node-functions.md'), 'utf8');
  const blocks = [...text.matchAll(/^```js\n([^]*?)^```/gm)].map(([, block]) => block);
  const place = directoryOf({
    'functions/node/geometry.mjs': blocks[0], 'described/geometry.mjs': blocks[1], 'described/more.mjs': blocks[2],
  });
  const commands = [...text.matchAll(/^\$ node src\/main\/node\/run.mjs (.*)\n(.*)$/gm)];
  assert.equal(commands.length, 2);
  for (const [, words, expected] of commands) {
    const { out, err } = await run(words.split(' '), place);
    assert.equal((out + err).trim(), expected);
  }
  assert.equal((await run(['--directory', 'described', 'more.convert', '["a","b"]'], place)).out, '2\n');
  for (const line of text.split('\n').filter((each) => !each.startsWith('|'))) {
    assert.ok(line.length <= 100, line);
  }
});

test('the command of the examples', async () => {
  const text = readFileSync(join(EXAMPLES, 'README.md'), 'utf8');
  const argument = /logs.add \\\n +'(.*)'/.exec(text)[1];
  const { out } = await run(['--directory', EXAMPLES, 'logs.add', argument]);
  assert.ok(text.includes(`\`${out.trim()}\``), out);
});

test('logs', async () => {
  const place = directoryOf({
    'access.log': [
      '::1 - - [30/Nov/2026:10:00:00 +0000] "GET /a?x=1 HTTP/1.1" 200 100',
      '::1 - - [30/Nov/2026:10:00:01 +0000] "POST /a HTTP/1.1" 503 -',
      'something else',
    ].join('\r\n'),
  });
  const { out } = await run(['--directory', EXAMPLES, 'logs.read', join(place, 'access.log')]);
  assert.deepEqual(JSON.parse(out), { '/a': { requests: 2, errors: 1, bytes: 100 } });
});

test('links', async () => {
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/here' ? 200 : 404;
    response.end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(null)));
  try {
    const root = `http://127.0.0.1:${server.address().port}`;
    const urls = [`${root}/here`, `${root}/gone`, 'http://127.0.0.1:1/'];
    const { out } = await run(['--directory', EXAMPLES, 'links.check', JSON.stringify(urls)]);
    const results = JSON.parse(out);
    assert.deepEqual(results.map((each) => each.status), [200, 404, null]);
    assert.ok(results[2].fault.length > 0);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
