// Symbols for the entries of the procedure linkage table, which no symbol table names (FORMAT 3.2): `.plt` for its header,
// `NAME@plt` for each relocation in turn. x86 has two more tables, `.plt.sec` and `.plt.got`.

import { readSigned64, readUnsigned64 } from '../bytes/int64.ts';
import {
  EM_386, EM_AARCH64, EM_ARM, EM_LOONGARCH, EM_RISCV, EM_SPARC, EM_SPARCV9, EM_X86_64, SHT_REL, SHT_RELA, STT_FUNC, STT_GNU_IFUNC,
} from '../elf/elf-constants.ts';
import type { ElfFile } from '../elf/elf-file.ts';
import type { ElfSection } from '../elf/elf-headers.ts';
import type { PltSections, RawSymbols, SymbolSections } from '../elf/symbol-sections.ts';
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
  const { elf, plt } = file;
  if (plt === undefined) return;
  const { plt: section, sec } = plt;
  cutWhatReachesInto(columns, known, section.offset);
  const { header, entry } = entrySizes(elf, section);
  if (entry === 0) return;
  const relocations = relocationsOf(elf, plt);

  if (plt.got !== undefined) addGotEntries(columns, file, plt.got);
  const secSizes = sec === undefined ? undefined : entrySizes(elf, sec);
  const isLazy = secSizes === undefined;
  const hasHeader = !isLazy || plt.relocationSection === undefined || relocations.count * entry !== section.size;
  // With .plt.sec the whole of .plt is one symbol: nothing but the dynamic linker's stubs is left there.
  if (hasHeader) addMade(columns, section.offset, isLazy ? header : section.size, '.plt');
  let place = secSizes !== undefined ? sec!.offset : section.offset + (hasHeader ? header : 0);
  const size = secSizes?.entry ?? entry;
  if (size === 0 || plt.relocationSection === undefined) return;

  columns.reserve(columns.length + relocations.count);
  const names = new DynamicNames(elf, file.dynsym);
  for (let i = 0; i < relocations.count; i++, place += size) {
    const index = relocations.order[i]!;
    const name = names.offset(relocations.symbol(index));
    if (name !== 0) columns.add(place, place + size, name, PLT_TRAITS);
    else {
      const called = ifuncName(columns, elf, relocations.addend(index), known);
      addMade(columns, place, size, called === '' ? offsetName(place) : `${called}@plt`);
    }
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

/** The relocations of the PLT's slots. */
interface Relocations {
  readonly count: number;
  /** Indices in the order of the PLT's entries. */
  readonly order: Uint32Array;
  symbol(index: number): number;
  /** 0 where there is none (SHT_REL). */
  addend(index: number): number;
}

function relocationsOf(elf: ElfFile, plt: PltSections): Relocations {
  const { is64, littleEndian } = elf;
  const type = plt.relocationSection?.type;
  const bytes = plt.relocations;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = is64 ? 8 : 4;
  const size = type === SHT_RELA ? word * 3 : word * 2;
  const count = type === SHT_RELA || type === SHT_REL ? Math.floor(bytes.length / size) : 0;
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  const place = (index: number): number => (is64 ? readUnsigned64(view, index * size, littleEndian) : view.getUint32(index * size, littleEndian));
  // x86 linkers put those of indirect functions elsewhere than their entries.
  const isSorted = (elf.machine !== EM_X86_64 && elf.machine !== EM_386) || order.every((index) => index === 0 || place(index - 1) <= place(index));
  if (!isSorted) order.sort((a, b) => place(a) - place(b) || a - b);
  return {
    count,
    order,
    symbol: (index) => (is64 ? view.getUint32(index * size + (littleEndian ? 12 : 8), littleEndian) : view.getUint32(index * size + 4, littleEndian) >>> 8),
    addend: (index) => {
      if (type !== SHT_RELA) return 0;
      return is64 ? readSigned64(view, index * size + 16, littleEndian) : view.getInt32(index * size + 8, littleEndian);
    },
  };
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

/** `.plt.got` of x86-64: jumps through slots that `.rela.dyn` fills. */
function addGotEntries(columns: SymbolColumns, file: SymbolSections, got: ElfSection): void {
  const { elf, plt } = file;
  const size = got.entrySize;
  if (plt === undefined || size < 8 || !Number.isInteger(size)) return;
  const code = plt.gotCode;
  const slots = new Map<number, number>();
  for (let at = 0; at + size <= code.length; at += size) slots.set(slotOfJump(code, at, got.address), 0);
  findSlots(slots, plt.dynamicRelocations, elf.littleEndian);
  const names = new DynamicNames(elf, file.dynsym);
  columns.reserve(columns.length + Math.floor(code.length / size));
  for (let at = 0; at + size <= code.length; at += size) {
    const place = got.offset + at;
    const name = names.offset(slots.get(slotOfJump(code, at, got.address)) ?? 0);
    if (name !== 0) columns.add(place, place + size, name, PLT_TRAITS);
    else addMade(columns, place, size, offsetName(place));
  }
}

/**
 * Puts in the numbers of the symbols that fill these slots. Searched from the end: linkers put the thousands of relocations without
 * a symbol first.
 */
function findSlots(slots: Map<number, number>, relocations: Uint8Array, littleEndian: boolean): void {
  const view = new DataView(relocations.buffer, relocations.byteOffset, relocations.byteLength);
  let missing = slots.size;
  for (let at = (Math.floor(relocations.length / 24) - 1) * 24; at >= 0 && missing > 0; at -= 24) {
    const symbol = view.getUint32(at + 12, littleEndian);
    const slot = symbol === 0 ? -1 : readSigned64(view, at, littleEndian);
    if (symbol === 0 || slots.get(slot) !== 0) continue;
    slots.set(slot, symbol);
    missing--;
  }
}

/** The slot of `[endbr64] [bnd] jmp *disp(%rip)`; -1, where no slot is, for other code. */
function slotOfJump(code: Uint8Array, entry: number, address: number): number {
  let at = entry;
  if (code[at] === 0xf3 && code[at + 1] === 0x0f && code[at + 2] === 0x1e && code[at + 3] === 0xfa) at += 4;
  if (code[at] === 0xf2) at++;
  if (code[at] !== 0xff || code[at + 1] !== 0x25 || at + 6 > code.length) return -1;
  const displacement = code[at + 2]! | (code[at + 3]! << 8) | (code[at + 4]! << 16) | (code[at + 5]! << 24);
  return address + at + 6 + displacement;
}
