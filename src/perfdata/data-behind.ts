// Data that follow a record outside the size in its header (FORMAT 2.2, Q34; SPEC 4.1.6, 10.3.2): traces, the formats of tracepoints,
// and all of a record of simpleperf that is longer than 64 KiB, of which only the header is shown as a record.

import { readUnsigned64 } from '../bytes/int64.ts';
import { RecordType } from './record-types.ts';

const HEADER_SIZE = 8;

/** Types of Android's simpleperf. In their headers the upper half of a size of 32 bits stands in the place of misc. */
export const FIRST_SIMPLEPERF_TYPE = 32_768;
export const LAST_SIMPLEPERF_TYPE = 32_800;

/** Whether the header at `offset` is that of a record whose size does not fit into 16 bits. The caller has checked that it is whole. */
export function isLongRecord(view: DataView, offset: number, littleEndian: boolean): boolean {
  const type = view.getUint32(offset, littleEndian);
  return type >= FIRST_SIMPLEPERF_TYPE && type <= LAST_SIMPLEPERF_TYPE && view.getUint16(offset + 4, littleEndian) !== 0;
}

/** How many bytes follow the record in [offset, end). Not checked against what is there. */
export function dataSizeBehind(view: DataView, offset: number, end: number, littleEndian: boolean): number {
  const type = view.getUint32(offset, littleEndian);
  if (type === RecordType.Auxtrace) return end - offset >= 16 ? readUnsigned64(view, offset + 8, littleEndian) : 0;
  if (type === RecordType.HeaderTracingData) return end - offset >= 12 ? view.getUint32(offset + 8, littleEndian) : 0;
  if (!isLongRecord(view, offset, littleEndian)) return 0;
  return view.getUint16(offset + 4, littleEndian) * 65_536 + view.getUint16(offset + 6, littleEndian) - HEADER_SIZE;
}
