/** The processes that functions have started. */

import { readFileSync, readdirSync } from 'node:fs';

const MARK = 'MOTORPOOL_WORKER';
const ROUNDS = 10;

/**
 * Kills descendants and, if this process leads it, the session.
 *
 * @param {boolean} [daemons] also what has left both and carries the variable that the service gives each worker
 */
export function killDescendants(daemons = false) {
  const mark = daemons && process.env[MARK] ? `${MARK}=${process.env[MARK]}` : null;
  for (let round = 0; round < ROUNDS; round++) {
    // What is killed may have started more meanwhile.
    if (!killOnce(mark)) {
      return;
    }
  }
}

function killOnce(mark) {
  /** @type {Map<number, number>} */
  const parents = new Map();
  const doomed = new Set();
  const all = processes();
  const leads = all.some(({ pid, session }) => pid === process.pid && session === pid);
  for (const { pid, parent, session, state } of all) {
    if (pid === process.pid || state === 'Z' || state === 'X') {
      continue;
    }
    parents.set(pid, parent);
    if ((leads && session === process.pid) || (mark !== null && carries(pid, mark))) {
      doomed.add(pid);
    }
  }
  for (const pid of parents.keys()) {
    let step = pid;
    for (let steps = 0; parents.has(step) && steps < 1000; steps++) {
      step = /** @type {number} */ (parents.get(step));
    }
    if (step === process.pid) {
      doomed.add(pid);
    }
  }
  for (const pid of doomed) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it has ended
    }
  }
  return doomed.size > 0;
}

function processes() {
  const found = [];
  try {
    for (const entry of readdirSync('/proc')) {
      const pid = Number(entry);
      if (Number.isInteger(pid)) {
        const stat = read(`/proc/${entry}/stat`);
        const [state, parent, , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (session !== undefined) {
          found.push({ pid, parent: Number(parent), session: Number(session), state });
        }
      }
    }
  } catch {
    // another system; the service has the worker's process group, too
  }
  return found;
}

function carries(pid, mark) {
  return read(`/proc/${pid}/environ`).split('\0').includes(mark);
}

function read(file) {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
