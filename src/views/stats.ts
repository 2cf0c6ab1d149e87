// `perf report --stats`: how many records of each type a recording holds, and what was sampled and lost of each event (FORMAT 2.1,
// 2.2, 2.3.3). Counts what is read, in the order of the file; nothing is resolved.

import { Diagnostics } from '../bytes/diagnostics.ts';
import { FeatureId } from '../perfdata/features/feature-id.ts';
import type { OrderedRecords } from '../perfdata/ordered-records.ts';
import type { PerfDataFile } from '../perfdata/perf-data-file.ts';
import { RecordType, recordTypeName } from '../perfdata/record-types.ts';
import { readLostSamples } from '../perfdata/records/loss.ts';
import { SampleView } from '../perfdata/sample-view.ts';
import { SampleBit } from '../perfdata/sample-format.ts';
import { ReadDeltas } from '../profile/read-deltas.ts';
import { oneDecimal } from './report/percent.ts';

/** Of one event. */
interface EventCounts {
  samples: number;
  lost: number;
  /** Dropped on purpose, by a BPF filter. */
  filtered: number;
}

const TYPES = RecordType.SchedstatDomain + 1;

export class RecordStats {
  readonly #file: PerfDataFile;
  readonly #byType: Float64Array = new Float64Array(TYPES);
  readonly #byEvent: EventCounts[] = [];
  readonly #reads: ReadDeltas;
  readonly #raw: SampleView;
  #total = 0;

  constructor(file: PerfDataFile) {
    this.#file = file;
    this.#reads = new ReadDeltas(file.events);
    // What is wrong with single samples is told by the views that show them.
    this.#raw = new SampleView(file.wide, file.timeBase, new Diagnostics());
  }

  /** Counts what is left of a walk (best one in file order, with records of no event). */
  async count(records: OrderedRecords): Promise<void> {
    const { record } = records;
    const { events } = this.#file.events;
    for (;;) {
      const more = records.next();
      if (!(typeof more === 'boolean' ? more : await more)) return;
      const { type } = record;
      // Of types that nobody knows perf says nothing, and leaves them out of the total.
      if (type >= TYPES) continue;
      this.#total++;
      this.#byType[type]!++;
      const event = events[records.event];
      if (event === undefined) continue;
      if (type === RecordType.Sample) {
        if ((event.attr.sampleType & SampleBit.Read) === 0) this.#countsOf(event.index).samples++;
        else if (this.#raw.read(record, event)) {
          this.#reads.take(record, this.#raw, event);
          for (const grown of this.#reads.events) this.#countsOf(grown).samples++;
        }
      } else if (type === RecordType.LostSamples) {
        const lost = readLostSamples(record);
        const counts = this.#countsOf(event.index);
        if (lost?.isFiltered === true) counts.filtered += lost.lost;
        else counts.lost += lost?.lost ?? 0;
      }
    }
  }

  #countsOf(event: number): EventCounts {
    return (this.#byEvent[event] ??= { samples: 0, lost: 0, filtered: 0 });
  }

  /** The text, without line ends. */
  *lines(): Generator<string> {
    yield '';
    const traced = this.#file.features.has(FeatureId.Auxtrace);
    yield `Aggregated stats:${traced ? ' (excludes AUX area (e.g. instruction trace) decoded / synthesized events)' : ''}`;
    if (this.#total > 0) yield line('TOTAL', this.#total);
    for (let type = 1; type < TYPES; type++) {
      const count = this.#byType[type]!;
      if (count > 0) yield `${line(recordTypeName(type), count)}  (${oneDecimal((100 * count) / this.#total).padStart(4)}%)`;
    }
    for (const { index, name } of this.#file.events.events) {
      const counts = this.#byEvent[index];
      if (counts === undefined || counts.samples + counts.lost + counts.filtered === 0) continue;
      yield `${name} stats:`;
      if (counts.samples > 0) yield line('SAMPLE', counts.samples);
      if (counts.lost > 0) yield line('LOST_SAMPLES', counts.lost);
      if (counts.filtered > 0) yield line('LOST_SAMPLES (BPF)', counts.filtered);
    }
  }
}

function line(name: string, count: number): string {
  return `${name.padStart(20)} events: ${String(count).padStart(10)}`;
}
