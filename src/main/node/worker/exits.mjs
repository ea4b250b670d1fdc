/** The ways in which a worker process ends. */

import { writeSync } from 'node:fs';
import * as messages from './messages.mjs';
import { killDescendants } from './processes.mjs';

const BROKEN = 76;
/** Node's own, whatever `process.exit` does for functions. */
const exit = process.exit.bind(process);

/** Ends the process, and the processes that functions have started. Owned by the main thread. */
export class ProcessEnd {
  #pipe = null;
  #flush = () => {};
  #left = false;

  /**
   * From now on exits are reported, also those by `process.exit`, after what `flush` reports.
   *
   * @param {import('./pipe.mjs').ReportPipe} pipe
   * @param {() => void} [flush]
   */
  announce(pipe, flush = () => {}) {
    if (this.#pipe === null) {
      process.on('exit', () => this.#leave());
    }
    this.#pipe = pipe;
    this.#flush = flush;
  }

  /** The service has gone, or wants this worker gone. @param {boolean} [busy] whether threads may run that do not end */
  atOnce(busy = false) {
    killDescendants(true);
    if (busy) {
      process.kill(process.pid, 'SIGKILL');
    }
    this.silently();
  }

  /** As `atOnce`, after another thread has killed the processes. */
  silently() {
    this.#left = true;
    process.removeAllListeners('exit');
    exit(0);
  }

  /** After the last call. @param {number} [code] */
  inOrder(code = 0) {
    exit(code);
  }

  /** The orders cannot be followed. @param {any} fault */
  broken(fault) {
    try {
      writeSync(2, `motorpool worker: ${fault?.message ?? fault}\n`);
    } catch {
      // nobody reads it
    }
    exit(BROKEN);
  }

  #leave() {
    if (!this.#left && this.#pipe !== null) {
      this.#left = true;
      this.#flush();
      this.#pipe.write(messages.LEAVING);
      killDescendants();
    }
  }
}
