// What was lost and what was held back: LOST, LOST_SAMPLES, THROTTLE, UNTHROTTLE (FORMAT 2.1, Q42; SPEC 4.5).

import { readUnsigned64 } from '../../bytes/int64.ts';
import { Misc } from '../record-types.ts';
import type { RecordView } from '../record-view.ts';

export interface LostRecord {
  /** Exact: of the event whose ring buffer overflowed. */
  readonly id: bigint;
  /** Records of any type. */
  readonly lost: number;
}

/** LOST; undefined where the record is too short. */
export function readLost(record: RecordView): LostRecord | undefined {
  const { view, offset, littleEndian } = record;
  if (offset + 24 > record.end) return undefined;
  return { id: view.getBigUint64(offset + 8, littleEndian), lost: readUnsigned64(view, offset + 16, littleEndian) };
}

export interface LostSamplesRecord {
  readonly lost: number;
  /** Dropped on purpose, by a BPF filter. */
  readonly isFiltered: boolean;
}

/** LOST_SAMPLES: counts again, at the end, what LOST said when it happened. */
export function readLostSamples(record: RecordView): LostSamplesRecord | undefined {
  const { view, offset, littleEndian } = record;
  if (offset + 16 > record.end) return undefined;
  return { lost: readUnsigned64(view, offset + 8, littleEndian), isFiltered: (record.misc & Misc.LostSamplesBpf) !== 0 };
}

export interface ThrottleRecord {
  /** In ns, exact. */
  readonly time: bigint;
  readonly id: bigint;
  readonly streamId: bigint;
}

/** THROTTLE or UNTHROTTLE: the kernel stops, or resumes, an event that came too often. */
export function readThrottle(record: RecordView): ThrottleRecord | undefined {
  const { view, offset, littleEndian } = record;
  if (offset + 32 > record.end) return undefined;
  return {
    time: view.getBigUint64(offset + 8, littleEndian),
    id: view.getBigUint64(offset + 16, littleEndian),
    streamId: view.getBigUint64(offset + 24, littleEndian),
  };
}
