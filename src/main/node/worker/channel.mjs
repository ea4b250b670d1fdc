/** The descriptors of the protocol, out of the way of functions. */

import { closeSync, constants, fstatSync, openSync, unlinkSync } from 'node:fs';

const ORDERS = 3;
const REPORTS = 4;
const PAGE = 8;

/**
 * Opens both pipes without waiting for the service, which may have gone. Where it has, the end of the orders says so.
 *
 * @returns {{ orders: number, reports: number }} numbers that functions do not write to by mistake
 */
export function openChannel() {
  return {
    orders: moved(ORDERS, constants.O_RDONLY | constants.O_NONBLOCK),
    reports: moved(REPORTS, constants.O_RDWR),
  };
}

/** Opens the same pipe once more, not to be inherited. */
function moved(descriptor, mode) {
  try {
    const other = openSync(`/proc/self/fd/${descriptor}`, mode);
    closeSync(descriptor);
    openSync('/dev/null', 'r+'); // takes the number, so that nothing else has it
    return other;
  } catch {
    return descriptor; // another system, or no pipe
  }
}

/**
 * Opens the file that takes the number of orders that have been read, and removes its name.
 *
 * @param {string | undefined} file
 * @returns {number | null} null if it is not the one that the service has made
 */
export function openAccepted(file) {
  if (!file) {
    return null;
  }
  try {
    const descriptor = openSync(file, 'r+');
    if (fstatSync(descriptor).size === PAGE) {
      removeName(file);
      return descriptor;
    }
    closeSync(descriptor);
  } catch {
    // then the number is reported
  }
  return null;
}

/** In a sandbox the file is a mount, whose name stays as long as the worker. */
function removeName(file) {
  try {
    unlinkSync(file);
  } catch {
    // the service removes it
  }
}
