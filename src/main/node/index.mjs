/**
 * What functions import:
 *
 *     import { context } from 'motorpool';
 *
 *     export async function fetchAll(urls) {
 *       context().progress(0, urls.length);
 *       ...
 *     }
 */
export { context } from './functions/calling.mjs';
export { Cancelled, InvalidArguments } from './functions/errors.mjs';
