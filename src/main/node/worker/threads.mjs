/** Kind thread: each call runs in a thread of its own, with modules of its own. The main thread reads the orders. */

import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { Cancelled, ProcessExit } from '../functions/errors.mjs';
import { Acceptance } from './acceptance.mjs';
import { Dispatch } from './dispatch.mjs';
import { mailMemory, Outbox } from './inbox.mjs';
import * as messages from './messages.mjs';
import { readOrders } from './reading.mjs';
import { errorReport } from './runner.mjs';

/** How long a function may take to follow its signal, before its thread is ended. */
const GRACE_MILLIS = 200;

/** @typedef {import('./dispatch.mjs').Sent} Sent */

/** A thread that runs one call, or chunk, at a time. Threads are used again, the last one first. */
class Slot {
  /** @type {Sent | null} */
  run = null;
  ready = false;
  /** What has ended the thread. @type {unknown} */
  fault = null;

  constructor(settings, take, ended) {
    const { port1, port2 } = new MessageChannel();
    const mail = mailMemory();
    this.port = port1;
    this.outbox = new Outbox(port1, mail);
    this.worker = new Worker(new URL('./slot.mjs', import.meta.url), {
      workerData: { settings, port: port2, mail }, transferList: [port2], execArgv: [], stdout: false, stderr: false,
    });
    this.port.on('message', (message) => take(this, message));
    this.worker.on('error', (fault) => {
      this.fault = fault;
    });
    this.worker.on('exit', (code) => ended(this, code));
  }
}

/** The slots of this worker, and what waits for one. All of it belongs to the main thread. */
export class Threads extends Dispatch {
  #settings;
  #channel;
  #end;
  /** @type {Set<Slot>} */
  #slots = new Set();
  /** @type {Slot[]} */
  #idle = [];
  /** @type {Sent[]} */
  #waiting = [];
  /** Items that nobody wants, of what has not ended. @type {Map<Sent, Set<number>>} */
  #cancelled = new Map();
  #stopping = false;
  /** Sources that the first thread could not load, once it has said hello. @type {Set<string> | null} */
  #failed = null;

  constructor(settings, channel, pipe, end) {
    super(pipe, new Acceptance(channel.accepted, pipe));
    this.#settings = settings;
    this.#channel = channel;
    this.#end = end;
  }

  /** Reads orders until the process ends. The first thread tells which functions there are. */
  work() {
    readOrders(
      this.#channel.orders,
      this.#settings.frameLimit,
      (read) => this.take(read),
      () => this.#end.atOnce([...this.#slots].some((slot) => slot.run !== null || !slot.ready)),
      (fault) => this.#end.broken(fault),
    );
    this.#idle.push(this.#newSlot());
  }

  start(runs) {
    this.#waiting.push(...runs);
    this.#assign();
  }

