// An ELF file cut down to what a profile needs of it: names, unwinding information, build id, on request code and debugging
// information. Nothing moves: what is left out reads as zeros, so that every offset in the file stays true (symbols and PLT entries
// live in file offsets, FORMAT 3.2), and compresses to nothing. Sections left out become SHT_NOBITS, as in a debug file; a file that
// had code and has none now says so in the unused bytes of its identification.
//
//   whole  [header][program headers][.dynsym][.text ......][.rodata ...][.eh_frame][.debug_* ......][.symtab][section headers]
//   slim   [header][program headers][.dynsym][0 0 0 0 0 0 0 0 0 0 0 0 ][.eh_frame][0 0 0 0 0 0 0 ][.symtab][section headers]

import type { Diagnostics } from '../bytes/diagnostics.ts';
import type { Reading } from '../bytes/reading.ts';
import { bytesAt } from '../bytes/reading.ts';
import type { ByteSource } from '../bytes/source.ts';
import { run, settled } from '../bytes/waiting.ts';
import type { Waiting } from '../bytes/waiting.ts';
import {
  ET_REL, SHF_COMPRESSED, SHF_EXECINSTR, SHT_DYNSYM, SHT_NOBITS, SHT_NOTE, SHT_STRTAB, SHT_SYMTAB, SHT_SYMTAB_SHNDX, STT_FUNC,
  STT_GNU_IFUNC, STT_NOTYPE, STT_OBJECT,
} from './elf-constants.ts';
import type { ElfFile } from './elf-file.ts';
import type { ElfSection } from './elf-headers.ts';
import { NO_CODE_MARK, NO_CODE_MARK_AT } from './no-code-mark.ts';
import { hasKnownPltCode } from './plt-entries.ts';
import { Relocations } from './relocations.ts';
import { OTHER_PLTS } from './symbol-sections.ts';

/** What is kept beyond names and unwinding information. */
export interface SlimWants {
  /** The bytes of executable sections. */
  readonly code: boolean;
  /** Debugging information: lines, inlined calls. */
  readonly lines: boolean;
}

/** How a file is cut. Offsets in the whole file, which are those in the slim one. */
export interface SlimPlan {
  /** Of the slim file: up to its last byte that is kept. */
  readonly size: number;
  /** [start, end) of what is kept, ascending and apart from each other. */
  readonly kept: readonly (readonly [number, number])[];
  /** Bytes that are other ones than in the whole file. */
  readonly patches: readonly { readonly offset: number; readonly bytes: Uint8Array }[];
}

const NULL_TYPE = 0;
/** Always kept: names of symbols and their versions, unwinding, procedure linkage, the ways to other files, Go's table of functions. */
const KEPT_NAMES: ReadonlySet<string> = new Set([
  '.gnu.version', '.gnu.version_d', '.gnu.version_r', '.eh_frame', '.eh_frame_hdr', '.debug_frame', '.zdebug_frame', '.plt', '.plt.got',
  '.plt.sec', '.iplt', '.rela.plt', '.rel.plt', '.dynamic', '.opd', '.gnu_debuglink', '.gnu_debugaltlink', '.gnu_debugdata',
]);
/** Go's own table of functions, for binaries without a symbol table: it takes a fifth of them. */
const GO_NAMES: ReadonlySet<string> = new Set(['.gopclntab', '.data.rel.ro.gopclntab', '.go.module', '.go.buildinfo']);
/** A section with a name that every reader of lines and inlined calls asks for, split or not, old or new. */
const DEBUG_NAME = /^\.z?debug_(?:info|abbrev|line|str|line_str|str_offsets|addr|ranges|rnglists|aranges|cu_index|tu_index|types|names|macinfo|macro)(?:\.dwo)?$/;
/** Pieces nearer to each other than this are read together. */
const CLOSE = 4096;
/** Notes that are larger are no build ids. */
const LONGEST_NOTES = 65_536;

