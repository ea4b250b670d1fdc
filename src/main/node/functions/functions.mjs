/** Functions that can be called by name. */

import { InvalidArguments } from './errors.mjs';

/** The worker does not have the function. */
export class UnknownFunction extends Error {}

/** One exported function. */
export class ExposedFunction {
  /** @param {string} name such as `geometry.area` @param {Function} target @param {Record<string, any>} description */
  constructor(name, target, description) {
    this.name = name;
    this.target = target;
    this.description = { name, ...description };
    /** @type {string[]} the named parameters, in the order of their positions */
    this.names = Object.keys(description.parameters.properties);
  }

  /**
   * @param {unknown[]} args
   * @param {Record<string, unknown>} named
   * @returns {unknown} what the function returns; for `async` ones a promise
   */
  invoke(args, named) {
    for (const _ in named) {
      return this.target.apply(undefined, this.#positions(args, named));
    }
    return this.target.apply(undefined, args);
  }

  /** Puts named arguments to their positions; what is missing between them is undefined. */
  #positions(args, named) {
    const all = [...args];
    for (const name of Object.keys(named)) {
      const at = this.names.indexOf(name);
      const pointer = `/kwargs/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      if (at < 0) {
        throw new InvalidArguments('is not a parameter', pointer);
      }
      if (at < args.length) {
        throw new InvalidArguments('is given by position, too', pointer);
      }
      while (all.length < at) {
        all.push(undefined);
      }
      all[at] = named[name];
    }
    return all;
  }
}

/** The functions of a worker. */
export class Functions {
  #byName;

  /** @param {Iterable<ExposedFunction>} functions */
  constructor(functions) {
    this.#byName = new Map([...functions].map((each) => [each.name, each]));
  }

  /** @param {string} name */
  find(name) {
    const found = this.#byName.get(name);
    if (found === undefined) {
      throw new UnknownFunction(`this worker has no function ${name}`);
    }
    return found;
  }
}
