/** The way of reports to the service. */

import { writeSync } from 'node:fs';

const HEAD = 4;
const SMALL = 64 * 1024;

/** Words that threads share: the lock's next ticket, the ticket that has the lock, and one that nobody changes. */
const NEXT = 0;
const SERVED = 1;
const NOTHING = 2;
const WORDS = 3;

/** Memory for the lock of a pipe. */
export function pipeMemory() {
  return new Int32Array(new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT));
}

/** Writes frames, each whole, from any thread of the process. */
export class ReportPipe {
  #descriptor;
  #words;
  #gone;
  #scratch = Buffer.allocUnsafeSlow(SMALL);

  /**
   * @param {number} descriptor
   * @param {Int32Array} words of `pipeMemory`
   * @param {() => void} gone ends the process when the service has closed the pipe
   */
  constructor(descriptor, words, gone) {
    this.#descriptor = descriptor;
    this.#words = words;
    this.#gone = gone;
  }

  /** Waits for its turn, so that a thread that reports all the time keeps no other from the pipe. */
  lock() {
    const ticket = Atomics.add(this.#words, NEXT, 1);
    for (let served = Atomics.load(this.#words, SERVED); served !== ticket; served = Atomics.load(this.#words, SERVED)) {
      Atomics.wait(this.#words, SERVED, served);
    }
  }

  unlock() {
    const ticket = (Atomics.add(this.#words, SERVED, 1) + 1) | 0;
    if (Atomics.load(this.#words, NEXT) !== ticket) {
      Atomics.notify(this.#words, SERVED);
    }
  }

  /** Returns when the frame is in the pipe. @param {string} message */
  write(message) {
    this.lock();
    try {
      this.put(message);
    } finally {
      this.unlock();
    }
  }

  /** Returns when the frames are in the pipe. @param {string[]} messages */
  writeAll(messages) {
    if (messages.length > 0) {
      this.lock();
      try {
        this.putAll(messages);
      } finally {
        this.unlock();
      }
    }
  }

  /** As `write`, for who holds the lock. @param {string} message */
  put(message) {
    if (message.length * 3 + HEAD <= SMALL) {
      const length = this.#scratch.write(message, HEAD);
      this.#scratch.writeUInt32BE(length, 0);
      this.#send(this.#scratch.subarray(0, HEAD + length));
    } else {
      this.putParts(Buffer.from(message));
    }
  }

  /** Writes several frames at once, for who holds the lock. @param {string[]} messages */
  putAll(messages) {
    let filled = 0;
    for (const message of messages) {
      if (message.length * 3 + HEAD > SMALL - filled) {
        this.#send(this.#scratch.subarray(0, filled));
        filled = 0;
        if (message.length * 3 + HEAD > SMALL) {
          this.put(message);
          continue;
        }
      }
      const length = this.#scratch.write(message, filled + HEAD);
      this.#scratch.writeUInt32BE(length, filled);
      filled += HEAD + length;
    }
    this.#send(this.#scratch.subarray(0, filled));
  }

  /** Writes one frame, for who holds the lock. @param {...Buffer} parts */
  putParts(...parts) {
    const head = Buffer.allocUnsafe(HEAD);
    head.writeUInt32BE(parts.reduce((sum, part) => sum + part.length, 0));
    this.#send(Buffer.concat([head, ...parts]));
  }

  #send(data) {
    for (let at = 0; at < data.length; ) {
      try {
        at += writeSync(this.#descriptor, data, at, data.length - at);
      } catch (fault) {
        if (fault.code === 'EAGAIN') {
          Atomics.wait(this.#words, NOTHING, 0, 1);
        } else {
          this.#gone();
          return;
        }
      }
    }
  }
}
