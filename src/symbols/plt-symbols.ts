// Symbols for the entries of the procedure linkage table, which no symbol table names (FORMAT 3.2): `.plt` for its header,
// `NAME@plt` for what jumps through the slot of that name's relocation. x86 has two more tables, `.plt.sec` and `.plt.got`.
// perf goes by the order of the relocations and fixed sizes, and so do we where the code is of a machine that plt-entries.ts
// does not know.

import { EM_386, EM_AARCH64, EM_ARM, EM_LOONGARCH, EM_RISCV, EM_SPARC, EM_SPARCV9, EM_X86_64, STT_FUNC, STT_GNU_IFUNC } from '../elf/elf-constants.ts';
import type { ElfFile } from '../elf/elf-file.ts';
import type { ElfSection } from '../elf/elf-headers.ts';
import { findPltEntries } from '../elf/plt-entries.ts';
import type { PltEntries } from '../elf/plt-entries.ts';
import type { Relocations } from '../elf/relocations.ts';
import type { PltSections, PltTable, RawSymbols, SymbolSections } from '../elf/symbol-sections.ts';
import { FROM_PLT, FROM_US, GLOBAL, IFUNC_ALIAS, traitsOf } from './symbol-columns.ts';
import type { SymbolColumns } from './symbol-columns.ts';

/** What is asked of the symbols that are there already. */
export interface KnownSymbols {
  /** The number in the columns; -1 for none. */
  find(place: number): number;
  name(symbol: number): string;
}

/** Adds the symbols of a file's PLT behind the others; afterwards the columns are no longer in order. */
export function addPltSymbols(columns: SymbolColumns, file: SymbolSections, known: KnownSymbols): void {
  if (file.plt === undefined) return;
  const { plt, sec, others } = file.plt;
  const maker = new PltSymbolMaker(columns, file, file.plt, known);
  for (const table of others) maker.addEntries(table);
  if (plt === undefined) return;
  const { section } = plt;
  cutWhatReachesInto(columns, known, section.offset);
  if (sec !== undefined) {
    // With .plt.sec the whole of .plt is one symbol: nothing but the dynamic linker's stubs is left there.
    addMade(columns, section.offset, section.size, '.plt');
    if (maker.addEntries(sec) < 0) maker.addInOrder(sec.section, 0, entrySizes(file.elf, sec.section).entry);
    return;
  }
  const first = maker.addEntries(plt);
  if (first > 0) addMade(columns, section.offset, first, '.plt');
  if (first >= 0) return;
  const { header, entry } = entrySizes(file.elf, section);
  if (entry === 0) return;
  const { count } = file.plt.relocations;
  const hasHeader = count * entry !== section.size;
  if (hasHeader) addMade(columns, section.offset, header, '.plt');
  maker.addInOrder(section, hasHeader ? header : 0, entry);
}

interface Calls {
  readonly entries: PltEntries;
  /** By entry; -1 for none. */
  readonly called: Int32Array;
  readonly calledLater: Int32Array | undefined;
}

function hasAny({ called, calledLater }: Calls): boolean {
  return called.some((index) => index >= 0) || calledLater?.some((index) => index >= 0) === true;
}

/** What is called from where, for all tables of a file. */
class PltSymbolMaker {
  readonly #columns: SymbolColumns;
  readonly #elf: ElfFile;
  readonly #plt: PltSections;
  readonly #known: KnownSymbols;
  readonly #names: DynamicNames;

  constructor(columns: SymbolColumns, file: SymbolSections, plt: PltSections, known: KnownSymbols) {
    this.#columns = columns;
    this.#elf = file.elf;
    this.#plt = plt;
    this.#known = known;
    this.#names = new DynamicNames(file.elf, file.dynsym);
  }