/** How to cut a file; undefined for one that is better left whole: objects other than kernel modules, and files without section headers. */
export function* planSlim(elf: ElfFile, wants: SlimWants, diagnostics: Diagnostics): Reading<SlimPlan | undefined> {
  const isModule = isKernelModule(elf);
  if (!elf.hasSectionTable || (elf.type === ET_REL && !isModule)) return undefined;
  const header = yield* bytesAt(0, 64);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const { is64, littleEndian } = elf;
  const word = (at: number): number => (is64 ? Number(view.getBigUint64(at, littleEndian)) : view.getUint32(at, littleEndian));
  const headerSize = is64 ? 64 : 52;
  const programHeaders = word(is64 ? 32 : 28);
  const sectionHeaders = word(is64 ? 40 : 32);
  const programSize = elf.segments.length * (is64 ? 56 : 32);
  const entrySize = is64 ? 64 : 40;
  const kept: [number, number][] = [[0, headerSize], [programHeaders, programHeaders + programSize], [sectionHeaders, sectionHeaders + elf.sections.length * entrySize]];
  const patches: { offset: number; bytes: Uint8Array }[] = [];
  const namesAreMissing = !elf.sections.some(({ type }) => type === SHT_SYMTAB);
  const linked = new Set(elf.sections.filter(({ type }) => type === SHT_SYMTAB || type === SHT_DYNSYM).map(({ link }) => link));
  let losesCode = false;
  for (const section of elf.sections) {
    const { index, name, type, offset, size, flags } = section;
    if (type === NULL_TYPE || type === SHT_NOBITS || size === 0) continue;
    const isCode = (flags & SHF_EXECINSTR) !== 0;
    if (isKept(section, isModule ? { ...wants, lines: false } : wants, namesAreMissing) || linked.has(index) || (type === SHT_STRTAB && name === '.shstrtab')) {
      kept.push([offset, offset + size]);
    } else if (type === SHT_SYMTAB && (isModule || !wants.lines) && !elf.sections.some((other) => other.type === SHT_SYMTAB_SHNDX)) {
      kept.push(...(yield* namedSymbols(elf, section)));
    } else if (type === SHT_SYMTAB || type === SHT_SYMTAB_SHNDX) {
      kept.push([offset, offset + size]);
    } else if ((name === '.rela.dyn' || name === '.rel.dyn') && needsDynamicRelocations(elf)) {
      kept.push(...(yield* namedRelocations(elf, section)));
    } else {
      losesCode ||= isCode;
      patches.push({ offset: sectionHeaders + index * entrySize + 4, bytes: numberOf(SHT_NOBITS, littleEndian) });
    }
  }
  const hasCode = elf.sections.some(({ flags, type }) => (flags & SHF_EXECINSTR) !== 0 && type !== SHT_NOBITS);
  if (hasCode && losesCode) patches.push({ offset: NO_CODE_MARK_AT, bytes: NO_CODE_MARK });
  const ranges = joined(kept, elf.size);
  if (ranges.at(-1) === undefined) diagnostics.damaged('elf-slim', -1, 'nothing of it can be kept');
  return { size: ranges.at(-1)?.[1] ?? 0, kept: ranges, patches: patches.filter(({ offset, bytes }) => offset + bytes.length <= elf.size) };
}

/** An object for the kernel: its sections are laid out by size, flags and order, all of which stay. Its debugging information is no use without relocations. */
function isKernelModule(elf: ElfFile): boolean {
  return elf.type === ET_REL && elf.section('.modinfo') !== undefined;
}

function isKept(section: ElfSection, wants: SlimWants, namesAreMissing: boolean): boolean {
  const { name, type, size, flags } = section;
  if (type === SHT_DYNSYM) return true;
  if (type === SHT_NOTE) return size <= LONGEST_NOTES;
  if (KEPT_NAMES.has(name)) return true;
  if (GO_NAMES.has(name)) return namesAreMissing;
  if (wants.lines && DEBUG_NAME.test(name)) return true;
  return wants.code && (flags & SHF_EXECINSTR) !== 0;
}

/**
 * The runs of entries of a symbol table that can name code or data; half of CPython's have no name at all. Where lines are wanted, the
 * table is kept whole: its other entries say which source file symbols come from.
 */
function* namedSymbols(elf: ElfFile, section: ElfSection): Reading<[number, number][]> {
  if ((section.flags & SHF_COMPRESSED) !== 0) return [[section.offset, section.offset + section.size]];
  const bytes = yield* bytesAt(section.offset, Math.max(0, Math.min(section.size, elf.size - section.offset)));
  const { is64, littleEndian } = elf;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isNamed = (at: number): boolean => {
    const type = bytes[at + (is64 ? 4 : 12)]! & 15;
    const index = view.getUint16(at + (is64 ? 6 : 14), littleEndian);
    const names = type === STT_FUNC || type === STT_OBJECT || type === STT_NOTYPE || type === STT_GNU_IFUNC;
    return names && index !== 0 && view.getUint32(at, littleEndian) !== 0;
  };
  return runs(bytes.length, is64 ? 24 : 16, section.offset, isNamed);
}

