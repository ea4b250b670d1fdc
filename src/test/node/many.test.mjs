/** Kinds thread and coroutine: many calls at once in one process. */

import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { directoryOf, isAlive, resident, until, Worker } from './support.mjs';

const directory = directoryOf({
  'work.mjs': `
    import { spawn } from 'node:child_process';
    import { threadId } from 'node:worker_threads';
    import { context } from 'motorpool';
    export const motorpool = { twice: { parameters: { properties: { n: {} } } } };
    let calls = 0;
    export const echo = (value) => value;
    export const twice = (n) => 2 * n;
    export const count = () => ++calls;
    export async function nap(millis) {
      await new Promise((resolve) => setTimeout(resolve, millis));
      return millis;
    }
    export async function napUntilCancelled() {
      const { signal } = context();
      await new Promise((resolve, reject) => {
        const end = () => reject(signal.reason);
        signal.aborted ? end() : signal.addEventListener('abort', end);
      });
    }
    export async function speak(text) {
      for (let i = 0; i < 3; i++) {
        console.log(text, i);
        await nap(5);
      }
      return context().job;
    }
    export function block(millis) {
      const end = Date.now() + millis;
      while (Date.now() < end);
      return millis;
    }
    export function spin() {
      console.log('spinning');
      for (;;);
    }
    export const spinOrReturn = (n) => (n === 2 ? spin() : n);
    export const leave = (code) => process.exit(code);
    export async function leaveLater(code) {
      await null;
      process.exit(code);
    }
    export const leaveAtTwo = (n) => (n === 2 ? process.exit(n) : n);
    export async function leaveInCallback(code) { await new Promise(() => setTimeout(() => process.exit(code), 1)); }
    export function fail() { throw new TypeError('broken'); }
    export async function failInCallback() { await new Promise(() => setTimeout(() => fail(), 1)); }
    export async function reject() {
      Promise.reject(new Error('stray'));
      await nap(10);
      return 'here';
    }
    export function hungry() { for (const all = []; ; ) all.push(new Array(100000).fill(all.length)); }
    export const thread = () => threadId;
    export function daemon() {
      const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
      child.unref();
      return child.pid;
    }
    export const vanish = () => process.kill(process.pid, 'SIGTERM');
  `,
});

