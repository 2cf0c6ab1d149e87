// The symbols of an ELF file by perf's rules (FORMAT 3.2), as a table that is searched by place in the file.
// perf settles ends and duplicates after `.symtab`, and again once the dynamic symbols are there; PLT entries come last and
// untouched. The order matters and is kept.

import { MAX_NESTED_SYMBOLS, MAX_SYMBOL_NAME } from '../bytes/limits.ts';
import { upperBound } from '../bytes/sorted.ts';
import { demangle } from '../demangle/demangle.ts';
import { STT_FUNC, STT_OBJECT } from '../elf/elf-constants.ts';
import type { ElfFile } from '../elf/elf-file.ts';
import type { GoFunctions } from '../elf/go-functions.ts';
import type { RawSymbols, SymbolSections } from '../elf/symbol-sections.ts';
import { addKeptSymbols } from './elf-symbol-filter.ts';
import { settleAliases, settleContested, settleEnds } from './elf-symbol-fixups.ts';
import { addPltSymbols } from './plt-symbols.ts';
import { END_IS_GUESSED, FROM_DYNSYM, FROM_PLT, FROM_SYMTAB, FROM_US, GLOBAL, SymbolColumns, traitsOf } from './symbol-columns.ts';
import type { SymbolTable } from './symbol-table.ts';

export interface SymbolOptions {
  /** Show and compare names demangled: perf's default for user code. */
  readonly demangle: boolean;
  /** Of starts and ends: places in the file, or addresses before relocation as a kernel image needs them. */
  readonly coordinates: 'file-offset' | 'address';
  /** Take the runtime file's dynamic symbols too: the symbols are those of a `.gnu_debugdata`. */
  readonly runtimeDynsym: boolean;
}

export const USER_SYMBOLS: SymbolOptions = { demangle: true, coordinates: 'file-offset', runtimeDynsym: false };

/**
 * Makes the table. `symbols` is the file with the symbols (the first candidate with `.symtab`, else the runtime file), `runtime` the
 * file that runs (the first with dynamic symbols): segments, PLT. Often they are one, and the same object is given twice.
 */
export function buildSymbolTable(symbols: SymbolSections, runtime: SymbolSections, options: SymbolOptions = USER_SYMBOLS): ElfSymbolTable {
  const dynamic = options.runtimeDynsym ? runtime : symbols;
  const columns = new SymbolColumns(0, [symbols.symtab?.strings ?? symbols.goFunctions?.names ?? NOTHING, dynamic.dynsym?.strings ?? NOTHING, runtime.dynsym?.strings ?? NOTHING]);
  addTable(columns, symbols.symtab, symbols, runtime, FROM_SYMTAB, options);
  addTable(columns, dynamic.dynsym, dynamic, runtime, FROM_DYNSYM, options);
  if (symbols.goFunctions !== undefined) addGoFunctions(columns, symbols.goFunctions, runtime.elf, options);
  if (options.coordinates === 'file-offset' && runtime.plt !== undefined) {
    const before = columns.length;
    addPltSymbols(columns, runtime, new ElfSymbolTable(columns, options.demangle));
    columns.sort(before);
  }
  return new ElfSymbolTable(columns, options.demangle);
}

function addTable(
  columns: SymbolColumns, raw: RawSymbols | undefined, file: SymbolSections, runtime: SymbolSections, origin: number, options: SymbolOptions,
): void {
  if (raw === undefined) return;
  const before = columns.length;
  addKeptSymbols(columns, raw, file.elf, runtime.elf, origin, options.coordinates);
  if (columns.length === before) return;
  columns.sort(before);
  settleEnds(columns);
  settleAliases(columns, options.demangle);
}

/** Those of a Go program without a symbol table, of which the runtime's own table says start and end. */
function addGoFunctions(columns: SymbolColumns, go: GoFunctions, runtime: ElfFile, options: SymbolOptions): void {
  const before = columns.length;
  columns.reserve(before + go.length);
  for (let i = 0; i < go.length; i++) {
    const address = go.starts[i]!;
    const start = options.coordinates === 'address' ? address : runtime.addressToFileOffset(address);
    if (start !== undefined) columns.add(start, start + (go.starts[i + 1]! - address), go.nameOffsets[i]!, traitsOf(STT_FUNC, GLOBAL, FROM_SYMTAB));
  }
  columns.sort(before);
}

