/**
 * Loader hooks, run by Node in a thread of their own: modules are read from a copy of the author's directory, and show
 * the author's paths. Packages (`node_modules`) come from the author's directory itself.
 */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** URLs of the copy, of the author's directory (both end with a slash), and of the module `motorpool`. */
let copy = '';
let place = '';
let motorpool = '';

/** @param {{ copy: string, place: string, motorpool: string }} urls */
export function initialize(urls) {
  ({ copy, place, motorpool } = urls);
}

export async function resolve(specifier, context, next) {
  if (specifier === 'motorpool') {
    return { url: motorpool, format: 'module', shortCircuit: true };
  }
  const parent = context.parentURL ?? '';
  if (/^(\.{0,2}\/|#|file:)/.test(specifier)) {
    return shown(await next(moved(specifier, place, copy), { ...context, parentURL: moved(parent, place, copy) }));
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (isSource(url, place)) {
    const read = moved(url, place, copy);
    if (existsSync(fileURLToPath(read))) {
      const format = /\.js$/.test(new URL(url).pathname) ? 'module' : context.format;
      return { ...(await next(read, { ...context, format })), responseURL: url, shortCircuit: true };
    }
  }
  return next(url, context);
}

/** The author's place of a module; CommonJS is shown where it is read. */
function shown(resolved) {
  if (!isSource(resolved.url, copy)) {
    return resolved;
  }
  const format = /\.js$/.test(new URL(resolved.url).pathname) ? 'module' : resolved.format;
  return { ...resolved, url: moved(resolved.url, copy, place), format, shortCircuit: true };
}

function isSource(url, folder) {
  return url.startsWith(folder) && !url.includes('/node_modules/') && /\.(mjs|js|json)([?#].*)?$/.test(url);
}

function moved(url, from, to) {
  return url.startsWith(from) ? to + url.slice(from.length) : url;
}
