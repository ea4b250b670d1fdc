/** What the service starts: a worker, or a probe of the sources. */

import { register } from 'node:module';

if (typeof register !== 'function') {
  console.error(`motorpool needs Node.js 20.6 or newer; ${process.execPath} is ${process.version}`);
  process.exit(1);
}
const { start } = await import('./worker/start.mjs');
await start();