/** What both kinds do alike. */
function common(kind, slots) {
  /** @type {Worker} */
  let worker;
  before(async () => {
    worker = await Worker.start(directory, { MOTORPOOL_KIND: kind, MOTORPOOL_SLOTS: String(slots) });
  });

  test('the functions are announced', () => {
    assert.ok(worker.hello.functions.some((each) => each.name === 'work.nap' && each.asynchronous));
    assert.deepEqual(worker.hello.features, ['accepted', 'ping', 'context']);
  });

  test('calls run at once', async () => {
    const calls = Array.from({ length: 4 }, () => worker.call('work.napUntilCancelled'));
    assert.equal(await worker.value('work.twice', [], { kwargs: { n: 4 } }), 8);
    calls.forEach((id) => worker.send({ type: 'cancel', id }));
    for (const _ of calls) {
      const { id, exception } = await worker.until('error');
      assert.equal(exception, 'Cancelled');
      assert.ok(calls.includes(id));
    }
  });

  test('output belongs to its call', async () => {
    const calls = [0, 1, 2, 3].map((i) => worker.call('work.speak', [`text${i}`], { output: true, job: `j${i}` }));
    for (const _ of calls) {
      const { id, value } = await worker.until('result');
      assert.equal(value, `j${calls.indexOf(id)}`);
    }
    calls.forEach((id, i) => assert.equal(worker.outputOf(id), [0, 1, 2].map((n) => `text${i} ${n}\n`).join('')));
  });

  test('exits and failures harm no neighbour', async () => {
    const neighbour = worker.call('work.napUntilCancelled');
    for (const name of ['work.leave', 'work.leaveLater', 'work.leaveInCallback']) {
      const error = await worker.error(name, [3]);
      assert.deepEqual([error.error, error.exception, error.message], ['function-raised', 'ProcessExit', 'process.exit(3)']);
      assert.doesNotMatch(error.traceback ?? '', /node:|main\/node/);
    }
    assert.equal((await worker.error('work.fail')).exception, 'TypeError');
    assert.equal((await worker.error('work.failInCallback')).message, 'broken');
    assert.equal((await worker.error('work.none')).error, 'unknown-function');
    assert.equal(await worker.value('work.reject'), 'here');
    worker.send({ type: 'cancel', id: neighbour });
    assert.equal((await worker.endOf(neighbour)).exception, 'Cancelled');
  });

  test('a cancellation hits its call only', async () => {
    for (let round = 0; round < 50; round++) {
      const [first, second] = [worker.call('work.echo', [1]), worker.call('work.echo', [2])];
      worker.send({ type: 'cancel', id: first });
      const ends = {};
      for (let n = 0; n < 2; n++) {
        const report = await worker.receive();
        ends[report.id] = report;
      }
      assert.equal(ends[second].value, 2);
      assert.ok(ends[first].value === 1 || ends[first].exception === 'Cancelled');
    }
  });

  test('chunks', async () => {
    const items = Array.from({ length: 500 }, (_, index) => index);
    assert.deepEqual(await worker.values(worker.chunk('work.twice', items), 500), items.map((n) => 2 * n));
    const values = await worker.values(worker.chunk('work.leaveAtTwo', [1, 2, 3]), 3);
    assert.deepEqual([values[0], values[1].exception, values[2]], [1, 'ProcessExit', 3]);
    const id = worker.chunk('work.nap', [0, 60_000, 1]);
    await worker.until('running', { id, index: 1 });
    worker.send({ type: 'drop', ids: [id] });
    assert.deepEqual((await worker.until('dropped')).from, [2]);
    assert.deepEqual((await worker.values(id, 1)), [0]);
  });

  test('a cancelled item of a chunk is the only one', async () => {
    for (const index of [0, 1, 7, 30]) {
      const id = worker.chunk('work.echo', new Array(40).fill(5));
      worker.send({ type: 'cancel', id, index });
      (await worker.values(id, 40)).forEach((value, place) => {
        assert.ok(value === 5 || (place === index && value.exception === 'Cancelled'));
      });
    }
    const id = worker.chunk('work.napUntilCancelled', [0, 1, 2]);
    for (const index of [2, 0, 1]) {
      worker.send({ type: 'cancel', id, index });
    }
    assert.deepEqual((await worker.values(id, 3)).map((each) => each.exception), new Array(3).fill('Cancelled'));
  });

  test('drops and pings are answered soon while a chunk reports all the time', async () => {
    const other = await Worker.start(directory, { MOTORPOOL_KIND: kind, MOTORPOOL_SLOTS: '4' });
    const id = other.chunk('work.echo', new Array(400_000).fill(1));
    await other.until('results', { id });
    for (let round = 0; round < 20; round++) {
      other.send({ type: 'ping' });
      other.send({ type: 'drop', ids: [0] });
      await other.until('pong');
      await other.until('dropped');
    }
    other.send({ type: 'drop', ids: [id] });
    const [from] = (await other.until('dropped')).from;
    assert.ok(from < 400_000);
  });

  test('pings and drops are answered while functions run', async () => {
    const blocked = worker.call('work.block', [200]);
    worker.send({ type: 'ping' });
    worker.send({ type: 'drop', ids: [1, 2, blocked] });
    await worker.until('pong');
    assert.deepEqual((await worker.until('dropped')).ids.filter((id) => id !== blocked), []);
  });

  test('orders are accepted in the file', async () => {
    const seen = worker.acceptedOrders();
    await worker.value('work.echo', [1]);
    assert.ok(worker.acceptedOrders() > seen);
  });

  test('stop waits for what runs', async () => {
    const other = await Worker.start(directory, { MOTORPOOL_KIND: kind, MOTORPOOL_SLOTS: '4' });
    other.call('work.nap', [100]);
    other.call('work.nap', [100]);
    other.send({ type: 'stop' });
    assert.deepEqual((await other.rest()).map((each) => each.type), ['result', 'result', 'leaving']);
    assert.equal(await other.exit, 0);
  });

  test('the end of orders ends everything', async () => {
    const idle = await Worker.start(directory, { MOTORPOOL_KIND: kind, MOTORPOOL_SLOTS: '4' });
    const busy = await Worker.start(directory, { MOTORPOOL_KIND: kind, MOTORPOOL_SLOTS: '4' });
    const child = await busy.value('work.daemon');
    busy.call('work.nap', [60_000]);
    const spinning = busy.call('work.spin', [], { output: true });
    await busy.until('output', { id: spinning });
    const begun = Date.now();
    busy.orders.destroy();
    await busy.exit;
    assert.ok(Date.now() - begun < 5000);
    await until(() => !isAlive(child), 'the end of the child');
    idle.orders.destroy();
    assert.equal(await idle.exit, 0);
  });

  test('one slot runs calls in the order sent', async () => {
    const other = await Worker.start(directory, { MOTORPOOL_KIND: kind, MOTORPOOL_SLOTS: '1' });
    const first = other.call('work.speak', ['started'], { output: true });
    const [second, third] = [other.call('work.nap', [0]), other.call('work.echo', [3])];
    await other.until('output', { id: first });
    other.send({ type: 'drop', ids: [first, second] });
    assert.deepEqual((await other.until('dropped')).ids, [second]);
    assert.equal((await other.until('result')).id, first);
    assert.equal((await other.until('result')).id, third);
  });

  test('without the file acceptance is reported', async () => {
    const members = { MOTORPOOL_KIND: kind, MOTORPOOL_SLOTS: '2', MOTORPOOL_ACCEPTED: '/nowhere' };
    const other = await Worker.start(directory, members);
    other.call('work.echo', [1]);
    assert.deepEqual({ ...(await other.receive()) }, { type: 'accepted', orders: 1 });
    assert.equal((await other.receive()).type, 'result');
  });

  test('a broken protocol ends the worker', async () => {
    const other = await Worker.start(directory, { MOTORPOOL_KIND: kind, MOTORPOOL_SLOTS: '2' });
    other.call('work.nap', [60_000]);
    other.send('{"type":"call","id":2}');
    assert.deepEqual((await other.rest()).map((each) => each.type), ['leaving']);
    assert.equal(await other.exit, 76);
  });
}

