/** Publishes how many orders have been read, before any call among them can start. */

import { writeSync } from 'node:fs';
import * as messages from './messages.mjs';

export class Acceptance {
  #file;
  #pipe;
  #page = Buffer.alloc(8);

  /** @param {number | null} file of `openAccepted` @param {import('./pipe.mjs').ReportPipe} pipe */
  constructor(file, pipe) {
    this.#file = file;
    this.#pipe = pipe;
  }

  /** When this returns, the service can see that these orders may start. @param {number} orders */
  publish(orders) {
    if (this.#file === null) {
      this.#pipe.write(messages.accepted(orders));
      return;
    }
    this.#page.writeBigUInt64BE(BigInt(orders));
    writeSync(this.#file, this.#page, 0, this.#page.length, 0);
  }
}
