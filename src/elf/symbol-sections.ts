// The sections of an ELF file that name its code: symbol tables with their strings, and what the names of PLT entries are made
// from (FORMAT 3.2). Bytes only; symbols/ makes symbols of them.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import type { Reading } from '../bytes/reading.ts';
import { SHT_DYNSYM, SHT_NOBITS, SHT_SYMTAB, SHT_SYMTAB_SHNDX } from './elf-constants.ts';
import type { ElfFile } from './elf-file.ts';
import type { ElfSection } from './elf-headers.ts';
import { type GoFunctions, readGoFunctions } from './go-functions.ts';
import { hasKnownPltCode } from './plt-entries.ts';
import { Relocations } from './relocations.ts';
import { readSection } from './section-bytes.ts';

/** A symbol table as it stands in the file: entries of 24 (64-bit) or 16 bytes. */
export interface RawSymbols {
  readonly entries: Uint8Array;
  readonly strings: Uint8Array;
  /** SHT_SYMTAB_SHNDX: section numbers of symbols whose own field is too small; empty in nearly every file. */
  readonly extendedIndices: Uint8Array;
}

/** One table of jumps, with its code where that tells what they call (plt-entries.ts). */
export interface PltTable {
  readonly section: ElfSection;
  readonly code: Uint8Array;
}

/** What procedure linkage tables are described by. */
export interface PltSections {
  readonly plt: PltTable | undefined;
  /** `.plt.sec`, x86 with indirect branch tracking. */
  readonly sec: PltTable | undefined;
  /** Tables of jumps alone: `.plt.got`, whose slots are filled with everything else, and lld's and mold's `.iplt` for indirect functions. */
  readonly others: readonly PltTable[];
  /** `.rela.plt` or `.rel.plt`. */
  readonly relocations: Relocations;
  /** `.rela.dyn` or `.rel.dyn`, read where there are other tables. */
  readonly dynamicRelocations: Relocations;
  /** What position-independent code for i386 counts slots from: by most linkers, and by mold. */
  readonly gotBases: readonly [number, number];
}

export interface SymbolSections {
  readonly elf: ElfFile;
  readonly symtab: RawSymbols | undefined;
  readonly dynsym: RawSymbols | undefined;
  readonly plt: PltSections | undefined;
  /** Read only where there is no symbol table. */
  readonly goFunctions?: GoFunctions | undefined;
}

/** Whether a file has a symbol table of its own bytes: the first candidate with one gives the symbols (FORMAT 3.1). */
export function hasSymtab(elf: ElfFile): boolean {
  return elf.sections.some((section) => section.type === SHT_SYMTAB);
}

/** Whether a file has dynamic symbols: the first candidate with them serves as the runtime file. A debug file's are left out of it. */
export function hasDynsym(elf: ElfFile): boolean {
  return elf.sections.some((section) => section.type === SHT_DYNSYM);
}

export function* readSymbolSections(elf: ElfFile, diagnostics: Diagnostics): Reading<SymbolSections> {
  const symtab = yield* readSymbols(elf, SHT_SYMTAB, diagnostics);
  const dynsym = yield* readSymbols(elf, SHT_DYNSYM, diagnostics);
  const plt = yield* readPlt(elf, diagnostics);
  const goFunctions = symtab === undefined ? yield* readGoFunctions(elf, diagnostics) : undefined;
  return { elf, symtab, dynsym, plt, goFunctions };
}

/** The table of symbols alone, undefined where there is none. */
export function readSymtab(elf: ElfFile, diagnostics: Diagnostics): Reading<RawSymbols | undefined> {
  return readSymbols(elf, SHT_SYMTAB, diagnostics);
}

function* readSymbols(elf: ElfFile, type: number, diagnostics: Diagnostics): Reading<RawSymbols | undefined> {
  const section = elf.sectionOfType(type);
  if (section === undefined) return undefined;
  const entries = yield* readSection(elf, section, diagnostics);
  if (entries.length === 0) return undefined;
  const linked = elf.sections[section.link];
  const strings = linked === undefined ? NOTHING : yield* readSection(elf, linked, diagnostics);
  const extended = elf.sections.find((other) => other.type === SHT_SYMTAB_SHNDX && other.link === section.index);
  const extendedIndices = extended === undefined ? NOTHING : yield* readSection(elf, extended, diagnostics);
  return { entries, strings, extendedIndices };
}

function* readPlt(elf: ElfFile, diagnostics: Diagnostics): Reading<PltSections | undefined> {
  const plt = yield* readPltTable(elf, '.plt', diagnostics);
  const sec = plt === undefined ? undefined : yield* readPltTable(elf, '.plt.sec', diagnostics);
  const others: PltTable[] = [];
  if (hasKnownPltCode(elf.machine)) {
    for (const name of OTHER_PLTS) {
      const table = yield* readPltTable(elf, name, diagnostics);
      if (table !== undefined) others.push(table);
    }
  }
  if (plt === undefined && others.length === 0) return undefined;
  const relocations = yield* readRelocations(elf, elf.section('.rela.plt') ?? elf.section('.rel.plt'), diagnostics);
  const dynamic = others.length === 0 ? undefined : (elf.section('.rela.dyn') ?? elf.section('.rel.dyn'));
  const dynamicRelocations = yield* readRelocations(elf, dynamic, diagnostics);
  const got = elf.section('.got')?.address ?? 0;
  return { plt, sec, others, relocations, dynamicRelocations, gotBases: [elf.section('.got.plt')?.address ?? got, got] };
}

function* readPltTable(elf: ElfFile, name: string, diagnostics: Diagnostics): Reading<PltTable | undefined> {
  const section = elf.section(name);
  if (section === undefined || section.type === SHT_NOBITS) return undefined;
  return { section, code: hasKnownPltCode(elf.machine) ? yield* readSection(elf, section, diagnostics) : NOTHING };
}

function* readRelocations(elf: ElfFile, section: ElfSection | undefined, diagnostics: Diagnostics): Reading<Relocations> {
  return new Relocations(elf, section?.type, section === undefined ? NOTHING : yield* readSection(elf, section, diagnostics));
}

/** Beside `.plt` and `.plt.sec`. */
export const OTHER_PLTS: readonly string[] = ['.plt.got', '.iplt'];

const NOTHING = new Uint8Array(0);
