// What a check of a record is: a rule of SPEC.md, and a small function that says with which values a record breaks it. The tables of
// checks stand in files named for what they look at, in the order of SPEC.md's clauses, so that the two can be read side by side.

import { readUnsigned64 } from '../../bytes/int64.ts';
import type { Rule } from '../../bytes/findings.ts';
import type { PerfEvent } from '../event-table.ts';
import type { PerfDataFile } from '../perf-data-file.ts';
import type { RecordView } from '../record-view.ts';
import type { SampleView } from '../sample-view.ts';

/** What a check may look at besides the record. Reused from record to record. */
export interface RecordContext {
  readonly file: PerfDataFile;
  /** Whose record it is; where nobody's, the first event, by which readers lay it out too. Undefined while there are no events. */
  event: PerfEvent | undefined;
  /** Where the record's own fields have to end: at its trailer, or its end where it has none. In `record.view`. */
  limit: number;
  /** Of a SAMPLE that was read whole: its fields. */
  readonly sample: SampleView;
}

export interface RecordCheck extends Rule {
  /** The values found where the rule is broken ('' where the rule's sentence says all); undefined where it holds. */
  readonly find: (record: RecordView, context: RecordContext) => string | undefined;
}

/** The u64 `at` bytes from the beginning of a record; rounded beyond 2^53. */
export function u64Of(record: RecordView, at: number): number {
  return readUnsigned64(record.view, record.offset + at, record.littleEndian);
}

export function u32Of(record: RecordView, at: number): number {
  return record.view.getUint32(record.offset + at, record.littleEndian);
}

export function u16Of(record: RecordView, at: number): number {
  return record.view.getUint16(record.offset + at, record.littleEndian);
}

/** A number as people read bits, in hexadecimal. */
export function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}

/** `3 bytes`, `1 byte`. */
export function bytes(count: number): string {
  return count === 1 ? '1 byte' : `${count} bytes`;
}
