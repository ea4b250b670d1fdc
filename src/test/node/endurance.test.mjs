/** Many calls in constant memory. `MOTORPOOL_TEST_CALLS=1000000` makes them a million. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { descriptorsOf, directoryOf, frame, resident, Worker } from './support.mjs';

const CALLS = Number(process.env.MOTORPOOL_TEST_CALLS ?? 100_000);
const AHEAD = 64;
const MIB = 1024 * 1024;

const directory = directoryOf({
  'work.mjs': `
    export const echo = (value) => value;
    export const sometimes = (value) => {
      if (value % 10 === 0) throw new Error(String(value));
      return { value: [value] };
    };
  `,
});

test('calls', async () => {
  const worker = await Worker.start(directory, { NODE_OPTIONS: '--max-semi-space-size=1' });
  await run(worker, 20_000, 1);
  const [memory, descriptors] = [resident(worker.pid), descriptorsOf(worker.pid)];
  await run(worker, CALLS, 100_000);
  assert.ok(resident(worker.pid) < memory + 24 * MIB, `${memory} ${resident(worker.pid)}`);
  assert.equal(descriptorsOf(worker.pid), descriptors);
});

test('chunks', async () => {
  const worker = await Worker.start(directory, { NODE_OPTIONS: '--max-semi-space-size=1' });
  const items = Array.from({ length: CALLS }, (_, index) => index);
  const order = frame({ type: 'chunk', id: 0, attempt: 1, function: 'work.echo', items });
  let memory = 0;
  for (let round = 0; round < 6; round++) {
    worker.orders.write(Buffer.from(order));
    for (let count = 0; count < CALLS; ) {
      const report = await worker.until('results');
      assert.deepEqual([report.index, report.values[0]], [count, count]);
      count += report.values.length;
    }
    worker.seen.length = 0;
    memory = round === 2 ? resident(worker.pid) : memory;
  }
  assert.ok(resident(worker.pid) < memory * 1.5 + 24 * MIB, `${memory} ${resident(worker.pid)}`);
});

/** Keeps calls in the worker, of which a part fails. */
async function run(worker, count, first) {
  let sent = first;
  const send = () => {
    const orders = [];
    for (let n = 0; n < 8 && sent < first + count; n++, sent++) {
      const name = sent % 50 === 0 ? 'work.sometimes' : 'work.echo';
      orders.push(frame({ type: 'call', id: sent, attempt: 1, function: name, args: [sent], kwargs: {} }));
    }
    worker.orders.write(Buffer.concat(orders));
  };
  for (let ahead = 0; ahead < AHEAD; ahead += 8) {
    send();
  }
  for (let id = first; id < first + count; id++) {
    assert.equal((await worker.receive()).id, id);
    if ((id - first) % 8 === 7 && sent < first + count) {
      send();
    }
    worker.seen.length = 0;
  }
}
