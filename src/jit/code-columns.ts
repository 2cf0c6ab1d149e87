// What a jitdump says about code, in columns: one row for each CODE_LOAD and for each place that a CODE_MOVE moved code to
// (FORMAT 4). Rows stand in file order. Names and line tables stay bytes until somebody asks; unwinding information, which
// CPython writes identically for every function, is kept once for each distinct content.

import { grown } from '../bytes/sorted.ts';

export class CodeColumns {
  length = 0;
  start: Float64Array = new Float64Array(64);
  /** In bytes. */
  size: Float64Array = new Float64Array(64);
  /** When it was loaded (or moved there), in the unit and from the base that readJitdump was given. */
  time: Float64Array = new Float64Array(64);
  /** When it was moved away; Infinity if never. */
  movedAt: Float64Array = new Float64Array(64);
  /** The writer's number of the function; again the same after a move. */
  index: Float64Array = new Float64Array(64);
  /** As the writer saw it: in a container the inner pid (JITDUMP 4). */
  pid: Uint32Array = new Uint32Array(64);
  /** File offset of the code's bytes. CPython 3.15 overwrites their end (JITDUMP 3). */
  codeOffset: Float64Array = new Float64Array(64);
  nameStart: Uint32Array = new Uint32Array(64);
  nameLength: Uint32Array = new Uint32Array(64);
  /** Index into `unwindings`, or -1. */
  unwinding: Int32Array = new Int32Array(64);
  /** Index into `debugInfos`, or -1. */
  debugInfo: Int32Array = new Int32Array(64);
  /** Where the code lay when its debug information was written: the addresses in it are relative to that. */
  loadedAt: Float64Array = new Float64Array(64);

  /** All names, one after another. */
  names: Uint8Array = new Uint8Array(4096);
  namesLength = 0;
  readonly unwindings: Unwinding[] = [];
  /** The entries of a JIT_CODE_DEBUG_INFO record, undecoded. */
  readonly debugInfos: Uint8Array[] = [];

  readonly #unwindingsByHash = new Map<number, number[]>();
  #lastUnwinding = -1;

  /** A new row, all columns 0 but for movedAt, unwinding and debugInfo. Gives its number. */
  add(): number {
    const row = this.length++;
    if (row === this.start.length) this.#grow();
    this.movedAt[row] = Infinity;
    this.unwinding[row] = -1;
    this.debugInfo[row] = -1;
    return row;
  }

  /** Keeps a name's bytes for a row. */
  setName(row: number, bytes: Uint8Array, start: number, length: number): void {
    while (this.namesLength + length > this.names.length) this.names = grown(this.names);
    const names = this.names;
    const at = this.namesLength;
    for (let i = 0; i < length; i++) names[at + i] = bytes[start + i]!;
    this.nameStart[row] = at;
    this.nameLength[row] = length;
    this.namesLength += length;
  }

  /** The number of an unwinding information, kept if it is new. `headerSize`, `mappedSize`: as in Unwinding. */
  internUnwinding(bytes: Uint8Array, start: number, length: number, headerSize: number, mappedSize: number): number {
    if (this.#isUnwinding(this.#lastUnwinding, bytes, start, length, headerSize, mappedSize)) return this.#lastUnwinding;
    let hash = 0x811c9dc5;
    for (let i = start; i < start + length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    const sameHash = this.#unwindingsByHash.get(hash) ?? [];
    for (const known of sameHash) {
      if (this.#isUnwinding(known, bytes, start, length, headerSize, mappedSize)) return (this.#lastUnwinding = known);
    }
    const added = this.unwindings.push({ bytes: bytes.slice(start, start + length), headerSize, mappedSize }) - 1;
    // Contents made to collide must not cost a comparison each.
    if (sameHash.length < 8) this.#unwindingsByHash.set(hash, [...sameHash, added]);
    return (this.#lastUnwinding = added);
  }

  #isUnwinding(number: number, bytes: Uint8Array, start: number, length: number, headerSize: number, mappedSize: number): boolean {
    const known = this.unwindings[number];
    if (known === undefined || known.headerSize !== headerSize || known.mappedSize !== mappedSize || known.bytes.length !== length) return false;
    const content = known.bytes;
    for (let i = 0; i < length; i++) if (content[i] !== bytes[start + i]) return false;
    return true;
  }

  #grow(): void {
    this.start = grown(this.start);
    this.size = grown(this.size);
    this.time = grown(this.time);
    this.movedAt = grown(this.movedAt);
    this.index = grown(this.index);
    this.pid = grown(this.pid);
    this.codeOffset = grown(this.codeOffset);
    this.nameStart = grown(this.nameStart);
    this.nameLength = grown(this.nameLength);
    this.unwinding = grown(this.unwinding);
    this.debugInfo = grown(this.debugInfo);
    this.loadedAt = grown(this.loadedAt);
  }
}

/** One distinct content of JIT_CODE_UNWINDING_INFO: .eh_frame, then .eh_frame_hdr. */
export interface Unwinding {
  readonly bytes: Uint8Array;
  /** Length of .eh_frame_hdr, in bytes; 0 if there is none. */
  readonly headerSize: number;
  /** Bytes behind the code, rounded up to 8, that are mapped in the process too; 0 where the writer maps nothing. */
  readonly mappedSize: number;
}
