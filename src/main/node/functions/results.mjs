/** Results as JSON text. */

import { types } from 'node:util';

const DEPTH = 200;
const DIGITS = 4096;
const SHORT = 1000;

/** The protocol's error `value-not-json`, with the place in the value. */
export class ValueNotJson extends Error {
  /** @param {string} reason @param {string[]} path */
  constructor(reason, path = []) {
    const pointer = path.map((key) => '/' + key.replaceAll('~', '~0').replaceAll('/', '~1')).join('');
    super(pointer ? `${reason} (at ${pointer.slice(0, 200)})` : reason);
  }
}

/** The protocol's error `value-too-large`. */
export class ValueTooLarge extends Error {}

/** Writes values of up to `limit` bytes. Stateless between calls. */
export class ResultEncoder {
  /** @param {number} limit */
  constructor(limit) {
    this.limit = limit;
  }

  /**
   * @param {unknown} value
   * @returns {string} JSON
   */
  encode(value) {
    switch (typeof value) {
      case 'number':
        if (Number.isFinite(value)) {
          return String(value);
        }
        break;
      case 'boolean':
        return String(value);
      case 'undefined':
        return 'null';
      case 'string':
        if (value.length < SHORT && value.isWellFormed()) {
          return JSON.stringify(value);
        }
    }
    if (value === null) {
      return 'null';
    }
    const text = new Walk(this.limit).text(value);
    // Characters have up to three bytes, so short texts need no count.
    if (text.length * 3 > this.limit && Buffer.byteLength(text) > this.limit) {
      throw tooLarge(this.limit);
    }
    return text;
  }
}

/** @param {number} limit */
function tooLarge(limit) {
  return new ValueTooLarge(`the result takes more than ${limit} bytes as JSON`);
}

/** Writes one value. Bounded in depth and size, so cycles end. */
class Walk {
  #limit;
  #left;
  /** @type {string[]} */
  #path = [];
  /** @type {object[]} */
  #inside = [];

  constructor(limit) {
    this.#limit = limit;
    this.#left = limit;
  }

  text(value) {
    switch (typeof value) {
      case 'number':
        if (!Number.isFinite(value)) {
          throw this.#fault(`${value} is no number in JSON`);
        }
        return this.#spend(String(value));
      case 'boolean':
        return this.#spend(String(value));
      case 'string':
        return this.#string(value);
      case 'undefined':
        return this.#spend('null');
      case 'bigint': {
        const digits = String(value);
        if (digits.length > DIGITS + (value < 0n ? 1 : 0)) {
          throw this.#fault(`a number has more than ${DIGITS} digits`);
        }
        return this.#spend(digits);
      }
      case 'object':
        return value === null ? this.#spend('null') : this.#object(value);
      default:
        throw this.#fault(`a ${typeof value} has no JSON form`);
    }
  }

  #string(value) {
    if (value.length > this.#left) {
      throw tooLarge(this.#limit);
    }
    if (!value.isWellFormed()) {
      throw this.#fault('a text has half of a surrogate pair');
    }
    return this.#spend(JSON.stringify(value));
  }

  /** @param {object} value */
  #object(value) {
    if (Array.isArray(value)) {
      return this.#array(value, value);
    }
    if (value instanceof Uint8Array || types.isAnyArrayBuffer(value)) {
      return this.#bytes(value);
    }
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
      return this.#array(value, /** @type {any} */ (value));
    }
    if (value instanceof Date) {
      if (Number.isNaN(value.getTime())) {
        throw this.#fault('an invalid Date has no JSON form');
      }
      return this.#spend(`"${value.toISOString()}"`);
    }
    if (types.isMap(value)) {
      return this.#members(value, value.entries());
    }
    if (types.isSet(value)) {
      return this.#array(value, value);
    }
    if (types.isBoxedPrimitive(value)) {
      return this.text(value.valueOf());
    }
    const { toJSON } = /** @type {any} */ (value);
    if (typeof toJSON === 'function') {
      return this.#enter(value, () => this.text(toJSON.call(value, this.#path.at(-1) ?? '')));
    }
    const kind = withoutForm(value);
    if (kind !== null) {
      throw this.#fault(kind);
    }
    return this.#members(value, Object.entries(value));
  }

  /** @param {object} owner @param {Iterable<unknown>} elements */
  #array(owner, elements) {
    return this.#enter(owner, () => {
      const pieces = [];
      for (const element of elements) {
        this.#path.push(String(pieces.length));
        this.#left--;
        pieces.push(this.text(element));
        this.#path.pop();
      }
      return `[${pieces.join(',')}]`;
    });
  }

  /** @param {object} owner @param {Iterable<[unknown, unknown]>} entries */
  #members(owner, entries) {
    return this.#enter(owner, () => {
      const pieces = [];
      for (const [key, value] of entries) {
        if (typeof key !== 'string') {
          throw this.#fault(`the key ${String(key)} of a Map is no text`);
        }
        if (value !== undefined) {
          this.#path.push(key);
          this.#left -= 2;
          pieces.push(`${this.#string(key)}:${this.text(value)}`);
          this.#path.pop();
        }
      }
      return `{${pieces.join(',')}}`;
    });
  }

  #bytes(value) {
    const bytes = value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.length) : Buffer.from(value);
    if (bytes.length > this.#left) {
      throw tooLarge(this.#limit);
    }
    return this.#spend(`"${bytes.toString('base64')}"`);
  }

  /** @param {object} value @param {() => string} write */
  #enter(value, write) {
    if (this.#inside.includes(value)) {
      throw this.#fault('the result contains itself');
    }
    if (this.#inside.length >= DEPTH) {
      throw new ValueNotJson(`the result nests deeper than ${DEPTH}`);
    }
    this.#inside.push(value);
    this.#left -= 2;
    const text = write();
    this.#inside.pop();
    return text;
  }

  #spend(text) {
    this.#left -= text.length;
    if (this.#left < 0) {
      throw tooLarge(this.#limit);
    }
    return text;
  }

  #fault(reason) {
    return new ValueNotJson(reason, this.#path);
  }
}

/** Why an object has no JSON form, or null. @param {object} value */
function withoutForm(value) {
  if (types.isPromise(value)) {
    return 'a Promise has no JSON form; await it';
  }
  if (
    types.isNativeError(value) ||
    types.isRegExp(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    types.isGeneratorObject(value) ||
    value instanceof DataView ||
    (typeof value[Symbol.iterator] === 'function' && typeof value.next === 'function') ||
    typeof value[Symbol.asyncIterator] === 'function'
  ) {
    return `${value.constructor?.name || 'this object'} has no JSON form`;
  }
  return null;
}
