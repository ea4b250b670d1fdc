/** Kind process: one call at a time, in the main thread. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { before, test } from 'node:test';
import { descriptorsOf, directoryOf, frame, isAlive, sleep, until, Worker } from './support.mjs';

const directory = directoryOf({
  'work.mjs': `
    import { execFileSync, spawn, spawnSync } from 'node:child_process';
    import { closeSync, readdirSync, readlinkSync, writeSync } from 'node:fs';
    import { isMainThread } from 'node:worker_threads';
    import { Cancelled, context } from 'motorpool';

    export const motorpool = {
      double: { parameters: { properties: { n: { type: 'integer' } }, required: ['n'] } },
      pair: { parameters: { properties: { first: {}, second: {}, third: {} } } },
    };
    export const echo = (value) => value;
    export const double = (n) => (typeof n === 'bigint' ? 2n * n : 2 * n);
    export function pair(first = 'a', second = 'b', third = 'c') { return [first, second, third]; }
    export function fail(text) {
      try {
        JSON.parse('{');
      } catch (cause) {
        throw new RangeError(text, { cause });
      }
    }
    export async function failLater(text) {
      await null;
      throw new (class Odd extends Error {})(text);
    }
    export function throwAny(value) { throw value; }
    export function recurse(n) { return recurse(n + 1) + 1; }
    export async function later(value) { return value; }
    export async function nap(millis) {
      await new Promise((resolve) => setTimeout(resolve, millis));
      return millis;
    }
    export function block(millis) {
      const end = Date.now() + millis;
      while (Date.now() < end);
      return millis;
    }
    export function spin() { for (;;); }
    export function spinUntilCancelled() {
      console.log('running');
      while (!context().cancelled);
      return 'cancelled';
    }
    export async function napUntilCancelled() {
      console.log('running');
      await new Promise((resolve, reject) => {
        const { signal } = context();
        const end = () => reject(signal.reason);
        signal.aborted ? end() : signal.addEventListener('abort', end);
      });
    }
    export const isMain = () => isMainThread;
    export const pid = () => process.pid;
    export function say(...texts) { texts.forEach((each) => console.log(each)); }
    export function sayOrThrow(item) {
      console.log(item);
      if (item === 3) throw new Error('three');
      return item;
    }
    export async function speak() {
      console.log('log');
      console.error('error');
      console.warn('%s', 'warn');
      process.stdout.write('write\\n');
      process.stdout.write(Buffer.from('bytes\\n'));
      await null;
      console.info('last');
    }
    export function sayAndBlock(millis) {
      console.log('first');
      console.log('second');
      return block(millis);
    }
    export function flood() {
      for (let i = 0; i < 20000; i++) console.log(i);
      return 'done';
    }
    export function see() {
      const it = context();
      return [it.job, it.function, it.pool, it.attempt, it.traceparent, it.tracestate, it.deadline];
    }
    export async function limitAfter(millis) {
      await nap(millis);
      return context().deadline.getTime();
    }
    export async function advance(n) {
      for (let i = 0; i < n; i++) context().progress(i, n, 'step');
      await nap(300);
      context().progress(n, n);
    }
    export function leave(code) { process.exit(code); }
    export function leaveAtThree(n) {
      if (n === 3) process.exit(3);
      return n;
    }
    export const big = (size) => new Uint8Array(size);
    export const nan = () => ({ a: [1, NaN] });
    export function crash() { process.kill(process.pid, 'SIGSEGV'); }
    export function daemon() {
      const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
      child.unref();
      return child.pid;
    }
    export function inherited() {
      const pipes = execFileSync('/bin/sh', ['-c', 'for n in 3 4 5 6 7 8 9; do readlink /proc/self/fd/$n; done; true']);
      return [String(pipes), String(execFileSync('/bin/sh', ['-c', 'echo $MOTORPOOL_WORKER'])).trim()];
    }
    export function closeAll() {
      for (const n of [3, 4]) {
        try { writeSync(n, 'garbage'); } catch {}
        try { closeSync(n); } catch {}
      }
    }
    export function atExit() { process.on('exit', (code) => writeSync(1, 'at the exit ' + code + '\\n')); }
    export function stray() {
      setTimeout(() => { throw new Error('stray of a timer'); }, 1);
      Promise.reject(new Error('stray rejection'));
      return nap(50);
    }
    export function strayAfterwards() { setTimeout(() => { throw new Error('stray afterwards'); }, 1); }
    export const lateRejection = async () => {
      const rejected = Promise.reject(new Error('seen later'));
      await nap(20);
      await rejected.catch(() => {});
      return 'fine';
    };
    export const throwAtThree = (n) => {
      if (n === 3) throw new Error('three');
      return n;
    };
    export const sleepOrReturn = (n) => (n > 0 ? nap(n) : n);
  `,
});

/** @type {Worker} */
let worker;
before(async () => {
  worker = await Worker.start(directory);
});

