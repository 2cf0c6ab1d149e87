// Source lines of JIT code: the entries of JIT_CODE_DEBUG_INFO (FORMAT 4; SPEC 8.2.4). CPython writes none; Java, V8, wasmtime and LLVM do. Decoded
// when a line of that function is asked for.

import { upperBound } from '../bytes/sorted.ts';
import { inOrder, rowNumbers, sortByKey } from '../bytes/stable-order.ts';
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

/** Bytes of an entry without a name. */
const LEAST_ENTRY = 17;

/** The entries of one function, in the order of their addresses. */
export class JitLines {
  readonly #entries: Uint8Array;
  readonly #view: DataView;
  readonly #littleEndian: boolean;
  /** Ascending; of equal ones the later entry is the later one. */
  readonly #addresses: Float64Array;
  /** By address: where its entry begins, and where the name of its file does. */
  readonly #starts: Uint32Array;
  readonly #names: Uint32Array;
  /** The name that was read last: neighbours mostly have the same, and a name may be as long as all entries. */
  #name: { readonly at: number; readonly text: string } | undefined;

  /** Entries that end in the middle are left out. */
  constructor(entries: Uint8Array, littleEndian: boolean) {
    this.#entries = entries;
    this.#littleEndian = littleEndian;
    const view = (this.#view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength));
    const most = Math.floor(entries.length / LEAST_ENTRY);
    const addresses = new Float64Array(most);
    const starts = new Uint32Array(most);
    const names = new Uint32Array(most);
    let count = 0;
    let name = 0;
    for (let at = 0; at + LEAST_ENTRY <= entries.length; count++) {
      const nameEnd = entries.indexOf(0, at + 16);
      if (nameEnd < 0) break;
      // A file name that is the two bytes ff 00 is that of the entry before; of the first it is empty.
      if (!(nameEnd === at + 17 && entries[at + 16] === 0xff)) name = at + 16;
      const low = view.getUint32(littleEndian ? at : at + 4, littleEndian);
      addresses[count] = view.getInt32(littleEndian ? at + 4 : at, littleEndian) * 4_294_967_296 + low;
      starts[count] = at;
      names[count] = name;
      at = nameEnd + 1;
    }
    const order = rowNumbers(count);
    sortByKey(order, addresses);
    this.#addresses = inOrder(addresses, order);
    this.#starts = inOrder(starts, order);
    this.#names = inOrder(names, order);
  }

  /**
   * The entry with the greatest address that is not above `address`, or undefined. Addresses are those at which the code was
   * loaded, [start, end).
   */
  at(address: number, start: number, end: number): JitLine | undefined {
    const addresses = this.#addresses;
    const { length } = addresses;
    if (length === 0) return undefined;
    const lowest = addresses[0]!;
    const isShifted = lowest === start + IMAGE_HEADER || (lowest > start + IMAGE_HEADER && addresses[length - 1]! >= end);
    const found = upperBound(addresses, length, isShifted ? address + IMAGE_HEADER : address) - 1;
    if (found < 0) return undefined;
    const at = this.#starts[found]!;
    return { file: this.#nameAt(this.#names[found]!), line: this.#view.getInt32(at + 8, this.#littleEndian), discriminator: this.#view.getInt32(at + 12, this.#littleEndian) };
  }

  #nameAt(at: number): string {
    if (at === 0) return '';
    if (this.#name?.at !== at) this.#name = { at, text: decodeText(this.#entries, at, this.#entries.indexOf(0, at)) };
    return this.#name.text;
  }
}
