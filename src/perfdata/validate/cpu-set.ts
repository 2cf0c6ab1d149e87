// Sets of CPUs, the payload of CPU_MAP and of one kind of EVENT_UPDATE (SPEC 4.7), as far as checks of their records need it.

import type { RecordView } from '../record-view.ts';
import { u16Of } from './check.ts';

/** By their first number. */
export const CpuSetKind = { List: 0, Mask: 1, Range: 2 } as const;

/** Where a set ends that begins `at` bytes from the record's beginning; NaN where it says more than there is, `limit` for unknown kinds. */
export function endOfCpuSet(record: RecordView, at: number, limit: number): number {
  const start = record.offset + at;
  if (start + 4 > limit) return NaN;
  const end = start + sizeOf(record, at, limit - start);
  return end <= limit ? end : NaN;
}

function sizeOf(record: RecordView, at: number, space: number): number {
  switch (u16Of(record, at)) {
    case CpuSetKind.List: return 4 + 2 * u16Of(record, at + 2);
    case CpuSetKind.Range: return 8;
    case CpuSetKind.Mask: {
      if (space < 6) return NaN;
      const words = u16Of(record, at + 2);
      // Words of 64 bits begin 4 bytes later than those of 32.
      return u16Of(record, at + 4) === 8 ? 10 + 8 * words : 6 + 4 * words;
    }
    default: return space;
  }
}
