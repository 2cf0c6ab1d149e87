// Samples that carry counters (PERF_SAMPLE_READ): what a sample stands for is by how much each counter has grown since the sample
// before, and with a group one record is a sample of every member that has (FORMAT 2.3.3, 3.7).

import { readUnsigned64 } from '../bytes/int64.ts';
import { bitCount, ReadFormat, SampleBit } from '../perfdata/sample-format.ts';
import type { EventTable, PerfEvent } from '../perfdata/event-table.ts';
import type { RecordView } from '../perfdata/record-view.ts';
import type { SampleView } from '../perfdata/sample-view.ts';

export class ReadDeltas {
  readonly #events: EventTable;
  // By id, and by thread where a counter is inherited: the value that the last sample had.
  readonly #last = new Map<string, number>();
  /** What the last `take` found: event and growth, of those that have grown. */
  readonly events: number[] = [];
  readonly periods: number[] = [];

  constructor(events: EventTable) {
    this.#events = events;
  }

  /** Takes in the counters of a sample. */
  take(record: RecordView, raw: SampleView, event: PerfEvent): void {
    this.events.length = 0;
    this.periods.length = 0;
    const format = event.attr.readFormat;
    const { view, littleEndian } = record;
    const times = 8 * bitCount(format & (ReadFormat.TotalTimeEnabled | ReadFormat.TotalTimeRunning));
    const hasId = (format & ReadFormat.Id) !== 0;
    const perThread = event.attr.inherit && (event.attr.sampleType & SampleBit.Tid) !== 0;
    const thread = perThread ? raw.tid : -1;
    if ((format & ReadFormat.Group) === 0) {
      const id = hasId ? view.getBigUint64(raw.readOffset + 8 + times, littleEndian) : undefined;
      this.#grow(id, readUnsigned64(view, raw.readOffset, littleEndian), thread, event);
      return;
    }
    const step = 8 + 8 * bitCount(format & (ReadFormat.Id | ReadFormat.Lost));
    for (let at = raw.readOffset + 8 + times; at + step <= raw.readEnd; at += step) {
      this.#grow(hasId ? view.getBigUint64(at + 8, littleEndian) : undefined, readUnsigned64(view, at, littleEndian), thread, event);
    }
  }

  #grow(id: bigint | undefined, value: number, thread: number, event: PerfEvent): void {
    const index = id === undefined ? event.index : this.#events.eventOfId(id);
    if (index < 0) return;
    const key = `${id ?? ''} ${thread}`;
    const growth = value - (this.#last.get(key) ?? 0);
    this.#last.set(key, value);
    if (growth === 0) return;
    this.events.push(index);
    this.periods.push(growth);
  }
}
