// Which entries of an ELF symbol table name code or data for perf, and where they lie in the file (FORMAT 3.2).

import {
  EM_AARCH64, EM_ARM, EM_RISCV, PT_LOAD, SHF_ALLOC, SHN_UNDEF, SHN_XINDEX, SHT_NOBITS, STT_FUNC, STT_GNU_IFUNC, STT_NOTYPE, STT_OBJECT,
} from '../elf/elf-constants.ts';
import type { ElfFile } from '../elf/elf-file.ts';
import type { ElfSection } from '../elf/elf-headers.ts';
import type { RawSymbols } from '../elf/symbol-sections.ts';
import { BINDING_SHIFT, OTHER, traitsOf } from './symbol-columns.ts';
import type { SymbolColumns } from './symbol-columns.ts';

const TWO_32 = 4_294_967_296;
const STV_INTERNAL = 1;
const STV_HIDDEN = 2;

/** The types that are looked at, as bits. */
const TYPES = (1 << STT_NOTYPE) | (1 << STT_OBJECT) | (1 << STT_FUNC) | (1 << STT_GNU_IFUNC);

/** What is known of a section; 0 where its symbols are dropped. */
const ALLOCATED = 1;
const HOLDS_LABELS = 2;
/** The number does not fit the symbol and stands in a table of its own. */
const EXTENDED = 4;

/**
 * Adds the symbols of a table that are kept. Places in the file come from the runtime file where the other has no contents.
 * Runs once over every symbol of every file that is met, mostly before the optimizer has seen it: hence no calls and no doubles
 * in the loop where whole numbers do.
 */
export function addKeptSymbols(
  columns: SymbolColumns, raw: RawSymbols, elf: ElfFile, runtime: ElfFile, origin: number, coordinates: 'file-offset' | 'address',
): void {
  const { strings, extendedIndices } = raw;
  const { machine } = elf;
  const words = symbolWords(raw.entries, elf.is64, elf.littleEndian);
  const count = words.length / WORDS_OF_SYMBOL;
  columns.reserve(columns.length + count);
  const { starts, ends, names, traits } = columns;
  let length = columns.length;

  const sections = elf.sections.map((section) => runtimeSection(section, runtime));
  const known = new Uint8Array(0x1_0000);
  known.set(Uint8Array.from(sections.slice(0, SHN_LORESERVE), sectionBits));
  // Without section headers nothing tells whether a section is loaded; dynamic symbols are all of loaded ones.
  if (!elf.hasSectionTable) known.fill(ALLOCATED, 0, SHN_LORESERVE);
  known[SHN_UNDEF] = 0;
  known[SHN_XINDEX] = EXTENDED;
  const hasMappingSymbols = machine === EM_ARM || machine === EM_AARCH64 || machine === EM_RISCV;
  const originTraits = traitsOf(0, 0, origin);
  const segments = runtime.segments.filter((segment) => segment.type === PT_LOAD);
  const segmentStarts = Float64Array.from(segments, (segment) => segment.address);
  const segmentEnds = Float64Array.from(segments, (segment) => segment.address + Math.max(segment.memorySize, segment.fileSize));

  for (let at = 0, i = 0; i < count; i++, at += WORDS_OF_SYMBOL) {
    const info = words[at + 1]!;
    const type = info & 15;
    if (((TYPES >> type) & 1) === 0) continue;
    let section = info >>> 16;
    let bits = known[section]!;
    if (bits === 0) continue;
    if (bits === EXTENDED) {
      section = extendedSection(extendedIndices, i, elf.littleEndian);
      const extended = sections[section];
      if (section === SHN_UNDEF || extended === undefined) continue;
      bits = sectionBits(extended);
      if (bits === 0) continue;
    }
    const name = words[at]!;
    const first = strings[name];
    if (first === undefined || first === 0) continue;
    if (type === STT_NOTYPE) {
      const visibility = (info >> 8) & 3;
      if ((bits & HOLDS_LABELS) === 0 || visibility === STV_HIDDEN || visibility === STV_INTERNAL) continue;
    }
    if (hasMappingSymbols && first === DOLLAR && isMappingSymbol(strings, name, machine)) continue;

    let value = words[at + 2]!;
    const valueHigh = words[at + 3]!;
    if (valueHigh !== 0) value += (valueHigh | 0) * TWO_32;
    if (machine === EM_ARM && type === STT_FUNC && value % 2 === 1) value--;
    let size = words[at + 4]!;
    const sizeHigh = words[at + 5]!;
    if (sizeHigh !== 0) size += sizeHigh * TWO_32;

    if (coordinates === 'file-offset') {
      let segment = 0;
      while (segment < segmentStarts.length && (value < segmentStarts[segment]! || value >= segmentEnds[segment]!)) segment++;
      const holder = segments[segment] ?? sections[section];
      if (holder === undefined) continue;
      value += holder.offset - holder.address;
    }
    const binding = (info >> 4) & 15;
    starts[length] = value;
    ends[length] = value + size;
    names[length] = name;
    traits[length++] = originTraits | type | ((binding > OTHER ? OTHER : binding) << BINDING_SHIFT);
  }
  columns.length = length;
}

