/** Where the ends of calls and items go: into the pipe, or to the thread that has it. */

import { nanos } from './clock.mjs';
import * as messages from './messages.mjs';

/** Items that a thread may be ahead of what has been reported. */
const AHEAD = 1000;

/** @typedef {import('./runs.mjs').Run} Run */

/** For one call at a time in the main thread: what ends is in the pipe before anything else starts. */
export class GatheringReports {
  #pipe;
  #gather;

  /** @param {import('./pipe.mjs').ReportPipe} pipe @param {import('./gather.mjs').Gather} gather */
  constructor(pipe, gather) {
    this.#pipe = pipe;
    this.#gather = gather;
  }

  /** A report that ends nothing. @param {string} report */
  send(report) {
    this.#pipe.write(report);
  }

  /** @param {number} begun */
  begin(begun) {
    this.#gather.begin(begun);
  }

  /** @param {Run} run @param {number} index @param {string} value @param {number} begun @param {number} time */
  value(run, index, value, begun, time) {
    this.#gather.add(run, index, value, time);
  }

  /** @param {Run} run @param {number} index @param {string} report */
  failed(run, index, report) {
    this.#gather.fail(run, index, report);
  }

  /** The call has this end; a chunk has none of its own. @param {Run} run @param {string | null} report */
  end(run, report) {
    if (report !== null) {
      this.#pipe.write(report);
    } else {
      this.#gather.flush(run);
    }
    run.claim.end();
  }
}

/** For many calls on one event loop: calls that end in the same turn are reported together. */
export class TurnReports {
  #pipe;
  /** @type {string[]} */
  #left = [];

  /** @param {import('./pipe.mjs').ReportPipe} pipe */
  constructor(pipe) {
    this.#pipe = pipe;
  }

  /** A report that ends nothing; its function may hold the event loop from now on. @param {string} report */
  send(report) {
    this.#pipe.lock();
    try {
      this.#putLeft();
      this.#pipe.put(report);
    } finally {
      this.#pipe.unlock();
    }
  }

  begin() {}

  value(run, index, value, begun, time) {
    this.failed(run, index, `${messages.results(run.id, index, nanos(time - begun))}${value}]}`);
  }

  failed(run, index, report) {
    this.#pipe.lock();
    try {
      this.#putLeft();
      this.#pipe.put(report);
      run.claim.reported = index + 1;
    } finally {
      this.#pipe.unlock();
    }
  }

  end(run, report) {
    if (report !== null) {
      this.#leave(report);
    }
    run.claim.end();
  }

  /** Writes what has been left; a function is about to be called, which may take its time. */
  flush() {
    if (this.#left.length > 0) {
      const left = this.#left;
      this.#left = [];
      this.#pipe.writeAll(left);
    }
  }

  #leave(report) {
    if (this.#left.push(report) === 1) {
      queueMicrotask(() => this.flush());
    }
  }

  #putLeft() {
    const left = this.#left;
    this.#left = [];
    this.#pipe.putAll(left);
  }
}

/** For a thread of a worker with many: the main thread writes. */
export class PortReports {
  #port;

  /** @param {import('node:worker_threads').MessagePort} port */
  constructor(port) {
    this.#port = port;
  }

  send(report) {
    this.#port.postMessage({ report });
  }

  begin() {}

  value(run, index, value, begun, time) {
    this.failed(run, index, `${messages.results(run.id, index, nanos(time - begun))}${value}]}`);
  }

  failed(run, index, report) {
    this.#port.postMessage({ report, items: index + 1 });
    // What piles up would keep the main thread from its orders.
    run.claim.waitForReport(run.claim.isAnnounced(index) ? index + 1 : index + 1 - AHEAD);
  }

  end(run, report) {
    this.#port.postMessage({ report, over: true });
  }
}
