/** Values of a chunk that wait for each other, where a blocked event loop does not hold them up. */

import { nanos } from './clock.mjs';
import * as messages from './messages.mjs';

const MILLIS = 1;
const LONG_MILLIS = 0.5;
const ROOM = 32 * 1024;
const COUNT = 0;
const BYTES = 1;
const SINCE = 0;
const BEGUN = 1;
const CLOSE = Buffer.from(']}');
const COMMA = 0x2c;

/** Memory for the values of the chunk that runs. */
export function gatherMemory() {
  return new SharedArrayBuffer(2 * Float64Array.BYTES_PER_ELEMENT + 2 * Int32Array.BYTES_PER_ELEMENT + ROOM);
}

/**
 * Values of the chunk that runs, as JSON, in shared memory: one thread adds them and reports after a millisecond; when
 * it is busy for longer, the one that reads orders reports them. Guarded by the lock of the pipe.
 */
export class Gather {
  #pipe;
  #times;
  #numbers;
  #room;

  /** @param {SharedArrayBuffer} memory @param {import('./pipe.mjs').ReportPipe} pipe */
  constructor(memory, pipe) {
    this.#pipe = pipe;
    this.#times = new Float64Array(memory, 0, 2);
    this.#numbers = new Int32Array(memory, 16, 2);
    this.#room = Buffer.from(memory, 24, ROOM);
  }

  /** An item begins. @param {number} begun */
  begin(begun) {
    this.#times[BEGUN] = begun;
    if (this.#numbers[COUNT] === 0) {
      this.#times[SINCE] = begun;
    }
  }

  /**
   * The item that runs has this value.
   *
   * @param {{ id: messages.Id, claim: import('./claims.mjs').Claim }} run
   * @param {number} index
   * @param {string} value JSON
   * @param {number} time
   */
  add(run, index, value, time) {
    this.#pipe.lock();
    try {
      const alone = time - this.#times[BEGUN] >= LONG_MILLIS;
      const fits = value.length * 3 < ROOM - this.#numbers[BYTES];
      if (alone || !fits) {
        this.#flush(run, this.#times[BEGUN]);
      }
      if (value.length * 3 >= ROOM) {
        const length = nanos(time - this.#times[BEGUN]);
        this.#pipe.put(`${messages.results(run.id, index, length)}${value}]}`);
        run.claim.reported = index + 1;
        return;
      }
      const numbers = this.#numbers;
      if (numbers[COUNT] > 0) {
        this.#room[numbers[BYTES]++] = COMMA;
      }
      numbers[BYTES] += this.#room.write(value, numbers[BYTES]);
      numbers[COUNT]++;
      if (alone || time - this.#times[SINCE] >= MILLIS || run.claim.isAnnounced(index)) {
        this.#flush(run, time);
      }
    } finally {
      this.#pipe.unlock();
    }
  }

  /** The item that runs has ended with this report. @param {any} run @param {number} index @param {string} report */
  fail(run, index, report) {
    this.#pipe.lock();
    try {
      this.#flush(run, this.#times[BEGUN]);
      this.#pipe.put(report);
      run.claim.reported = index + 1;
    } finally {
      this.#pipe.unlock();
    }
  }

  /** Reports what has been gathered. */
  flush(run) {
    this.#pipe.lock();
    try {
      this.#flush(run, this.#times[BEGUN]);
    } finally {
      this.#pipe.unlock();
    }
  }

  /** Whether values have waited long enough; asked without the lock by the thread that reads orders. */
  isDue(time) {
    return this.#numbers[COUNT] > 0 && time - this.#times[SINCE] >= MILLIS;
  }

  /** As `flush`, for who holds the lock. @param {any} run the one that runs */
  put(run) {
    this.#flush(run, this.#times[BEGUN]);
  }

  #flush(run, until) {
    const numbers = this.#numbers;
    if (numbers[COUNT] === 0) {
      return;
    }
    const index = run.claim.reported;
    const head = Buffer.from(messages.results(run.id, index, nanos(until - this.#times[SINCE])));
    this.#pipe.putParts(head, this.#room.subarray(0, numbers[BYTES]), CLOSE);
    run.claim.reported = index + numbers[COUNT];
    numbers[COUNT] = numbers[BYTES] = 0;
    this.#times[SINCE] = until;
  }
}
