// Which entries of an ELF symbol table name code or data for perf, and where they lie in the file (FORMAT 3.2).

import {
  EM_AARCH64, EM_ARM, EM_RISCV, SHF_ALLOC, SHN_ABS, SHN_UNDEF, SHN_XINDEX, SHT_NOBITS, STT_FUNC, STT_GNU_IFUNC, STT_NOTYPE, STT_OBJECT,
} from '../elf/elf-constants.ts';
import type { ElfFile, ElfSection } from '../elf/elf-file.ts';
import type { RawSymbols } from '../elf/symbol-sections.ts';
import { traitsOf } from './symbol-columns.ts';
import type { SymbolColumns } from './symbol-columns.ts';

const TWO_32 = 4_294_967_296;
const STV_INTERNAL = 1;
const STV_HIDDEN = 2;

/** Bits of what is known of a section. */
const ALLOCATED = 1;
const HOLDS_LABELS = 2;

/** Adds the symbols of a table that are kept. Places in the file come from the runtime file where the other has no contents. */
export function addKeptSymbols(
  columns: SymbolColumns, raw: RawSymbols, elf: ElfFile, runtime: ElfFile, origin: number, coordinates: 'file-offset' | 'address',
): void {
  const { entries, strings, extendedIndices } = raw;
  const { is64, littleEndian, machine } = elf;
  const view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength);
  const extended = new DataView(extendedIndices.buffer, extendedIndices.byteOffset, extendedIndices.byteLength);
  const entrySize = is64 ? 24 : 16;
  const infoAt = is64 ? 4 : 12;
  const sectionAt = is64 ? 6 : 14;
  const valueAt = is64 ? (littleEndian ? 8 : 12) : 4;
  const sizeAt = valueAt + (is64 ? 8 : 4);
  const highAt = littleEndian ? 12 : 8;
  const count = Math.floor(entries.length / entrySize);
  columns.reserve(columns.length + count);

  const sections = elf.sections.map((section) => runtimeSection(section, runtime));
  const known = Uint8Array.from(sections, sectionBits);
  const places = new Places(runtime);
  const hasMappingSymbols = machine === EM_ARM || machine === EM_AARCH64 || machine === EM_RISCV;

  for (let i = 0; i < count; i++) {
    const at = i * entrySize;
    const info = entries[at + infoAt]!;
    const type = info & 15;
    if (type !== STT_FUNC && type !== STT_OBJECT && type !== STT_GNU_IFUNC && type !== STT_NOTYPE) continue;
    let section = view.getUint16(at + sectionAt, littleEndian);
    if (section === SHN_UNDEF || section === SHN_ABS) continue;
    if (section === SHN_XINDEX) section = i * 4 + 4 <= extended.byteLength ? extended.getUint32(i * 4, littleEndian) : SHN_UNDEF;
    const bits = known[section];
    if (bits === undefined || (bits & ALLOCATED) === 0) continue;
    const name = view.getUint32(at, littleEndian);
    const first = strings[name];
    if (first === undefined || first === 0) continue;
    if (type === STT_NOTYPE) {
      const visibility = entries[at + infoAt + 1]! & 3;
      if ((bits & HOLDS_LABELS) === 0 || visibility === STV_HIDDEN || visibility === STV_INTERNAL) continue;
    }
    if (hasMappingSymbols && first === DOLLAR && isMappingSymbol(strings, name, machine)) continue;

    let value = view.getUint32(at + valueAt, littleEndian);
    let size = view.getUint32(at + sizeAt, littleEndian);
    // Upper halves are nearly always 0; small integers cost nothing before the optimizer has come, doubles do.
    if (is64) {
      const valueHigh = view.getInt32(at + highAt, littleEndian);
      const sizeHigh = view.getUint32(at + highAt + 8, littleEndian);
      if (valueHigh !== 0) value += valueHigh * TWO_32;
      if (sizeHigh !== 0) size += sizeHigh * TWO_32;
    }
    if (machine === EM_ARM && type === STT_FUNC && value % 2 === 1) value--;
    const start = coordinates === 'address' ? value : places.inFile(value, sections[section]!);
    columns.add(start, start + size, name, traitsOf(type, info >> 4, origin));
  }
}

/** A debug file has headers of sections whose contents were left out: their place is that in the runtime file. */
function runtimeSection(section: ElfSection, runtime: ElfFile): ElfSection {
  return section.type === SHT_NOBITS ? (runtime.sections[section.index] ?? section) : section;
}

function sectionBits(section: ElfSection): number {
  const allocated = section.flags % (SHF_ALLOC * 2) >= SHF_ALLOC ? ALLOCATED : 0;
  return allocated | (section.name.includes('text') || section.name.includes('data') ? HOLDS_LABELS : 0);
}

/** From addresses to places in the file; neighbours in a symbol table are mostly neighbours in a segment. */
class Places {
  readonly #elf: ElfFile;
  #start = 0;
  #end = 0;
  #shift = 0;

  constructor(elf: ElfFile) {
    this.#elf = elf;
  }

  inFile(address: number, section: ElfSection): number {
    if (address >= this.#start && address < this.#end) return address - this.#shift;
    const segment = this.#elf.segmentOfAddress(address);
    if (segment === undefined) return address - section.address + section.offset;
    this.#start = segment.address;
    this.#end = segment.address + Math.max(segment.memorySize, segment.fileSize);
    this.#shift = segment.address - segment.offset;
    return address - this.#shift;
  }
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
