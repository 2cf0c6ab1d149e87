// The kernel's symbols from a kallsyms file (FORMAT 3.2, 3.3): lines `ADDRESS TYPE NAME`, those of loadable modules with
// `<tab>[module]` behind. No sizes: a symbol ends where the next begins. The file is scanned once into typed arrays; names stay
// in its bytes until somebody asks. Never the viewing host's own kallsyms: which file it is, the user says.

import { grown, upperBound } from '../bytes/sorted.ts';
import { MAX_SYMBOL_NAME } from '../bytes/limits.ts';
import type { Diagnostics } from '../bytes/diagnostics.ts';
import type { SymbolTable } from './symbol-table.ts';

const TWO_32 = 4_294_967_296;
const PAGE = 4_096;
const NEWLINE = 0x0a;
const TAB = 0x09;
const BLANK = 0x20;
const CLOSING_BRACKET = 0x5d;

/** A symbol whose address the recording tells: `_text` or `_stext`, in the kernel's own MMAP record. */
export interface ReferenceSymbol {
  readonly name: string;
  /** Signed (bytes/int64.ts). */
  readonly address: number;
}

/** All symbols of one kallsyms file, by what they belong to. */
export class KernelSymbols {
  readonly #bytes: Uint8Array;
  readonly #kernel: SymbolColumns;
  readonly #modules = new Map<string, SymbolColumns>();

  constructor(bytes: Uint8Array, diagnostics: Diagnostics) {
    this.#bytes = bytes;
    const scanner = new KallsymsScanner(bytes);
    scanner.scan();
    this.#kernel = scanner.kernel;
    this.#modules = scanner.modules;
    if (scanner.badLine >= 0) diagnostics.damaged('kallsyms-line', scanner.badLine, 'a line of the kallsyms file is no symbol');
    if (this.length > 0 && !scanner.hasAddresses) {
      diagnostics.damaged('kallsyms-hidden', 0, 'all addresses in the kallsyms file are 0: copy /proc/kallsyms as root');
      this.#kernel = new SymbolColumns(0);
      this.#modules.clear();
    }
  }

