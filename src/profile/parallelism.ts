// How many threads of the recorded program run at a time, by its context switches, and so a sample's share of the time that passed:
// perf's Latency columns (FORMAT 2.1, SWITCH). Counted as perf does: no switch tells of the first thread, which runs from the start,
// none of a thread's end; and a count beyond the machine's CPUs, or below one, comes from switches out of order.

import type { PerfDataFile } from '../perfdata/perf-data-file.ts';
import { Misc, RecordType } from '../perfdata/record-types.ts';
import type { RecordView } from '../perfdata/record-view.ts';

/** perf divides whole numbers, and so that little is lost by it, of periods a thousand times as large. */
const SCALE = 1000;
/** From so many percent of the samples on, taken while one thread ran, the columns are not worth their place. */
const MOSTLY = 99;

export class Parallelism {
  readonly #cpus: number;
  #running = 1;
  #samples = 0;
  #single = 0;

  /** `cpus`: of the machine that recorded. */
  constructor(cpus: number) {
    this.#cpus = cpus;
  }

  /** For a recording; undefined where its switches were not recorded. */
  static of(file: PerfDataFile): Parallelism | undefined {
    if (!file.events.events.some((event) => event.attr.contextSwitch)) return undefined;
    return new Parallelism(file.features.cpuCounts?.available ?? Infinity);
  }

  /** To be told of every record in time order. */
  take(record: RecordView): void {
    if (record.type === RecordType.Exit) this.#running--;
    else if (record.type === RecordType.Switch || record.type === RecordType.SwitchCpuWide) {
      this.#running += (record.misc & Misc.SwitchOut) === 0 ? 1 : -1;
    }
  }

  /** To be told of every sample, before its share is asked for. */
  sample(): void {
    this.#samples++;
    if (this.now === 1) this.#single++;
  }

  /** A period's share, in thousandths of the period's unit. */
  share(period: number): number {
    return Math.floor((period * SCALE) / this.now);
  }

  /** Threads that run: from 1 to the number of CPUs. */
  get now(): number {
    return Math.max(1, Math.min(this.#running, this.#cpus));
  }

  /** Whether nearly all samples so far were taken while one thread ran. */
  get isMostlySingle(): boolean {
    return this.#samples > 0 && Math.floor((this.#single * 100) / this.#samples) >= MOSTLY;
  }
}
