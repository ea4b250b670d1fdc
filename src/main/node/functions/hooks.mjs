/**
 * Loader hooks: modules are read from a copy of the author's directory, and show the author's paths. Packages
 * (`node_modules`) and CommonJS come from the author's directory itself. Node runs the hooks in a thread of their own, or
 * where it can in the thread that imports.
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

export function resolve(specifier, context, next) {
  if (specifier === 'motorpool') {
    return { url: motorpool, format: 'module', shortCircuit: true };
  }
  const parent = context.parentURL ?? '';
  if (parent.includes('/node_modules/')) {
    return next(specifier, context);
  }
  if (/^(\.{0,2}\/|#|file:)/.test(specifier)) {
    const moved = { ...context, parentURL: exchanged(parent, place, copy) };
    return after(next(exchanged(specifier, place, copy), moved), shown);
  }
  return next(specifier, { ...context, parentURL: exchanged(parent, copy, place) });
}

export function load(url, context, next) {
  if (isSource(url, place)) {
    const read = exchanged(url, place, copy);
    if (existsSync(fileURLToPath(read))) {
      const format = isScript(url) ? 'module' : context.format;
      return after(next(read, { ...context, format }), (loaded) => ({ ...loaded, responseURL: url, shortCircuit: true }));
    }
  }
  return next(url, context);
}

/** The author's place of a module. */
function shown(resolved) {
  const { url } = resolved;
  const author = exchanged(url, copy, place);
  if (isSource(url, copy)) {
    return { ...resolved, url: author, format: isScript(url) ? 'module' : resolved.format, shortCircuit: true };
  }
  if (author !== url && existsSync(fileURLToPath(author))) {
    return { ...resolved, url: author, shortCircuit: true };
  }
  return resolved;
}

function isSource(url, folder) {
  return url.startsWith(folder) && !url.includes('/node_modules/') && /\.(mjs|js|json)([?#].*)?$/.test(url);
}

function isScript(url) {
  return /\.js([?#].*)?$/.test(url);
}

function exchanged(url, from, to) {
  return url.startsWith(from) ? to + url.slice(from.length) : url;
}

function after(value, then) {
  return value instanceof Promise ? value.then(then) : then(value);
}
