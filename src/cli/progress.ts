// One line on standard error while a long reading goes on: only on a terminal, only after a second, erased at the end.

import type { Output } from './output.ts';

/** Nothing is shown before this: most recordings are read by then. */
const DELAY_MS = 1000;
/** Time between two updates of the line. */
const STEP_MS = 100;

export class Progress {
  readonly #err: Output;
  readonly #now: () => number;
  #next: number;
  #shown = false;

  /** `now` in milliseconds, of any origin. */
  constructor(err: Output, now: () => number = () => performance.now()) {
    this.#err = err;
    this.#now = now;
    this.#next = err.isTerminal ? now() + DELAY_MS : Infinity;
  }

  /** Says how far it is, in any unit; call it as often as a window of the file is read. */
  update(what: string, done: number, total: number): void {
    if (this.#next === Infinity) return;
    const now = this.#now();
    if (now < this.#next) return;
    this.#next = now + STEP_MS;
    this.#shown = true;
    const percent = total > 0 ? `${String(Math.min(100, Math.floor((100 * done) / total))).padStart(3)} %` : '';
    this.#err.write(`\r\x1b[K${what} ${percent}`);
  }

  /** Erases the line. Must be called before anything else is written to the terminal. */
  end(): void {
    this.#next = Infinity;
    this.clear();
  }

  /** Erases it until it is told of something again. */
  clear(): void {
    if (this.#shown) this.#err.write('\r\x1b[K');
    this.#shown = false;
  }
}
