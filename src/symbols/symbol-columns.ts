// Symbols while a table is made of them: columns that are filled at the end, put in order and thinned out. No object per symbol.

import { decodeText, endOfText } from '../bytes/text.ts';
import { MAX_SYMBOL_NAME } from '../bytes/limits.ts';

/** Where the name of a symbol stands. */
export const FROM_SYMTAB = 0;
export const FROM_DYNSYM = 1;
/** Made by us, as those of PLT entries are. */
export const FROM_US = 2;

/** Bits of the traits column. The low four are the ELF type (STT_…), the next two the binding. */
const TYPE_MASK = 0xf;
const BINDING_SHIFT = 4;
const ORIGIN_SHIFT = 7;
/** Another symbol of the same start, which was dropped for this one, is an indirect function. */
export const IFUNC_ALIAS = 0x40;

/** Bindings as far as they make a difference; unique ones count as "other". */
export const LOCAL = 0;
export const GLOBAL = 1;
export const WEAK = 2;
export const OTHER = 3;

export function traitsOf(type: number, binding: number, origin: number): number {
  return (type & TYPE_MASK) | (Math.min(binding, OTHER) << BINDING_SHIFT) | (origin << ORIGIN_SHIFT);
}

export class SymbolColumns {
  length = 0;
  starts: Float64Array;
  /** One past the last byte. */
  ends: Float64Array;
  /** Offset in a string table, or index in `made`. */
  names: Uint32Array;
  traits: Uint16Array;
  /** Names of our own. */
  readonly made: string[] = [];
  readonly #strings: readonly Uint8Array[];

  /** `strings`: those of FROM_SYMTAB and of FROM_DYNSYM. */
  constructor(capacity: number, strings: readonly [Uint8Array, Uint8Array]) {
    this.starts = new Float64Array(capacity);
    this.ends = new Float64Array(capacity);
    this.names = new Uint32Array(capacity);
    this.traits = new Uint16Array(capacity);
    this.#strings = strings;
  }

  /** Adds a symbol at the end. The capacity was asked for beforehand. */
  add(start: number, end: number, name: number, traits: number): void {
    const at = this.length++;
    this.starts[at] = start;
    this.ends[at] = end;
    this.names[at] = name;
    this.traits[at] = traits;
  }

  type(symbol: number): number {
    return this.traits[symbol]! & TYPE_MASK;
  }

  binding(symbol: number): number {
    return (this.traits[symbol]! >> BINDING_SHIFT) & 3;
  }

  /** As it stands in the file. */
  rawName(symbol: number): string {
    const origin = this.traits[symbol]! >> ORIGIN_SHIFT;
    const at = this.names[symbol]!;
    if (origin === FROM_US) return this.made[at] ?? '';
    return decodeText(this.#strings[origin]!, at, at + MAX_SYMBOL_NAME);
  }

  isOurs(symbol: number): boolean {
    return this.traits[symbol]! >> ORIGIN_SHIFT === FROM_US;
  }

  /** The string table of a symbol's name; of our own names an empty one. */
  nameBytes(symbol: number): Uint8Array {
    return this.#strings[this.traits[symbol]! >> ORIGIN_SHIFT] ?? NOTHING;
  }

  /** Length of the name in bytes, without making a string. */
  nameLength(symbol: number): number {
    const bytes = this.nameBytes(symbol);
    const at = this.names[symbol]!;
    return endOfText(bytes, at, Math.min(bytes.length, at + MAX_SYMBOL_NAME)) - at;
  }

  /** Room for that many symbols. */
  reserve(capacity: number): void {
    if (capacity <= this.starts.length) return;
    this.#take(capacity, undefined);
  }

  /** Puts the symbols into the order of their starts; at equal starts those that were added earlier come first. */
  sort(): void {
    const { length, starts } = this;
    let sorted = true;
    for (let i = 1; i < length && sorted; i++) sorted = starts[i - 1]! <= starts[i]!;
    if (!sorted) this.#take(this.starts.length, orderOf(starts, length));
  }

  /** Keeps the symbols that are marked. */
  keep(marks: Uint8Array): void {
    const { starts, ends, names, traits } = this;
    let to = 0;
    for (let from = 0; from < this.length; from++) {
      if (marks[from] === 0) continue;
      starts[to] = starts[from]!;
      ends[to] = ends[from]!;
      names[to] = names[from]!;
      traits[to++] = traits[from]!;
    }
    this.length = to;
  }

  /** New columns with the symbols in the order given. */
  #take(capacity: number, order: Uint32Array | undefined): void {
    const { starts, ends, names, traits, length } = this;
    this.starts = new Float64Array(capacity);
    this.ends = new Float64Array(capacity);
    this.names = new Uint32Array(capacity);
    this.traits = new Uint16Array(capacity);
    for (let to = 0; to < length; to++) {
      const from = order === undefined ? to : order[to]!;
      this.starts[to] = starts[from]!;
      this.ends[to] = ends[from]!;
      this.names[to] = names[from]!;
      this.traits[to] = traits[from]!;
    }
  }
}

const NOTHING = new Uint8Array(0);
/** Beyond it a double no longer holds every whole number. */
const EXACT = 2 ** 53;

/** The indices of the first `length` values in ascending order of the values, then of the indices. */
function orderOf(values: Float64Array, length: number): Uint32Array {
  const order = new Uint32Array(length);
  let smallest = 0;
  let largest = 0;
  for (let i = 0; i < length; i++) {
    smallest = Math.min(smallest, values[i]!);
    largest = Math.max(largest, values[i]!);
  }
  if (smallest < 0 || (largest + 1) * length >= EXACT) {
    for (let i = 0; i < length; i++) order[i] = i;
    return order.sort((a, b) => values[a]! - values[b]! || a - b);
  }
  // Value and index in one double: sorted without a call of ours, 5 times as fast.
  const keys = new Float64Array(length);
  for (let i = 0; i < length; i++) keys[i] = values[i]! * length + i;
  keys.sort();
  for (let i = 0; i < length; i++) order[i] = keys[i]! % length;
  return order;
}
