/** The call that runs. Outside of a call all of it is null, and `progress` does nothing. */
export interface Context {
  /** The id of the job, if the call belongs to one. */
  readonly job: string | null;
  /** The function's name, such as `geometry.area`. */
  readonly function: string | null;
  /** The pool that runs the call. */
  readonly pool: string | null;
  /** Which attempt of its job this is, from 1. */
  readonly attempt: number;
  /** When the time limit ends, or null without a limit. */
  readonly deadline: Date | null;
  /** Whether nobody wants the result any more. Functions that never wait can ask for it in a loop. */
  readonly cancelled: boolean;
  /** Aborted when nobody wants the result any more. */
  readonly signal: AbortSignal;
  /** The W3C trace context, to be sent on with requests. */
  readonly traceparent: string | null;
  /** The vendors' part of the W3C trace context. */
  readonly tracestate: string | null;
  /** Reports how far the call is. Of frequent reports only some are sent. */
  progress(done: number, total: number, message?: string): void;
}

/** The call that runs. */
export function context(): Context;

/** The reason of `context().signal`, and the exception of a call that was cancelled before it started. */
export class Cancelled extends Error {}

/** The arguments of a call do not fit the function's parameters. */
export class InvalidArguments extends Error {
  /** JSON Pointer of the place, such as `/args/0`. */
  readonly pointer: string;
}

/** What an export named `motorpool` may say about a function. */
export interface Description {
  description?: string;
  /** Default: `io` for async functions, else `cpu`. */
  workload?: 'cpu' | 'io';
  /** JSON Schema (2020-12) of the named parameters, in the order of the positions. */
  parameters?: {
    type?: 'object';
    properties?: Record<string, object | boolean>;
    required?: string[];
    additionalProperties?: false;
    [keyword: string]: unknown;
  };
  /** JSON Schema of further positional arguments; `true` for any. */
  rest?: object | true;
  /** JSON Schema of the result. */
  returns?: object | boolean;
  /** Where calls go that name no pool. */
  pool?: string;
  /** Seconds that a call may run. */
  timeout?: number;
  /** Further attempts of jobs in the background, and the seconds between them. */
  retries?: number;
  retry_delay?: number;
  /** -100 to 100, higher first. */
  priority?: number;
}
