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

const TYPES = RecordType.SchedstatDomain + 1;

export class RecordStats {
  readonly #file: PerfDataFile;
  readonly #byType: Float64Array = new Float64Array(TYPES);
  // By event. Filtered: dropped on purpose, by a BPF filter.
  #samples: Float64Array = new Float64Array(0);
  readonly #lost: number[] = [];
  readonly #filtered: number[] = [];
  readonly #reads: ReadDeltas;
  readonly #raw: SampleView;

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
    let hasCounters = false;
    for (;;) {
      // In a pipe, events may be added while it is read.
      if (events.length > this.#samples.length) {
        hasCounters = events.some(({ attr }) => (attr.sampleType & SampleBit.Read) !== 0);
        this.#growSamples();
      }
      if (!hasCounters) this.#byType[RecordType.Sample]! += records.skipSamples(this.#samples);
      const more = records.next();
      if (!(typeof more === 'boolean' ? more : await more)) return;
      const { type } = record;
      // Of types that nobody knows perf says nothing, and leaves them out of the total.
      if (type >= TYPES) continue;
      this.#byType[type]!++;
      const event = events[records.event];
      if (event === undefined) continue;
      if (type === RecordType.Sample) {
        if ((event.attr.sampleType & SampleBit.Read) === 0) this.#samples[event.index]!++;
        else if (this.#raw.read(record, event)) {
          this.#reads.take(record, this.#raw, event);
          for (const grown of this.#reads.events) this.#samples[grown]!++;
        }
      } else if (type === RecordType.LostSamples) {
        const lost = readLostSamples(record);
        const counts = lost?.isFiltered === true ? this.#filtered : this.#lost;
        counts[event.index] = (counts[event.index] ?? 0) + (lost?.lost ?? 0);
      }
    }
  }

  #growSamples(): void {
    const samples = new Float64Array(this.#file.events.events.length);
    samples.set(this.#samples);
    this.#samples = samples;
  }

  /** The text, without line ends. */
  *lines(): Generator<string> {
    yield '';
    const traced = this.#file.features.has(FeatureId.Auxtrace);
    yield `Aggregated stats:${traced ? ' (excludes AUX area (e.g. instruction trace) decoded / synthesized events)' : ''}`;
    const total = this.#byType.reduce((sum, count) => sum + count, 0);
    if (total > 0) yield line('TOTAL', total);
    for (let type = 1; type < TYPES; type++) {
      const count = this.#byType[type]!;
      if (count > 0) yield `${line(recordTypeName(type), count)}  (${oneDecimal((100 * count) / total).padStart(4)}%)`;
    }
    for (const { index, name } of this.#file.events.events) {
      const [samples, lost, filtered] = [this.#samples, this.#lost, this.#filtered].map((counts) => counts[index] ?? 0) as [number, number, number];
      if (samples + lost + filtered === 0) continue;
      yield `${name} stats:`;
      if (samples > 0) yield line('SAMPLE', samples);
      if (lost > 0) yield line('LOST_SAMPLES', lost);
      if (filtered > 0) yield line('LOST_SAMPLES (BPF)', filtered);
    }
  }
}

function line(name: string, count: number): string {
  return `${name.padStart(20)} events: ${String(count).padStart(10)}`;
}
