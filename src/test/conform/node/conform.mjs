// The functions that the conformance kit calls, and two more that misbehave.
import { spawn as start } from 'node:child_process';
import { writeSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { context } from 'motorpool';

export function echo(value) {
  return value;
}

export function size(text) {
  return [...text].length;
}

export function text(count) {
  return 'x'.repeat(count);
}

export function fail(message) {
  throw new Error(message);
}

export async function sleep(seconds) {
  await wait(seconds * 1000);
  return null;
}

export function write(text) {
  console.log(text);
  console.error(text);
  writeSync(1, text);
  return null;
}

export function unfit(kind) {
  if (kind === 'nan') return NaN;
  if (kind === 'digits') return 10n ** 4096n;
  let nested = [];
  for (let level = 0; level < 200; level++) nested = [nested];
  return nested;
}

export async function signal(number, seconds) {
  await wait(seconds * 1000);
  process.kill(process.pid, number);
  return null;
}

export function exit(code) {
  process.exit(code);
}

export function spawn(seconds) {
  return start('sleep', [String(seconds)], { stdio: 'ignore' }).pid;
}

export function hang() {
  for (;;);
}

export function babble(count) {
  for (let done = 0; done < count; done++) {
    context().progress(done, count, 'more');
    console.log('more');
  }
  return count;
}
