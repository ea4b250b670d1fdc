/** Exceptions that no function has caught. */

import { runningCall } from '../functions/calling.mjs';
import { failureOf } from '../functions/failures.mjs';

/**
 * From now on an exception of a callback fails the call that it belongs to, if that is awaited, and nothing else. A
 * rejection that nobody has handled is printed: who awaits the promise later sees it.
 */
export function surviveStrays() {
  process.on('uncaughtException', (thrown) => {
    const run = runningCall();
    if (run?.fail) {
      run.fail(thrown);
    } else {
      print('an uncaught exception', thrown);
    }
  });
  process.on('unhandledRejection', (thrown) => print('an unhandled rejection', thrown));
}

function print(what, thrown) {
  const { exception, message, traceback } = failureOf(thrown);
  process.stderr.write(`motorpool: ${what}: ${traceback ?? `${exception}: ${message}`}\n`);
}
