/** Real workers over real pipes, and directories of functions. */

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

export const PACKAGE = fileURLToPath(new URL('../../main/node/', import.meta.url));

/** Generous: what is waited for comes in milliseconds on a quiet machine. */
export const MILLIS = 60_000;

export const sleep = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

/** @param {unknown} message JSON text, or a value */
export function frame(message) {
  const data = Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
  const head = Buffer.alloc(4);
  head.writeUInt32BE(data.length);
  return Buffer.concat([head, data]);
}

export async function until(condition, what = 'the condition') {
  const end = Date.now() + MILLIS;
  while (!(await condition())) {
    assert.ok(Date.now() < end, `${what} did not come true`);
    await sleep(5);
  }
}

export function isAlive(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !'ZX'.includes(stat.slice(stat.lastIndexOf(')') + 2)[0]);
  } catch {
    return false;
  }
}

export function resident(pid) {
  return Number(fs.readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * 4096;
}

export function descriptorsOf(pid) {
  return fs.readdirSync(`/proc/${pid}/fd`).length;
}

/** A directory of functions, removed after the tests of the file. @param {Record<string, string>} files */
export function directoryOf(files) {
  const directory = fs.mkdtempSync(join(tmpdir(), 'motorpool-functions-'));
  after(() => fs.rmSync(directory, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    write(directory, name, text);
  }
  return directory;
}

export function write(directory, name, text) {
  fs.mkdirSync(dirname(join(directory, name)), { recursive: true });
  fs.writeFileSync(join(directory, name), text);
}

let workers = 0;
/** @type {Set<Worker>} */
const alive = new Set();

after(async () => {
  for (const worker of alive) {
    await worker.close();
  }
  await until(() => processesOf(`test-${process.pid}-`).length === 0, 'the end of all workers and their children');
});

/** Processes whose `MOTORPOOL_WORKER` begins so. @param {string} mark */
export function processesOf(mark) {
  return fs.readdirSync('/proc').filter((entry) => {
    try {
      const variables = fs.readFileSync(`/proc/${entry}/environ`, 'latin1').split('\0');
      return isAlive(entry) && variables.some((each) => each.startsWith(`MOTORPOOL_WORKER=${mark}`));
    } catch {
      return false;
    }
  });
}

/** A worker process, started as the service does. */
export class Worker {
  #queue = [];
  #takers = [];
  #rest = Buffer.alloc(0);
  #ids = 0;
  /** Everything that has been received, unless it has been forgotten. */
  seen = [];
  /** What has come to standard output and error. */
  printed = '';
  hello = /** @type {any} */ (null);

  /** @param {string | null} directory @param {Record<string, string>} [environment] */
  constructor(directory, environment = {}, command = [process.execPath, join(PACKAGE, 'worker.mjs')]) {
    const place = fs.mkdtempSync(join(tmpdir(), 'motorpool-pipes-'));
    const [orders, reports] = [join(place, 'orders'), join(place, 'reports')];
    execFileSync('mkfifo', [orders, reports]);
    const { O_RDONLY, O_WRONLY, O_NONBLOCK } = fs.constants;
    const ordersRead = fs.openSync(orders, O_RDONLY | O_NONBLOCK);
    const reportsRead = fs.openSync(reports, O_RDONLY | O_NONBLOCK);
    const reportsWrite = fs.openSync(reports, O_WRONLY);
    this.orders = new Socket({ fd: fs.openSync(orders, O_WRONLY | O_NONBLOCK), readable: false, writable: true });
    this.accepted = join(place, 'accepted');
    fs.writeFileSync(this.accepted, Buffer.alloc(8));
    this.page = fs.openSync(this.accepted, 'r');
    this.mark = `test-${process.pid}-${++workers}-`;
    this.process = spawn(command[0], command.slice(1), {
      stdio: ['ignore', 'pipe', 'pipe', ordersRead, reportsWrite],
      detached: true,
      env: {
        PATH: process.env.PATH,
        MOTORPOOL_WORKER: this.mark,
        MOTORPOOL_ACCEPTED: this.accepted,
        ...(directory === null ? {} : { MOTORPOOL_FUNCTIONS: directory }),
        ...environment,
      },
    });
    fs.closeSync(ordersRead);
    fs.closeSync(reportsWrite);
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (this.printed += text));
    }
    this.orders.on('error', () => {});
    this.reports = new Socket({ fd: reportsRead, readable: true, writable: false });
    this.reports.on('data', (data) => this.#received(data));
    this.reports.on('close', () => this.#push(null));
    this.exit = new Promise((resolve) => {
      this.process.on('close', (code, signal) => resolve(signal ?? code));
    });
    this.exit.then(() => {
      alive.delete(this);
      fs.closeSync(this.page);
      fs.rmSync(place, { recursive: true });
    });
    alive.add(this);
  }

  /** @param {string | null} directory @param {Record<string, string>} [environment] */
  static async start(directory, environment) {
    const worker = new Worker(directory, environment);
    worker.hello = await worker.until('hello');
    return worker;
  }

  get pid() {
    return /** @type {number} */ (this.process.pid);
  }

  /** How many orders the worker has accepted. */
  acceptedOrders() {
    const page = Buffer.alloc(8);
    fs.readSync(this.page, page, 0, 8, 0);
    return Number(page.readBigUInt64BE());
  }

  /** @param {any} order */
  send(order) {
    this.orders.write(frame(order));
  }

  /** @param {string} name @param {unknown[]} args @param {any} [members] @returns its id */
  call(name, args = [], members = {}) {
    const id = ++this.#ids;
    this.send({ type: 'call', id, attempt: 1, function: name, args, kwargs: {}, ...members });
    return id;
  }

  chunk(name, items, members = {}) {
    const id = ++this.#ids;
    this.send({ type: 'chunk', id, attempt: 1, function: name, items, ...members });
    return id;
  }

  /** The next report; null at the end. */
  async receive() {
    if (this.#queue.length > 0) {
      return this.#queue.shift();
    }
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no report; last: ${JSON.stringify(this.seen.slice(-5))}`)), MILLIS);
    });
    let taker;
    const next = new Promise((resolve) => this.#takers.push((taker = resolve)));
    try {
      return await Promise.race([next, late]);
    } finally {
      clearTimeout(timer);
      this.#takers = this.#takers.filter((each) => each !== taker);
    }
  }

  /** Receives until there is such a report. @param {string} type @param {any} [members] */
  async until(type, members = {}) {
    while (true) {
      const report = await this.receive();
      assert.ok(report, `the worker ended before ${type}; last: ${JSON.stringify(this.seen.slice(-5))} ${this.printed}`);
      if (report.type === type && Object.entries(members).every(([name, value]) => report[name] === value)) {
        return report;
      }
    }
  }

  /** The result or error of a call. */
  async endOf(id) {
    while (true) {
      const report = await this.receive();
      assert.ok(report, `the worker ended during call ${id}; last: ${JSON.stringify(this.seen.slice(-5))}`);
      if (report.id === id && (report.type === 'result' || report.type === 'error')) {
        return report;
      }
    }
  }

  async value(name, args = [], members = {}) {
    const end = await this.endOf(this.call(name, args, members));
    assert.equal(end.type, 'result', JSON.stringify(end));
    return end.value;
  }

  async error(name, args = [], members = {}) {
    const end = await this.endOf(this.call(name, args, members));
    assert.equal(end.type, 'error', JSON.stringify(end));
    return end;
  }

  /** Values, or errors, of the items of a chunk, in their order. @param {number} count */
  async values(id, count) {
    const values = [];
    const take = (report) => {
      if (report.id === id && report.type === 'results') {
        assert.equal(report.index, values.length);
        values.push(...report.values);
      } else if (report.id === id && report.type === 'error') {
        assert.equal(report.index, values.length);
        values.push(report);
      }
    };
    // What has been received and not been taken is received again below.
    this.seen.filter((report) => !this.#queue.includes(report)).forEach(take);
    while (values.length < count) {
      const report = await this.receive();
      assert.ok(report, 'the worker has ended');
      take(report);
    }
    assert.equal(values.length, count);
    return values;
  }

  outputOf(id) {
    return this.seen.filter((each) => each.type === 'output' && each.id === id).map((each) => each.text).join('');
  }

  /** All reports until the end. */
  async rest() {
    const rest = [];
    for (let report = await this.receive(); report !== null; report = await this.receive()) {
      rest.push(report);
    }
    return rest;
  }

  /** Ends it, and leaves nothing. */
  async close() {
    this.orders.destroy();
    const timer = setTimeout(() => this.process.kill('SIGKILL'), MILLIS);
    await this.exit;
    clearTimeout(timer);
    this.reports.destroy();
  }

  #received(data) {
    this.#rest = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data]);
    let at = 0;
    while (this.#rest.length - at >= 4) {
      const end = at + 4 + this.#rest.readUInt32BE(at);
      if (end > this.#rest.length) {
        break;
      }
      const text = this.#rest.toString('utf8', at + 4, end);
      const report = JSON.parse(text);
      Object.defineProperty(report, 'text_of_frame', { value: text });
      this.#push(report);
      at = end;
    }
    this.#rest = this.#rest.subarray(at);
  }

  #push(report) {
    if (report !== null) {
      this.seen.push(report);
    }
    const taker = this.#takers.shift();
    if (taker !== undefined) {
      taker(report);
    } else {
      this.#queue.push(report);
    }
  }
}
