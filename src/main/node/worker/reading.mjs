/** Reads orders without blocking the thread that does. */

import { constants, readFileSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import { FrameCutter } from './frames.mjs';

const BUFFER = 64 * 1024;

/**
 * @param {number} descriptor
 * @param {number} limit of a frame in bytes
 * @param {(messages: string[]) => void} take
 * @param {() => void} over called at the end of the orders
 * @param {(fault: unknown) => void} broken called when they cannot be followed
 */
export function readOrders(descriptor, limit, take, over, broken) {
  const cutter = new FrameCutter(limit);
  let ended = false;
  const end = () => {
    if (!ended) {
      ended = true;
      try {
        cutter.end();
        over();
      } catch (fault) {
        broken(fault);
      }
    }
  };
  const received = (data) => {
    if (!ended) {
      try {
        take(cutter.push(data));
      } catch (fault) {
        ended = true;
        broken(fault);
      }
    }
  };
  const buffer = Buffer.allocUnsafeSlow(BUFFER);
  const first = firstRead(descriptor, buffer);
  if (first === 0) {
    end();
    return;
  }
  received(buffer.subarray(0, first ?? 0));
  const onread = {
    buffer,
    callback(length) {
      received(buffer.subarray(0, length));
      return true;
    },
  };
  const options = { fd: descriptor, readable: true, writable: false, onread };
  const socket = new Socket(options);
  socket.on('error', end);
  socket.on('end', end);
  socket.on('close', end);
}

/**
 * Reads what is there, if the descriptor does not block: a pipe that was opened after its last writer had gone never
 * becomes readable.
 *
 * @returns {number | null} bytes, 0 at the end, null if nothing is known
 */
function firstRead(descriptor, buffer) {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'));
    return flags !== null && parseInt(flags[1], 8) & constants.O_NONBLOCK ? readSync(descriptor, buffer) : null;
  } catch {
    return null; // nothing is there yet
  }
}