test('arguments and results', async () => {
  assert.deepEqual(await worker.value('work.echo', [{ a: [1, null, 'ä', 1.5] }]), { a: [1, null, 'ä', 1.5] });
  assert.equal(await worker.value('work.later', ['soon']), 'soon');
  assert.equal(await worker.value('work.echo', []), null);
  assert.equal(await worker.value('work.isMain'), true);
  assert.deepEqual(await worker.value('work.pair', ['x'], { kwargs: { third: 'z' } }), ['x', 'b', 'z']);
  assert.deepEqual(await worker.value('work.pair', [], { kwargs: { second: 'y', first: 'x' } }), ['x', 'y', 'c']);
  assert.equal(await worker.value('work.double', [], { kwargs: { n: 4 } }), 8);
});

test('integers keep their digits', async () => {
  worker.send('{"type":"call","id":9223372036854775807,"attempt":1,"function":"work.double","args":[12345678901234567890],"kwargs":{}}');
  const { text_of_frame: text } = await worker.until('result');
  assert.match(text, /"id":9223372036854775807,/);
  assert.match(text, /"value":24691357802469135780}/);
});

test('orders may arrive in pieces', async () => {
  const order = frame({ type: 'call', id: 901, attempt: 1, function: 'work.echo', args: ['ä'], kwargs: {} });
  for (const byte of order) {
    worker.orders.write(Buffer.of(byte));
    await sleep(0);
  }
  assert.equal((await worker.endOf(901)).value, 'ä');
});

test('exceptions', async () => {
  const error = await worker.error('work.fail', ['broken']);
  assert.deepEqual([error.error, error.exception, error.message], ['function-raised', 'RangeError', 'broken']);
  assert.match(error.traceback, /^RangeError: broken\n {4}at .*work\.mjs:\d+/);
  assert.match(error.traceback, /\n\[cause\]: SyntaxError: /);
  assert.doesNotMatch(error.traceback, /main\/node|node:internal/);
  const later = await worker.error('work.failLater', ['broken']);
  assert.deepEqual([later.exception, later.message], ['Odd', 'broken']);
  assert.doesNotMatch(later.traceback, /main\/node|node:internal/);
  assert.equal((await worker.error('work.recurse', [1])).exception, 'RangeError');
  assert.deepEqual(pick(await worker.error('work.throwAny', ['text'])), ['string', 'text', null]);
  assert.deepEqual(pick(await worker.error('work.throwAny', [null])), ['object', 'null', null]);
  assert.deepEqual(pick(await worker.error('work.throwAny', [{ a: 1 }])), ['Object', '{ a: 1 }', null]);
  assert.equal((await worker.error('work.none')).error, 'unknown-function');
  const refused = await worker.error('work.pair', ['x'], { kwargs: { first: 1 } });
  assert.deepEqual(pick(refused), ['InvalidArguments', '/kwargs/first: is given by position, too', null]);
});

function pick({ exception, message, traceback }) {
  return [exception, message, traceback];
}

test('large and impossible results', async () => {
  assert.equal((await worker.value('work.big', [10_000_000])).length, 13_333_336);
  assert.equal((await worker.error('work.big', [13_000_000])).error, 'value-too-large');
  const error = await worker.error('work.nan');
  assert.deepEqual([error.error, error.message], ['value-not-json', 'NaN is no number in JSON (at /a/1)']);
  assert.equal((await worker.value('work.echo', ['x'.repeat(3_000_000)])).length, 3_000_000);
});

