/** What functions print, on its way to the service. */

import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { runningCall } from '../functions/calling.mjs';
import { now } from './clock.mjs';
import * as messages from './messages.mjs';

const KEPT = 64 * 1024;
const PIECE = 8 * 1024;
const PAUSE = 10;
/** Reports that a call may send without a pause, as its function may not give the event loop another chance. */
const BURST = 20;

/** The output of one call or chunk. Of a flood only the end is sent. */
export class CallOutput {
  #id;
  #send;
  /** @type {Buffer[]} */
  #pieces = [];
  #size = 0;
  #cut = false;
  #timer = null;
  #allowed = BURST;
  #counted = now();
  #over = false;
  #decoder = new StringDecoder('utf8');

  /** @param {messages.Id} id @param {(report: string) => void} send */
  constructor(id, send) {
    this.#id = id;
    this.#send = send;
  }

  /** Returns false if the call is over. @param {Buffer} data */
  write(data) {
    if (this.#over) {
      return false;
    }
    this.#pieces.push(Buffer.from(data.subarray(-KEPT)));
    this.#size += data.length;
    this.#cut ||= this.#size > KEPT;
    while (this.#size > KEPT && this.#pieces.length > 1) {
      this.#size -= this.#pieces.shift().length;
    }
    if (this.#timer === null) {
      if (this.#isAllowed()) {
        this.flush();
      } else {
        this.#timer = setTimeout(() => this.flush(), PAUSE).unref();
      }
    } else if (this.#isAllowed()) {
      this.flush(); // the function holds the event loop
    }
    return true;
  }

  /** @param {boolean} [last] */
  flush(last = false) {
    clearTimeout(/** @type {any} */ (this.#timer));
    this.#timer = null;
    let data = Buffer.concat(this.#pieces).subarray(-KEPT);
    if (this.#cut) {
      this.#decoder = new StringDecoder('utf8');
      data = data.subarray(firstWhole(data));
    }
    this.#pieces = [];
    this.#size = 0;
    this.#cut = false;
    const text = this.#decoder.write(data) + (last ? this.#decoder.end() : '');
    for (let at = 0; at < text.length; ) {
      let end = Math.min(at + PIECE, text.length);
      if (end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800) {
        end--;
      }
      this.#send(messages.output(this.#id, text.slice(at, end)));
      at = end;
    }
  }

  /** Sends the rest; later output does not belong to the call. */
  close() {
    if (!this.#over) {
      this.flush(true);
      this.#over = true;
    }
  }

  #isAllowed() {
    const time = now();
    this.#allowed = Math.min(BURST, this.#allowed + (time - this.#counted) / PAUSE);
    this.#counted = time;
    if (this.#allowed < 1) {
      return false;
    }
    this.#allowed--;
    return true;
  }
}

/** Skips the rest of a character. */
function firstWhole(data) {
  let at = 0;
  while (at < Math.min(3, data.length) && (data[at] & 0xc0) === 0x80) {
    at++;
  }
  return at;
}

/** Leads what is printed to the call that prints it, or to the descriptor. */
export function routeOutput() {
  for (const [name, descriptor] of [['stdout', 1], ['stderr', 2]]) {
    const stream = new Routed(/** @type {number} */ (descriptor));
    Object.defineProperty(process, name, { configurable: true, enumerable: true, get: () => stream });
  }
}

class Routed extends Writable {
  isTTY = false;

  /** @param {number} descriptor */
  constructor(descriptor) {
    super({ decodeStrings: true });
    this.fd = descriptor;
  }

  _write(chunk, encoding, done) {
    if (!runningCall()?.output?.write(chunk)) {
      print(this.fd, chunk);
    }
    done();
  }

  /** Stays open: later calls print, too. */
  end(chunk, encoding, done) {
    if (typeof chunk !== 'function' && chunk !== undefined && chunk !== null) {
      this.write(chunk, typeof encoding === 'function' ? undefined : encoding);
    }
    const last = [chunk, encoding, done].find((each) => typeof each === 'function');
    if (last !== undefined) {
      process.nextTick(last);
    }
    return this;
  }

  destroy() {
    return this;
  }
}

/** @param {number} descriptor @param {Buffer} data */
function print(descriptor, data) {
  for (let at = 0; at < data.length; ) {
    try {
      at += writeSync(descriptor, data, at);
    } catch (fault) {
      if (fault.code !== 'EAGAIN') {
        return; // nobody reads it
      }
      Atomics.wait(PAUSED, 0, 0, 1);
    }
  }
}

const PAUSED = new Int32Array(new SharedArrayBuffer(4));
