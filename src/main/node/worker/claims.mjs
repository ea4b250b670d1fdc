/** Who may run an item: a few words of shared memory for each call and chunk, which two threads change atomically. */

const WORDS = 4;
const RUNS = 1024;

/** Words of a claim. */
const CLAIMED = 0;
const REPORTED = 1;
const ANNOUNCED = 2;
const OVER = 3;

/**
 * The state of one call or chunk. One thread reads orders and may take items back, another runs them. The first word
 * has the number of items that have started, times two, and one if the rest has been taken back.
 */
export class Claim {
  /** @param {Int32Array} words @param {number} at */
  constructor(words, at) {
    this.words = words;
    this.at = at;
  }

  /** Starts the item of this index, the next one. Returns false if it has been taken back. @param {number} index */
  start(index) {
    return Atomics.compareExchange(this.words, this.at + CLAIMED, 2 * index, 2 * index + 2) === 2 * index;
  }

  /** How many items have started. */
  get started() {
    return Atomics.load(this.words, this.at + CLAIMED) >> 1;
  }

  /** Takes back what has not started of `count` items: the first of them, or -1. @param {number} count */
  takeBack(count) {
    while (true) {
      const word = Atomics.load(this.words, this.at + CLAIMED);
      if ((word & 1) === 1 || word >> 1 >= count) {
        return -1;
      }
      if (Atomics.compareExchange(this.words, this.at + CLAIMED, word, word | 1) === word) {
        return word >> 1;
      }
    }
  }

  /** How many items have been reported. */
  get reported() {
    return Atomics.load(this.words, this.at + REPORTED);
  }

  set reported(count) {
    Atomics.store(this.words, this.at + REPORTED, count);
    Atomics.notify(this.words, this.at + REPORTED);
  }

  /** Waits until so many items have been reported. @param {number} count */
  waitForReport(count) {
    for (let seen = this.reported; seen < count; seen = this.reported) {
      Atomics.wait(this.words, this.at + REPORTED, seen);
    }
  }

  /** Whether the item of this index has been announced. @param {number} index */
  isAnnounced(index) {
    return Atomics.load(this.words, this.at + ANNOUNCED) === index + 1;
  }

  /** @param {number} index */
  announce(index) {
    Atomics.store(this.words, this.at + ANNOUNCED, index + 1);
  }

  /** Whether the thread that runs it is done with it. */
  get over() {
    return Atomics.load(this.words, this.at + OVER) === 1;
  }

  end() {
    Atomics.store(this.words, this.at + OVER, 1);
  }
}

/** Hands out claims; those that are over are used again. Owned by the thread that reads orders. */
export class ClaimTable {
  /** @type {Claim[]} */
  #free = [];

  /** @returns {Claim | null} null if none is free */
  take() {
    const claim = this.#free.pop() ?? null;
    claim?.words.fill(0, claim.at, claim.at + WORDS);
    return claim;
  }

  /** @param {Claim} claim */
  giveBack(claim) {
    this.#free.push(claim);
  }

  grow() {
    const words = new Int32Array(new SharedArrayBuffer(RUNS * WORDS * Int32Array.BYTES_PER_ELEMENT));
    for (let at = words.length - WORDS; at >= 0; at -= WORDS) {
      this.#free.push(new Claim(words, at));
    }
  }
}
