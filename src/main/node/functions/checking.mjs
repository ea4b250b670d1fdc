/**
 * Checks JSON values against schemas, for runs without a service. It knows the keywords below and no others: `$ref`
 * within the schema, `type`, `enum`, `const`, `anyOf`, `oneOf`, `allOf`, `not`, and the limits of numbers, texts, arrays
 * and objects. The service checks all of JSON Schema 2020-12.
 */

import { inspect, isDeepStrictEqual } from 'node:util';
import { InvalidArguments } from './errors.mjs';

const KINDS = {
  null: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  integer: (value) => typeof value === 'bigint' || Number.isInteger(value),
  number: (value) => typeof value === 'number' || typeof value === 'bigint',
  string: (value) => typeof value === 'string',
  array: Array.isArray,
  object: isObject,
};

/**
 * Limits: keyword, whether a value is of its kind, whether it keeps the limit, and how that is told.
 *
 * @type {[string, (value: any) => boolean, (value: any, limit: any) => boolean, string][]}
 */
const LIMITS = [
  ['minimum', KINDS.number, (value, limit) => value >= limit, 'at least'],
  ['maximum', KINDS.number, (value, limit) => value <= limit, 'at most'],
  ['exclusiveMinimum', KINDS.number, (value, limit) => value > limit, 'greater than'],
  ['exclusiveMaximum', KINDS.number, (value, limit) => value < limit, 'less than'],
  ['multipleOf', KINDS.number, isMultiple, 'a multiple of'],
  ['minLength', KINDS.string, (value, limit) => [...value].length >= limit, 'a text at least as long as'],
  ['maxLength', KINDS.string, (value, limit) => [...value].length <= limit, 'a text at most as long as'],
  ['pattern', KINDS.string, (value, pattern) => new RegExp(pattern, 'u').test(value), 'a text that matches'],
  ['minItems', KINDS.array, (value, limit) => value.length >= limit, 'an array at least as long as'],
  ['maxItems', KINDS.array, (value, limit) => value.length <= limit, 'an array at most as long as'],
];

/**
 * Throws with the place if the arguments do not fit the function's schemas.
 *
 * @param {Record<string, any>} description as in `hello`
 * @param {unknown[]} args
 */
export function checkArguments({ parameters, rest, positional }, args) {
  const names = Object.keys(parameters.properties);
  const most = positional ?? names.length;
  args.forEach((value, index) => {
    const pointer = `/args/${index}`;
    if (index < most) {
      check(parameters, parameters.properties[names[index]], value, pointer);
    } else if (rest === undefined) {
      throw new InvalidArguments(`is one argument too many: the function takes ${most}`, pointer);
    } else {
      check(rest, rest, value, pointer);
    }
  });
  for (const name of parameters.required) {
    if (names.indexOf(name) >= args.length) {
      throw new InvalidArguments(`the argument ${name} is missing`);
    }
  }
}

/** @param {any} root @param {any} schema @param {any} value @param {string} pointer */
function check(root, schema, value, pointer) {
  if (schema === true) {
    return;
  }
  if (schema === false) {
    throw new InvalidArguments('is not allowed here', pointer);
  }
  if (schema.$ref !== undefined) {
    check(root, referred(root, schema.$ref), value, pointer);
  }
  const kinds = [schema.type ?? []].flat();
  if (kinds.length > 0 && !kinds.some((kind) => KINDS[kind]?.(value))) {
    throw refused(kinds.join(' or '), value, pointer);
  }
  if (schema.enum !== undefined && !schema.enum.some((choice) => isDeepStrictEqual(choice, value))) {
    throw refused(`one of ${schema.enum.map(shown).join(', ')}`, value, pointer);
  }
  if (schema.const !== undefined && !isDeepStrictEqual(schema.const, value)) {
    throw refused(shown(schema.const), value, pointer);
  }
  for (const [keyword, isKind, keeps, words] of LIMITS) {
    const limit = schema[keyword];
    if (limit !== undefined && isKind(value) && !keeps(value, limit)) {
      throw refused(`${words} ${limit}`, value, pointer);
    }
  }
  combined(root, schema, value, pointer);
  if (Array.isArray(value)) {
    elements(root, schema, value, pointer);
  } else if (isObject(value)) {
    members(root, schema, value, pointer);
  }
}

function combined(root, schema, value, pointer) {
  const fits = (each) => {
    try {
      check(root, each, value, pointer);
      return true;
    } catch {
      return false;
    }
  };
  schema.allOf?.forEach((each) => check(root, each, value, pointer));
  if (schema.anyOf !== undefined && !schema.anyOf.some(fits)) {
    throw new InvalidArguments('fits none of what is allowed', pointer);
  }
  if (schema.oneOf !== undefined && schema.oneOf.filter(fits).length !== 1) {
    throw new InvalidArguments('must fit exactly one of what is allowed', pointer);
  }
  if (schema.not !== undefined && fits(schema.not)) {
    throw new InvalidArguments('is not allowed here', pointer);
  }
}

function elements(root, schema, value, pointer) {
  value.forEach((element, index) => {
    const inner = schema.prefixItems?.[index] ?? schema.items ?? true;
    check(root, inner, element, `${pointer}/${index}`);
  });
  if (schema.uniqueItems && value.some((one, at) => value.slice(0, at).some((other) => isDeepStrictEqual(one, other)))) {
    throw new InvalidArguments('has an element twice', pointer);
  }
}

function members(root, schema, value, pointer) {
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(value, name)) {
      throw new InvalidArguments(`lacks the member ${name}`, pointer);
    }
  }
  for (const [name, member] of Object.entries(value)) {
    const place = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (schema.properties && Object.hasOwn(schema.properties, name)) {
      check(root, schema.properties[name], member, place);
    } else if (schema.additionalProperties === false) {
      throw new InvalidArguments('is not a member that is allowed here', place);
    } else {
      check(root, schema.additionalProperties ?? true, member, place);
    }
  }
}

function referred(root, reference) {
  let schema = root;
  for (const step of reference.replace(/^#\/?/, '').split('/').filter(Boolean)) {
    schema = schema?.[decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  if (schema === undefined) {
    throw new TypeError(`the schema has nothing at ${reference}`);
  }
  return schema;
}

function isMultiple(value, of) {
  const quotient = Number(value) / of;
  return Math.abs(quotient - Math.round(quotient)) < 1e-9 * Math.max(1, Math.abs(quotient));
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(wanted, value, pointer) {
  return new InvalidArguments(`must be ${wanted}, not ${shown(value)}`, pointer);
}

function shown(value) {
  const text = typeof value === 'bigint' ? String(value) : inspect(value, { depth: 1, breakLength: Infinity });
  return text.length <= 100 ? text : `${text.slice(0, 97)}...`;
}
