/** What an export named `motorpool` says about functions, checked, as the service wants to know it. */

import { types } from 'node:util';
import { ResultEncoder } from './results.mjs';

const SCHEMA_LIMIT = 1024 * 1024;
const encoder = new ResultEncoder(SCHEMA_LIMIT);

/** @type {Record<string, (value: any) => string | null>} what is wrong with an option, or null */
const OPTIONS = {
  description: text,
  workload: (value) => (value === 'cpu' || value === 'io' ? null : "must be 'cpu' or 'io'"),
  parameters: schemaOfParameters,
  rest: (value) => (value === true || isObject(value) ? null : 'must be a JSON Schema or true'),
  returns: (value) => (typeof value === 'boolean' || isObject(value) ? null : 'must be a JSON Schema'),
  pool: text,
  timeout: (value) => (isNumber(value) && value > 0 ? null : 'must be a number greater than 0'),
  retries: (value) => (Number.isInteger(value) && value >= 0 ? null : 'must be an integer of at least 0'),
  retry_delay: (value) => (isNumber(value) && value >= 0 ? null : 'must be a number of at least 0'),
  priority: (value) =>
    Number.isInteger(value) && value >= -100 && value <= 100 ? null : 'must be an integer from -100 to 100',
};
const DEFAULTS = ['timeout', 'retries', 'retry_delay', 'priority', 'pool'];
const ANY = { type: 'object', properties: {}, required: [], additionalProperties: false };

/**
 * @param {string} name the function's name in its module
 * @param {Function} target
 * @param {unknown} given what `motorpool` says about it
 * @param {string} comment the first paragraph of the comment above it
 * @returns {Record<string, unknown>} the function's entry in `hello`, without its name
 */
export function describe(name, target, given, comment) {
  const options = /** @type {Record<string, any>} */ (given ?? {});
  if (!isObject(options)) {
    throw new TypeError(`motorpool.${name} must be an object`);
  }
  for (const [option, value] of Object.entries(options)) {
    const fault = Object.hasOwn(OPTIONS, option)
      ? OPTIONS[option](value)
      : `is not an option; there are ${Object.keys(OPTIONS).join(', ')}`;
    if (fault !== null && value !== undefined) {
      throw new TypeError(`motorpool.${name}.${option} ${fault}`);
    }
  }
  const asynchronous = types.isAsyncFunction(target);
  const defaults = Object.fromEntries(
    DEFAULTS.filter((option) => options[option] !== undefined).map((option) => [option, options[option]]),
  );
  const parameters = options.parameters && plain(name, { ...ANY, ...options.parameters });
  const rest = parameters ? options.rest : (options.rest ?? true);
  return {
    description: options.description ?? comment,
    workload: options.workload ?? (asynchronous ? 'io' : 'cpu'),
    parameters: parameters ?? ANY,
    returns: plain(name, options.returns ?? true),
    ...(parameters ? {} : { positional: 0 }),
    ...(rest === undefined ? {} : { rest: plain(name, rest) }),
    ...(asynchronous ? { asynchronous } : {}),
    ...(Object.keys(defaults).length > 0 ? { defaults } : {}),
  };
}

/** @param {unknown} value */
function schemaOfParameters(value) {
  if (!isObject(value)) {
    return 'must be a JSON Schema of named parameters';
  }
  const { type = 'object', properties = {}, required = [], additionalProperties = false } = value;
  if (type !== 'object' || !isObject(properties)) {
    return 'must be of type object, with the parameters as its properties';
  }
  if (additionalProperties !== false) {
    return 'must have additionalProperties false: a function takes what its properties name';
  }
  const names = Object.keys(properties);
  if (names.some((each) => /^\d+$/.test(each))) {
    return 'has a property whose name is a number; these lose their order';
  }
  if (!Array.isArray(required) || required.some((each) => !names.includes(each))) {
    return 'requires what is not among its properties';
  }
  return null;
}

/** A schema as JSON can carry it. */
function plain(name, schema) {
  try {
    return JSON.parse(encoder.encode(schema));
  } catch (fault) {
    throw new TypeError(`a schema of motorpool.${name} is no JSON: ${fault.message}`);
  }
}

function text(value) {
  return typeof value === 'string' ? null : 'must be a text';
}

function isNumber(value) {
  return typeof value === 'number' && Number.isFinite(value);
}

/** @returns {value is Record<string, any>} */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The first paragraphs of the comments directly above exported functions, by their names.
 *
 * @param {string} source text of a module
 */
export function commentsOf(source) {
  /** @type {Record<string, string>} */
  const found = Object.create(null);
  const declaration = /^\s*export\s+(?:async\s+function|function|const|let|var)\s*\*?\s*([\w$]+)/;
  let end = -1;
  while ((end = source.indexOf('*/', end + 1)) >= 0) {
    const name = declaration.exec(source.slice(end + 2, end + 300))?.[1];
    const begin = source.lastIndexOf('/**', end - 1);
    if (name === undefined || begin < 0 || source.indexOf('*/', begin + 3) !== end) {
      continue;
    }
    const lines = source.slice(begin + 3, end).split('\n').map((line) => line.replace(/^\s*\*?\s?/, '').trim());
    const first = lines.findIndex((line) => line !== '');
    const paragraph = [];
    for (let at = first; at >= 0 && at < lines.length && lines[at] !== '' && !lines[at].startsWith('@'); at++) {
      paragraph.push(lines[at]);
    }
    found[name] = paragraph.join(' ');
  }
  return found;
}
