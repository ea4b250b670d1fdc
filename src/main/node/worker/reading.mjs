/** Reads orders without blocking the thread that does. */

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
  const socket = new Socket({
    fd: descriptor,
    readable: true,
    writable: false,
    onread: {
      buffer: Buffer.allocUnsafeSlow(BUFFER),
      callback(length, buffer) {
        if (!ended) {
          try {
            take(cutter.push(Buffer.from(buffer.buffer, 0, length)));
          } catch (fault) {
            ended = true;
            broken(fault);
          }
        }
        return true;
      },
    },
  });
  socket.on('error', end);
  socket.on('end', end);
  socket.on('close', end);
}
