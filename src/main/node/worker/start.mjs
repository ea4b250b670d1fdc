/** Starts what the environment asks for. */

import { loadAll } from '../functions/sources.mjs';
import { openAccepted, openChannel } from './channel.mjs';
import { ProcessEnd } from './exits.mjs';
import { Loop } from './loop.mjs';
import * as messages from './messages.mjs';
import { routeOutput } from './output.mjs';
import { pipeMemory, ReportPipe } from './pipe.mjs';
import { folderOf, settingsOf } from './settings.mjs';
import { surviveStrays } from './strays.mjs';

export async function start() {
  const end = new ProcessEnd();
  let settings;
  try {
    settings = settingsOf(process.env);
  } catch (fault) {
    return end.broken(fault);
  }
  // Ctrl-C is for the service. A handler, as children would inherit that the signal is ignored.
  process.on('SIGINT', () => {});
  const lock = pipeMemory();
  const channel = { ...openChannel(), accepted: openAccepted(settings.accepted), lock };
  const pipe = new ReportPipe(channel.reports, lock, () => end.atOnce());
  routeOutput();
  surviveStrays();
  if (settings.kind === 'thread' && settings.role === 'worker') {
    const { Threads } = await import('./threads.mjs');
    new Threads(settings, channel, pipe, end).work();
    return;
  }
  const loop = new Loop(settings, channel, pipe, end);
  let loaded;
  try {
    loaded = await load(settings, pipe);
  } catch (defect) {
    return end.broken(defect);
  }
  if (settings.role === 'probe') {
    pipe.write(messages.hello(loaded));
    end.announce(pipe);
    return end.inOrder();
  }
  loop.work(loaded);
}

/** @param {import('./settings.mjs').Settings} settings @param {ReportPipe} pipe */
async function load(settings, pipe) {
  const folder = folderOf(settings);
  if (folder === null) {
    return [];
  }
  folder.install();
  return loadAll(folder, settings.sources, (name) => {
    if (settings.role === 'probe') {
      pipe.write(messages.loading(name));
    }
  });
}
