/** Calls and chunks as the thread knows them that runs them. */

import { RunningContext } from '../functions/calling.mjs';
import { Cancelled } from '../functions/errors.mjs';
import { parseExactly } from '../functions/numbers.mjs';
import { now } from './clock.mjs';
import * as messages from './messages.mjs';

const PROGRESS_MILLIS = 200;

/** One call or chunk, from its order to its last report. */
export class Run {
  #text;
  #poll;
  #send;
  #signal = null;
  #context = null;
  #cancelled = new Set();
  #progress = null;
  #sent = -Infinity;
  #timer = null;

  /**
   * @param {messages.Id} id
   * @param {string} text the order
   * @param {import('./claims.mjs').Claim} claim
   * @param {() => void} poll receives cancellations that have been posted
   * @param {(report: string) => void} send
   */
  constructor(id, text, claim, poll, send) {
    this.id = id;
    this.claim = claim;
    this.#text = text;
    this.#poll = poll;
    this.#send = send;
    /** @type {any} the order, once the call has started */
    this.order = null;
    this.isChunk = false;
    /** The item that runs. */
    this.index = 0;
    /** When it began, in milliseconds since 1970. */
    this.begun = 0;
    /** @type {import('./output.mjs').CallOutput | null} */
    this.output = null;
    /** Fails the call while it is awaited. @type {((fault: unknown) => void) | null} */
    this.fail = null;
  }

  read() {
    this.order = parseExactly(this.#text);
    this.#text = '';
    this.isChunk = this.order.type === 'chunk';
  }

  /** The item of this index begins. @param {number} index */
  begin(index) {
    this.index = index;
    this.begun = Date.now();
    this.#signal = null;
  }

  get context() {
    this.#context ??= new RunningContext(this);
    return this.#context;
  }

  /** @param {number} index */
  cancel(index) {
    if (index >= this.index) {
      this.#cancelled.add(index);
    }
    if (index === this.index) {
      this.#signal?.abort(new Cancelled());
    }
  }

  isCancelled() {
    this.#poll();
    return this.#cancelled.size > 0 && this.#cancelled.has(this.index);
  }

  signal() {
    if (this.#signal === null) {
      this.#signal = new AbortController();
      if (this.isCancelled()) {
        this.#signal.abort(new Cancelled());
      }
    }
    return this.#signal.signal;
  }

  progressed(done, total, message) {
    if (this.claim.over) {
      return;
    }
    this.#progress = messages.progress(this.id, done, total, message);
    const wait = this.#sent + PROGRESS_MILLIS - now();
    if (wait <= 0) {
      this.sendProgress();
    } else {
      this.#timer ??= setTimeout(() => this.sendProgress(), wait).unref();
    }
  }

  /** Sends the latest that has not been sent. */
  sendProgress() {
    clearTimeout(/** @type {any} */ (this.#timer));
    this.#timer = null;
    if (this.#progress !== null) {
      this.#sent = now();
      this.#send(this.#progress);
      this.#progress = null;
    }
  }
}
