/** Runs calls and chunks, and reports how they end. */

import { scope } from '../functions/calling.mjs';
import { Cancelled, InvalidArguments } from '../functions/errors.mjs';
import { failureOf } from '../functions/failures.mjs';
import { UnknownFunction } from '../functions/functions.mjs';
import { ResultEncoder, ValueNotJson, ValueTooLarge } from '../functions/results.mjs';
import { nanos, now } from './clock.mjs';
import * as messages from './messages.mjs';
import { CallOutput } from './output.mjs';

const TURN_MILLIS = 5;
const NONE = Object.freeze({});

/** @typedef {import('./runs.mjs').Run} Run */

export class Runner {
  #functions;
  #encoder;
  #reports;
  #shared;

  /**
   * @param {import('../functions/functions.mjs').Functions} functions
   * @param {number} valueLimit
   * @param {any} reports one of the classes of reports.mjs
   * @param {boolean} shared whether many calls share the event loop
   */
  constructor(functions, valueLimit, reports, shared) {
    this.#functions = functions;
    this.#encoder = new ResultEncoder(valueLimit);
    this.#reports = reports;
    this.#shared = shared;
  }

  /**
   * Runs a call or chunk, or nothing if it has been given back.
   *
   * @param {Run} run
   * @returns {Promise<void> | undefined} a promise if it waits for something
   */
  perform(run) {
    const first = run.claim.started;
    if (!run.claim.start(first)) {
      this.#reports.end(run, null);
      return undefined;
    }
    run.read();
    if (run.order.output === true) {
      run.output = new CallOutput(run.id, (report) => this.#reports.send(report));
    }
    scope.current = run;
    if (!run.isChunk) {
      return this.#call(run);
    }
    return this.#shared ? this.#itemsInTurns(run, first) : this.#items(run, first);
  }

  #call(run) {
    const { order } = run;
    run.begin(0);
    const begun = now();
    let value;
    try {
      value = this.#invoke(run, this.#functions.find(order.function), order.args, order.kwargs);
    } catch (thrown) {
      return this.#callThrew(run, begun, thrown);
    }
    if (isThenable(value)) {
      return awaited(run, value).then(
        (settled) => this.#callReturned(run, begun, settled),
        (thrown) => this.#callThrew(run, begun, thrown),
      );
    }
    return this.#callReturned(run, begun, value);
  }

  #callReturned(run, begun, value) {
    let encoded;
    try {
      encoded = this.#encoder.encode(value);
    } catch (thrown) {
      return this.#callThrew(run, begun, thrown);
    }
    return this.#over(run, messages.result(run.id, nanos(now() - begun), encoded));
  }

  #callThrew(run, begun, thrown) {
    return this.#over(run, errorReport(run.id, 0, nanos(now() - begun), thrown));
  }

  #over(run, report) {
    run.sendProgress();
    run.output?.close();
    scope.current = null;
    this.#reports.end(run, report);
    return undefined;
  }

  /** Items one after another, until one waits for something. */
  #items(run, first) {
    const { items } = run.order;
    let begun = now();
    for (let index = first; index < items.length; ) {
      this.#reports.begin(begun);
      run.begin(index);
      let value;
      let encoded = null;
      let thrown;
      try {
        value = this.#invokeItem(run, items[index]);
        if (isThenable(value)) {
          return this.#itemsAwaited(run, index, begun, value);
        }
        encoded = this.#encoder.encode(value);
      } catch (fault) {
        thrown = fault;
      }
      begun = this.#itemEnded(run, index, begun, encoded, thrown);
      index++;
      if (index < items.length && !run.claim.start(index)) {
        break;
      }
    }
    return this.#over(run, null);
  }

  /** The rest of a chunk whose item waits for something. */
  async #itemsAwaited(run, first, begun, value) {
    const { items } = run.order;
    for (let index = first; ; ) {
      let encoded = null;
      let thrown;
      try {
        if (index > first) {
          this.#reports.begin(begun);
          run.begin(index);
          value = this.#invokeItem(run, items[index]);
        }
        encoded = this.#encoder.encode(isThenable(value) ? await awaited(run, value) : value);
      } catch (fault) {
        thrown = fault;
      }
      begun = this.#itemEnded(run, index, begun, encoded, thrown);
      index++;
      if (index >= items.length || !run.claim.start(index)) {
        break;
      }
    }
    this.#over(run, null);
  }

  /** Items one after another, while other calls get their turns. */
  async #itemsInTurns(run, first) {
    const { items } = run.order;
    let turn = now();
    let begun = turn;
    for (let index = first; index < items.length; ) {
      let encoded = null;
      let thrown;
      try {
        run.begin(index);
        const value = this.#invokeItem(run, items[index]);
        encoded = this.#encoder.encode(isThenable(value) ? await awaited(run, value) : value);
      } catch (fault) {
        thrown = fault;
      }
      begun = this.#itemEnded(run, index, begun, encoded, thrown);
      index++;
      if (begun - turn > TURN_MILLIS) {
        await new Promise((resolve) => setImmediate(resolve));
        turn = begun = now();
      }
      if (index < items.length && !run.claim.start(index)) {
        break;
      }
    }
    this.#over(run, null);
  }

  #invokeItem(run, item) {
    const args = run.order.star === true ? item : [item];
    return this.#invoke(run, this.#functions.find(run.order.function), args, NONE);
  }

  #invoke(run, called, args, kwargs) {
    if (run.isCancelled()) {
      throw new Cancelled();
    }
    if (this.#shared) {
      this.#reports.flush();
      return /** @type {any} */ (scope.local).run(run, () => called.invoke(args, kwargs));
    }
    return called.invoke(args, kwargs);
  }

  /** Reports an item; returns the time. */
  #itemEnded(run, index, begun, encoded, thrown) {
    run.sendProgress();
    const time = now();
    if (index + 1 === run.order.items.length) {
      run.output?.close();
    }
    if (encoded !== null) {
      this.#reports.value(run, index, encoded, begun, time);
    } else {
      this.#reports.failed(run, index, errorReport(run.id, index, nanos(time - begun), thrown));
    }
    return time;
  }
}

/** Waits for what a function returned, or for an exception of a callback that belongs to the call. */
function awaited(run, value) {
  return new Promise((resolve, reject) => {
    run.fail = reject;
    value.then(resolve, reject);
  }).finally(() => {
    run.fail = null;
  });
}

function isThenable(value) {
  return typeof value === 'object' && value !== null && typeof value.then === 'function';
}

/** The report of a call, or item, that has ended without a value. */
export function errorReport(id, index, nanos, thrown) {
  if (thrown instanceof ValueNotJson) {
    return messages.error(id, index, nanos, 'value-not-json', told('', thrown));
  }
  if (thrown instanceof ValueTooLarge) {
    return messages.error(id, index, nanos, 'value-too-large', told('', thrown));
  }
  if (thrown instanceof UnknownFunction) {
    return messages.error(id, index, nanos, 'unknown-function', told('', thrown));
  }
  const failure = failureOf(thrown);
  if (thrown instanceof InvalidArguments) {
    failure.traceback = null;
  }
  return messages.error(id, index, nanos, 'function-raised', failure);
}

function told(exception, thrown) {
  return { exception, message: thrown.message, traceback: null };
}