  cancel(run, index) {
    const indexes = this.#cancelled.get(run) ?? new Set();
    this.#cancelled.set(run, indexes.add(index));
    const slot = this.#slotOf(run);
    if (slot !== undefined) {
      slot.outbox.post({ cancel: run.id, index });
      if (index <= run.claim.started - 1) {
        setTimeout(() => this.#endThread(slot, run, index), GRACE_MILLIS);
      }
    }
  }

  stop() {
    this.#stopping = true;
    this.#endIfIdle();
  }

  collect() {
    this.#slots.forEach((slot) => this.#drain(slot));
  }

  tick(run, again) {
    const slot = again ? this.#slotOf(run) : undefined;
    const index = run.seen;
    if (slot === undefined || run.claim.isAnnounced(index)) {
      return;
    }
    // From now on the thread waits with the next item until this one has been reported.
    run.claim.announce(index);
    this.#drain(slot);
    if (slot.run === run && run.claim.reported === index && run.claim.started - 1 === index) {
      this.pipe.write(messages.running(run.id, index));
    }
    if (this.#cancelled.get(run)?.has(index)) {
      setTimeout(() => this.#endThread(slot, run, index), GRACE_MILLIS);
    }
  }

  #newSlot() {
    const slot = new Slot(this.#settings, this.#drain, this.#ended);
    this.#slots.add(slot);
    return slot;
  }

  #slotOf(run) {
    for (const slot of this.#slots) {
      if (slot.run === run) {
        return slot;
      }
    }
    return undefined;
  }

  #assign() {
    while (this.#waiting.length > 0 && (this.#idle.length > 0 || this.#slots.size < this.#settings.slots)) {
      const run = /** @type {Sent} */ (this.#waiting.shift());
      const slot = this.#idle.pop() ?? this.#newSlot();
      slot.run = run;
      const cancelled = [...(this.#cancelled.get(run) ?? [])];
      slot.outbox.post({ run: [run.id, run.text, run.claim.words, run.claim.at], cancelled });
    }
  }

  /** Takes what a thread has posted. Reports are written together. */
  #drain = (slot, first = next(slot)) => {
    /** @type {string[]} */
    let reports = [];
    let items = 0;
    const write = () => {
      this.pipe.writeAll(reports);
      reports = [];
      if (items > 0) {
        slot.run.claim.reported = items;
        items = 0;
      }
    };
    for (let message = first; message !== undefined; message = next(slot)) {
      if (message.report) {
        reports.push(message.report);
      }
      items = message.items ?? items;
      if (message.over || message.ready || message.defect) {
        write();
        this.#changed(slot, message);
      }
    }
    write();
  };

  #changed(slot, message) {
    if (message.defect) {
      this.#end.broken(message.defect);
    } else if (message.over) {
      const { run } = slot;
      slot.run = null;
      this.#idle.push(slot);
      this.#over(run);
    } else {
      const failed = message.ready.sources.filter((source) => source.state === 'failed');
      const known = this.#failed;
      const lost = known === null ? undefined : failed.find((source) => !known.has(source.name));
      if (lost !== undefined) {
        // The first thread could load it. This one would not have its functions.
        this.#end.broken(new Error(`source ${lost.name} cannot be loaded any more: ${lost.reason}`));
        return;
      }
      slot.ready = true;
      if (known === null) {
        this.#failed = new Set(failed.map((source) => source.name));
        this.#end.announce(this.pipe);
        this.pipe.write(messages.helloOf(message.ready.functions, message.ready.sources));
      }
    }
  }

  #over(run) {
    run.claim.end();
    run.text = null;
    this.#cancelled.delete(run);
    this.#assign();
    this.#endIfIdle();
  }

  /** Ends the thread of an item that has not followed its signal. */
  #endThread(slot, run, index) {
    this.#drain(slot);
    const { claim } = run;
    if (slot.run === run && claim.started - 1 === index && (!run.isChunk || claim.reported === index)) {
      slot.fault = new Cancelled('nobody wants the result any more; the thread was ended');
      slot.worker.terminate();
    }
  }

  #ended = (slot, code) => {
    this.#drain(slot);
    slot.port.close();
    this.#slots.delete(slot);
    this.#idle = this.#idle.filter((each) => each !== slot);
    if (this.#failed === null) {
      this.#end.broken(`the first thread has ended with code ${code}${slot.fault ? `: ${slot.fault}` : ''}`);
    }
    if (slot.run !== null) {
      this.#resume(slot.run, slot.fault ?? new ProcessExit(code));
    }
  };

  /** The thread of a call has ended. The item that ran fails; the others run in another thread. */
  #resume(run, fault) {
    const { claim } = run;
    const index = run.isChunk ? claim.reported : 0;
    if (claim.started === index) {
      claim.start(index);
    }
    if (claim.started > index) {
      if (fault instanceof Cancelled || fault instanceof ProcessExit) {
        fault.stack = `${fault.name}: ${fault.message}`; // not where this thread has noticed it
      }
      this.pipe.write(errorReport(run.id, index, 0, fault));
      claim.reported = index + 1;
    }
    if (run.isChunk && claim.reported < run.count && claim.started === claim.reported) {
      this.#waiting.unshift(run);
      this.#assign();
    } else {
      this.#over(run);
    }
  }

  #endIfIdle() {
    if (this.#stopping && this.#waiting.length === 0 && [...this.#slots].every((slot) => slot.run === null)) {
      this.#end.inOrder();
    }
  }
}

/** The next message that a thread has posted, or undefined. @param {Slot} slot */
function next(slot) {
  return receiveMessageOnPort(slot.port)?.message;
}
