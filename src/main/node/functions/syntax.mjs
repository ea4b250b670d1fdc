/** Finds the place of a syntax error, which Node does not tell where modules are imported by a program. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const MOST_FILES = 20;
const MILLIS = 10_000;

/**
 * Checks a module, then those that it imports from its folder.
 *
 * @param {string} file
 * @returns {{ file: string, line: number, shown: string } | null} `shown` is the line with a mark below it
 */
export function findSyntaxError(file) {
  const files = [file];
  for (let at = 0; at < files.length && at < MOST_FILES; at++) {
    let text;
    try {
      text = readFileSync(files[at], 'utf8');
    } catch {
      continue;
    }
    const fault = check(text);
    if (fault !== null) {
      return { file: files[at], ...fault };
    }
    for (const [, specifier] of text.matchAll(/(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+\.m?js)['"]/g)) {
      const imported = resolve(dirname(files[at]), specifier);
      if (!files.includes(imported)) {
        files.push(imported);
      }
    }
  }
  return null;
}

function check(text) {
  const { status, stderr } = spawnSync(process.execPath, ['--check', '--input-type=module', '-'], {
    input: text,
    encoding: 'utf8',
    env: {},
    timeout: MILLIS,
  });
  const found = status === 0 ? null : /^.*?:(\d+)\n(.*\n.*)\n/.exec(stderr ?? '');
  return found === null ? null : { line: Number(found[1]), shown: found[2] };
}
