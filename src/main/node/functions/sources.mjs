/** Finds the sources of a directory, imports them, and finds out which functions they offer. */

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { commentsOf, describe } from './descriptions.mjs';
import { ProcessExit } from './errors.mjs';
import { failureOf, placeOf } from './failures.mjs';
import { ExposedFunction } from './functions.mjs';
import { findSyntaxError } from './syntax.mjs';

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What became of a source: its functions, or the reason why there are none. */
export class LoadedSource {
  /** @param {string} name @param {string} file relative to the directory */
  constructor(name, file) {
    this.name = name;
    this.file = file;
    /** @type {ExposedFunction[]} */
    this.functions = [];
    this.failed = false;
    /** @type {string | null} */
    this.reason = null;
    /** @type {string | null} */
    this.traceback = null;
  }

  /** @param {string} reason @param {string | null} [traceback] */
  fail(reason, traceback = null) {
    this.failed = true;
    this.functions = [];
    this.reason = reason;
    this.traceback = traceback;
  }

  describe() {
    return {
      name: this.name,
      file: this.file,
      state: this.failed ? 'failed' : 'ready',
      reason: this.reason,
      traceback: this.traceback,
      functions: this.functions.map((each) => each.name),
    };
  }
}

/**
 * Modules of the directory, by name. What begins with `.` or `_` is no source.
 *
 * @param {string} directory
 */
export function sourcesOf(directory) {
  let entries;
  try {
    entries = readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .filter((entry) => /^[^._].*\.m?js$/.test(entry.name) && !entry.isDirectory())
    .map((entry) => new LoadedSource(entry.name.replace(/\.m?js$/, ''), entry.name))
    .sort((one, other) => (one.file < other.file ? -1 : 1));
}

/**
 * Loads all sources, or those of some names, one by one, so that a bad one fails alone. A name that the directory does
 * not have is a source that has failed.
 *
 * @param {import('./loading.mjs').Folder} folder which has been installed
 * @param {string[] | null} [names]
 * @param {(name: string) => void} [before] called with the name of each source
 */
export async function loadAll(folder, names = null, before = () => {}) {
  const sources = sourcesOf(folder.directory).filter(({ name }) => names === null || names.includes(name));
  const seen = new Set();
  for (const source of sources) {
    before(source.name);
    if (!IDENTIFIER.test(source.name)) {
      source.fail(`'${source.name}' cannot begin the names of functions: use letters, digits and _. Rename the file.`);
    } else if (seen.has(source.name)) {
      source.fail(`the directory has both ${source.name}.js and ${source.name}.mjs`);
    } else {
      await load(source, folder);
    }
    seen.add(source.name);
  }
  for (const name of (names ?? []).filter((each) => !seen.has(each))) {
    const missing = new LoadedSource(name, name);
    missing.fail('the directory does not have it');
    sources.push(missing);
  }
  return sources;
}

/** @param {LoadedSource} source @param {import('./loading.mjs').Folder} folder */
async function load(source, folder) {
  const exit = process.exit;
  process.exit = (code) => {
    throw new ProcessExit(code);
  };
  try {
    const module = await settled(import(folder.url(source.file)));
    source.functions = exposed(source, module, readFileSync(join(folder.directory, source.file), 'utf8'));
    if (source.functions.length === 0 && 'default' in module) {
      source.reason = 'its default export is not offered; export functions by name';
    }
  } catch (thrown) {
    explain(source, folder, thrown);
  } finally {
    process.exit = exit;
  }
}

/** Waits for a promise. Fails when nothing is left that could settle it. */
function settled(promise) {
  return new Promise((resolve, reject) => {
    const never = () => reject(new Error('its top-level await never ends: nothing is left that it could wait for'));
    process.once('beforeExit', never);
    promise.then(resolve, reject).finally(() => process.off('beforeExit', never));
  });
}

/** @param {LoadedSource} source @param {Record<string, unknown>} module @param {string} text */
function exposed(source, module, text) {
  const given = module.motorpool ?? {};
  if (typeof given !== 'object') {
    throw new TypeError('the export motorpool must be an object that describes functions');
  }
  const names = Object.keys(module).filter((name) => isOffered(name, module[name]));
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`the export motorpool describes ${unknown}, which is not an exported function`);
  }
  const comments = commentsOf(text);
  return names.map((name) => {
    const target = /** @type {Function} */ (module[name]);
    return new ExposedFunction(`${source.name}.${name}`, target, {
      source: source.name,
      ...describe(name, target, given[name], comments[name] ?? ''),
    });
  });
}

function isOffered(name, value) {
  return (
    typeof value === 'function' &&
    name !== 'default' &&
    !name.startsWith('_') &&
    !/^class\b/.test(Function.prototype.toString.call(value))
  );
}

/** @param {LoadedSource} source @param {import('./loading.mjs').Folder} folder @param {any} thrown */
function explain(source, folder, thrown) {
  const { exception, message, traceback } = failureOf(thrown);
  if (thrown instanceof ProcessExit) {
    source.fail(`importing it calls ${message}${at(folder, placeOf(thrown))}`, traceback && folder.shown(traceback));
    return;
  }
  let text = folder.shown(`${exception}: ${message}`);
  let stack = traceback === null ? null : folder.shown(traceback);
  let place = placeOf(thrown);
  if (exception === 'SyntaxError' && place === null) {
    const decorated = /^(\/.*):(\d+)\n/.exec(stack ?? '');
    if (decorated !== null) {
      place = { file: decorated[1], line: Number(decorated[2]) };
    } else {
      const found = findSyntaxError(join(folder.directory, source.file));
      place = found;
      stack = found === null ? stack : folder.shown(`${found.file}:${found.line}\n${found.shown}\n${stack}`);
    }
  } else if (thrown?.code === 'ERR_MODULE_NOT_FOUND') {
    text = text.replace(/^Error: /, '');
    place = placeOfImport(message);
  }
  source.fail(text + at(folder, place), stack);
}

function at(folder, place) {
  return place === null ? '' : ` (${folder.relative(place.file)}, line ${place.line})`;
}

/** Where a module is imported that cannot be found. @param {string} message Node's */
function placeOfImport(message) {
  const found = /^Cannot find (?:module|package) '([^']+)' imported from (.+)$/m.exec(message);
  try {
    const name = found[1].split('/').at(-1);
    const line = readFileSync(found[2], 'utf8').split('\n').findIndex((each) => each.includes(name));
    return line < 0 ? null : { file: found[2], line: line + 1 };
  } catch {
    return null;
  }
}
