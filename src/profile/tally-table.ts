// Equal samples counted together, in columns (profile.ts, Tallies): memory depends on what is distinct, not on the number of samples.

import { FACTOR_3, mixed } from '../bytes/mixing.ts';
import { grown } from '../bytes/sorted.ts';
import type { Tallies } from './profile.ts';

export class TallyTable implements Tallies {
  length = 0;
  thread: Int32Array = new Int32Array(256);
  leaf: Int32Array = new Int32Array(256);
  mode: Uint8Array = new Uint8Array(256);
  stack: Int32Array = new Int32Array(256);
  comm: Int32Array = new Int32Array(256);
  samples: Float64Array = new Float64Array(256);
  period: Float64Array = new Float64Array(256);
  detail: Int32Array | undefined;
  latency: Float64Array | undefined;
  // Open addressing over all key columns: a slot holds row + 1, 0 is empty.
  #slots = new Int32Array(1024);

  constructor(hasDetail = false, hasLatency = false) {
    if (hasDetail) this.detail = new Int32Array(256);
    if (hasLatency) this.latency = new Float64Array(256);
  }

  /** Counts one sample and gives its row. `detail` and `latency` are 0 where the table has no such columns. */
  count(thread: number, comm: number, leaf: number, mode: number, stack: number, period: number, detail = 0, latency = 0): number {
    const mask = this.#slots.length - 1;
    let slot = hash(thread, comm, leaf, mode, stack, detail) & mask;
    for (;;) {
      const row = this.#slots[slot]! - 1;
      if (row < 0) break;
      if (
        this.stack[row] === stack &&
        this.leaf[row] === leaf &&
        this.thread[row] === thread &&
        this.comm[row] === comm &&
        this.mode[row] === mode &&
        (this.detail === undefined || this.detail[row] === detail)
      ) {
        this.samples[row]!++;
        this.period[row]! += period;
        if (this.latency !== undefined) this.latency[row]! += latency;
        return row;
      }
      slot = (slot + 1) & mask;
    }
    if (this.length === this.thread.length) this.#growColumns();
    const row = this.length++;
    this.thread[row] = thread;
    this.comm[row] = comm;
    this.leaf[row] = leaf;
    this.mode[row] = mode;
    this.stack[row] = stack;
    this.samples[row] = 1;
    this.period[row] = period;
    if (this.detail !== undefined) this.detail[row] = detail;
    if (this.latency !== undefined) this.latency[row] = latency;
    this.#slots[slot] = row + 1;
    if (this.length * 2 > this.#slots.length) this.#growSlots();
    return row;
  }

  /** Counts a sample that is equal to those of a row. */
  again(row: number, period: number): void {
    this.samples[row]!++;
    this.period[row]! += period;
  }

  /** Counts many samples that are equal to each other. */
  countMany(thread: number, comm: number, leaf: number, mode: number, stack: number, period: number, samples: number, detail = 0, latency = 0): void {
    const row = this.count(thread, comm, leaf, mode, stack, period, detail, latency);
    this.samples[row]! += samples - 1;
  }

  #growColumns(): void {
    this.thread = grown(this.thread);
    this.comm = grown(this.comm);
    this.leaf = grown(this.leaf);
    this.mode = grown(this.mode);
    this.stack = grown(this.stack);
    this.samples = grown(this.samples);
    this.period = grown(this.period);
    if (this.detail !== undefined) this.detail = grown(this.detail);
    if (this.latency !== undefined) this.latency = grown(this.latency);
  }

  #growSlots(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    const mask = this.#slots.length - 1;
    for (let row = 0; row < this.length; row++) {
      const detail = this.detail === undefined ? 0 : this.detail[row]!;
      let slot = hash(this.thread[row]!, this.comm[row]!, this.leaf[row]!, this.mode[row]!, this.stack[row]!, detail) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = row + 1;
    }
  }
}

function hash(thread: number, comm: number, leaf: number, mode: number, stack: number, detail: number): number {
  return mixed(mixed(stack, leaf + mode * 7), Math.imul(thread, 31) + comm + Math.imul(detail, FACTOR_3));
}
