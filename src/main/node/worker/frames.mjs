/** Frames: four bytes of big-endian length, then one JSON object in UTF-8. */

import { isUtf8 } from 'node:buffer';

const HEAD = 4;

/** The other side does not follow docs/protocol.md. */
export class BrokenProtocol extends Error {}

/** Cuts what arrives into messages. */
export class FrameCutter {
  #limit;
  /** Pieces of a frame that is not complete, and their bytes. */
  #pieces = [];
  #size = 0;
  #needed = HEAD;

  /** @param {number} limit */
  constructor(limit) {
    this.#limit = limit;
  }

  /**
   * @param {Buffer} data only valid during the call
   * @returns {string[]} the messages that are complete
   */
  push(data) {
    if (this.#size > 0) {
      this.#pieces.push(Buffer.from(data));
      this.#size += data.length;
      if (this.#size < this.#needed) {
        return [];
      }
      data = Buffer.concat(this.#pieces);
      this.#pieces = [];
      this.#size = 0;
    }
    return this.#cut(data);
  }

  /** The orders are over. */
  end() {
    if (this.#size > 0) {
      throw new BrokenProtocol(`the orders end after ${this.#size} bytes of a frame`);
    }
  }

  #cut(data) {
    const messages = [];
    let at = 0;
    this.#needed = HEAD;
    while (data.length - at >= HEAD) {
      const length = data.readUInt32BE(at);
      if (length < 2 || length > this.#limit) {
        throw new BrokenProtocol(`a frame of ${length} bytes; it must have 2 to ${this.#limit}`);
      }
      const end = at + HEAD + length;
      if (end > data.length) {
        this.#needed = HEAD + length;
        break;
      }
      const message = data.subarray(at + HEAD, end);
      if (!isUtf8(message)) {
        throw new BrokenProtocol('a message that is not UTF-8');
      }
      messages.push(message.toString());
      at = end;
    }
    if (at < data.length) {
      this.#pieces.push(Buffer.from(data.subarray(at)));
      this.#size = data.length - at;
    }
    return messages;
  }
}