describe('threads', () => {
  common('thread', 8);

  test('functions that never wait run at once, in modules of their own', async () => {
    const worker = await Worker.start(directory, { MOTORPOOL_KIND: 'thread', MOTORPOOL_SLOTS: '2' });
    const spinning = worker.call('work.spin');
    assert.equal(await worker.value('work.count'), 1);
    assert.equal(await worker.value('work.count'), 2, 'the thread is used again');
    worker.send({ type: 'cancel', id: spinning });
    const error = await worker.endOf(spinning);
    assert.deepEqual([error.exception, error.traceback], ['Cancelled', null]);
    assert.match(error.message, /its thread|the thread was ended/);
    const chunk = worker.chunk('work.spinOrReturn', [1, 2, 3, 2, 5]);
    for (const index of [1, 3]) {
      await worker.until('running', { id: chunk, index });
      worker.send({ type: 'cancel', id: chunk, index });
    }
    const values = await worker.values(chunk, 5);
    assert.deepEqual(values.map((each) => each.exception ?? each), [1, 'Cancelled', 3, 'Cancelled', 5]);
    const ahead = worker.chunk('work.spinOrReturn', [1, 2, 3]);
    worker.send({ type: 'cancel', id: ahead, index: 1 });
    assert.deepEqual((await worker.values(ahead, 3)).map((each) => each.exception ?? each), [1, 'Cancelled', 3]);
  });

  test('a thread without memory fails its call only', async () => {
    const worker = await Worker.start(directory, {
      MOTORPOOL_KIND: 'thread', MOTORPOOL_SLOTS: '2', NODE_OPTIONS: '--max-old-space-size=64',
    });
    const neighbour = worker.call('work.nap', [1]);
    const error = await worker.error('work.hungry');
    assert.deepEqual([error.error, error.exception], ['function-raised', 'Error']);
    assert.match(error.message, /memory/);
    assert.ok(worker.seen.some((each) => each.id === neighbour && each.type === 'result'));
    assert.equal(await worker.value('work.echo', [1]), 1);
  });
});

describe('coroutines', () => {
  common('coroutine', 20_000);

  test('ten thousand at once', async () => {
    const worker = await Worker.start(directory, { MOTORPOOL_KIND: 'coroutine', MOTORPOOL_SLOTS: '20000' });
    const ids = new Set(Array.from({ length: 10_000 }, () => worker.call('work.nap', [500])));
    while (ids.size > 0) {
      const { id, value } = await worker.until('result');
      assert.equal(value, 500);
      assert.ok(ids.delete(id));
    }
    assert.ok(resident(worker.pid) < 300 * 1024 * 1024);
  });

  test('an item that blocks the loop is announced', async () => {
    const worker = await Worker.start(directory, { MOTORPOOL_KIND: 'coroutine', MOTORPOOL_SLOTS: '10' });
    const id = worker.chunk('work.spinOrReturn', [1, 2, 3]);
    await worker.until('results', { id, index: 0 });
    await worker.until('running', { id, index: 1 });
    worker.send({ type: 'ping' });
    await worker.until('pong');
  });
});
