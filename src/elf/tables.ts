// ELF header, program headers, section headers and section names: the only file that knows elfy.
// elfy walks the tables; it gets a view over the few pieces that were read instead of the whole file. The numbers that it loses
// (DEPENDENCIES 2: types, flags, signed addresses, and in 64-bit files alignment and entry size) are read here from the same
// bytes, and what makes it give up is settled before it is asked: extended numbering, tables that are missing or cut.
// Cost, measured: loading elfy 2.4 ms in a bundle where elfy-modules/ stands in for Node's assert and util (9 ms with Node's own),
// about 0.1 ms a file. Little enough that it serves in every run.

import elfy from 'elfy';
import type { ElfyHeader, ElfyInput } from 'elfy';
import type { Diagnostics } from '../bytes/diagnostics.ts';
import { readSigned64, readUnsigned64 } from '../bytes/int64.ts';
import { MAX_ELF_SECTIONS, MAX_ELF_SEGMENTS } from '../bytes/limits.ts';
import type { Reading } from '../bytes/reading.ts';
import type { ElfIdentity, ElfSection, ElfSegment, ElfTables } from './elf-headers.ts';
import { decodeText } from '../bytes/text.ts';
import { hasNoCodeMark } from './no-code-mark.ts';
import { SparseBytes } from './sparse-bytes.ts';

/** Holds header, program headers and, mostly, the notes. */
const FIRST_READ = 4096;
/** Linkers write the section names right before the section headers: some 300 bytes. */
const NAMES_BEFORE_HEADERS = 1024;
/** Of all section names together; `-ffunction-sections` repeats every symbol's name. */
const LARGEST_NAMES = 67_108_864;
const LONGEST_NAME = 1024;
/** e_phnum when the number of program headers stands in section 0 (sh_info). */
const PN_XNUM = 0xffff;
/** e_shstrndx when the index stands in section 0 (sh_link). */
const SHN_XINDEX = 0xffff;
const MAGIC = 0x7f45_4c46;

/** Reads the tables; undefined where the bytes are no ELF file. */
export function* readTables(size: number, diagnostics: Diagnostics): Reading<ElfTables | undefined> {
  const bytes = new SparseBytes(size);
  const first = yield* bytes.read(0, FIRST_READ);
  const view = viewOf(first);
  if (first.length < 52 || view.getUint32(0) !== MAGIC) return undefined;
  const is64 = first[4] === 2;
  const littleEndian = first[5] === 1;
  if (!is64 && (first[4] !== 1 || first.length < 52)) return undefined;
  if ((!littleEndian && first[5] !== 2) || (is64 && first.length < 64)) return undefined;

  const parser = new elfy.Parser();
  const header = parser.parseHeader(new ElfyPiece(first));
  const identity: ElfIdentity = {
    is64,
    littleEndian,
    machine: view.getUint16(18, littleEndian),
    type: view.getUint16(16, littleEndian),
    flags: view.getUint32(is64 ? 48 : 36, littleEndian),
    entry: is64 ? readSigned64(view, 24, littleEndian) : view.getUint32(24, littleEndian),
    codeLeftOut: hasNoCodeMark(first),
  };
  yield* settleSectionTable(bytes, header, identity, diagnostics);
  settleSegmentTable(size, header, identity, diagnostics);

  const programTable = yield* bytes.read(header.phoff, header.phnum * header.phentsize);
  // Names and headers in one read where they are neighbours.
  const headersStart = Math.max(0, header.shoff - NAMES_BEFORE_HEADERS);
  if (header.shnum > 0) yield* bytes.read(headersStart, header.shoff - headersStart + header.shnum * header.shentsize);
  const sectionTable = yield* bytes.read(header.shoff, header.shnum * header.shentsize);
  // A source may hold less than it said (a file that shrank).
  header.phnum = Math.floor(programTable.length / header.phentsize);
  header.shnum = Math.floor(sectionTable.length / header.shentsize);

  const segments = parser.parsePrograms(new ElfyFile(size, header.phoff, programTable), header).map((program, index): ElfSegment => {
    const raw = viewOf(programTable.subarray(index * header.phentsize, (index + 1) * header.phentsize));
    return {
      type: raw.getUint32(0, littleEndian),
      flags: raw.getUint32(is64 ? 4 : 24, littleEndian),
      offset: program.offset,
      address: is64 ? readSigned64(raw, 16, littleEndian) : raw.getUint32(8, littleEndian),
      fileSize: program.filesz,
      memorySize: program.memsz,
      alignment: is64 ? readUnsigned64(raw, 48, littleEndian) : raw.getUint32(28, littleEndian),
    };
  });
  const parsed = parser.parseSections(new ElfyFile(size, header.shoff, sectionTable), header);
  const names = parsed[header.shstrndx];
  const strings = names === undefined ? NOTHING_BYTES : yield* bytes.read(names.off, Math.min(names.size, LARGEST_NAMES));
  const sections = parsed.map((section, index): ElfSection => {
    const raw = viewOf(sectionTable.subarray(index * header.shentsize, (index + 1) * header.shentsize));
    return {
      index,
      name: decodeText(strings, section.name, section.name + LONGEST_NAME),
      type: raw.getUint32(4, littleEndian),
      flags: is64 ? readUnsigned64(raw, 8, littleEndian) : raw.getUint32(8, littleEndian),
      address: is64 ? readSigned64(raw, 16, littleEndian) : raw.getUint32(12, littleEndian),
      offset: section.off,
      size: section.size,
      link: section.link,
      info: section.info,
      alignment: is64 ? readUnsigned64(raw, 48, littleEndian) : raw.getUint32(32, littleEndian),
      entrySize: is64 ? readUnsigned64(raw, 56, littleEndian) : raw.getUint32(36, littleEndian),
    };
  });
  return { identity, sections, segments, bytes };
}

