// The samples of each thread in time order, in columns, for formats that want threads one by one: some 20 bytes a sample.

import { grown } from '../bytes/sorted.ts';
import type { SampleRow } from './format.ts';
import { type SampleGroup, SampleGroups } from './groups.ts';

/** Of one thread and event. */
export class ThreadSamples {
  readonly group: SampleGroup;
  /** The thread's last name. */
  comm: string;
  length = 0;
  /** As SampleRow.time. */
  time: Float64Array = new Float64Array(64);
  /** Node of ExportTables.stacks. */
  stack: Int32Array = new Int32Array(64);
  period: Float64Array = new Float64Array(64);

  constructor(group: SampleGroup) {
    this.group = group;
    this.comm = group.comm;
  }

  add({ time, stack, period, comm }: SampleRow): void {
    if (this.length === this.time.length) {
      this.time = grown(this.time);
      this.stack = grown(this.stack);
      this.period = grown(this.period);
    }
    this.comm = comm;
    this.time[this.length] = time;
    this.stack[this.length] = stack;
    this.period[this.length++] = period;
  }
}

/** All threads, in the order of their first samples. */
export class AllThreads {
  readonly threads: ThreadSamples[] = [];
  readonly #groups = new SampleGroups(false);

  add(row: SampleRow): void {
    const number = this.#groups.of(row);
    let thread = this.threads[number];
    if (thread === undefined) this.threads.push((thread = new ThreadSamples(this.#groups.list[number]!)));
    thread.add(row);
  }

  /** A name for people: `api: python3.13 4242/4243 (cycles)`, as far as it tells something. */
  nameOf({ group, comm }: ThreadSamples, severalEvents: boolean): string {
    const labels = [...group.recording.labels.values()].join(' ');
    const ids = group.pid === group.tid ? `${group.tid}` : `${group.pid}/${group.tid}`;
    return `${labels === '' ? '' : `${labels}: `}${comm} ${ids}${severalEvents ? ` (${group.event.name})` : ''}`;
  }

  /** Whether their samples are of more than one event. */
  get haveSeveralEvents(): boolean {
    return new Set(this.threads.map(({ group }) => group.event)).size > 1;
  }
}
