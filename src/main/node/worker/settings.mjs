/** What the service tells a worker by its environment. */

import { Folder } from '../functions/loading.mjs';

const MIB = 1024 * 1024;
/** What a frame may be longer than the value it carries. */
const OVERHEAD = 64 * 1024;
const ROLES = ['worker', 'probe'];
const KINDS = ['process', 'thread', 'coroutine'];

/**
 * @typedef {object} Settings
 * @property {string} role
 * @property {string} kind
 * @property {number} slots
 * @property {number} frameLimit
 * @property {number} valueLimit
 * @property {string | null} directory
 * @property {string | undefined} place
 * @property {string[] | null} sources
 * @property {string | undefined} accepted
 */

/**
 * Throws for what no service says.
 *
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Settings}
 */
export function settingsOf(environment) {
  const role = oneOf('MOTORPOOL_ROLE', environment.MOTORPOOL_ROLE ?? 'worker', ROLES);
  const slots = positive('MOTORPOOL_SLOTS', environment.MOTORPOOL_SLOTS ?? '1');
  const kind = oneOf('MOTORPOOL_KIND', environment.MOTORPOOL_KIND ?? 'process', KINDS);
  const frameLimit = positive('MOTORPOOL_FRAME_LIMIT', environment.MOTORPOOL_FRAME_LIMIT ?? 16 * MIB + OVERHEAD);
  return {
    role,
    kind: kind === 'process' && slots > 1 ? 'thread' : kind,
    slots,
    frameLimit,
    valueLimit: positive('MOTORPOOL_VALUE_LIMIT', environment.MOTORPOOL_VALUE_LIMIT ?? frameLimit - OVERHEAD),
    directory: environment.MOTORPOOL_FUNCTIONS || null,
    place: environment.MOTORPOOL_FUNCTIONS_PLACE,
    sources: environment.MOTORPOOL_SOURCES === undefined ? null : JSON.parse(environment.MOTORPOOL_SOURCES),
    accepted: environment.MOTORPOOL_ACCEPTED,
  };
}

/** @param {Settings} settings */
export function folderOf(settings) {
  return settings.directory === null ? null : new Folder(settings.directory, settings.place);
}

function oneOf(name, value, allowed) {
  if (!allowed.includes(value)) {
    throw new Error(`${name} must be one of ${allowed.join(', ')}, not '${value}'`);
  }
  return value;
}

function positive(name, value) {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 1) {
    throw new Error(`${name} must be a positive integer, not '${value}'`);
  }
  return number;
}
