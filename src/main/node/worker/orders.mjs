/** Orders of the service, checked to be what docs/protocol.md says. */

import { parseExactly } from '../functions/numbers.mjs';
import { BrokenProtocol } from './frames.mjs';

const LARGEST_ID = 2n ** 63n;
const LARGEST_INDEX = 2 ** 31;
const TEXT = 1024;

/**
 * Reads and checks an order.
 *
 * @param {string} text
 * @returns {any}
 */
export function parseOrder(text) {
  let order;
  try {
    order = parseExactly(text);
  } catch (fault) {
    throw new BrokenProtocol(`a message that is not JSON: ${fault.message}`);
  }
  const type = typeof order === 'object' && order !== null ? order.type : undefined;
  if (typeof type !== 'string' || !Object.hasOwn(CHECKS, type)) {
    throw new BrokenProtocol(`a message of an unknown type: ${text.slice(0, 100)}`);
  }
  const wrong = CHECKS[type](order);
  if (wrong !== null) {
    throw new BrokenProtocol(`${type} ${wrong in order ? 'with a wrong' : 'without'} ${wrong}`);
  }
  return order;
}

/** @type {Record<string, (order: any) => string | null>} the member that is wrong, or null */
const CHECKS = {
  call(order) {
    return (
      work(order) ?? (!Array.isArray(order.args) ? 'args' : null) ?? (!isObject(order.kwargs) ? 'kwargs' : null)
    );
  },
  chunk(order) {
    const wrong = work(order);
    if (wrong !== null) {
      return wrong;
    }
    const { items, star = false } = order;
    if (!Array.isArray(items)) {
      return 'items';
    }
    return typeof star !== 'boolean' || (star && !items.every(Array.isArray)) ? 'star' : null;
  },
  cancel({ id, index = 0 }) {
    return !isId(id) ? 'id' : !isIndex(index) ? 'index' : null;
  },
  drop({ ids }) {
    return Array.isArray(ids) && ids.every(isId) ? null : 'ids';
  },
  ping: () => null,
  stop: () => null,
};

/** Checks what calls and chunks share. */
function work(order) {
  const { id, attempt, function: name, output = false, deadline = null } = order;
  if (!isId(id)) {
    return 'id';
  }
  if (!isIndex(attempt)) {
    return 'attempt';
  }
  if (typeof name !== 'string' || name.length > TEXT) {
    return 'function';
  }
  if (typeof output !== 'boolean') {
    return 'output';
  }
  if (!isText(order.job)) {
    return 'job';
  }
  if (!isText(order.pool)) {
    return 'pool';
  }
  if (!isText(order.traceparent)) {
    return 'traceparent';
  }
  if (!isText(order.tracestate)) {
    return 'tracestate';
  }
  return deadline !== null && typeof deadline !== 'number' ? 'deadline' : null;
}

function isId(value) {
  return typeof value === 'bigint' ? value >= 0n && value < LARGEST_ID : Number.isSafeInteger(value) && value >= 0;
}

function isIndex(value) {
  return Number.isInteger(value) && value >= 0 && value < LARGEST_INDEX;
}

function isText(value) {
  return value === undefined || value === null || (typeof value === 'string' && value.length <= TEXT);
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
