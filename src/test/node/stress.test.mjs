/** Orders at random moments: each item has one end, in order, and only what was cancelled is cancelled. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { directoryOf, processesOf, sleep, until, Worker } from './support.mjs';

const ITEMS = 20;
const ROUNDS = 25;

const directory = directoryOf({
  'work.mjs': `
    export function spin(millis) {
      const end = performance.now() + millis;
      while (performance.now() < end);
      return millis;
    }
    export async function nap(millis) {
      await new Promise((resolve) => setTimeout(resolve, millis));
      return millis;
    }
    export const sometimes = (millis) => (millis > 0.4 ? nap(millis) : spin(millis));
  `,
});

/** Reproducible numbers from 0 to 1. */
function numbers(seed) {
  return () => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return seed / 2 ** 31;
  };
}

for (const [kind, slots] of [['process', '1'], ['coroutine', '1'], ['coroutine', '4'], ['thread', '4']]) {
  test(`${kind} with ${slots}`, async () => {
    const worker = await Worker.start(directory, { MOTORPOOL_KIND: kind, MOTORPOOL_SLOTS: slots });
    const random = numbers(7);
    const choice = (all) => all[Math.floor(random() * all.length)];
    for (let round = 0; round < ROUNDS; round++) {
      const name = choice(['work.spin', 'work.nap', 'work.sometimes']);
      const items = Array.from({ length: ITEMS }, () => choice([0, 0.05, 0.3, 0.6, 1.2]));
      const [chunk, call] = [worker.chunk(name, items), worker.call(name, [0.5])];
      const cancelled = new Set();
      for (let orders = Math.floor(random() * 4); orders > 0; orders--) {
        await sleep(random() * 4);
        const order = choice(['drop', 'ping', 'cancel', 'cancel the call']);
        if (order === 'drop') {
          worker.send({ type: 'drop', ids: [chunk] });
        } else if (order === 'ping') {
          worker.send({ type: 'ping' });
        } else if (order === 'cancel') {
          const index = Math.floor(random() * ITEMS);
          cancelled.add(index);
          worker.send({ type: 'cancel', id: chunk, index });
        } else {
          worker.send({ type: 'cancel', id: call });
        }
      }
      await check(worker, chunk, call, items, cancelled);
    }
  });
}

async function check(worker, chunk, call, items, cancelled) {
  let [ended, end, over] = [0, ITEMS, false];
  let announced = -1;
  while (ended < end || !over) {
    const report = await worker.receive();
    assert.ok(report, 'the worker has ended');
    if (report.type === 'results' && report.id === chunk) {
      assert.deepEqual([report.index, report.values], [ended, items.slice(ended, ended + report.values.length)]);
      assert.ok(announced < ended || (announced === ended && report.values.length === 1));
      ended += report.values.length;
    } else if (report.type === 'error') {
      assert.equal(report.exception, 'Cancelled');
      if (report.id === chunk) {
        assert.ok(cancelled.has(report.index));
        assert.equal(report.index, ended++);
      } else {
        over ||= report.id === call;
      }
    } else if (report.type === 'running' && report.id === chunk) {
      assert.equal(report.index, ended);
      announced = report.index;
    } else if (report.type === 'result') {
      over ||= report.id === call;
    } else if (report.type === 'dropped' && report.ids.includes(chunk)) {
      end = report.from[report.ids.indexOf(chunk)];
    }
  }
  assert.equal(ended, end);
}

test('a worker ends when its service is killed, at any moment of its start', async () => {
  const mark = `test-${process.pid}-orphan`;
  const script = `
    import { Worker } from ${JSON.stringify(new URL('./support.mjs', import.meta.url).href)};
    const worker = await Worker.start(${JSON.stringify(directory)}, { MOTORPOOL_WORKER: '${mark}' });
    worker.call('work.spin', [1e9]);
    await worker.value('work.nap', [1e9]);
  `;
  const env = { ...process.env, TMPDIR: directoryOf({}) };
  for (const millis of [0, 20, 60, 150, 1000]) {
    const service = spawn(process.execPath, ['--input-type=module', '-'], { stdio: ['pipe', 'ignore', 'ignore'], env });
    service.stdin.end(script);
    await until(() => processesOf(mark).length > 0, 'a worker');
    await sleep(millis);
    service.kill('SIGKILL');
    await until(() => processesOf(mark).length === 0, 'the end of the worker');
  }
});
