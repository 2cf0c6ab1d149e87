// The sections of an ELF file that name its code: symbol tables with their strings, and what the names of PLT entries are made
// from (FORMAT 3.2). Bytes only; symbols/ makes symbols of them.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import type { Reading } from '../bytes/reading.ts';
import { EM_X86_64, SHT_DYNSYM, SHT_NOBITS, SHT_SYMTAB, SHT_SYMTAB_SHNDX } from './elf-constants.ts';
import type { ElfFile } from './elf-file.ts';
import type { ElfSection } from './elf-headers.ts';
import { type GoFunctions, readGoFunctions } from './go-functions.ts';
import { readSection } from './section-bytes.ts';

/** A symbol table as it stands in the file: entries of 24 (64-bit) or 16 bytes. */
export interface RawSymbols {
  readonly entries: Uint8Array;
  readonly strings: Uint8Array;
  /** SHT_SYMTAB_SHNDX: section numbers of symbols whose own field is too small; empty in nearly every file. */
  readonly extendedIndices: Uint8Array;
}

/** What the procedure linkage table is described by. The section itself is not needed, only its place. */
export interface PltSections {
  readonly plt: ElfSection;
  /** `.plt.sec`, x86 with indirect branch tracking. */
  readonly sec: ElfSection | undefined;
  readonly relocations: Uint8Array;
  /** `.rela.plt` or `.rel.plt`. */
  readonly relocationSection: ElfSection | undefined;
  /** x86-64 only: `.plt.got` and `.rela.dyn`, which names its slots. */
  readonly got: ElfSection | undefined;
  readonly gotCode: Uint8Array;
  readonly dynamicRelocations: Uint8Array;
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
  const plt = elf.section('.plt');
  if (plt === undefined || plt.type === SHT_NOBITS) return undefined;
  const relocationSection = elf.section('.rela.plt') ?? elf.section('.rel.plt');
  const relocations = relocationSection === undefined ? NOTHING : yield* readSection(elf, relocationSection, diagnostics);
  const got = elf.machine === EM_X86_64 ? elf.section('.plt.got') : undefined;
  const gotCode = got === undefined ? NOTHING : yield* readSection(elf, got, diagnostics);
  const dynamic = got === undefined ? undefined : elf.section('.rela.dyn');
  const dynamicRelocations = dynamic === undefined ? NOTHING : yield* readSection(elf, dynamic, diagnostics);
  return { plt, sec: elf.section('.plt.sec'), relocations, relocationSection, got, gotCode, dynamicRelocations };
}

const NOTHING = new Uint8Array(0);
