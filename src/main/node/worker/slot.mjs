/** A thread of a worker with many: runs one call, or chunk, at a time. */

import { workerData } from 'node:worker_threads';
import { Functions } from '../functions/functions.mjs';
import { loadAll } from '../functions/sources.mjs';
import { Claim } from './claims.mjs';
import { Inbox } from './inbox.mjs';
import { routeOutput } from './output.mjs';
import { PortReports } from './reports.mjs';
import { Runner } from './runner.mjs';
import { Run } from './runs.mjs';
import { folderOf } from './settings.mjs';
import { surviveStrays } from './strays.mjs';

const { settings, port, mail } = workerData;
routeOutput();
surviveStrays();
const inbox = new Inbox(port, mail);
const reports = new PortReports(port);
const loaded = await load().catch((defect) => {
  port.postMessage({ defect });
  throw defect;
});
const functions = loaded.flatMap((source) => source.functions);
const runner = new Runner(new Functions(functions), settings.valueLimit, reports, false);
/** @type {Run | null} */
let current = null;

port.postMessage({
  ready: {
    functions: functions.map((each) => each.description),
    sources: loaded.map((source) => source.describe()),
  },
});
inbox.open((message) => {
  if (message.run !== undefined) {
    const [id, text, words, place] = message.run;
    current = new Run(id, text, new Claim(words, place), () => inbox.poll(), (report) => reports.send(report));
    message.cancelled.forEach((index) => current.cancel(index));
    start(current);
  } else if (current !== null && current.id === message.cancel) {
    current.cancel(message.index);
  }
});

async function load() {
  const folder = folderOf(settings);
  if (folder === null) {
    return [];
  }
  folder.install();
  return loadAll(folder, settings.sources);
}

async function start(run) {
  await runner.perform(run);
}