/** Those of slots that `.plt.got` and `.iplt` jump through are among them. */
function needsDynamicRelocations(elf: ElfFile): boolean {
  return hasKnownPltCode(elf.machine) && OTHER_PLTS.some((name) => elf.section(name) !== undefined);
}

/** The relocations that name a symbol or an indirect function. */
function* namedRelocations(elf: ElfFile, section: ElfSection): Reading<[number, number][]> {
  const bytes = yield* bytesAt(section.offset, Math.max(0, Math.min(section.size, elf.size - section.offset)));
  const relocations = new Relocations(elf, section.type, bytes);
  const { size, count } = relocations;
  return runs(count * size, size, section.offset, (at) => relocations.symbol(at / size) !== 0 || relocations.isIndirect(at / size));
}

/** [start, end) in the file of entries of a table that are wanted, neighbours joined. */
function runs(length: number, entrySize: number, offset: number, isWanted: (at: number) => boolean): [number, number][] {
  const found: [number, number][] = [];
  for (let at = 0; at + entrySize <= length; at += entrySize) {
    if (!isWanted(at)) continue;
    const last = found.at(-1);
    if (last !== undefined && last[1] === offset + at) last[1] += entrySize;
    else found.push([offset + at, offset + at + entrySize]);
  }
  return found;
}

function joined(ranges: readonly (readonly [number, number])[], size: number): [number, number][] {
  const all: [number, number][] = [];
  for (const [start, end] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = all.at(-1);
    const cut = Math.min(end, size);
    if (cut <= start) continue;
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], cut);
    else all.push([start, cut]);
  }
  return all;
}

function numberOf(value: number, littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, value, littleEndian);
  return new Uint8Array(view.buffer);
}

/** The slim file, made as it is read: only what is kept is ever fetched. */
export class SlimSource implements ByteSource {
  readonly size: number;
  readonly #whole: ByteSource;
  readonly #plan: SlimPlan;

  constructor(whole: ByteSource, plan: SlimPlan) {
    this.#whole = whole;
    this.#plan = plan;
    this.size = plan.size;
  }

  read(offset: number, length: number): Uint8Array | Promise<Uint8Array> {
    const start = Math.min(Math.max(offset, 0), this.size);
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - start)));
    const count = this.readInto(bytes, start);
    return count instanceof Promise ? count.then(() => bytes) : bytes;
  }

  readInto(into: Uint8Array, offset: number): number | Promise<number> {
    return run(this.#readInto(into, offset));
  }

  *#readInto(into: Uint8Array, offset: number): Waiting<number> {
    const count = Math.max(0, Math.min(into.length, this.size - offset));
    const end = offset + count;
    into.fill(0, 0, count);
    const { kept, patches } = this.#plan;
    for (let i = firstEndingAfter(kept, offset); i < kept.length && kept[i]![0] < end; i++) {
      // Symbol tables are kept in thousands of pieces: what lies close together is read at once, and then what lies between wiped out.
      const first = i;
      while (i + 1 < kept.length && kept[i + 1]![0] < end && kept[i + 1]![0] - kept[i]![1] < CLOSE) i++;
      const to = Math.min(kept[i]![1], end);
      for (let at = Math.max(kept[first]![0], offset); at < to; ) {
        const bytes = yield* settled(this.#whole.read(at, to - at));
        if (bytes.length === 0) break;
        into.set(bytes, at - offset);
        at += bytes.length;
      }
      for (let j = first; j < i; j++) into.fill(0, Math.max(0, kept[j]![1] - offset), kept[j + 1]![0] - offset);
    }
    for (const patch of patches) {
      for (let i = Math.max(0, offset - patch.offset); i < patch.bytes.length && patch.offset + i < end; i++) into[patch.offset + i - offset] = patch.bytes[i]!;
    }
    return count;
  }
}

/** The first range that ends behind a place. */
function firstEndingAfter(ranges: readonly (readonly [number, number])[], place: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[middle]![1] <= place) low = middle + 1;
    else high = middle;
  }
  return low;
}