test('frames of the largest size', async () => {
  const largest = 16 * 1024 * 1024;
  const text = 'x'.repeat(largest - 2);
  assert.ok((await worker.value('work.echo', [text])) === text);
  assert.equal((await worker.error('work.echo', [`${text}x`])).error, 'value-too-large');
  assert.ok((await worker.values(worker.chunk('work.echo', [1, text, 2]), 3))[1] === text);
  const small = await Worker.start(directory, { MOTORPOOL_FRAME_LIMIT: '70000', MOTORPOOL_VALUE_LIMIT: '4464' });
  assert.equal((await small.error('work.echo', ['x'.repeat(4463)])).error, 'value-too-large');
  small.call('work.echo', ['x'.repeat(70_000)]);
  assert.equal(await small.exit, 76);
  assert.match(small.printed, /it must have 2 to 70000/);
});

test('the context', async () => {
  const members = { job: 'j', pool: 'p', attempt: 3, traceparent: '00-1', tracestate: 'a=b', deadline: 60 };
  const seen = await worker.value('work.see', [], members);
  assert.deepEqual(seen.slice(0, 6), ['j', 'work.see', 'p', 3, '00-1', 'a=b']);
  assert.ok(Math.abs(Date.parse(seen[6]) - Date.now() - 60_000) < 50_000);
  assert.deepEqual((await worker.value('work.see')).slice(4), [null, null, null]);
  const limits = await worker.values(worker.chunk('work.limitAfter', [0, 100, 0], { deadline: 60 }), 3);
  assert.ok(limits[2] - limits[0] >= 95, 'the limit is that of each item');
});

test('progress is limited, and its last is sent', async () => {
  const id = worker.call('work.advance', [1000]);
  await worker.endOf(id);
  const reports = worker.seen.filter((each) => each.type === 'progress' && each.id === id);
  assert.ok(reports.length < 10, String(reports.length));
  assert.deepEqual([reports.at(-1).done, reports.at(-1).message], [1000, null]);
});

test('output of all kinds in order', async () => {
  const id = worker.call('work.speak', [], { output: true });
  await worker.endOf(id);
  assert.equal(worker.outputOf(id), 'log\nerror\nwarn\nwrite\nbytes\nlast\n');
});

test('output that nobody wants is printed', async () => {
  await worker.value('work.say', ['to standard output']);
  await until(() => worker.printed.includes('to standard output\n'));
  assert.ok(!worker.seen.some((each) => each.type === 'output' && each.text.includes('to standard output')));
});

test('output comes while the function holds the event loop', async () => {
  const id = worker.call('work.sayAndBlock', [500], { output: true });
  await worker.until('output', { id, text: 'second\n' });
  assert.ok(!worker.seen.some((each) => each.type === 'result' && each.id === id));
  await worker.endOf(id);
});

test('a flood keeps its end', async () => {
  const id = worker.call('work.flood', [], { output: true });
  await worker.endOf(id);
  assert.match(worker.outputOf(id), /19998\n19999\n$/);
});

test('the output of a chunk comes before its end', async () => {
  for (const items of [['a'], ['a', 'b', 'c'], ['a', 3]]) {
    const id = worker.chunk('work.sayOrThrow', items, { output: true });
    await worker.values(id, items.length);
    assert.equal(worker.outputOf(id), items.map((item) => `${item}\n`).join(''));
  }
});

test('drop is answered while a function spins, and gives back what has not started', async () => {
  const running = worker.call('work.sayAndBlock', [300], { output: true });
  await worker.until('output', { id: running });
  const [first, second] = [worker.call('work.pid'), worker.call('work.pid')];
  worker.send({ type: 'drop', ids: [running, second, 12345] });
  assert.deepEqual((await worker.until('dropped')).ids, [second]);
  worker.send({ type: 'drop', ids: [] });
  assert.deepEqual((await worker.until('dropped')).ids, []);
  worker.send({ type: 'ping' });
  await worker.until('pong');
  assert.equal((await worker.endOf(first)).value, worker.pid);
  assert.ok(!worker.seen.some((each) => each.id === second && each.type === 'result'));
});

test('a cancelled call ends by its signal', async () => {
  const running = worker.call('work.napUntilCancelled', [], { output: true });
  const waiting = worker.call('work.nap', [60_000]);
  const next = worker.call('work.echo', [1]);
  await worker.until('output', { id: running });
  worker.send({ type: 'cancel', id: waiting });
  worker.send({ type: 'cancel', id: 999_999 });
  worker.send({ type: 'cancel', id: running });
  assert.equal((await worker.endOf(running)).exception, 'Cancelled');
  assert.equal((await worker.endOf(waiting)).exception, 'Cancelled');
  assert.equal((await worker.endOf(next)).value, 1);
  const spinning = worker.call('work.spinUntilCancelled', [], { output: true });
  await worker.until('output', { id: spinning });
  worker.send({ type: 'cancel', id: spinning });
  assert.equal((await worker.endOf(spinning)).value, 'cancelled');
});

