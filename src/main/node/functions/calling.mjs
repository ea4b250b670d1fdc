/** What a running function sees of its call. */

/**
 * Which call runs: one for the whole thread, or, where many calls share an event loop, one for each chain of
 * asynchronous work.
 *
 * @type {{ current: any, local: import('node:async_hooks').AsyncLocalStorage<any> | null }}
 */
export const scope = { current: null, local: null };

/** The run of the call that executes now, or null. */
export function runningCall() {
  return (scope.local === null ? scope.current : scope.local.getStore()) ?? null;
}

/** The call that runs. Outside of a call all of it is null, and `progress` does nothing. */
export function context() {
  return runningCall()?.context ?? OUTSIDE;
}

class Context {
  get job() {
    return null;
  }

  get function() {
    return null;
  }

  get pool() {
    return null;
  }

  get attempt() {
    return 1;
  }

  get deadline() {
    return null;
  }

  get cancelled() {
    return false;
  }

  get signal() {
    return NEVER;
  }

  get traceparent() {
    return null;
  }

  get tracestate() {
    return null;
  }

  progress(done, total, message) {}
}

const NEVER = new AbortController().signal;
const OUTSIDE = new Context();
const LATEST = 8.64e15;
const LARGEST = Number.MAX_SAFE_INTEGER;

/** The context of one call, from the members of its order. */
export class RunningContext extends Context {
  #run;

  /** @param {any} run what is called: its `order`, `begun` (milliseconds since 1970), `cancelled`, `signal` */
  constructor(run) {
    super();
    this.#run = run;
  }

  get job() {
    return this.#run.order.job ?? null;
  }

  get function() {
    return this.#run.order.function ?? null;
  }

  get pool() {
    return this.#run.order.pool ?? null;
  }

  get attempt() {
    return this.#run.order.attempt ?? 1;
  }

  get deadline() {
    const seconds = this.#run.order.deadline ?? null;
    return seconds === null ? null : new Date(Math.min(this.#run.begun + seconds * 1000, LATEST));
  }

  get cancelled() {
    return this.#run.isCancelled();
  }

  get signal() {
    return this.#run.signal();
  }

  get traceparent() {
    return this.#run.order.traceparent ?? null;
  }

  get tracestate() {
    return this.#run.order.tracestate ?? null;
  }

  progress(done, total, message) {
    this.#run.progressed(count(done), count(total), message === undefined || message === null ? null : String(message));
  }
}

function count(number) {
  const whole = Math.trunc(Number(number));
  return whole > 0 ? Math.min(whole, LARGEST) : 0;
}