  /** Addresses that have a symbol. 0 where the kernel hid its addresses or the file is something else. */
  get length(): number {
    let length = this.#kernel.length;
    for (const columns of this.#modules.values()) length += columns.length;
    return length;
  }

  /** `[name]` of every module that has symbols here. */
  get modules(): string[] {
    return [...this.#modules.keys()];
  }

  /**
   * What must be added to this file's addresses to get the recording's: 0 for the same boot, else the distance between the
   * recorded address of the reference symbol and this file's. Undefined where this file does not know the symbol.
   */
  relocation(reference: ReferenceSymbol): number | undefined {
    const address = this.length === 0 ? undefined : addressOf(this.#bytes, reference.name);
    return address === undefined ? undefined : reference.address - address;
  }

  /** The kernel's own symbols at their addresses plus `relocation`. Coordinates: absolute signed addresses. */
  kernel(relocation = 0): SymbolTable {
    const columns = this.#kernel;
    columns.sort();
    let last = columns.length === 0 ? 0 : columns.starts[columns.length - 1]!;
    let modulesFollow = false;
    for (const module of this.#modules.values()) modulesFollow ||= module.highest > last;
    last = modulesFollow ? borderEnd(last) : lastEnd(last);
    return new KallsymsTable(this.#bytes, columns, last, relocation);
  }

  /** The symbols of a loadable module (`[name]`), or undefined if the file has none. */
  module(name: string): SymbolTable | undefined {
    const columns = this.#modules.get(name);
    if (columns === undefined) return undefined;
    columns.sort();
    return new KallsymsTable(this.#bytes, columns, borderEnd(columns.starts[columns.length - 1]!), 0);
  }
}

/** The end of the last symbol before another module begins. */
function borderEnd(start: number): number {
  return Math.ceil((start + PAGE) / PAGE) * PAGE;
}

/** The end of the last symbol of all. */
function lastEnd(start: number): number {
  return Math.ceil(start / PAGE) * PAGE + PAGE;
}

/** Symbols of the kernel or of one module: address, and where the name begins in the file. */
class SymbolColumns {
  starts: Float64Array;
  names: Uint32Array;
  length = 0;
  highest = -Infinity;
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

/** One pass over the file. Small methods that are called for every line: V8 compiles them early and cheaply. */
class KallsymsScanner {
  readonly kernel: SymbolColumns;
  readonly modules = new Map<string, SymbolColumns>();
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

  scan(): void {
    const bytes = this.#bytes;
    const size = bytes.length;
    for (let start = 0; start < size; ) {
      let end = bytes.indexOf(NEWLINE, start);
      if (end < 0) end = size;
      if (end > start && !this.#line(start, end) && this.badLine < 0) this.badLine = start;
      start = end + 1;
    }
  }

  /** Whether the line is one of a kallsyms file. */
  #line(start: number, end: number): boolean {
    const bytes = this.#bytes;
    const digits = digitsAt(bytes, start, end);
    const typeAt = start + digits + 1;
    if (digits === 0 || digits > 16 || typeAt + 2 >= end || bytes[typeAt - 1] !== BLANK || bytes[typeAt + 1] !== BLANK) return false;
    if (!isKept(bytes[typeAt]!) || isIgnored(bytes, typeAt + 2)) return true;
    const split = Math.max(start, typeAt - 9);
    const address = (hex(bytes, start, split) | 0) * TWO_32 + (hex(bytes, split, typeAt - 1) >>> 0);
    if (address !== 0) this.hasAddresses = true;
    if (bytes[end - 1] === CLOSING_BRACKET) this.#moduleOf(start, end).add(address, typeAt + 2);
    else this.kernel.add(address, typeAt + 2);
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

/** The value of a hexadecimal digit by its byte; 255 for other bytes. */
const DIGITS = new Uint8Array(256).fill(255);
for (const digit of '0123456789abcdefABCDEF') DIGITS[digit.charCodeAt(0)] = Number.parseInt(digit, 16);

function digitsAt(bytes: Uint8Array, start: number, end: number): number {
  let position = start;
  while (position < end && DIGITS[bytes[position]!]! < 16) position++;
  return position - start;
}

/** The low 32 bits of a hexadecimal number, as a signed number. */
function hex(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) value = (value << 4) | DIGITS[bytes[i]!]!;
  return value;
}

/** T, W, D, B in either case: functions, weak symbols, data. Read-only data and absolute symbols are left out. */
function isKept(type: number): boolean {
  const upper = type & 0xdf;
  return upper === 0x54 || upper === 0x57 || upper === 0x44 || upper === 0x42;
}

/** Assembler's labels and mapping symbols: `.L…`, `L0…`, `$…`. */
function isIgnored(bytes: Uint8Array, name: number): boolean {
  const first = bytes[name];
  return first === 0x24 || (first === 0x2e && bytes[name + 1] === 0x4c) || (first === 0x4c && bytes[name + 1] === 0x30);
}

function equalBytes(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[a + i] !== bytes[b + i]) return false;
  return true;
}

/** The address of the first symbol of that name, of whatever type; undefined without one. Walks the lines: for one question a file. */
function addressOf(bytes: Uint8Array, name: string): number | undefined {
  const wanted = new TextEncoder().encode(` ${name}`);
  for (let start = 0; start < bytes.length; ) {
    let end = bytes.indexOf(NEWLINE, start);
    if (end < 0) end = bytes.length;
    const at = end - wanted.length;
    let i = 0;
    while (at > start && i < wanted.length && bytes[at + i] === wanted[i]) i++;
    const digits = i === wanted.length ? digitsAt(bytes, start, end) : 0;
    if (digits > 0 && digits <= 16 && start + digits + 2 === at) {
      const split = Math.max(start, start + digits - 8);
      return (hex(bytes, start, split) | 0) * TWO_32 + (hex(bytes, split, start + digits) >>> 0);
    }
    start = end + 1;
  }
  return undefined;
}

/** Symbols of a kallsyms file in order of address; each but the last ends where the next begins. */
class KallsymsTable implements SymbolTable {
  readonly length: number;
  readonly #bytes: Uint8Array;
  readonly #columns: SymbolColumns;
  readonly #lastEnd: number;
  readonly #relocation: number;

  constructor(bytes: Uint8Array, columns: SymbolColumns, lastEnd: number, relocation: number) {
    this.#bytes = bytes;
    this.#columns = columns;
    this.length = columns.length;
    this.#lastEnd = lastEnd;
    this.#relocation = relocation;
  }

  find(address: number): number {
    const symbol = upperBound(this.#columns.starts, this.length, address - this.#relocation) - 1;
    return symbol >= 0 && address < this.end(symbol) ? symbol : -1;
  }

  start(symbol: number): number {
    return this.#columns.starts[symbol]! + this.#relocation;
  }

  end(symbol: number): number {
    return (symbol + 1 < this.length ? this.#columns.starts[symbol + 1]! : this.#lastEnd) + this.#relocation;
  }

  name(symbol: number): string {
    const start = this.#columns.names[symbol]!;
    const limit = Math.min(this.#bytes.length, start + MAX_SYMBOL_NAME);
    let end = start;
    while (end < limit && this.#bytes[end] !== NEWLINE && this.#bytes[end] !== TAB) end++;
    return decoder.decode(this.#bytes.subarray(start, end));
  }

  isObject(_symbol: number): boolean {
    return false; // perf takes all of kallsyms' symbols for functions
  }
}

/** A table of one symbol over a range of signed addresses: a BPF program, or whatever a KSYMBOL record names. */
export class SingleSymbol implements SymbolTable {
  readonly length = 1;
  readonly #name: string;
  readonly #start: number;
  readonly #end: number;

  constructor(name: string, start: number, end: number) {
    this.#name = name;
    this.#start = start;
    this.#end = end;
  }

  find(address: number): number {
    return address >= this.#start && address < this.#end ? 0 : -1;
  }

  start(_symbol: number): number {
    return this.#start;
  }

  end(_symbol: number): number {
    return this.#end;
  }

  name(_symbol: number): string {
    return this.#name;
  }

  isObject(_symbol: number): boolean {
    return false;
  }
}
