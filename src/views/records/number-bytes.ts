// 64-bit numbers of a record as text in a buffer, for what the dump prints of every sample (exact-numbers.ts makes strings of them).

import type { TextBuffer } from '../../bytes/text-buffer.ts';
import type { RecordView } from '../../perfdata/record-view.ts';

const TWO_32 = 4_294_967_296;

/** C's `%#lx` of the u64 at an offset of the record's view: with 0x, but for 0. */
export function addAlternateHex(out: TextBuffer, { view, littleEndian }: RecordView, at: number): void {
  addWithMark(out, view.getUint32(littleEndian ? at + 4 : at, littleEndian), view.getUint32(littleEndian ? at : at + 4, littleEndian));
}

/** C's `%016lx`. */
export function addPaddedHex(out: TextBuffer, { view, littleEndian }: RecordView, at: number): void {
  out.hexZeros(view.getUint32(littleEndian ? at + 4 : at, littleEndian), view.getUint32(littleEndian ? at : at + 4, littleEndian));
}

/** C's `%lu`. */
export function addDecimal(out: TextBuffer, { view, littleEndian }: RecordView, at: number): void {
  out.unsigned(view.getUint32(littleEndian ? at + 4 : at, littleEndian), view.getUint32(littleEndian ? at : at + 4, littleEndian));
}

/** The number of a file's place as perf writes it: with 0x, but for 0. */
export function addPlace(out: TextBuffer, offset: number): void {
  addWithMark(out, Math.floor(offset / TWO_32), offset % TWO_32);
}

function addWithMark(out: TextBuffer, high: number, low: number): void {
  if (high !== 0 || low !== 0) out.text('0x');
  out.hex(high, low);
}
