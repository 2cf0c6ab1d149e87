// 64-bit numbers of a record as text, exact and without BigInt where a double will do: the dump prints millions.

import type { RecordView } from '../../perfdata/record-view.ts';

const TWO_32 = 4_294_967_296;
/** High words below this make a number below 2^53. */
const EXACT = 0x200000;

/** The u64 at an offset of the record's view in hexadecimal, lower case, without prefix and padding. */
export function plainHex(record: RecordView, at: number): string {
  const { view, littleEndian } = record;
  const high = view.getUint32(littleEndian ? at + 4 : at, littleEndian);
  const low = view.getUint32(littleEndian ? at : at + 4, littleEndian);
  return high === 0 ? low.toString(16) : high.toString(16) + low.toString(16).padStart(8, '0');
}

/** C's `%#lx`: with 0x, but for 0. */
export function alternateHex(record: RecordView, at: number): string {
  const hex = plainHex(record, at);
  return hex === '0' ? hex : `0x${hex}`;
}

/** C's `%016lx`. */
export function paddedHex(record: RecordView, at: number): string {
  return plainHex(record, at).padStart(16, '0');
}

/** The u64 at an offset in decimal. */
export function decimal(record: RecordView, at: number): string {
  const { view, littleEndian } = record;
  const high = view.getUint32(littleEndian ? at + 4 : at, littleEndian);
  if (high >= EXACT) return String(view.getBigUint64(at, littleEndian));
  return String(high * TWO_32 + view.getUint32(littleEndian ? at : at + 4, littleEndian));
}

/** The number of a file's place as perf writes it: with 0x, but for 0. */
export function placeText(offset: number): string {
  return offset === 0 ? '0' : `0x${offset.toString(16)}`;
}
