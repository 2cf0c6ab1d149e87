// Symbols while a table is made of them: columns that are filled at the end, put in order and thinned out. No object per symbol.

import { decodeText } from '../bytes/text.ts';
import { MAX_ALIASES, MAX_SYMBOL_NAME } from '../bytes/limits.ts';

/** Where the name of a symbol stands. */
export const FROM_SYMTAB = 0;
export const FROM_DYNSYM = 1;
/** A PLT entry: the name of the runtime file's dynamic symbol, shown with `@plt`. */
export const FROM_PLT = 2;
/** Made by us. */
export const FROM_US = 3;

/** Bits of the traits column. The low four are the ELF type (STT_…), the next two the binding. */
export const TYPE_MASK = 0xf;
export const BINDING_SHIFT = 4;
const ORIGIN_SHIFT = 7;
/** Another symbol of the same start, which was dropped for this one, is an indirect function. */
export const IFUNC_ALIAS = 0x40;

/** The end was not in the file: the symbol is a label, or a function whose size nobody wrote down. */
export const END_IS_GUESSED = 0x200;

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
  /** By start: symbols of which one is to be kept, in the order in which they compete; the first stands in the columns meanwhile. */
  readonly contested: Map<number, { readonly end: number; readonly name: number; readonly traits: number }[]> = new Map();
  /** Names of our own. */
  readonly made: string[] = [];
  readonly #strings: readonly Uint8Array[];

  /** `strings`: those of FROM_SYMTAB, FROM_DYNSYM and FROM_PLT. */
  constructor(capacity: number, strings: readonly [Uint8Array, Uint8Array, Uint8Array]) {
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

  /** FROM_SYMTAB, … */
  origin(symbol: number): number {
    return (this.traits[symbol]! >> ORIGIN_SHIFT) & 3;
  }

  /** As it stands in the file; of a PLT entry the name of what it calls. At most so many bytes of it. */
  rawName(symbol: number, most: number = MAX_SYMBOL_NAME): string {
    return this.rawNameAt(this.names[symbol]!, this.traits[symbol]!, most);
  }

  /** The same of a symbol that is not in the columns. */
  rawNameAt(at: number, traits: number, most: number = MAX_SYMBOL_NAME): string {
    const origin = (traits >> ORIGIN_SHIFT) & 3;
    if (origin === FROM_US) return this.made[at] ?? '';
    return decodeText(this.#strings[origin]!, at, at + most);
  }

  /** Bytes of all string tables. */
  get stringBytes(): number {
    return this.#strings.reduce((sum, strings) => sum + strings.length, 0);
  }

  /** The string table of a symbol's name; of our own names an empty one. */
  nameBytes(symbol: number): Uint8Array {
    return this.#strings[this.origin(symbol)] ?? NOTHING;
  }

  /** Leaves it open which of two symbols with one start is kept. */
  contest(first: number, second: number): void {
    const start = this.starts[first]!;
    let candidates = this.contested.get(start);
    if (candidates === undefined) {
      candidates = [{ end: this.ends[first]!, name: this.names[first]!, traits: this.traits[first]! }];
      this.contested.set(start, candidates);
    }
    if (candidates.length < MAX_ALIASES) candidates.push({ end: this.ends[second]!, name: this.names[second]!, traits: this.traits[second]! });
  }

  /** Room for that many symbols. */
  reserve(capacity: number): void {
    if (capacity <= this.starts.length) return;
    this.#take(capacity, undefined);
  }

  /**
   * Puts the symbols into the order of their starts; at equal starts those that were added earlier come first. The first `sorted`
   * of them are in order already.
   */
  sort(sorted: number): void {
    const { length, starts } = this;
    let ordered = Math.max(sorted, 1);
    while (ordered < length && starts[ordered - 1]! <= starts[ordered]!) ordered++;
    if (ordered >= length) return;
    const tail = orderOf(starts.subarray(sorted, length));
    if (sorted === 0) return this.#take(starts.length, tail);
    const order = new Uint32Array(length);
    let head = 0;
    let next = 0;
    for (let to = 0; to < length; to++) {
      const fromTail = next < tail.length ? tail[next]! + sorted : -1;
      if (fromTail < 0 || (head < sorted && starts[head]! <= starts[fromTail]!)) order[to] = head++;
      else {
        order[to] = fromTail;
        next++;
      }
    }
    this.#take(starts.length, order);
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
    if (order === undefined) {
      this.starts.set(starts.subarray(0, length));
      this.ends.set(ends.subarray(0, length));
      this.names.set(names.subarray(0, length));
      this.traits.set(traits.subarray(0, length));
      return;
    }
    const newStarts = this.starts;
    const newEnds = this.ends;
    const newNames = this.names;
    const newTraits = this.traits;
    for (let to = 0; to < length; to++) {
      const from = order[to]!;
      newStarts[to] = starts[from]!;
      newEnds[to] = ends[from]!;
      newNames[to] = names[from]!;
      newTraits[to] = traits[from]!;
    }
  }
}

const NOTHING = new Uint8Array(0);
/** Upper words from here on are those of infinities and NaN. */
const LARGEST_UPPER_WORD = 0x7ff0_0000;

/**
 * The indices of values in ascending order of the values, then of the indices. Value and index are put together as the two words of a
 * positive double, and doubles are sorted without a call of ours: 5 times as fast as with a comparison, and no number is boxed.
 */
function orderOf(values: Float64Array): Uint32Array {
  const { length } = values;
  const order = new Uint32Array(length);
  let smallest = values[0]!;
  let largest = smallest;
  for (let i = 1; i < length; i++) {
    const value = values[i]!;
    if (value < smallest) smallest = value;
    else if (value > largest) largest = value;
  }
  if (largest - smallest >= LARGEST_UPPER_WORD) {
    for (let i = 0; i < length; i++) order[i] = i;
    return order.sort((a, b) => values[a]! - values[b]! || a - b);
  }
  const keys = new Float64Array(length);
  const words = new Uint32Array(keys.buffer);
  for (let i = 0; i < length; i++) {
    words[2 * i + UPPER] = values[i]! - smallest;
    words[2 * i + LOWER] = i;
  }
  keys.sort();
  for (let i = 0; i < length; i++) order[i] = words[2 * i + LOWER]!;
  return order;
}

/** Which of a double's two words is the upper one on this machine. */
const UPPER = new Uint32Array(Float64Array.of(1).buffer)[1] === 0 ? 0 : 1;
const LOWER = 1 - UPPER;