test('a cancellation hits its call only', async () => {
  for (let round = 0; round < 100; round++) {
    const first = worker.call('work.echo', [1]);
    worker.send({ type: 'cancel', id: first });
    const second = worker.call('work.echo', [2]);
    await worker.endOf(first);
    assert.equal((await worker.endOf(second)).value, 2);
  }
});

test('chunks', async () => {
  const numbers = Array.from({ length: 1000 }, (_, index) => index);
  assert.deepEqual(await worker.values(worker.chunk('work.double', numbers), 1000), numbers.map((n) => 2 * n));
  assert.deepEqual(await worker.values(worker.chunk('work.pair', [[1], [1, 2]], { star: true }), 2), [
    [1, 'b', 'c'],
    [1, 2, 'c'],
  ]);
  const values = await worker.values(worker.chunk('work.throwAtThree', [1, 2, 3, 4]), 4);
  assert.deepEqual([values[0], values[1], values[2].message, values[3]], [1, 2, 'three', 4]);
  const mixed = [0, 5, 0, 0, 3];
  assert.deepEqual(await worker.values(worker.chunk('work.sleepOrReturn', mixed), 5), mixed);
  const large = ['x'.repeat(50_000), 1, 'y'.repeat(20_000), 'z'.repeat(20_000)];
  assert.deepEqual(await worker.values(worker.chunk('work.echo', large), 4), large);
  worker.chunk('work.double', []);
  assert.equal(await worker.value('work.echo', [1]), 1);
});

test('a long item is announced and reported alone', async () => {
  for (const name of ['work.block', 'work.nap']) {
    const id = worker.chunk(name, [0, 100, 0]);
    await worker.values(id, 3);
    const mine = worker.seen.filter((each) => each.id === id);
    const announced = mine.findIndex((each) => each.type === 'running' && each.index === 1);
    assert.ok(announced > 0, JSON.stringify(mine));
    assert.deepEqual(mine.slice(0, announced).flatMap((each) => each.values ?? []), [0]);
    assert.deepEqual([mine[announced + 1].index, mine[announced + 1].values], [1, [100]]);
    assert.ok(mine[announced + 1].nanos >= 90_000_000);
  }
});

test('items are cancelled one by one, and given back', async () => {
  const id = worker.chunk('work.napUntilCancelled', [1, 2, 3, 4, 5]);
  await worker.until('running', { id, index: 0 });
  worker.send({ type: 'cancel', id, index: 1 });
  worker.send({ type: 'cancel', id, index: 0 });
  await worker.until('error', { id, index: 0 });
  await worker.until('error', { id, index: 1 });
  await worker.until('running', { id, index: 2 });
  worker.send({ type: 'drop', ids: [id] });
  assert.deepEqual((await worker.until('dropped')).from, [3]);
  worker.send({ type: 'cancel', id, index: 2 });
  await worker.until('error', { id, index: 2 });
});

test('given back at any moment each item has one end', async () => {
  for (const size of [1, 2, 50, 4000]) {
    for (let round = 0; round < 8; round++) {
      const items = Array.from({ length: size }, (_, index) => index);
      const id = worker.chunk('work.echo', items);
      worker.send({ type: 'drop', ids: [id] });
      const { ids, from } = await worker.until('dropped');
      const end = ids.includes(id) ? from[0] : size;
      assert.deepEqual(await worker.values(id, end), items.slice(0, end));
    }
  }
});

test('orders are accepted in the file', async () => {
  await worker.value('work.echo', [1]);
  const before = worker.acceptedOrders();
  await worker.value('work.echo', [1]);
  assert.equal(worker.acceptedOrders(), before + 1);
  assert.ok(!existsSync(worker.accepted));
});

test('strays harm nobody', async () => {
  const error = await worker.error('work.stray');
  assert.equal(error.message, 'stray of a timer');
  assert.doesNotMatch(error.traceback, /main\/node/);
  await until(() => worker.printed.includes('an unhandled rejection: Error: stray rejection'));
  await worker.value('work.strayAfterwards');
  await until(() => worker.printed.includes('an uncaught exception: Error: stray afterwards'));
  assert.equal(await worker.value('work.lateRejection'), 'fine');
});

