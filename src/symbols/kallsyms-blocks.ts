// The kernel's symbols in a kallsyms file, read as far as they are asked for. A file has some 200 000 lines in order of address
// and a profile needs some hundred of them: the first line of every block is looked at, blocks are read when an address falls
// into them. What is read is checked to be in order; a file that is not is read whole instead.

import { grown } from '../bytes/sorted.ts';
import { addressAt, addressDigits, isKept, isModuleLine, lineEnd, nameAt } from './kallsyms-lines.ts';
import { pageEnd } from './kallsyms-scan.ts';
import type { SymbolTable } from './symbol-table.ts';

/** Some 90 lines: reading one takes as long as looking at the first lines of a hundred. */
const BLOCK = 4_096;
/** Fewer blocks are read whole: not worth the trouble. */
const FEWEST_BLOCKS = 64;

/** Where the blocks of a file begin. */
export interface KallsymsBlocks {
  /** Offset of the first line that begins in each block; the last one is the end of the kernel's blocks. */
  readonly offsets: Uint32Array;
  /** Address of that line. */
  readonly addresses: Float64Array;
  readonly length: number;
}

/** Order of addresses in the file, which is unsigned: per-CPU symbols at 0 come before the kernel's. */
function isBefore(a: number, b: number): boolean {
  return a < 0 === b < 0 ? a < b : a >= 0;
}

/** The blocks with the kernel's symbols; undefined for a file that is small, in no order, or without addresses. */
export function findBlocks(bytes: Uint8Array): KallsymsBlocks | undefined {
  const count = Math.ceil(bytes.length / BLOCK);
  if (count < FEWEST_BLOCKS) return undefined;
  const offsets = new Uint32Array(count + 1);
  const addresses = new Float64Array(count);
  let length = 0;
  let modules = false;
  for (let block = 0; block < count; block++) {
    const start = block === 0 ? 0 : lineEnd(bytes, block * BLOCK - 1) + 1;
    const end = lineEnd(bytes, start);
    if (start >= bytes.length) break;
    const digits = addressDigits(bytes, start, end);
    if (digits === 0) return undefined;
    if (isModuleLine(bytes, end)) {
      // The kernel's lines end in the block before.
      if (!modules) offsets[length] = start;
      modules = true;
      continue;
    }
    const address = addressAt(bytes, start, digits);
    if (modules || (length > 0 && isBefore(address, addresses[length - 1]!))) return undefined;
    offsets[length] = start;
    addresses[length++] = address;
  }
  if (!modules) offsets[length] = bytes.length;
  return length < FEWEST_BLOCKS || addresses[length - 1] === 0 ? undefined : { offsets, addresses, length };
}

/** The kernel's symbols by address. Symbols are numbered as they are met. */
export class KallsymsBlockTable implements SymbolTable {
  readonly #bytes: Uint8Array;
  readonly #blocks: KallsymsBlocks;
  readonly #wholeFile: () => SymbolTable;
  readonly #relocation: number;
  /** By block: its first symbol, -1 while the block is unread; and how many it has. */
  readonly #first: Int32Array;
  readonly #counts: Int32Array;
  /** By symbol. */
  #starts = new Float64Array(4_096);
  #names = new Uint32Array(4_096);
  #blockOf = new Uint32Array(4_096);
  #known = 0;
  /** The whole table, once the file was seen not to be in order; its symbols are numbered behind those known until then. */
  #instead: SymbolTable | undefined;

  /** `wholeFile` gives all of the kernel's symbols, by reading everything: for a file that turns out to be in no order. */
  constructor(bytes: Uint8Array, blocks: KallsymsBlocks, relocation: number, wholeFile: () => SymbolTable) {
    this.#bytes = bytes;
    this.#blocks = blocks;
    this.#wholeFile = wholeFile;
    this.#relocation = relocation;
    this.#first = new Int32Array(blocks.length).fill(-1);
    this.#counts = new Int32Array(blocks.length);
  }

  /** Symbols met so far. */
  get length(): number {
    return this.#known + (this.#instead?.length ?? 0);
  }

