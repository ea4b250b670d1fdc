/** A monotonic clock that all threads share. */

const OFFSET = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** Milliseconds, with fractions, since some moment that is the same for all threads. */
export function now() {
  return performance.now() + OFFSET;
}

/** @param {number} millis */
export function nanos(millis) {
  return Math.max(0, Math.round(millis * 1e6));
}
