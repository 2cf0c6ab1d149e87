// Source lines of JIT code: the entries of JIT_CODE_DEBUG_INFO (FORMAT 4; SPEC 8.2.4). CPython writes none; Java and LLVM do. Decoded
// when a line of that function is asked for.

/** A place in a source file. */
export interface JitLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** DWARF's discriminator, or the column: writers differ. */
  readonly discriminator: number;
}

/**
 * The entry with the greatest address that is not above `address`, or undefined. Addresses are those at which the code was
 * loaded. Entries that end in the middle are left out.
 */
export function lineAt(entries: Uint8Array, littleEndian: boolean, address: number): JitLine | undefined {
  const view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength);
  let at = 0;
  // A file name that is the two bytes ff 00 is that of the entry before.
  let fileStart = 0;
  let fileEnd = 0;
  let best = -Infinity;
  let found: { start: number; end: number; line: number; discriminator: number } | undefined;
  while (at + 17 <= entries.length) {
    const end = entries.indexOf(0, at + 16);
    if (end < 0) break;
    if (!(end === at + 17 && entries[at + 16] === 0xff)) {
      fileStart = at + 16;
      fileEnd = end;
    }
    const low = view.getUint32(littleEndian ? at : at + 4, littleEndian);
    const start = view.getInt32(littleEndian ? at + 4 : at, littleEndian) * 4_294_967_296 + low;
    if (start <= address && start >= best) {
      best = start;
      found = {
        start: fileStart,
        end: fileEnd,
        line: view.getInt32(at + 8, littleEndian),
        discriminator: view.getInt32(at + 12, littleEndian),
      };
    }
    at = end + 1;
  }
  if (found === undefined) return undefined;
  const file = new TextDecoder('utf-8', { ignoreBOM: true }).decode(entries.subarray(found.start, found.end));
  return { file, line: found.line, discriminator: found.discriminator };
}
