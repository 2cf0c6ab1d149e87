// Source lines of JIT code: the entries of JIT_CODE_DEBUG_INFO (FORMAT 4; SPEC 8.2.4). CPython writes none; Java, V8, wasmtime and LLVM do. Decoded
// when a line of that function is asked for.

import { decodeText } from '../bytes/text.ts';

/** A place in a source file. */
export interface JitLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** DWARF's discriminator, or the column: writers differ. */
  readonly discriminator: number;
}

/** V8 and LLVM add the size of an ELF header to every address: there the code begins in the first images of perf inject. */
const IMAGE_HEADER = 0x40;

interface Entry {
  address: number;
  fileStart: number;
  fileEnd: number;
  line: number;
  discriminator: number;
}

/**
 * The entry with the greatest address that is not above `address`, or undefined. Addresses are those at which the code was
 * loaded, [start, end). Entries that end in the middle are left out.
 */
export function lineAt(entries: Uint8Array, littleEndian: boolean, address: number, start: number, end: number): JitLine | undefined {
  const view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength);
  let at = 0;
  // A file name that is the two bytes ff 00 is that of the entry before.
  let fileStart = 0;
  let fileEnd = 0;
  let lowest = Infinity;
  let highest = -Infinity;
  let plain: Entry | undefined;
  let shifted: Entry | undefined;
  while (at + 17 <= entries.length) {
    const nameEnd = entries.indexOf(0, at + 16);
    if (nameEnd < 0) break;
    if (!(nameEnd === at + 17 && entries[at + 16] === 0xff)) {
      fileStart = at + 16;
      fileEnd = nameEnd;
    }
    const low = view.getUint32(littleEndian ? at : at + 4, littleEndian);
    const place = view.getInt32(littleEndian ? at + 4 : at, littleEndian) * 4_294_967_296 + low;
    if (place < lowest) lowest = place;
    if (place > highest) highest = place;
    const entry: Entry = { address: place, fileStart, fileEnd, line: view.getInt32(at + 8, littleEndian), discriminator: view.getInt32(at + 12, littleEndian) };
    if (place <= address && place >= (plain?.address ?? -Infinity)) plain = entry;
    if (place <= address + IMAGE_HEADER && place >= (shifted?.address ?? -Infinity)) shifted = entry;
    at = nameEnd + 1;
  }
  const isShifted = lowest === start + IMAGE_HEADER || (lowest > start + IMAGE_HEADER && highest >= end);
  const found = isShifted ? shifted : plain;
  if (found === undefined) return undefined;
  const file = decodeText(entries, found.fileStart, found.fileEnd);
  return { file, line: found.line, discriminator: found.discriminator };
}