/** Of symbolWords. */
export const WORDS_OF_SYMBOL = 6;
const SHN_LORESERVE = 0xff00;

/**
 * Entries of either class and order in one form, that of a 64-bit little-endian file as 32-bit words: name, (section, visibility,
 * information), value low and high, size low and high. On most machines and for most files these are the bytes as they are.
 */
export function symbolWords(entries: Uint8Array, is64: boolean, littleEndian: boolean): Uint32Array {
  const entrySize = is64 ? 24 : 16;
  const count = Math.floor(entries.length / entrySize);
  if (is64 && littleEndian && HOST_IS_LITTLE && entries.byteOffset % 4 === 0) return new Uint32Array(entries.buffer, entries.byteOffset, count * WORDS_OF_SYMBOL);
  const view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength);
  const words = new Uint32Array(count * WORDS_OF_SYMBOL);
  for (let i = 0; i < count; i++) {
    const from = i * entrySize;
    const to = i * WORDS_OF_SYMBOL;
    const infoAt = from + (is64 ? 4 : 12);
    words[to] = view.getUint32(from, littleEndian);
    words[to + 1] = entries[infoAt]! | (entries[infoAt + 1]! << 8) | (view.getUint16(infoAt + 2, littleEndian) << 16);
    if (is64) {
      words[to + 2] = view.getUint32(from + (littleEndian ? 8 : 12), littleEndian);
      words[to + 3] = view.getUint32(from + (littleEndian ? 12 : 8), littleEndian);
      words[to + 4] = view.getUint32(from + (littleEndian ? 16 : 20), littleEndian);
      words[to + 5] = view.getUint32(from + (littleEndian ? 20 : 16), littleEndian);
    } else {
      words[to + 2] = view.getUint32(from + 4, littleEndian);
      words[to + 4] = view.getUint32(from + 8, littleEndian);
    }
  }
  return words;
}

const HOST_IS_LITTLE = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** The number of the section of a symbol whose own field is too small for it (SHN_XINDEX). */
export function extendedSection(indices: Uint8Array, symbol: number, littleEndian: boolean): number {
  if (symbol * 4 + 4 > indices.length) return SHN_UNDEF;
  return new DataView(indices.buffer, indices.byteOffset, indices.byteLength).getUint32(symbol * 4, littleEndian);
}

/** A debug file has headers of sections whose contents were left out: their place is that in the runtime file. */
function runtimeSection(section: ElfSection, runtime: ElfFile): ElfSection {
  return section.type === SHT_NOBITS ? (runtime.sections[section.index] ?? section) : section;
}

function sectionBits(section: ElfSection): number {
  if (section.flags % (SHF_ALLOC * 2) < SHF_ALLOC) return 0;
  return section.name.includes('text') || section.name.includes('data') ? ALLOCATED | HOLDS_LABELS : ALLOCATED;
}

const DOLLAR = 0x24;
const DOT = 0x2e;

/** `$a`, `$d`, `$t`, `$x` alone or before a dot on ARM; `$d…`, `$x…` on RISC-V: they say what kind of bytes follow. */
function isMappingSymbol(strings: Uint8Array, name: number, machine: number): boolean {
  const kind = String.fromCharCode(strings[name + 1] ?? 0);
  if (machine === EM_RISCV) return kind === 'd' || kind === 'x';
  const next = strings[name + 2] ?? 0;
  return (kind === 'a' || kind === 'd' || kind === 't' || kind === 'x') && (next === 0 || next === DOT);
}
