/** Follows orders: what all kinds of workers have in common. */

import { ClaimTable } from './claims.mjs';
import * as messages from './messages.mjs';
import { parseOrder } from './orders.mjs';

/** A call or chunk that this worker has been sent, as the thread knows it that reads the orders. */
export class Sent {
  /** @param {any} order @param {string} text @param {import('./claims.mjs').Claim} claim */
  constructor(order, text, claim) {
    /** @type {messages.Id} */
    this.id = order.id;
    this.isChunk = order.type === 'chunk';
    this.count = this.isChunk ? order.items.length : 1;
    this.claim = claim;
    /** @type {string | null} the order, until it is handed on */
    this.text = text;
    /** The item that ran at the last tick. */
    this.seen = -1;
  }
}

/**
 * Reads orders in one thread and knows what has been sent. Subclasses hand calls and cancellations on to where functions
 * run. Slots are not counted: the service sends no more calls than there are.
 */
export class Dispatch {
  #acceptance;
  #claims = new ClaimTable();
  #count = 0;
  /** What has arrived; those that are over leave when their claims are needed. @type {Map<messages.Id, Sent>} */
  sent = new Map();
  /** Chunks among them. @type {Set<Sent>} */
  chunks = new Set();
  #timer = null;

  /** @param {import('./pipe.mjs').ReportPipe} pipe @param {import('./acceptance.mjs').Acceptance} acceptance */
  constructor(pipe, acceptance) {
    this.pipe = pipe;
    this.#acceptance = acceptance;
  }

  /** @param {Sent[]} runs */
  start(runs) {
    throw new Error('abstract');
  }

  /** @param {Sent} run @param {number} index */
  cancel(run, index) {
    throw new Error('abstract');
  }

  /** After `stop`. */
  stop() {
    throw new Error('abstract');
  }

  /** Reports what has ended, before a `pong`. */
  collect() {}

  /** Called about every millisecond for each chunk that runs. @param {Sent} run @param {boolean} again same item */
  tick(run, again) {
    throw new Error('abstract');
  }

  /** @param {string[]} read */
  take(read) {
    /** @type {Sent[]} */
    let begun = [];
    for (const text of read) {
      const order = parseOrder(text);
      this.#count++;
      if (order.type === 'call' || order.type === 'chunk') {
        begun.push(this.#admit(order, text));
        continue;
      }
      if (begun.length > 0) {
        this.#begin(begun);
        begun = [];
      }
      this.#obey(order);
    }
    if (begun.length > 0) {
      this.#begin(begun);
    }
  }

  #obey(order) {
    switch (order.type) {
      case 'cancel': {
        const run = this.sent.get(order.id);
        if (run !== undefined && !run.claim.over) {
          this.cancel(run, order.index ?? 0);
        }
        break;
      }
      case 'drop':
        this.#takeBack(order.ids);
        break;
      case 'ping':
        this.collect();
        this.pipe.write(messages.PONG);
        break;
      case 'stop':
        this.stop();
    }
  }

  #admit(order, text) {
    const run = new Sent(order, text, this.#claim());
    this.sent.set(run.id, run);
    if (run.isChunk) {
      this.chunks.add(run);
      this.#timer ??= setInterval(() => this.#tick(), 1);
    }
    return run;
  }

  #claim() {
    let claim = this.#claims.take();
    if (claim !== null) {
      return claim;
    }
    for (const run of this.sent.values()) {
      if (run.claim.over) {
        this.sent.delete(run.id);
        this.chunks.delete(run);
        this.#claims.giveBack(run.claim);
      }
    }
    claim = this.#claims.take();
    if (claim !== null) {
      return claim;
    }
    this.#claims.grow();
    return /** @type {import('./claims.mjs').Claim} */ (this.#claims.take());
  }

  #begin(runs) {
    this.#acceptance.publish(this.#count);
    this.start(runs);
  }

  #takeBack(ids) {
    /** @type {[messages.Id, number][]} */
    const places = [];
    for (const id of ids) {
      const run = this.sent.get(id);
      const first = run === undefined || run.claim.over ? -1 : run.claim.takeBack(run.count);
      if (first >= 0) {
        places.push([id, first]);
      }
    }
    this.pipe.write(messages.dropped(places));
  }

  #tick() {
    for (const run of this.chunks) {
      if (run.claim.over) {
        this.chunks.delete(run);
        continue;
      }
      const running = run.claim.started - 1;
      if (running >= 0) {
        this.tick(run, running === run.seen);
        run.seen = running;
      }
    }
    if (this.chunks.size === 0) {
      clearInterval(/** @type {any} */ (this.#timer));
      this.#timer = null;
    }
  }
}
