// Which FDE describes an address. Where the linker wrote .eh_frame_hdr (Linux Standard Base), its sorted table is searched where
// it stands; a section without such a table is gone through once, and the ranges kept in sorted columns.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import { upperBound } from '../bytes/sorted.ts';
import type { CfiEntries } from './cfi-entries.ts';
import type { CfiSection } from './cfi-sections.ts';
import { DwarfCursor } from './cursor.ts';
import { encodedSize, PointerEncoding, readFormat, readPointer } from './pointer-encoding.ts';

/** Offsets in the section of FDEs, by address. */
export interface CfiIndex {
  /** The FDE with the highest start that is not above the address, or -1. */
  find(address: number): number;
}

/** pcrel or datarel, signed, four bytes: how every linker writes the table. */
const USUAL_ENCODING = 0x3b;

/** The table of .eh_frame_hdr, in place. */
export class HeaderIndex implements CfiIndex {
  readonly #cursor: DwarfCursor;
  readonly #address: number;
  readonly #frameAddress: number;
  readonly #encoding: number;
  readonly #addressSize: number;
  readonly #table: number;
  readonly #entrySize: number;
  readonly #count: number;
  /** Where the code begins that the entry last found is for, as the table has it. */
  start = 0;

  private constructor(
    cursor: DwarfCursor,
    address: number,
    frameAddress: number,
    encoding: number,
    addressSize: number,
    table: number,
    count: number,
  ) {
    this.#cursor = cursor;
    this.#address = address;
    this.#frameAddress = frameAddress;
    this.#encoding = encoding;
    this.#addressSize = addressSize;
    this.#table = table;
    this.#entrySize = 2 * encodedSize(encoding, addressSize);
    this.#count = count;
  }

  /** The index in a .eh_frame_hdr, or undefined where it has none that can be searched. */
  static of(
    header: CfiSection,
    frame: CfiSection,
    littleEndian: boolean,
    addressSize: number,
    diagnostics: Diagnostics,
  ): HeaderIndex | undefined {
    const cursor = new DwarfCursor(header.bytes, littleEndian);
    const version = cursor.unsigned8();
    const pointerEncoding = cursor.unsigned8();
    const countEncoding = cursor.unsigned8();
    const encoding = cursor.unsigned8();
    // The linker was asked for no table, or for one that a search cannot step through: no damage.
    if (countEncoding === PointerEncoding.Omit || encoding === PointerEncoding.Omit) return undefined;
    const size = 2 * encodedSize(encoding, addressSize);
    const framePointer = readPointer(cursor, pointerEncoding, addressSize, header.address, header.address);
    const count = readFormat(cursor, countEncoding, addressSize);
    const table = cursor.position;
    if (version !== 1 || cursor.overrun || size === 0 || !(count >= 0) || count * size > header.bytes.length - table) {
      diagnostics.damaged('eh-frame-hdr', 0, 'the search table of .eh_frame_hdr cannot be used, .eh_frame is read instead');
      return undefined;
    }
    // A header that was made for another .eh_frame (a stripped file beside its debug file) would lead anywhere.
    if (framePointer === framePointer && framePointer !== frame.address) {
      diagnostics.damaged('eh-frame-hdr', 4, '.eh_frame_hdr belongs to another .eh_frame');
      return undefined;
    }
    return count === 0 ? undefined : new HeaderIndex(cursor, header.address, frame.address, encoding, addressSize, table, count);
  }

  find(address: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#read(this.#table + middle * this.#entrySize) <= address) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return -1;
    this.start = this.#read(this.#table + (low - 1) * this.#entrySize);
    // An entry is two pointers: where the code begins, and where its FDE stands.
    return this.#read(this.#table + (low - 1) * this.#entrySize + this.#entrySize / 2) - this.#frameAddress;
  }

  /** Whether the table is in the order that a search needs. Reads all of it. */
  isSorted(): boolean {
    for (let i = 1; i < this.#count; i++) {
      if (!(this.#read(this.#table + (i - 1) * this.#entrySize) <= this.#read(this.#table + i * this.#entrySize))) return false;
    }
    return true;
  }

  #read(offset: number): number {
    const cursor = this.#cursor;
    if (this.#encoding === USUAL_ENCODING) return this.#address + cursor.view.getInt32(offset, cursor.littleEndian);
    cursor.seek(offset, cursor.bytes.length);
    return readPointer(cursor, this.#encoding, this.#addressSize, this.#address, this.#address);
  }
}

/** All FDEs of a section, read once. */
export class ScannedIndex implements CfiIndex {
  readonly #starts: Float64Array;
  readonly #offsets: Float64Array;

  constructor(entries: CfiEntries) {
    const starts: number[] = [];
    const offsets: number[] = [];
    let isSorted = true;
    for (const fde of entries.all()) {
      // Code that the linker threw away leaves descriptions of nothing.
      if (fde.end <= fde.start) continue;
      if (starts.length > 0 && fde.start < starts[starts.length - 1]!) isSorted = false;
      starts.push(fde.start);
      offsets.push(fde.offset);
    }
    this.#starts = Float64Array.from(starts);
    this.#offsets = Float64Array.from(offsets);
    if (isSorted) return;
    const order = Uint32Array.from(starts, (_start, index) => index).sort((a, b) => starts[a]! - starts[b]! || a - b);
    for (let i = 0; i < order.length; i++) {
      this.#starts[i] = starts[order[i]!]!;
      this.#offsets[i] = offsets[order[i]!]!;
    }
  }

  get length(): number {
    return this.#starts.length;
  }

  find(address: number): number {
    const index = upperBound(this.#starts, this.#starts.length, address) - 1;
    return index < 0 ? -1 : this.#offsets[index]!;
  }
}
