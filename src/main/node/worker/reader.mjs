/**
 * The thread that reads orders while functions run in the main thread, whatever these do to its event loop. It answers
 * `ping` and `drop`, and ends the process when the orders end.
 */

import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { Acceptance } from './acceptance.mjs';
import { now } from './clock.mjs';
import { Dispatch } from './dispatch.mjs';
import { Gather } from './gather.mjs';
import { Outbox } from './inbox.mjs';
import * as messages from './messages.mjs';
import { ReportPipe } from './pipe.mjs';
import { killDescendants } from './processes.mjs';
import { readOrders } from './reading.mjs';

const BROKEN = 76;
/** How long the main thread may take to end the process itself: less if a function may hold it. */
const IDLE_MILLIS = 500;
const BUSY_MILLIS = 20;
const BROKEN_MILLIS = 1000;

class Forwarding extends Dispatch {
  #outbox;
  #gather;

  constructor(pipe, acceptance, outbox, gather) {
    super(pipe, acceptance);
    this.#outbox = outbox;
    this.#gather = gather;
  }

  start(runs) {
    const parts = [];
    for (const run of runs) {
      parts.push(run.id, run.text, run.claim.words, run.claim.at);
      run.text = null;
    }
    this.#outbox.post({ runs: parts });
  }

  cancel(run, index) {
    this.#outbox.post({ cancel: run.id, index });
  }

  stop() {
    this.#outbox.post({ stop: true });
  }

  tick(run, again) {
    if (!again && !(this.#gather?.isDue(now()) ?? false)) {
      return;
    }
    this.pipe.lock();
    try {
      const { claim } = run;
      if (claim.over) {
        return;
      }
      this.#gather?.put(run);
      const index = claim.started - 1;
      if (index === run.seen && again && claim.reported === index && !claim.isAnnounced(index)) {
        claim.announce(index);
        this.pipe.put(messages.running(run.id, index));
      }
    } finally {
      this.pipe.unlock();
    }
  }
}

/** @type {import('./loop.mjs').ReaderData} */
const data = workerData;
const outbox = new Outbox(data.port, data.mail);
const pipe = new ReportPipe(data.reports, data.lock, atOnce);
const gather = data.gather === null ? null : new Gather(data.gather, pipe);
const dispatch = new Forwarding(pipe, new Acceptance(data.accepted, pipe), outbox, gather);
readOrders(data.orders, data.frameLimit, (read) => dispatch.take(read), atOnce, broken);
process.on('uncaughtException', broken);

/** The service has gone, or wants this worker gone. Running functions are not asked. */
function atOnce() {
  killDescendants(true);
  end(0, [...dispatch.sent.values()].every((run) => run.claim.over) ? IDLE_MILLIS : BUSY_MILLIS);
}

/** The orders cannot be followed. */
function broken(fault) {
  try {
    writeSync(2, `motorpool worker: ${fault?.message ?? fault}\n`);
  } catch {
    // nobody reads it
  }
  killDescendants();
  end(BROKEN, BROKEN_MILLIS);
}

/** Only the main thread can end the process with a code, but a function may hold it. */
function end(code, millis) {
  outbox.post({ exit: code });
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), millis);
}