/** Names are decoded and demangled when they are asked for, and kept. */
export class ElfSymbolTable implements SymbolTable {
  readonly length: number;
  readonly #columns: SymbolColumns;
  readonly #demangle: boolean;
  /** The nearest earlier symbol that reaches beyond the start, or -1; undefined where no symbols overlap. */
  readonly #enclosing: Int32Array | undefined;
  readonly #names = new Map<number, string>();
  /** Bytes of names that may still be read whole. Names share their ends at most, and so are little more than the string tables. */
  #nameBytesLeft: number;

  /** Of columns that are in order; those added to them later do not belong to the table. */
  constructor(columns: SymbolColumns, isDemangled: boolean) {
    this.#columns = columns;
    this.#demangle = isDemangled;
    this.length = columns.length;
    this.#nameBytesLeft = columns.stringBytes * 4 + MAX_SYMBOL_NAME;
    this.#enclosing = enclosingOf(columns.ends, columns.starts, columns.length);
  }

  /**
   * The last symbol to start at or before the place that reaches beyond it. A label within a function that has a size stands back:
   * which of the two perf names depends on the shape of its search tree, and in the corpus it is the function.
   */
  find(place: number): number {
    const { starts, ends, traits } = this.#columns;
    const nearest = upperBound(starts, this.length, place) - 1;
    if (nearest >= 0 && this.#columns.contested.size > 0) settleContested(this.#columns, nearest);
    if (nearest < 0 || this.#enclosing === undefined) {
      return nearest >= 0 && (place < ends[nearest]! || place === starts[nearest]) ? nearest : -1;
    }
    let found = -1;
    for (let symbol = nearest, depth = 0; symbol >= 0 && depth < MAX_NESTED_SYMBOLS; symbol = this.#enclosing[symbol]!, depth++) {
      if (place >= ends[symbol]! && place !== starts[symbol]) continue;
      if ((traits[symbol]! & END_IS_GUESSED) === 0) return symbol;
      if (found < 0) found = symbol;
    }
    return found;
  }

  start(symbol: number): number {
    return this.#columns.starts[symbol]!;
  }

  end(symbol: number): number {
    return this.#columns.ends[symbol]!;
  }

  name(symbol: number): string {
    let name = this.#names.get(symbol);
    if (name === undefined) {
      settleContested(this.#columns, symbol);
      const raw = this.#columns.rawName(symbol, this.#nameBytesLeft > 0 ? MAX_SYMBOL_NAME : CUT_NAME);
      this.#nameBytesLeft -= raw.length;
      const origin = this.#columns.origin(symbol);
      const shown = this.#demangle && origin !== FROM_US ? demangle(raw) : raw;
      name = origin === FROM_PLT ? `${shown}@plt` : shown;
      this.#names.set(symbol, name);
    }
    return name;
  }

  /** As it stands in the file: what a linker would know it by. Of a PLT entry the name of what it calls. */
  rawName(symbol: number): string {
    return this.#columns.rawName(symbol);
  }

  isObject(symbol: number): boolean {
    return this.#columns.type(symbol) === STT_OBJECT;
  }
}

/** For each symbol the nearest earlier one that reaches beyond its start; all between the two end before it. */
function enclosingOf(ends: Float64Array, starts: Float64Array, length: number): Int32Array | undefined {
  let overlaps = false;
  for (let i = 1; i < length && !overlaps; i++) overlaps = ends[i - 1]! > starts[i]!;
  if (!overlaps) return undefined;
  const enclosing = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    let earlier = i - 1;
    while (earlier >= 0 && ends[earlier]! <= starts[i]!) earlier = enclosing[earlier]!;
    enclosing[i] = earlier;
  }
  return enclosing;
}

const NOTHING = new Uint8Array(0);
/** What is kept of a name where all of them would be too much. */
const CUT_NAME = 256;
