// A whole kallsyms file in typed arrays, the kernel's symbols and those of each module (FORMAT 3.2). For files that are small or
// in no order, and for the modules; the kernel's own many symbols are mostly read by kallsyms-blocks.ts, as far as asked for.

import { MAX_SYMBOL_NAME } from '../bytes/limits.ts';
import { grown, upperBound } from '../bytes/sorted.ts';
import { addressAt, addressDigits, equalBytes, isKept, isModuleLine, lineEnd, nameAt, TAB } from './kallsyms-lines.ts';
import type { SymbolTable } from './symbol-table.ts';

const PAGE = 4_096;

/** The end of a symbol that no other of its kind follows: the last one, or the last before another module. */
export function pageEnd(start: number): number {
  return Math.ceil(start / PAGE) * PAGE + PAGE;
}

/** Symbols of the kernel or of one module: address, and where the name begins in the file. */
export class SymbolColumns {
  starts: Float64Array;
  names: Uint32Array;
  length = 0;
  highest: number = -Infinity;
  #sorted = true;

  constructor(room: number) {
    this.starts = new Float64Array(room);
    this.names = new Uint32Array(room);
  }

  add(start: number, name: number): void {
    // Of aliases the last of the file stays: it is the one that reaches to the next symbol, the others are empty and lose.
    if (start === this.highest && this.#sorted) {
      this.names[this.length - 1] = name;
      return;
    }
    if (start > this.highest) this.highest = start;
    else this.#sorted = false;
    if (this.length === this.starts.length) {
      this.starts = grown(this.starts);
      this.names = grown(this.names);
    }
    this.starts[this.length] = start;
    this.names[this.length++] = name;
  }

  /** Puts the symbols in order of address, one for each. Modules list theirs in any order. */
  sort(): void {
    if (this.#sorted) return;
    const { starts, names } = this;
    const order = sortedOrder(starts, this.length);
    const sorted = new SymbolColumns(this.length);
    for (let i = 0; i < order.length; i++) sorted.add(starts[order[i]!]!, names[order[i]!]!);
    this.starts = sorted.starts;
    this.names = sorted.names;
    this.length = sorted.length;
    this.#sorted = true;
  }
}

/** Positions in order of start, equal starts in file order. */
function sortedOrder(starts: Float64Array, length: number): Uint32Array {
  const order = new Uint32Array(length);
  for (let i = 0; i < length; i++) order[i] = i;
  return order.sort((a, b) => starts[a]! - starts[b]! || a - b);
}

/** One pass over the file. */
export class KallsymsScanner {
  readonly kernel: SymbolColumns;
  readonly modules: Map<string, SymbolColumns> = new Map();
  hasAddresses = false;
  /** Offset of the first line that is no symbol, or -1. */
  badLine = -1;
  readonly #bytes: Uint8Array;
  /** The module of the line before, and where its name stands. */
  #module: SymbolColumns;
  #moduleStart = 0;
  #moduleEnd = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.kernel = new SymbolColumns(Math.max(1_024, Math.ceil(bytes.length / 48)));
    this.#module = this.kernel;
  }

  /** Takes in the lines from an offset on, which must be the beginning of one. */
  scan(from = 0): void {
    const bytes = this.#bytes;
    for (let start = from; start < bytes.length; ) {
      const end = lineEnd(bytes, start);
      if (end > start && !this.#line(start, end) && this.badLine < 0) this.badLine = start;
      start = end + 1;
    }
  }

  /** Whether the line is one of a kallsyms file. */
  #line(start: number, end: number): boolean {
    const bytes = this.#bytes;
    const digits = addressDigits(bytes, start, end);
    if (digits === 0) return false;
    const type = start + digits + 1;
    if (!isKept(bytes, type)) return true;
    const address = addressAt(bytes, start, digits);
    if (address !== 0) this.hasAddresses = true;
    (isModuleLine(bytes, end) ? this.#moduleOf(start, end) : this.kernel).add(address, type + 2);
    return true;
  }

  /** What the line's symbol belongs to. Lines of one module mostly follow each other: the last name is compared first. */
  #moduleOf(start: number, end: number): SymbolColumns {
    const bytes = this.#bytes;
    let nameStart = end;
    while (nameStart > start && bytes[nameStart - 1] !== TAB) nameStart--;
    if (nameStart === start) return this.kernel;
    if (end - nameStart === this.#moduleEnd - this.#moduleStart && equalBytes(bytes, nameStart, this.#moduleStart, end - nameStart)) {
      return this.#module;
    }
    const name = decoder.decode(bytes.subarray(nameStart, Math.min(end, nameStart + MAX_SYMBOL_NAME)));
    let module = this.modules.get(name);
    if (module === undefined) this.modules.set(name, (module = new SymbolColumns(256)));
    this.#module = module;
    this.#moduleStart = nameStart;
    this.#moduleEnd = end;
    return module;
  }
}

const decoder = new TextDecoder();

/** Symbols of a kallsyms file in order of address; each ends where the next begins. */
export class KallsymsTable implements SymbolTable {
  readonly length: number;
  readonly #bytes: Uint8Array;
  readonly #columns: SymbolColumns;
  readonly #relocation: number;
  readonly #neighbours: Float64Array;

  /** `neighbours`: ascending starts of symbols, these or others, that may lie in between. */
  constructor(bytes: Uint8Array, columns: SymbolColumns, relocation: number, neighbours: Float64Array) {
    columns.sort();
    this.#bytes = bytes;
    this.#columns = columns;
    this.length = columns.length;
    this.#relocation = relocation;
    this.#neighbours = neighbours;
  }

  find(address: number): number {
    const symbol = upperBound(this.#columns.starts, this.length, address - this.#relocation) - 1;
    return symbol >= 0 && address < this.end(symbol) ? symbol : -1;
  }

  start(symbol: number): number {
    return this.#columns.starts[symbol]! + this.#relocation;
  }

  end(symbol: number): number {
    const start = this.#columns.starts[symbol]!;
    const next = symbol + 1 < this.length ? this.#columns.starts[symbol + 1]! : Infinity;
    const neighbour = this.#neighbours[upperBound(this.#neighbours, this.#neighbours.length, start)] ?? Infinity;
    // Per-CPU symbols at small addresses come last in signed order, and are no neighbours.
    const isLast = next === Infinity || neighbour < next || (start < 0 && next >= 0);
    return (isLast ? pageEnd(start) : next) + this.#relocation;
  }

  name(symbol: number): string {
    return nameAt(this.#bytes, this.#columns.names[symbol]!);
  }

  isObject(_symbol: number): boolean {
    return false; // perf takes all of kallsyms' symbols for functions
  }
}
