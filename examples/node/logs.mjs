/** Reads access logs: one call for each file, as an item of a map, and one that adds them up. */

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

const LINE = /"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (\S+) [^"]*" (\d{3}) (\d+|-)/;
const FIGURES = {
  type: 'object',
  additionalProperties: {
    type: 'object',
    properties: { requests: { type: 'integer' }, errors: { type: 'integer' }, bytes: { type: 'integer' } },
    required: ['requests', 'errors', 'bytes'],
  },
};

export const motorpool = {
  read: { workload: 'cpu', parameters: { properties: { file: { type: 'string' } }, required: ['file'] }, returns: FIGURES },
  add: { parameters: { properties: { figures: { type: 'array', items: FIGURES } }, required: ['figures'] }, returns: FIGURES },
};

/** Requests, errors and bytes for each path of one log in the common format. */
export async function read(file) {
  const figures = new Map();
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    const found = LINE.exec(line);
    if (found !== null) {
      const [, target, status, bytes] = found;
      count(figures, target.split('?')[0], { requests: 1, errors: status >= '500' ? 1 : 0, bytes: Number(bytes) || 0 });
    }
  }
  return figures;
}

/** Adds up what `read` has found in several logs, the most requested paths first. */
export function add(figures) {
  const sums = new Map();
  for (const [path, more] of figures.flatMap(Object.entries)) {
    count(sums, path, more);
  }
  return new Map([...sums].sort(([, one], [, other]) => other.requests - one.requests));
}

function count(figures, path, more) {
  const sum = figures.get(path) ?? { requests: 0, errors: 0, bytes: 0 };
  figures.set(path, {
    requests: sum.requests + more.requests,
    errors: sum.errors + more.errors,
    bytes: sum.bytes + more.bytes,
  });
}
