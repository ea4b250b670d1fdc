/** Kinds process and coroutine: functions run in the main thread, while another reads the orders. */

import { AsyncLocalStorage } from 'node:async_hooks';
import { MessageChannel, Worker } from 'node:worker_threads';
import { runningCall, scope } from '../functions/calling.mjs';
import { ProcessExit } from '../functions/errors.mjs';
import { Functions } from '../functions/functions.mjs';
import { Claim } from './claims.mjs';
import { now } from './clock.mjs';
import { Gather, gatherMemory } from './gather.mjs';
import { Inbox, mailMemory } from './inbox.mjs';
import * as messages from './messages.mjs';
import { GatheringReports, TurnReports } from './reports.mjs';
import { Runner } from './runner.mjs';
import { Run } from './runs.mjs';

const TURN_MILLIS = 5;
const MOST_TAKEN = 1024;

/**
 * @typedef {object} ReaderData what the thread that reads orders is given
 * @property {number} orders
 * @property {number} reports
 * @property {number | null} accepted
 * @property {number} frameLimit
 * @property {Int32Array} lock
 * @property {Int32Array} mail
 * @property {SharedArrayBuffer | null} gather
 * @property {import('node:worker_threads').MessagePort} port
 */

/**
 * The calls of this worker. In a worker of one slot they wait for each other, in the order sent; with more each starts
 * at once.
 */
export class Loop {
  #settings;
  #pipe;
  #end;
  #inbox;
  #memory;
  #runner = /** @type {any} */ (null);
  /** Calls that wait, or run, by id. @type {Map<messages.Id, Run>} */
  #runs = new Map();
  /** @type {Run[]} */
  #waiting = [];
  #next = 0;
  #busy = false;
  #polling = false;
  #stopping = false;
  #reports = /** @type {any} */ (null);

  /**
   * Starts to read orders.
   *
   * @param {import('./settings.mjs').Settings} settings
   * @param {{ orders: number, reports: number, accepted: number | null, lock: Int32Array }} channel
   * @param {import('./pipe.mjs').ReportPipe} pipe
   * @param {import('./exits.mjs').ProcessEnd} end
   */
  constructor(settings, { orders, reports, accepted, lock }, pipe, end) {
    this.#settings = settings;
    this.#pipe = pipe;
    this.#end = end;
    const { port1, port2 } = new MessageChannel();
    const mail = mailMemory();
    this.#inbox = new Inbox(port1, mail);
    this.#memory = settings.kind === 'process' ? gatherMemory() : null;
    /** @type {ReaderData} */
    const data = {
      orders, reports, accepted, lock, mail, gather: this.#memory, port: port2, frameLimit: settings.frameLimit,
    };
    const reader = new Worker(new URL('./reader.mjs', import.meta.url), {
      workerData: data, transferList: [port2], execArgv: [], stdout: false, stderr: false,
    });
    reader.on('error', (fault) => end.broken(fault));
    reader.unref();
  }

  /** Announces functions, and runs calls until the process ends. */
  work(loaded) {
    const functions = new Functions(loaded.flatMap((source) => source.functions));
    const shared = this.#settings.kind === 'coroutine';
    if (this.#memory === null) {
      this.#reports = new TurnReports(this.#pipe);
      scope.local = new AsyncLocalStorage();
      process.exit = /** @type {any} */ (refuseExit);
    } else {
      this.#reports = new GatheringReports(this.#pipe, new Gather(this.#memory, this.#pipe));
    }
    this.#runner = new Runner(functions, this.#settings.valueLimit, this.#reports, shared);
    this.#end.announce(this.#pipe, () => this.#flush());
    this.#pipe.write(messages.hello(loaded));
    this.#inbox.open((message) => this.#take(message));
  }

  #take(message) {
    if (message.runs !== undefined) {
      this.#add(message.runs);
    } else if (message.cancel !== undefined) {
      this.#runs.get(message.cancel)?.cancel(message.index);
    } else if (message.stop) {
      this.#stopping = true;
      this.#endIfIdle();
    } else if (message.exit === 0) {
      this.#end.silently();
    } else {
      this.#end.inOrder(message.exit);
    }
  }

  #add(parts) {
    for (let at = 0; at < parts.length; at += 4) {
      const [id, text, words, place] = parts.slice(at, at + 4);
      const run = new Run(id, text, new Claim(words, place), this.#poll, this.#send);
      this.#runs.set(id, run);
      this.#waiting.push(run);
    }
    if (this.#settings.slots > 1) {
      if (this.#polling) {
        setImmediate(() => this.#startAll()); // not within the function that has looked for cancellations
      } else {
        this.#startAll();
      }
    } else if (!this.#busy) {
      this.#busy = true;
      this.#advance();
    }
  }

  #poll = () => {
    this.#polling = true;
    this.#inbox.poll();
    this.#polling = false;
  };
  #send = (report) => this.#reports.send(report);

  /** Runs what waits, one after another. */
  #advance() {
    const until = now() + TURN_MILLIS;
    for (let run = this.#shift(); run !== undefined; run = this.#shift()) {
      const pending = this.#runner.perform(run);
      if (pending !== undefined) {
        pending.then(() => {
          this.#runs.delete(run.id);
          this.#advance();
        }, this.#defect);
        return;
      }
      this.#runs.delete(run.id);
      if (now() > until) {
        setImmediate(() => this.#advance());
        return;
      }
    }
    this.#busy = false;
    this.#endIfIdle();
  }

  #shift() {
    if (this.#next === this.#waiting.length) {
      this.#waiting = [];
      this.#next = 0;
      return undefined;
    }
    const run = this.#waiting[this.#next++];
    if (this.#next === MOST_TAKEN) {
      this.#waiting.splice(0, MOST_TAKEN);
      this.#next = 0;
    }
    return run;
  }

  #startAll() {
    for (let run = this.#shift(); run !== undefined; run = this.#shift()) {
      const started = run;
      const pending = this.#runner.perform(started);
      if (pending === undefined) {
        this.#runs.delete(started.id);
      } else {
        pending.then(() => {
          this.#runs.delete(started.id);
          this.#endIfIdle();
        }, this.#defect);
      }
    }
    this.#endIfIdle();
  }

  #defect = (fault) => this.#end.broken(`a call cannot be reported: ${fault?.stack ?? fault}`);

  #endIfIdle() {
    if (this.#stopping && this.#runs.size === 0) {
      // Reports of this turn first.
      setImmediate(() => this.#end.inOrder());
    }
  }

  /** The process is about to exit: reports all that is known. */
  #flush() {
    const run = scope.current;
    if (this.#memory === null) {
      this.#reports.flush();
      return;
    }
    run?.sendProgress();
    run?.output?.flush();
    if (run?.isChunk) {
      this.#pipe.lock();
      try {
        new Gather(/** @type {any} */ (this.#memory), this.#pipe).put(run);
        if (run.claim.reported === run.index && !run.claim.isAnnounced(run.index)) {
          run.claim.announce(run.index);
          this.#pipe.put(messages.running(run.id, run.index));
        }
      } finally {
        this.#pipe.unlock();
      }
    }
  }
}

/** On a shared event loop a call cannot end the process: it fails, and its neighbours live. */
function refuseExit(code) {
  const refused = new ProcessExit(code);
  runningCall()?.fail?.(refused);
  throw refused;
}
