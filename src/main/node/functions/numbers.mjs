/** JSON in which integers of any size keep their digits. */

import { randomBytes } from 'node:crypto';

/** A text that nobody can guess: begins what stands for an integer while JSON is parsed. */
const MARK = `integer-${randomBytes(16).toString('hex')}:`;
const MAYBE_LARGE = /\d{16}/;
const LARGE = /(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/**
 * Parses JSON. Integers beyond 2^53 become BigInt.
 *
 * @param {string} text
 */
export function parseExactly(text) {
  if (!MAYBE_LARGE.test(text)) {
    return JSON.parse(text);
  }
  const { marked, found } = mark(text);
  if (!found) {
    return JSON.parse(text);
  }
  return JSON.parse(marked, (_, value) =>
    typeof value === 'string' && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value,
  );
}

/** Replaces large integers outside of strings by marked strings. */
function mark(text) {
  const pieces = [];
  let found = false;
  const take = (digits) => {
    if (Number.isSafeInteger(Number(digits)) || !/^-?(0|[1-9]\d*)$/.test(digits)) {
      return digits;
    }
    found = true;
    return `"${MARK}${digits}"`;
  };
  let at = 0;
  while (at < text.length) {
    const quote = text.indexOf('"', at);
    pieces.push(text.slice(at, quote < 0 ? text.length : quote).replace(LARGE, take));
    if (quote < 0) {
      break;
    }
    at = endOfString(text, quote);
    pieces.push(text.slice(quote, at));
  }
  return { marked: pieces.join(''), found };
}

/** The place behind the string that begins here. */
function endOfString(text, begin) {
  let end = begin;
  while (true) {
    end = text.indexOf('"', end + 1);
    if (end < 0) {
      return text.length;
    }
    let before = end;
    while (text.charCodeAt(before - 1) === 0x5c) {
      before--;
    }
    if ((end - before) % 2 === 0) {
      return end + 1;
    }
  }
}