/**
 * Makes the header's account of the section table true: counts that stand in section 0, entries of another size,
 * a table that the file no longer holds whole.
 */
function* settleSectionTable(bytes: SparseBytes, header: ElfyHeader, identity: ElfIdentity, diagnostics: Diagnostics): Reading<void> {
  const { is64, littleEndian } = identity;
  const entrySize = is64 ? 64 : 40;
  if (header.shoff === 0) {
    header.shnum = 0;
    if (header.phnum === PN_XNUM) header.phnum = 0;
    return;
  }
  if (header.shentsize !== entrySize) {
    if (header.shnum > 0) diagnostics.damaged('elf-section-size', is64 ? 58 : 46, `section headers of ${header.shentsize} bytes instead of ${entrySize}`);
    header.shentsize = entrySize;
  }
  if (header.shnum === 0 || header.shstrndx === SHN_XINDEX || header.phnum === PN_XNUM) {
    const zero = yield* bytes.read(header.shoff, entrySize);
    if (zero.length === entrySize) {
      const view = viewOf(zero);
      if (header.shnum === 0) header.shnum = is64 ? readUnsigned64(view, 32, littleEndian) : view.getUint32(20, littleEndian);
      if (header.shstrndx === SHN_XINDEX) header.shstrndx = view.getUint32(is64 ? 40 : 24, littleEndian);
      if (header.phnum === PN_XNUM) header.phnum = view.getUint32(is64 ? 44 : 28, littleEndian);
    }
  }
  const there = Math.max(0, Math.min(MAX_ELF_SECTIONS, Math.floor((bytes.size - header.shoff) / entrySize)));
  if (header.shnum > there) {
    diagnostics.damaged('elf-sections-cut', header.shoff, `${header.shnum} section headers, of which the file holds ${there}`);
    header.shnum = there;
  }
}

/** The same for the program headers. */
function settleSegmentTable(size: number, header: ElfyHeader, identity: ElfIdentity, diagnostics: Diagnostics): void {
  const entrySize = identity.is64 ? 56 : 32;
  if (header.phoff === 0) header.phnum = 0;
  if (header.phentsize !== entrySize) {
    if (header.phnum > 0) diagnostics.damaged('elf-segment-size', identity.is64 ? 54 : 42, `program headers of ${header.phentsize} bytes instead of ${entrySize}`);
    header.phentsize = entrySize;
  }
  const there = Math.max(0, Math.min(MAX_ELF_SEGMENTS, Math.floor((size - header.phoff) / entrySize)));
  if (header.phnum > there) {
    diagnostics.damaged('elf-segments-cut', header.phoff, `${header.phnum} program headers, of which the file holds ${there}`);
    header.phnum = there;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A piece of a file with the methods of Node's Buffer that elfy calls. */
class ElfyPiece implements ElfyInput {
  readonly length: number;
  readonly #view: DataView;
  /** elfy takes class, byte order and ABI of a header by index. */
  readonly 4: number;
  readonly 5: number;
  readonly 6: number;
  readonly 7: number;

  constructor(bytes: Uint8Array) {
    this.length = bytes.length;
    this.#view = viewOf(bytes);
    this[4] = bytes[4] ?? 0;
    this[5] = bytes[5] ?? 0;
    this[6] = bytes[6] ?? 0;
    this[7] = bytes[7] ?? 0;
  }

  readUInt16LE(offset: number): number {
    return this.#view.getUint16(offset, true);
  }

  readUInt16BE(offset: number): number {
    return this.#view.getUint16(offset, false);
  }

  readUInt32LE(offset: number): number {
    return this.#view.getUint32(offset, true);
  }

  readUInt32BE(offset: number): number {
    return this.#view.getUint32(offset, false);
  }

  slice(): ElfyInput {
    return NOTHING;
  }
}

const NOTHING_BYTES = new Uint8Array(0);
const NOTHING = new ElfyPiece(NOTHING_BYTES);

/** A file of which only the tables are known: what elfy takes for the whole. The contents of sections, which it slices too, are empty. */
class ElfyFile {
  readonly length: number;
  readonly #offset: number;
  readonly #table: Uint8Array;

  constructor(fileSize: number, offset: number, table: Uint8Array) {
    this.length = fileSize;
    this.#offset = offset;
    this.#table = table;
  }

  slice(start: number, end: number): ElfyInput {
    const at = start - this.#offset;
    const isEntry = at >= 0 && end - start <= LARGEST_ENTRY && end - this.#offset <= this.#table.length;
    return isEntry ? new ElfyPiece(this.#table.subarray(at, at + end - start)) : NOTHING;
  }
}

/** Of a section header in a 64-bit file. */
const LARGEST_ENTRY = 64;