test('descriptors of the protocol are out of the way', async () => {
  const [inherited, mark] = await worker.value('work.inherited');
  assert.doesNotMatch(inherited, /orders|reports/);
  assert.equal(mark, worker.mark);
  await worker.value('work.closeAll');
  assert.equal(await worker.value('work.echo', [1]), 1);
});

test('Ctrl-C is not for workers', async () => {
  process.kill(worker.pid, 'SIGINT');
  assert.equal(await worker.value('work.echo', [1]), 1);
});

test('descriptors do not grow', async () => {
  const before = descriptorsOf(worker.pid);
  for (let round = 0; round < 20; round++) {
    await worker.value('work.say', ['x'], { output: true });
  }
  assert.equal(descriptorsOf(worker.pid), before);
});

test('stop', async () => {
  const other = await Worker.start(directory);
  await other.value('work.atExit');
  other.call('work.nap', [50]);
  other.call('work.echo', [1]);
  other.send({ type: 'stop' });
  assert.deepEqual((await other.rest()).map((each) => each.type), ['result', 'result', 'leaving']);
  assert.equal(await other.exit, 0);
  assert.equal(other.printed, 'at the exit 0\n');
});

test('the end of orders ends everything at once', async () => {
  const other = await Worker.start(directory);
  const child = await other.value('work.daemon');
  const spinning = other.call('work.sayAndBlock', [1e9], { output: true });
  await other.until('output', { id: spinning });
  const begun = Date.now();
  other.orders.destroy();
  await other.exit;
  assert.ok(Date.now() - begun < 5000);
  await until(() => !isAlive(child), 'the end of the child');
  assert.deepEqual((await other.rest()).filter((each) => each.type === 'leaving'), []);
});

test('an idle worker ends with code 0', async () => {
  const other = await Worker.start(directory);
  other.orders.destroy();
  assert.equal(await other.exit, 0);
});

test('exits say what they are', async () => {
  for (const [code, expected] of [[3, 3], [0, 0], [137, 137]]) {
    const other = await Worker.start(directory);
    other.call('work.say', ['before'], { output: true });
    other.call('work.leave', [code]);
    other.call('work.echo', [1]);
    const rest = await other.rest();
    assert.deepEqual(rest.slice(-3).map((each) => each.type), ['output', 'result', 'leaving']);
    assert.equal(await other.exit, expected);
  }
});

test('an item that exits is named', async () => {
  const other = await Worker.start(directory);
  other.chunk('work.leaveAtThree', [1, 2, 3, 4]);
  const rest = await other.rest();
  assert.deepEqual(rest.slice(-2).map((each) => each.type), ['running', 'leaving']);
  assert.equal(rest.at(-2).index, 2);
  assert.deepEqual(rest.flatMap((each) => each.values ?? []), [1, 2]);
});

test('a crash is a signal', async () => {
  const other = await Worker.start(directory);
  other.call('work.crash');
  assert.deepEqual(await other.rest(), []);
  assert.equal(await other.exit, 'SIGSEGV');
});

test('a broken protocol ends the worker', async () => {
  const other = await Worker.start(directory);
  other.call('work.nap', [60_000]);
  other.send('{"type":"call","id":2}');
  assert.deepEqual((await other.rest()).map((each) => each.type), ['leaving']);
  assert.equal(await other.exit, 76);
  assert.match(other.printed, /^motorpool worker: call without attempt\n/);
});

test('half a frame ends the worker', async () => {
  const whole = frame('{"type":"ping"}');
  for (const at of [1, 4, whole.length - 1]) {
    const other = await Worker.start(directory);
    other.orders.end(whole.subarray(0, at));
    assert.equal(await other.exit, 76);
  }
});

test('without the file acceptance is reported', async () => {
  const other = await Worker.start(directory, { MOTORPOOL_ACCEPTED: '/nowhere' });
  other.send({ type: 'ping' });
  other.call('work.echo', [1]);
  await other.until('pong');
  assert.deepEqual({ ...(await other.receive()) }, { type: 'accepted', orders: 2 });
  assert.equal((await other.receive()).type, 'result');
});

test('wrong settings are told', async () => {
  const other = new Worker(directory, { MOTORPOOL_KIND: 'fiber' });
  assert.equal(await other.exit, 76);
  assert.match(other.printed, /MOTORPOOL_KIND must be one of process, thread, coroutine, not 'fiber'/);
});
