/** Imports modules from a copy of the author's directory, while they show the author's paths. */

import { existsSync, realpathSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as hooks from './hooks.mjs';

/** The directory that is loaded from, and the author's, which are the same in local runs. */
export class Folder {
  /** @param {string} directory @param {string} [place] */
  constructor(directory, place) {
    this.directory = existsSync(directory) ? realpathSync(directory) : resolve(directory);
    this.place = resolve(place || directory);
  }

  /** Makes the directory, and the module `motorpool`, importable in this thread. */
  install() {
    const data = {
      copy: this.#url(this.directory),
      place: this.#url(this.place),
      motorpool: new URL('../index.mjs', import.meta.url).href,
    };
    const { registerHooks } = /** @type {any} */ (nodeModule);
    if (registerHooks === undefined) {
      nodeModule.register('./hooks.mjs', import.meta.url, { data });
    } else {
      hooks.initialize(data); // Node.js 22.15 or newer: without a thread
      registerHooks(hooks);
    }
  }

  /** @param {string} file relative to the directory */
  url(file) {
    return this.#url(this.place) + encodeURIComponent(file);
  }

  /** Replaces paths of the copy by those of the author. @param {string} text */
  shown(text) {
    return text.replaceAll(this.#url(this.directory), this.#url(this.place)).replaceAll(this.directory + sep, this.place + sep);
  }

  /** A path, or file URL, as the author knows it: relative to the directory if it is there. @param {string} path */
  relative(path) {
    const shown = this.shown(path).replace(/^file:\/\//, '');
    return shown.startsWith(this.place + sep) ? shown.slice(this.place.length + 1) : shown;
  }

  #url(directory) {
    return pathToFileURL(directory).href.replace(/\/?$/, '/');
  }
}
