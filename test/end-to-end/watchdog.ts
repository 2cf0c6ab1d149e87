// Ends the process when a run of the code under test does not: a hang is synchronous, so nothing in its own thread can. Times are
// the processor's, since tests run beside others.

import { Worker } from 'node:worker_threads';

const WATCHER = `
  const { workerData } = require('node:worker_threads');
  const { writeSync } = require('node:fs');
  const state = new Int32Array(workerData.shared);
  let last = -1;
  let since = 0;
  const spent = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
  setInterval(() => {
    if (state[0] !== last) { last = state[0]; since = spent(); return; }
    if (spent() - since < workerData.limit) return;
    writeSync(2, 'run ' + last + ' does not end\\n');
    process.kill(process.pid, 'SIGKILL');
  }, 500);
`;

/** What runs one after the other: call `next` at the start of each, with a number that tells which it is. */
export class Watchdog {
  readonly #state = new Int32Array(new SharedArrayBuffer(4));
  readonly #worker: Worker;
  #started = spent();
  /** The longest run so far, in milliseconds. */
  longest = 0;

  /** `limit` in milliseconds. */
  constructor(limit: number) {
    this.#worker = new Worker(WATCHER, { eval: true, workerData: { shared: this.#state.buffer, limit } });
    this.#worker.unref();
  }

  next(run: number): void {
    const now = spent();
    if (this.#state[0] !== 0) this.longest = Math.max(this.longest, now - this.#started);
    this.#started = now;
    this.#state[0] = run + 1;
  }

  async end(): Promise<void> {
    this.next(-1);
    await this.#worker.terminate();
  }
}

/** Of all threads of this process, milliseconds. */
function spent(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
