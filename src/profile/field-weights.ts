// Samples that count by a number that they carry instead of by their period: a field of a tracepoint or probe, such as the size that malloc
// is asked for, or what the processor said of a memory access (FORMAT 2.3.6, 6.2; SPEC 5.4).

import { PerftsError } from '../bytes/errors.ts';
import { readUnsigned64 } from '../bytes/int64.ts';
import type { PerfEvent } from '../perfdata/event-table.ts';
import type { PerfDataFile } from '../perfdata/perf-data-file.ts';
import type { RecordView } from '../perfdata/record-view.ts';
import { SampleBit } from '../perfdata/sample-format.ts';
import type { SampleView } from '../perfdata/sample-view.ts';
import type { FormatField } from '../perfdata/tracing/event-format.ts';
import type { Tracepoints } from '../perfdata/tracing/tracepoints.ts';
import { weightOf } from './sample-values.ts';

/** perf's names of the parts of PERF_SAMPLE_WEIGHT_STRUCT; of PERF_SAMPLE_WEIGHT all is `weight`. */
const WEIGHT_PARTS = { weight: 'weight', ins_lat: 'instructionLatency', retire_lat: 'weight3' } as const;

/** Where a number lies: in the RAW bytes, or in the weight. */
type Place = FormatField | keyof typeof WEIGHT_PARTS;

export class FieldWeights {
  readonly name: string;
  readonly #file: PerfDataFile;
  readonly #tracepoints: Tracepoints | undefined;
  /** By event; null where it has no such field. */
  readonly #places: (Place | null)[] = [];

  /** `tracepoints`: what the recording says about its tracepoints. Throws PERFTS_USAGE where no event has the field. */
  constructor(name: string, file: PerfDataFile, tracepoints: Tracepoints | undefined) {
    this.name = name;
    this.#file = file;
    this.#tracepoints = tracepoints;
    // A pipe has not told all of its events yet.
    if (file.container !== 'pipe') this.check();
  }

  /** Throws PERFTS_USAGE where no event has the field. */
  check(): void {
    const { events } = this.#file.events;
    if (events.some((event) => this.#placeOf(event) !== null)) return;
    const names = new Set(events.flatMap((event) => this.#numbersOf(event)));
    throw new PerftsError('PERFTS_USAGE', `no event of the recording has a number called '${this.name}'${names.size === 0 ? '' : `, but ${[...names].join(', ')}`}`);
  }

  /** What a sample counts: the number, 0 where it is negative; of an event without it the period. */
  of(raw: SampleView, record: RecordView, event: PerfEvent): number {
    const place = this.#placeOf(event);
    if (place === null) return raw.period;
    const { view, littleEndian } = record;
    if (typeof place === 'string') return weightOf(WEIGHT_PARTS[place], raw, record, isStruct(event));
    if (raw.rawOffset < 0 || place.offset + place.size > raw.rawSize) return 0;
    const at = raw.rawOffset + place.offset;
    const { isSigned } = place;
    switch (place.size) {
      case 1:
        return Math.max(0, isSigned ? view.getInt8(at) : view.getUint8(at));
      case 2:
        return Math.max(0, isSigned ? view.getInt16(at, littleEndian) : view.getUint16(at, littleEndian));
      case 4:
        return Math.max(0, isSigned ? view.getInt32(at, littleEndian) : view.getUint32(at, littleEndian));
      default:
        return isSigned && view.getInt32(littleEndian ? at + 4 : at, littleEndian) < 0 ? 0 : readUnsigned64(view, at, littleEndian);
    }
  }

  #placeOf(event: PerfEvent): Place | null {
    const known = this.#places[event.index];
    if (known !== undefined) return known;
    const field = this.#tracepoints?.format(event)?.fields.find((each) => each.name === this.name && isNumber(each));
    return (this.#places[event.index] = field ?? weightNames(event).find((name) => name === this.name) ?? null);
  }

  #numbersOf(event: PerfEvent): string[] {
    const fields = this.#tracepoints?.format(event)?.fields.filter(isNumber).map(({ name }) => name) ?? [];
    return [...fields, ...weightNames(event)];
  }
}

function isNumber({ size, isArray, isString, isDynamic }: FormatField): boolean {
  return [1, 2, 4, 8].includes(size) && !isArray && !isString && !isDynamic;
}

function weightNames(event: PerfEvent): readonly (keyof typeof WEIGHT_PARTS)[] {
  if (isStruct(event)) return ['weight', 'ins_lat', 'retire_lat'];
  return (event.attr.sampleType & SampleBit.Weight) !== 0 ? ['weight'] : [];
}

function isStruct({ attr }: PerfEvent): boolean {
  return (attr.sampleType & SampleBit.WeightStruct) !== 0;
}
