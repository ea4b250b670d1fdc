/** Reports to the service, as JSON. */

const PROTOCOL = 2;
const FEATURES = ['accepted', 'ping', 'context'];
const NAME = 1024;
const PROGRESS = 1000;

export const PONG = '{"type":"pong"}';
export const LEAVING = '{"type":"leaving"}';

/** @typedef {number | bigint} Id */

/** @param {import('../functions/sources.mjs').LoadedSource[]} loaded */
export function hello(loaded) {
  return helloOf(
    loaded.flatMap((source) => source.functions.map((each) => each.description)),
    loaded.map((source) => source.describe()),
  );
}

export function helloOf(functions, sources) {
  return JSON.stringify({ type: 'hello', version: PROTOCOL, functions, sources, features: FEATURES });
}

/** @param {string} source */
export function loading(source) {
  return JSON.stringify({ type: 'loading', source });
}

/** @param {number} orders */
export function accepted(orders) {
  return `{"type":"accepted","orders":${orders}}`;
}

/** @param {Id} id @param {number} nanos @param {string} value JSON */
export function result(id, nanos, value) {
  return `{"type":"result","id":${id},"nanos":${nanos},"value":${value}}`;
}

/** The beginning of a report that the values and `]}` follow. */
export function results(id, index, nanos) {
  return `{"type":"results","id":${id},"index":${index},"nanos":${nanos},"values":[`;
}

/** @param {Id} id @param {number} index */
export function running(id, index) {
  return `{"type":"running","id":${id},"index":${index}}`;
}

/**
 * @param {Id} id
 * @param {number} index
 * @param {number} nanos
 * @param {string} kind
 * @param {import('../functions/failures.mjs').Failure} failure
 */
export function error(id, index, nanos, kind, { exception, message, traceback }) {
  const name = exception.slice(0, NAME).toWellFormed() || null;
  const members = JSON.stringify({ error: kind, exception: name, message, traceback });
  return `{"type":"error","id":${id},"index":${index},"nanos":${nanos},${members.slice(1)}`;
}

/** @param {[Id, number][]} places ids with the index of the first item that is given back */
export function dropped(places) {
  const ids = places.map(([id]) => id);
  const from = places.map(([, index]) => index);
  return `{"type":"dropped","ids":[${ids}],"from":[${from}]}`;
}

/** @param {Id} id @param {number} done @param {number} total @param {string | null} message */
export function progress(id, done, total, message) {
  const text = message === null ? null : message.slice(0, PROGRESS).toWellFormed();
  return `{"type":"progress","id":${id},"done":${done},"total":${total},"message":${JSON.stringify(text)}}`;
}

/** @param {Id} id @param {string} text */
export function output(id, text) {
  return `{"type":"output","id":${id},"text":${JSON.stringify(text.toWellFormed())}}`;
}
