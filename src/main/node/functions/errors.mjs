/** Exceptions that functions and their callers see. */

/** The reason of the signal of a call whose result nobody wants any more. */
export class Cancelled extends Error {
  name = 'Cancelled';

  constructor(message = 'nobody wants the result any more') {
    super(message);
  }
}

/** The arguments of a call do not fit the function's parameters. */
export class InvalidArguments extends Error {
  name = 'InvalidArguments';

  /** @param {string} message @param {string} [pointer] JSON Pointer of the place, such as `/args/0` */
  constructor(message, pointer = '') {
    super(pointer ? `${pointer}: ${message}` : message);
    this.pointer = pointer;
  }
}

/** A function, or a module while it is imported, has called `process.exit`. */
export class ProcessExit extends Error {
  name = 'ProcessExit';

  /** @param {unknown} [code] */
  constructor(code) {
    super(`process.exit(${code === undefined ? '' : String(code)})`);
  }
}
