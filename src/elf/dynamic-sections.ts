// What stands in for the section headers of a file that has none (`strip --strip-section-headers`, packers, images taken from memory):
// the dynamic linker needs none of them, and what it reads instead, PT_DYNAMIC and PT_GNU_EH_FRAME, says where the dynamic symbols,
// their names and the call frame information are (System V gABI 5, "Dynamic Section"; LSB 5.0 10.6). perf names nothing in such files.

import { readSigned64, readUnsigned64 } from '../bytes/int64.ts';
import type { Reading } from '../bytes/reading.ts';
import { PF_X, PT_DYNAMIC, PT_GNU_EH_FRAME, PT_LOAD, SHF_ALLOC, SHF_EXECINSTR, SHT_DYNSYM, SHT_PROGBITS, SHT_STRTAB } from './elf-constants.ts';
import type { ElfSection, ElfSegment, ElfTables } from './elf-headers.ts';

const DT_NULL = 0;
const DT_HASH = 4;
const DT_STRTAB = 5;
const DT_SYMTAB = 6;
const DT_STRSZ = 10;
const DT_GNU_HASH = 0x6fff_fef5;

/** Of a whole dynamic section: a library has some 30 entries, and one for each library that it needs. */
const LONGEST_DYNAMIC = 65_536;
/** Bytes of a hash table that are read at a time. */
const PIECE = 65_536;
/** `.eh_frame_hdr` begins with version, three encodings, and the distance from there to `.eh_frame` in 4 bytes: all that linkers write. */
const EH_FRAME_POINTER = 0x1b;

/** Sections for a file without a section table, numbered as they come: there is no null section. Empty where there is nothing to be made. */
export function* dynamicSections(tables: ElfTables): Reading<readonly ElfSection[]> {
  const { segments, identity: { is64, littleEndian } } = tables;
  const sections: ElfSection[] = [];
  const add = (name: string, type: number, flags: number, address: number, size: number, entrySize = 0, link = 0): void => {
    const segment = holderOf(segments, address);
    if (segment === undefined || !(size > 0)) return;
    const offset = address - segment.address + segment.offset;
    const there = segment.offset + segment.fileSize - offset;
    sections.push({ index: sections.length, name, type, flags, address, offset, size: Math.min(size, there), link, info: 0, alignment: 8, entrySize });
  };

  const dynamic = yield* dynamicEntries(tables);
  const symbols = dynamic.get(DT_SYMTAB);
  const strings = dynamic.get(DT_STRTAB);
  if (symbols !== undefined && strings !== undefined) {
    const entrySize = is64 ? 24 : 16;
    const count = (yield* symbolCount(tables, dynamic)) ?? Math.floor(Math.max(strings - symbols, 0) / entrySize);
    add('.dynsym', SHT_DYNSYM, SHF_ALLOC, symbols, count * entrySize, entrySize, sections.length + 1);
    if (sections.length > 0) add('.dynstr', SHT_STRTAB, SHF_ALLOC, strings, dynamic.get(DT_STRSZ) ?? Infinity);
  }
  const header = segments.find((segment) => segment.type === PT_GNU_EH_FRAME);
  if (header !== undefined) {
    add('.eh_frame_hdr', SHT_PROGBITS, SHF_ALLOC, header.address, header.fileSize);
    const start = yield* tables.bytes.read(header.offset, 8);
    if (start.length === 8 && start[1] === EH_FRAME_POINTER) {
      const distance = new DataView(start.buffer, start.byteOffset, 8).getInt32(4, littleEndian);
      // Its size is nowhere: what lies behind it in its segment is not looked at, since the header says where each entry is.
      add('.eh_frame', SHT_PROGBITS, SHF_ALLOC, header.address + 4 + distance, Infinity);
    }
  }
  for (const segment of segments) {
    if (segment.type === PT_LOAD && (segment.flags & PF_X) !== 0) add('', SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, segment.address, segment.fileSize);
  }
  return sections;
}

/** The values by tag; of a tag that comes more than once (DT_NEEDED) the last. */
function* dynamicEntries(tables: ElfTables): Reading<ReadonlyMap<number, number>> {
  const { segments, identity: { is64, littleEndian } } = tables;
  const entries = new Map<number, number>();
  const segment = segments.find(({ type }) => type === PT_DYNAMIC);
  if (segment === undefined) return entries;
  const bytes = yield* tables.bytes.read(segment.offset, Math.min(segment.fileSize, LONGEST_DYNAMIC));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = is64 ? 16 : 8;
  for (let at = 0; at + size <= bytes.length; at += size) {
    const tag = is64 ? readUnsigned64(view, at, littleEndian) : view.getUint32(at, littleEndian);
    if (tag === DT_NULL) break;
    entries.set(tag, is64 ? readSigned64(view, at + 8, littleEndian) : view.getUint32(at + 4, littleEndian));
  }
  return entries;
}

/** How many dynamic symbols there are, which only the tables for looking them up tell; undefined where neither is there. */
function* symbolCount(tables: ElfTables, dynamic: ReadonlyMap<number, number>): Reading<number | undefined> {
  const { bytes, segments, identity: { is64, littleEndian } } = tables;
  const hash = placeOf(segments, dynamic.get(DT_HASH));
  if (hash !== undefined) {
    const head = yield* bytes.read(hash, 8);
    if (head.length === 8) return new DataView(head.buffer, head.byteOffset, 8).getUint32(4, littleEndian);
  }
  const gnu = placeOf(segments, dynamic.get(DT_GNU_HASH));
  if (gnu === undefined) return undefined;
  const head = yield* bytes.read(gnu, 16);
  if (head.length < 16) return undefined;
  const word = (index: number): number => new DataView(head.buffer, head.byteOffset, 16).getUint32(index * 4, littleEndian);
  const [buckets, first, filterWords] = [word(0), word(1), word(2)];
  const bucketsAt = gnu + 16 + filterWords * (is64 ? 8 : 4);
  const chainsAt = bucketsAt + buckets * 4;
  let last = 0;
  yield* eachWord(tables, bucketsAt, buckets, (symbol) => {
    last = Math.max(last, symbol);
    return false;
  });
  if (last < first) return first;
  // The chain of the highest bucket ends with the last symbol: bit 0 of its hash is set.
  const length = yield* eachWord(tables, chainsAt + (last - first) * 4, Infinity, (hashed) => (hashed & 1) !== 0);
  return last + length;
}

/** Calls `isLast` with at most `count` words until it says so; gives the number of calls. What the file does not hold is not read. */
function* eachWord(tables: ElfTables, offset: number, count: number, isLast: (word: number) => boolean): Reading<number> {
  for (let done = 0; done < count; ) {
    const piece = yield* tables.bytes.read(offset + done * 4, Math.min((count - done) * 4, PIECE));
    const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
    const words = piece.length >> 2;
    for (let i = 0; i < words; i++, done++) if (isLast(view.getUint32(i * 4, tables.identity.littleEndian))) return done + 1;
    if (piece.length < PIECE) return done;
  }
  return count;
}

/** The segment whose bytes in the file hold an address. */
function holderOf(segments: readonly ElfSegment[], address: number): ElfSegment | undefined {
  return segments.find((segment) => segment.type === PT_LOAD && address >= segment.address && address - segment.address < segment.fileSize);
}

function placeOf(segments: readonly ElfSegment[], address: number | undefined): number | undefined {
  const segment = address === undefined ? undefined : holderOf(segments, address);
  return segment === undefined ? undefined : address! - segment.address + segment.offset;
}
