// An ELF file as far as its tables tell: sections, segments, build id, and the way between file offsets and addresses
// (FORMAT 3.2, 3.3). Reads the header, the tables and the notes, nothing else; contents come section by section.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import type { Reading } from '../bytes/reading.ts';
import { dynamicSections } from './dynamic-sections.ts';
import { PF_X, PT_LOAD } from './elf-constants.ts';
import type { ElfIdentity, ElfSection, ElfSegment } from './elf-headers.ts';
import { buildIdOf } from './notes.ts';
import { readTables } from './tables.ts';

export class ElfFile implements ElfIdentity {
  readonly is64: boolean;
  readonly littleEndian: boolean;
  readonly machine: number;
  readonly type: number;
  readonly flags: number;
  readonly entry: number;
  readonly codeLeftOut: boolean;
  /** Of the whole file, in bytes. */
  readonly size: number;
  /** In file order; index 0 is the null section. Where the file has no section headers, what stands in for them (dynamic-sections.ts). */
  readonly sections: readonly ElfSection[];
  /** Whether the file has section headers of its own, to which symbols refer by number. */
  readonly hasSectionTable: boolean;
  readonly segments: readonly ElfSegment[];
  /** Lower-case hexadecimal; '' where the file has none. */
  readonly buildId: string;

  constructor(
    identity: ElfIdentity,
    size: number,
    sections: readonly ElfSection[],
    segments: readonly ElfSegment[],
    buildId: string,
    hasSectionTable = true,
  ) {
    this.is64 = identity.is64;
    this.littleEndian = identity.littleEndian;
    this.machine = identity.machine;
    this.type = identity.type;
    this.flags = identity.flags;
    this.entry = identity.entry;
    this.codeLeftOut = identity.codeLeftOut;
    this.size = size;
    this.sections = sections;
    this.segments = segments;
    this.buildId = buildId;
    this.hasSectionTable = hasSectionTable;
  }

  /** The first section of that name. */
  section(name: string): ElfSection | undefined {
    for (const section of this.sections) if (section.name === name) return section;
    return undefined;
  }

  /** The first section of that type (SHT_…). */
  sectionOfType(type: number): ElfSection | undefined {
    for (const section of this.sections) if (section.type === type) return section;
    return undefined;
  }

  /**
   * The address at which a byte of the file is loaded, before relocation; undefined where no segment loads it.
   * Executable segments come first: the pages that two segments share are looked up for code.
   */
  fileOffsetToAddress(offset: number): number | undefined {
    const segment = this.#loading(offset, 1) ?? this.#loading(offset, PAGE);
    return segment === undefined ? undefined : offset - segment.offset + segment.address;
  }

  /** The segment that loads a byte, with the segment's ends rounded out to whole pages. */
  #loading(offset: number, page: number): ElfSegment | undefined {
    let found: ElfSegment | undefined;
    for (const segment of this.segments) {
      if (segment.type !== PT_LOAD || segment.fileSize === 0) continue;
      const start = Math.floor(segment.offset / page) * page;
      const end = Math.ceil((segment.offset + segment.fileSize) / page) * page;
      if (offset < start || offset >= end) continue;
      if ((segment.flags & PF_X) !== 0) return segment;
      found ??= segment;
    }
    return found;
  }

  /** The place in the file of an address before relocation, by the first PT_LOAD that holds it (FORMAT 3.2); undefined without one. */
  addressToFileOffset(address: number): number | undefined {
    const segment = this.segmentOfAddress(address);
    return segment === undefined ? undefined : address - segment.address + segment.offset;
  }

  /** The first PT_LOAD that holds an address before relocation. */
  segmentOfAddress(address: number): ElfSegment | undefined {
    for (const segment of this.segments) {
      if (segment.type !== PT_LOAD) continue;
      const size = Math.max(segment.memorySize, segment.fileSize);
      if (address >= segment.address && address - segment.address < size) return segment;
    }
    return undefined;
  }
}

/** mmap works in pages: what lies around a segment in its first and last page is mapped too. Larger pages only add more of that. */
const PAGE = 4096;

/**
 * Reads what an ELF file says of itself: two to four small reads, whatever its size. Undefined where it is no ELF file.
 * A file that is cut short or has broken tables gives what is left of them.
 */
export function* readElf(size: number, diagnostics: Diagnostics): Reading<ElfFile | undefined> {
  const tables = yield* readTables(size, diagnostics);
  if (tables === undefined) return undefined;
  const buildId = yield* buildIdOf(tables);
  const hasSectionTable = tables.sections.length > 0;
  const sections = hasSectionTable ? tables.sections : yield* dynamicSections(tables);
  return new ElfFile(tables.identity, size, sections, tables.segments, buildId, hasSectionTable);
}