  find(address: number): number {
    const wanted = address - this.#relocation;
    for (let block = this.#instead === undefined ? this.#blockAt(wanted) : -1; block >= 0; block--) {
      if (!this.#read(block)) break;
      const symbol = this.#inBlock(block, wanted);
      if (symbol >= 0) return wanted >= this.#starts[symbol]! && address < this.end(symbol) ? symbol : -1;
    }
    const symbol = this.#instead?.find(address) ?? -1;
    return symbol < 0 ? -1 : symbol + this.#known;
  }

  start(symbol: number): number {
    return symbol < this.#known ? this.#starts[symbol]! + this.#relocation : this.#instead!.start(symbol - this.#known);
  }

  end(symbol: number): number {
    if (symbol >= this.#known) return this.#instead!.end(symbol - this.#known);
    return this.#endInFile(symbol) + this.#relocation;
  }

  name(symbol: number): string {
    return symbol < this.#known ? nameAt(this.#bytes, this.#names[symbol]!) : this.#instead!.name(symbol - this.#known);
  }

  isObject(_symbol: number): boolean {
    return false;
  }

  #endInFile(symbol: number): number {
    const start = this.#starts[symbol]!;
    let block = this.#blockOf[symbol]!;
    let next = symbol + 1 < this.#first[block]! + this.#counts[block]! ? this.#starts[symbol + 1]! : undefined;
    while (next === undefined && ++block < this.#blocks.length) {
      if (!this.#read(block)) return start + 1;
      // An alias at the block's beginning has the same address, and the symbol before it is empty.
      if (this.#counts[block]! > 0) next = this.#starts[this.#first[block]!]!;
    }
    return next === undefined || next < start ? pageEnd(start) : next;
  }

  /** The last block that begins at or before an address, or -1. */
  #blockAt(address: number): number {
    const { addresses, length } = this.#blocks;
    let low = 0;
    let high = length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(address, addresses[middle]!)) high = middle;
      else low = middle + 1;
    }
    return low - 1;
  }

  /** The last symbol of a block that begins at or before an address, or -1. */
  #inBlock(block: number, address: number): number {
    const first = this.#first[block]!;
    let low = first;
    let high = first + this.#counts[block]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(address, this.#starts[middle]!)) high = middle;
      else low = middle + 1;
    }
    return low > first ? low - 1 : -1;
  }

  /** Reads a block's symbols; false if it is not what its place among the blocks promises. */
  #read(block: number): boolean {
    if (this.#first[block]! >= 0) return true;
    if (this.#instead !== undefined) return false;
    const { offsets, addresses, length } = this.#blocks;
    const bytes = this.#bytes;
    const first = this.#known;
    let previous = addresses[block]!;
    for (let start = offsets[block]!; start < offsets[block + 1]!; ) {
      const end = lineEnd(bytes, start);
      const digits = addressDigits(bytes, start, end);
      if (digits > 0 && !isModuleLine(bytes, end)) {
        const address = addressAt(bytes, start, digits);
        if (isBefore(address, previous)) return this.#giveUp(first);
        previous = address;
        if (isKept(bytes, start + digits + 1)) this.#add(address, start + digits + 3, first, block);
      }
      start = end + 1;
    }
    if (block + 1 < length && isBefore(addresses[block + 1]!, previous)) return this.#giveUp(first);
    this.#first[block] = first;
    this.#counts[block] = this.#known - first;
    return true;
  }

  #giveUp(known: number): false {
    this.#known = known;
    this.#instead = this.#wholeFile();
    return false;
  }

  #add(address: number, name: number, first: number, block: number): void {
    // Of aliases the last of the file stays: it is the one that reaches to the next symbol, the others are empty and lose.
    const symbol = this.#known > first && this.#starts[this.#known - 1] === address ? this.#known - 1 : this.#known++;
    if (symbol === this.#starts.length) {
      this.#starts = grown(this.#starts);
      this.#names = grown(this.#names);
      this.#blockOf = grown(this.#blockOf);
    }
    this.#starts[symbol] = address;
    this.#names[symbol] = name;
    this.#blockOf[symbol] = block;
  }
}