  /** Those whose code says which slot they jump through. Gives the start of the first in the section, -1 where there are none. */
  addEntries({ section, code }: PltTable): number {
    const { relocations, dynamicRelocations } = this.#plt;
    const { entries, called, calledLater } = this.#calls(section, code);
    const { count, starts } = entries;
    if (count === 0) return -1;
    const size = entries.stride > 0 ? entries.stride : entrySizes(this.#elf, section).entry;
    this.#columns.reserve(this.#columns.length + count);
    for (let i = 0; i < count; i++) {
      const place = section.offset + starts[i]!;
      const end = section.offset + Math.min(starts[i]! + size, section.size);
      const late = calledLater?.[i] ?? -1;
      if (called[i]! >= 0) this.#add(place, end, relocations, called[i]!);
      else if (late >= 0) this.#add(place, end, dynamicRelocations, late);
      else if (!this.#isNamed(place)) addMade(this.#columns, place, end - place, offsetName(place));
    }
    return starts[0]!;
  }

  /** Which relocations fill the slots of a table's entries: of `.rela.plt`, else of `.rela.dyn`. */
  #calls(section: ElfSection, code: Uint8Array): Calls {
    const { relocations, dynamicRelocations, gotBases } = this.#plt;
    const isOther = section.name !== '.plt' && section.name !== '.plt.sec';
    const from = (gotBase: number): Calls => {
      const entries = findPltEntries(code, this.#elf.machine, section.address, gotBase);
      const called = indicesOf(relocations, entries);
      return { entries, called, calledLater: isOther ? indicesFromEnd(dynamicRelocations, entries.slots, called) : undefined };
    };
    const first = from(gotBases[0]);
    if (this.#elf.machine !== EM_386 || gotBases[0] === gotBases[1] || hasAny(first)) return first;
    const second = from(gotBases[1]);
    return hasAny(second) ? second : first;
  }

  /** One for each relocation: what perf does, and all that can be done on other machines. */
  addInOrder(section: ElfSection, header: number, size: number): void {
    if (size === 0) return;
    const { relocations } = this.#plt;
    const order = inOrderOfSlots(this.#elf.machine, relocations);
    this.#columns.reserve(this.#columns.length + relocations.count);
    for (let i = 0, place = section.offset + header; i < order.length; i++, place += size) this.#add(place, place + size, relocations, order[i]!);
  }

  #add(place: number, end: number, relocations: Relocations, index: number): void {
    const name = this.#names.offset(relocations.symbol(index));
    if (this.#isNamed(place)) return;
    if (name !== 0) {
      this.#columns.add(place, end, name, PLT_TRAITS);
      return;
    }
    const called = ifuncName(this.#columns, this.#elf, relocations.addend(index), this.#known);
    addMade(this.#columns, place, end - place, called === '' ? offsetName(place) : `${called}@plt`);
  }

  /** mold puts its own names for entries, `puts$plt`, into the symbol table; perf shows these. */
  #isNamed(place: number): boolean {
    const symbol = this.#known.find(place);
    return symbol >= 0 && this.#columns.starts[symbol] === place;
  }
}

const PLT_TRAITS = traitsOf(STT_FUNC, GLOBAL, FROM_PLT);

function addMade(columns: SymbolColumns, start: number, size: number, name: string): void {
  columns.reserve(columns.length + 1);
  columns.add(start, start + size, columns.made.push(name) - 1, traitsOf(STT_FUNC, GLOBAL, FROM_US));
}

function offsetName(place: number): string {
  return `offset_0x${place.toString(16)}@plt`;
}

/** A symbol without a size in the section before (.init) was given an end beyond the start of .plt. */
function cutWhatReachesInto(columns: SymbolColumns, known: KnownSymbols, place: number): void {
  const symbol = known.find(place);
  if (symbol >= 0 && columns.starts[symbol]! < place) columns.ends[symbol] = place;
}

/** In bytes; 0 where perf knows nothing of the machine's PLT and the file does not say either. */
function entrySizes(elf: ElfFile, section: ElfSection): { readonly header: number; readonly entry: number } {
  switch (elf.machine) {
    case EM_ARM:
      return { header: 20, entry: 12 };
    case EM_AARCH64:
    case EM_RISCV:
    case EM_LOONGARCH:
      return { header: 32, entry: 16 };
    case EM_SPARC:
      return { header: 48, entry: 12 };
    case EM_SPARCV9:
      return { header: 128, entry: 32 };
    case EM_386:
    case EM_X86_64: {
      const size = section.entrySize === 8 || section.entrySize === 16 ? section.entrySize : section.alignment === 8 ? 8 : 16;
      return { header: size, entry: size };
    }
    default:
      return { header: section.entrySize, entry: section.entrySize };
  }
}

/** Indices in the order of the PLT's entries. */
function inOrderOfSlots(machine: number, relocations: Relocations): Uint32Array {
  const order = new Uint32Array(relocations.count);
  for (let i = 0; i < order.length; i++) order[i] = i;
  // x86 linkers put those of indirect functions elsewhere than their entries.
  const isSorted = (machine !== EM_X86_64 && machine !== EM_386) || order.every((index) => index === 0 || relocations.place(index - 1) <= relocations.place(index));
  if (!isSorted) order.sort((a, b) => relocations.place(a) - relocations.place(b) || a - b);
  return order;
}

/** Which relocations fill these slots; -1 for none. Mostly they stand in the order of the entries. */
function indicesOf(relocations: Relocations, { slots, count }: PltEntries): Int32Array {
  const found = new Int32Array(count).fill(-1);
  let places: Map<number, number> | undefined;
  for (let i = 0, next = 0; i < count; i++) {
    if (next < relocations.count && relocations.place(next) === slots[i]) {
      found[i] = next++;
      continue;
    }
    if (places === undefined) {
      places = new Map();
      for (let index = 0; index < relocations.count; index++) places.set(relocations.place(index), index);
    }
    const index = places.get(slots[i]!);
    if (index === undefined) continue;
    found[i] = index;
    next = index + 1;
  }
  return found;
}

/**
 * The same of the relocations of everything else, for slots that are not `filled` yet. Searched from the end: linkers put the
 * thousands of relocations without a symbol first.
 */
function indicesFromEnd(relocations: Relocations, slots: Float64Array, filled: Int32Array): Int32Array {
  const found = new Int32Array(filled.length).fill(-1);
  const missing = new Map<number, number>();
  for (let i = 0; i < filled.length; i++) if (filled[i]! < 0) missing.set(slots[i]!, i);
  for (let index = relocations.count - 1; index >= 0 && missing.size > 0; index--) {
    if (relocations.symbol(index) === 0 && !relocations.isIndirect(index)) continue;
    const place = relocations.place(index);
    const entry = missing.get(place);
    if (entry === undefined) continue;
    found[entry] = index;
    missing.delete(place);
  }
  return found;
}

/** Where the names of dynamic symbols stand. */
class DynamicNames {
  readonly #view: DataView;
  readonly #strings: Uint8Array;
  readonly #entrySize: number;
  readonly #littleEndian: boolean;

  constructor(elf: ElfFile, dynsym: RawSymbols | undefined) {
    const entries = dynsym?.entries ?? NOTHING;
    this.#view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength);
    this.#strings = dynsym?.strings ?? NOTHING;
    this.#entrySize = elf.is64 ? 24 : 16;
    this.#littleEndian = elf.littleEndian;
  }

  /** The offset in the strings; 0, where the empty name is, for number 0 and for symbols that are not there. */
  offset(symbol: number): number {
    const at = symbol * this.#entrySize;
    if (symbol === 0 || at + 4 > this.#view.byteLength) return 0;
    const name = this.#view.getUint32(at, this.#littleEndian);
    return (this.#strings[name] ?? 0) === 0 ? 0 : name;
  }
}

const NOTHING = new Uint8Array(0);

/** The name of the indirect function that a nameless relocation calls; '' where there is none at its addend. */
function ifuncName(columns: SymbolColumns, elf: ElfFile, addend: number, known: KnownSymbols): string {
  const place = addend === 0 ? undefined : elf.addressToFileOffset(addend);
  const symbol = place === undefined ? -1 : known.find(place);
  if (symbol < 0 || columns.starts[symbol] !== place) return '';
  const isIndirect = columns.type(symbol) === STT_GNU_IFUNC || (columns.traits[symbol]! & IFUNC_ALIAS) !== 0;
  return isIndirect ? known.name(symbol) : '';
}
