// The samples of a page while they come: columns that grow, no object for each sample.

import type { SampleRow } from '../../formats/format.ts';
import type { PageSamples, PageThread } from './page-data.ts';

type Column = Float64Array | Int32Array | Int16Array | Uint16Array;

const MOST_CPU = 0x7fff;
const MOST_EVENT = 0xffff;

export class SampleColumns {
  /** Each thread under each of its names, in the order in which they are met. */
  readonly threads: PageThread[] = [];
  /** By event: what its samples sum up to. */
  readonly totals: { samples: number; period: number }[] = [];
  length = 0;
  #time = new Float64Array(4096);
  #thread = new Int32Array(4096);
  #cpu = new Int16Array(4096);
  #event = new Uint16Array(4096);
  #node = new Int32Array(4096);
  #period = new Float64Array(4096);
  readonly #numbers = new Map<string, number>();
  #last = -1;
  #first = Infinity;

  /** Time of the first sample that has one, as SampleRow.time; undefined where none has. */
  get firstTime(): number | undefined {
    return this.#first === Infinity ? undefined : this.#first;
  }

  add(row: SampleRow): void {
    const at = this.length++;
    if (at === this.#time.length) this.#grow();
    this.#time[at] = row.hasTime ? row.time : NaN;
    if (row.hasTime && row.time < this.#first) this.#first = row.time;
    this.#thread[at] = this.#threadOf(row);
    this.#cpu[at] = row.cpu > MOST_CPU ? -1 : row.cpu;
    const event = Math.min(row.event.index, MOST_EVENT);
    this.#event[at] = event;
    this.#node[at] = row.stack;
    this.#period[at] = row.period;
    const total = (this.totals[event] ??= { samples: 0, period: 0 });
    total.samples++;
    total.period += row.period;
  }

  /** All of them. */
  finish(): PageSamples {
    const { length } = this;
    const time = this.#time.slice(0, length);
    const first = this.firstTime ?? 0;
    for (let i = 0; i < length; i++) time[i] = Number.isNaN(time[i]) ? 0 : time[i]! - first;
    return {
      length,
      time,
      thread: this.#thread.slice(0, length),
      cpu: this.#cpu.slice(0, length),
      event: this.#event.slice(0, length),
      node: this.#node.slice(0, length),
      period: this.#period.slice(0, length),
    };
  }

  /** Most samples are of the thread of the one before. */
  #threadOf({ pid, tid, comm }: SampleRow): number {
    const last = this.threads[this.#last];
    if (last !== undefined && last.tid === tid && last.pid === pid && last.comm === comm) return this.#last;
    const key = `${pid} ${tid} ${comm}`;
    let number = this.#numbers.get(key);
    if (number === undefined) this.#numbers.set(key, (number = this.threads.push({ pid, tid, comm }) - 1));
    return (this.#last = number);
  }

  #grow(): void {
    this.#time = doubled(this.#time);
    this.#thread = doubled(this.#thread);
    this.#cpu = doubled(this.#cpu);
    this.#event = doubled(this.#event);
    this.#node = doubled(this.#node);
    this.#period = doubled(this.#period);
  }
}

function doubled<T extends Column>(column: T): T {
  const larger = new (column.constructor as new (length: number) => T)(column.length * 2);
  larger.set(column);
  return larger;
}
