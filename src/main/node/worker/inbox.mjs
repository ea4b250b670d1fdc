/** Messages between threads, which can also be received while a function runs. */

import { receiveMessageOnPort } from 'node:worker_threads';

/** Memory for the number of messages that have been posted. */
export function mailMemory() {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

export class Outbox {
  #port;
  #mail;

  /** @param {import('node:worker_threads').MessagePort} port @param {Int32Array} mail */
  constructor(port, mail) {
    this.#port = port;
    this.#mail = mail;
  }

  post(message) {
    this.#port.postMessage(message);
    Atomics.add(this.#mail, 0, 1);
  }
}

export class Inbox {
  #port;
  #mail;
  #seen = 0;
  #take = (message) => {};

  /** @param {import('node:worker_threads').MessagePort} port @param {Int32Array} mail */
  constructor(port, mail) {
    this.#port = port;
    this.#mail = mail;
  }

  /** From now on the thread lives, and messages are taken. @param {(message: any) => void} take */
  open(take) {
    this.#take = take;
    this.#port.on('message', (message) => this.#received(message));
  }

  /** Takes what has been posted. Costs next to nothing if there is none. */
  poll() {
    while (Atomics.load(this.#mail, 0) !== this.#seen) {
      const received = receiveMessageOnPort(this.#port);
      if (received === undefined) {
        return;
      }
      this.#received(received.message);
    }
  }

  #received(message) {
    this.#seen = (this.#seen + 1) | 0;
    this.#take(message);
  }
}
