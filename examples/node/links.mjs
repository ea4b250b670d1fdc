/** Checks many links at once on one event loop, with Node's own `fetch`. */

import { context } from 'motorpool';

const AT_ONCE = 20;

export const motorpool = {
  check: {
    timeout: 120,
    parameters: {
      properties: {
        urls: { type: 'array', items: { type: 'string', pattern: '^https?://' } },
        seconds: { type: 'number', exclusiveMinimum: 0, description: 'how long to wait for each' },
      },
      required: ['urls'],
    },
  },
};

/** Asks for each address, and tells its status or what is wrong with it, in the order of the addresses. */
export async function check(urls, seconds = 10) {
  const call = context();
  const results = new Array(urls.length);
  let next = 0;
  let done = 0;
  const work = async () => {
    while (next < urls.length) {
      const at = next++;
      results[at] = await ask(urls[at], seconds, call);
      call.progress(++done, urls.length, urls[at]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

async function ask(url, seconds, { signal, traceparent }) {
  try {
    const answer = await fetch(url, {
      method: 'HEAD',
      headers: traceparent ? { traceparent } : {},
      signal: AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]),
    });
    return { url, status: answer.status, fault: null };
  } catch (fault) {
    signal.throwIfAborted();
    return { url, status: null, fault: fault.cause?.message || fault.message };
  }
}
