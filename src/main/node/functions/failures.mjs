/** What a function threw, as the texts that its caller sees. */

import { inspect, types } from 'node:util';

const LIMIT = 16 * 1024;
const MESSAGE = 8 * 1024;
const CAUSES = 10;
const PACKAGE = new URL('..', import.meta.url).href;
const BUILTINS = new Set([
  'Error', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError', 'AggregateError',
]);

/** @typedef {{ exception: string, message: string, traceback: string | null }} Failure */

/**
 * @param {unknown} thrown
 * @returns {Failure}
 */
export function failureOf(thrown) {
  return { exception: nameOf(thrown), message: messageOf(thrown), traceback: tracebackOf(thrown) };
}

/** The class of an error; of other values their type. */
export function nameOf(thrown) {
  try {
    if (!isError(thrown)) {
      return thrown === null || typeof thrown !== 'object' ? typeof thrown : thrown.constructor?.name || 'Object';
    }
    const { name } = thrown;
    const kind = thrown.constructor?.name;
    if (typeof name !== 'string' || name === '') {
      return kind || 'Error';
    }
    return BUILTINS.has(name) && kind && kind !== 'NodeError' ? kind : name;
  } catch {
    return 'Error';
  }
}

export function messageOf(thrown) {
  let text = '';
  try {
    if (isError(thrown)) {
      text = String(thrown.message);
    } else {
      text = typeof thrown === 'object' && thrown !== null ? inspect(thrown, { depth: 3 }) : String(thrown);
    }
  } catch {
    // a hostile exception
  }
  text = text.toWellFormed();
  return text.length <= MESSAGE ? text : text.slice(0, MESSAGE - 3).toWellFormed() + '...';
}

/**
 * File and line of the innermost frame that is neither ours nor Node's.
 *
 * @returns {{ file: string, line: number } | null} the file as a path or URL
 */
export function placeOf(thrown) {
  const [, frames] = parts(thrown);
  for (const frame of frames) {
    const found = /[( ]((?:file:\/\/)?\/[^()]*):(\d+):\d+\)?$/.exec(frame);
    if (found !== null && !isOwn(frame)) {
      return { file: found[1], line: Number(found[2]) };
    }
  }
  return null;
}

function isError(thrown) {
  return types.isNativeError(thrown) || thrown instanceof Error;
}

function tracebackOf(thrown) {
  if (!isError(thrown)) {
    return null;
  }
  const pieces = [];
  const seen = new Set();
  /** @type {any} */
  let each = thrown;
  for (let label = ''; isError(each) && !seen.has(each) && seen.size < CAUSES; label = '[cause]: ') {
    seen.add(each);
    pieces.push(label + stackOf(each));
    try {
      each = each.cause;
    } catch {
      break;
    }
  }
  const text = pieces.join('\n').toWellFormed();
  if (text === `${nameOf(thrown)}: ${messageOf(thrown)}`) {
    return null; // says no more than the message
  }
  if (text.length <= LIMIT) {
    return text;
  }
  // The beginning says what it was, the end where it came from.
  return text.slice(0, LIMIT / 2).toWellFormed() + '\n  ...\n' + text.slice(-(LIMIT / 2 - 10)).toWellFormed();
}

/** The stack without the frames by which the worker or Node came to the function. */
function stackOf(error) {
  const [head, frames] = parts(error);
  const kept = frames.filter((frame) => !isOwn(frame));
  while (kept.length > 0 && /[( ]node:(internal\/|async_hooks)/.test(kept[kept.length - 1])) {
    kept.pop();
  }
  return [head, ...kept.map(asPath)].join('\n');
}

/** What comes before the frames of a stack, and the frames. @returns {[string, string[]]} */
function parts(error) {
  let stack;
  try {
    stack = error?.stack;
  } catch {
    // a hostile exception
  }
  if (typeof stack !== 'string') {
    return [`${nameOf(error)}: ${messageOf(error)}`, []];
  }
  const lines = stack.split('\n');
  let first = lines.length;
  while (first > 0 && /^ {4}at /.test(lines[first - 1])) {
    first--;
  }
  return [asPath(lines.slice(0, first).join('\n')), lines.slice(first)];
}

function isOwn(frame) {
  return frame.includes(PACKAGE);
}

/** Shows files by their paths. */
function asPath(text) {
  return text.replace(/file:\/\/(\/[^\s:()]*)/g, (url, path) => {
    try {
      return decodeURIComponent(path);
    } catch {
      return url;
    }
  });
}
