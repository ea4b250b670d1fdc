#!/usr/bin/env node
/**
 * Calls a function without a service:
 *
 *     $ node run.mjs geometry.area 3 4
 *     12
 *
 * Each ARGUMENT is one argument: JSON if it can be read as such, else text. Functions are looked for in `functions/node`
 * if that is there, else in the current directory; `--directory` names another.
 * Exit codes: 0; 1 if the function threw or its result is no JSON; 2 if the call is wrong.
 */

import { existsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { scope } from './functions/calling.mjs';
import { checkArguments } from './functions/checking.mjs';
import { InvalidArguments } from './functions/errors.mjs';
import { failureOf } from './functions/failures.mjs';
import { Folder } from './functions/loading.mjs';
import { parseExactly } from './functions/numbers.mjs';
import { ResultEncoder, ValueNotJson, ValueTooLarge } from './functions/results.mjs';
import { loadAll, sourcesOf } from './functions/sources.mjs';
import { Claim } from './worker/claims.mjs';
import { Run } from './worker/runs.mjs';

const USAGE = 'usage: node run.mjs [--directory DIRECTORY] NAME [ARGUMENT...]';
const VALUE_LIMIT = 16 * 1024 * 1024;

/** The call is wrong, and nothing has run. */
class CallRefused extends Error {}

/** @param {string[]} words @returns {Promise<number>} the exit code */
async function main(words) {
  try {
    const [directory, name, ...others] = directoryOf(words);
    if (name === undefined || name === '-h' || name === '--help') {
      (name ? console.log : console.error)(USAGE);
      return name ? 0 : 2;
    }
    const called = await find(directory, name);
    const args = others.map(argument);
    checkArguments(/** @type {any} */ (called.description), args);
    scope.current = localRun(name);
    const value = await called.invoke(args, {});
    print(new ResultEncoder(VALUE_LIMIT).encode(value));
    return 0;
  } catch (thrown) {
    if (thrown instanceof CallRefused || (thrown instanceof InvalidArguments && scope.current === null)) {
      console.error(thrown.message);
      return 2;
    }
    const { exception, message, traceback } = failureOf(thrown);
    const unfit = thrown instanceof ValueNotJson || thrown instanceof ValueTooLarge;
    console.error(unfit ? message : (traceback ?? `${exception}: ${message}`));
    return 1;
  }
}

/** The directory, and the words that are left. @param {string[]} words */
function directoryOf(words) {
  if (words[0] === '--directory') {
    if (words.length < 2) {
      throw new CallRefused(USAGE);
    }
    return words.slice(1);
  }
  const usual = process.env.MOTORPOOL_FUNCTIONS || join('functions', 'node');
  return [existsSync(usual) ? usual : '.', ...words];
}

/** @param {string} directory @param {string} name */
async function find(directory, name) {
  const known = sourcesOf(directory).map((each) => each.name);
  const module = name.split('.')[0];
  if (!known.includes(module)) {
    throw new CallRefused(`${directory} has no source ${module}; it has: ${known.join(', ') || 'none'}`);
  }
  const folder = new Folder(directory);
  folder.install();
  const [source] = await loadAll(folder, [module]);
  if (source.failed) {
    throw new CallRefused(`${source.traceback ?? ''}\n${source.file} cannot be loaded: ${source.reason}`.trim());
  }
  const found = source.functions.find((each) => each.name === name);
  if (found === undefined) {
    const names = source.functions.map((each) => each.name).join(', ');
    throw new CallRefused(`${source.file} has no function ${name}; it has: ${names || 'no functions'}`);
  }
  return found;
}

/** JSON with exact integers, or text. @param {string} word */
function argument(word) {
  try {
    return parseExactly(word);
  } catch {
    return word;
  }
}

/** The call, for `context()`. @param {string} name */
function localRun(name) {
  const report = (message) => {
    const { done, total, message: text } = JSON.parse(message);
    process.stderr.write(`${done}/${total}${text === null ? '' : ` ${text}`}\n`);
  };
  const order = JSON.stringify({ type: 'call', id: 0, function: name, attempt: 1 });
  const run = new Run(0, order, new Claim(new Int32Array(4), 0), () => {}, report);
  run.read();
  run.begin(0);
  return run;
}

/** @param {string} text */
function print(text) {
  const data = Buffer.from(`${text}\n`);
  for (let at = 0; at < data.length; ) {
    try {
      at += writeSync(1, data, at);
    } catch (fault) {
      if (fault.code !== 'EAGAIN') {
        throw fault;
      }
    }
  }
}

// What a function has left behind does not keep the program.
process.exit(await main(process.argv.slice(2)));
