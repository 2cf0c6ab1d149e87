// The sections of an ELF file that hold debugging information, as dwarf/ asks for them: ranges of the file, read when they are asked for,
// and where a section is compressed all of it at once, when the first byte of it is.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import { perform } from '../bytes/reading.ts';
import type { ByteSource } from '../bytes/source.ts';
import { settled } from '../bytes/waiting.ts';
import type { Waiting } from '../bytes/waiting.ts';
import type { DwarfSection, DwarfSections, SectionName, SectionReading } from '../dwarf/sections.ts';
import type { ElfFile } from '../elf/elf-file.ts';
import type { ElfSection } from '../elf/elf-headers.ts';
import { SHT_NOBITS } from '../elf/elf-constants.ts';
import { contentSize, isPlain, readSection } from '../elf/section-bytes.ts';

/** Without `.debug_` or `.zdebug_` before it. */
const NAMES: Readonly<Record<SectionName, string>> = {
  info: 'info',
  abbrev: 'abbrev',
  line: 'line',
  str: 'str',
  lineStr: 'line_str',
  strOffsets: 'str_offsets',
  addr: 'addr',
  ranges: 'ranges',
  rnglists: 'rnglists',
  aranges: 'aranges',
  cuIndex: 'cu_index',
};

interface OpenSection extends DwarfSection {
  /** A range, the caller's own to keep; shorter at the end of the section. */
  read(offset: number, length: number): Waiting<Uint8Array>;
}

/** A range of an open file. */
class PlainSection implements OpenSection {
  readonly size: number;
  readonly #file: ByteSource;
  readonly #offset: number;

  constructor(file: ByteSource, offset: number, size: number) {
    this.#file = file;
    this.#offset = offset;
    this.size = size;
  }

  *read(offset: number, length: number): Waiting<Uint8Array> {
    return (yield* settled(this.#file.read(this.#offset + offset, Math.min(length, this.size - offset)))).slice();
  }
}

class CompressedSection implements OpenSection {
  readonly size: number;
  readonly #file: ByteSource;
  readonly #elf: ElfFile;
  readonly #section: ElfSection;
  readonly #diagnostics: Diagnostics;
  #content: Uint8Array | undefined;

  constructor(file: ByteSource, elf: ElfFile, section: ElfSection, size: number, diagnostics: Diagnostics) {
    this.#file = file;
    this.#elf = elf;
    this.#section = section;
    this.size = size;
    this.#diagnostics = diagnostics;
  }

  *read(offset: number, length: number): Waiting<Uint8Array> {
    this.#content ??= yield* settled(perform(this.#file, readSection(this.#elf, this.#section, this.#diagnostics)));
    return this.#content.subarray(offset, offset + length);
  }
}

/** The sections of a file; of one that was split off with `isSplit`. The file must stay open as long as they are used. */
export function* dwarfSectionsOf(file: ByteSource, elf: ElfFile, isSplit: boolean, diagnostics: Diagnostics): Waiting<DwarfSections> {
  const sections: Partial<Record<SectionName, OpenSection>> = {};
  for (const [name, suffix] of Object.entries(NAMES) as [SectionName, string][]) {
    const section = sectionOf(elf, suffix, isSplit);
    if (section === undefined) continue;
    const size = yield* settled(perform(file, contentSize(elf, section)));
    sections[name] = isPlain(section) ? new PlainSection(file, section.offset, size) : new CompressedSection(file, elf, section, size, diagnostics);
  }
  return { littleEndian: elf.littleEndian, sections, diagnostics };
}

/** The index of a package is the one section that is not called `.dwo`. */
function sectionOf(elf: ElfFile, suffix: string, isSplit: boolean): ElfSection | undefined {
  const names = isSplit && suffix !== NAMES.cuIndex ? [`.debug_${suffix}.dwo`, `.zdebug_${suffix}.dwo`] : [`.debug_${suffix}`, `.zdebug_${suffix}`];
  return elf.sections.find(({ name, type }) => names.includes(name) && type !== SHT_NOBITS);
}

/** Runs a reader of sections. */
export function* answered<T>(reading: SectionReading<T>): Waiting<T> {
  let step = reading.next();
  while (step.done !== true) {
    const { section, offset, length } = step.value;
    step = reading.next(isOpen(section) ? yield* section.read(offset, length) : (section.bytes?.slice(offset, offset + length) ?? NOTHING));
  }
  return step.value;
}

function isOpen(section: DwarfSection): section is OpenSection {
  return 'read' in section;
}

const NOTHING = new Uint8Array(0);
