// The contents of a section, decompressed where it is compressed: SHF_COMPRESSED with zlib or zstd, and the older `.zdebug_…` of GNU tools.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import { inflateZlib } from '../bytes/inflate.ts';
import { readUnsigned64 } from '../bytes/int64.ts';
import { MAX_SECTION_SIZE } from '../bytes/limits.ts';
import { bytesAt } from '../bytes/reading.ts';
import type { Reading } from '../bytes/reading.ts';
import { SHF_COMPRESSED, SHT_NOBITS } from './elf-constants.ts';
import type { ElfFile } from './elf-file.ts';
import type { ElfSection } from './elf-headers.ts';
import { decompressZstd } from '../bytes/zstd-whole.ts';

const ELFCOMPRESS_ZLIB = 1;
const ELFCOMPRESS_ZSTD = 2;
/** Of an Elf64_Chdr; the others are shorter, and a stream follows. */
const CHDR_SIZE = 24;
/** `ZLIB` and a big-endian size of 8 bytes stand before the stream in a `.zdebug_…` section. */
const ZDEBUG_HEADER = 12;
const ZDEBUG_MAGIC = 0x5a4c_4942;
/** zstd makes a block of 128 KiB from 4 bytes at best, deflate 1 032 bytes from one: a larger claim is not believed. */
const HIGHEST_RATIO = 32_768;

/**
 * The bytes of a section as the program would see them; what the file still holds of it, where it is cut. Empty for NOBITS
 * sections, which occupy no bytes, and for contents that cannot be decompressed.
 */
export function* readSection(elf: ElfFile, section: ElfSection, diagnostics: Diagnostics): Reading<Uint8Array> {
  if (section.type === SHT_NOBITS || section.size === 0) return NOTHING;
  const length = Math.min(section.size, elf.size - section.offset, MAX_SECTION_SIZE);
  if (length < section.size) {
    diagnostics.damaged('elf-section-cut', section.offset, `section ${section.name} of ${section.size} bytes, of which the file holds ${Math.max(0, length)}`);
  }
  if (length <= 0) return NOTHING;
  const bytes = yield* bytesAt(section.offset, length);
  if ((section.flags & SHF_COMPRESSED) !== 0) return decompress(elf, section, bytes, diagnostics);
  if (section.name.startsWith('.zdebug')) return decompressOld(section, bytes, diagnostics);
  return bytes;
}

/** Whether a section is read from the file as it is; others only as a whole. */
export function isPlain(section: ElfSection): boolean {
  return section.type !== SHT_NOBITS && (section.flags & SHF_COMPRESSED) === 0 && !section.name.startsWith('.zdebug');
}

/** What a section is said to hold once it is decompressed, in bytes; 0 where nobody would believe it. Reads the header only. */
export function* contentSize(elf: ElfFile, section: ElfSection): Reading<number> {
  if (section.type === SHT_NOBITS) return 0;
  if (isPlain(section)) return Math.max(0, Math.min(section.size, elf.size - section.offset));
  const bytes = yield* bytesAt(section.offset, CHDR_SIZE);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < CHDR_SIZE) return 0;
  const isOld = (section.flags & SHF_COMPRESSED) === 0;
  if (isOld && view.getUint32(0) !== ZDEBUG_MAGIC) return section.size;
  const size = isOld ? readUnsigned64(view, 4, false) : elf.is64 ? readUnsigned64(view, 8, elf.littleEndian) : view.getUint32(4, elf.littleEndian);
  return size <= MAX_SECTION_SIZE && size <= section.size * HIGHEST_RATIO ? size : 0;
}

/** Elf32_Chdr or Elf64_Chdr, then the stream. */
function decompress(elf: ElfFile, section: ElfSection, bytes: Uint8Array, diagnostics: Diagnostics): Uint8Array {
  const headerSize = elf.is64 ? 24 : 12;
  if (bytes.length < headerSize) return failed(section, 'no compression header', diagnostics);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = view.getUint32(0, elf.littleEndian);
  const size = elf.is64 ? readUnsigned64(view, 8, elf.littleEndian) : view.getUint32(4, elf.littleEndian);
  const stream = bytes.subarray(headerSize);
  if (!isCredible(size, stream)) return failed(section, `${size} bytes claimed for ${stream.length} compressed ones`, diagnostics);
  if (type === ELFCOMPRESS_ZLIB) return checked(section, inflateZlib(stream, size), size, diagnostics);
  if (type === ELFCOMPRESS_ZSTD) return checked(section, decompressZstd(stream, size), size, diagnostics);
  return failed(section, `unknown compression ${type}`, diagnostics);
}

function decompressOld(section: ElfSection, bytes: Uint8Array, diagnostics: Diagnostics): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < ZDEBUG_HEADER || view.getUint32(0) !== ZDEBUG_MAGIC) return bytes;
  const size = readUnsigned64(view, 4, false);
  const stream = bytes.subarray(ZDEBUG_HEADER);
  if (!isCredible(size, stream)) return failed(section, `${size} bytes claimed for ${stream.length} compressed ones`, diagnostics);
  return checked(section, inflateZlib(stream, size), size, diagnostics);
}

function isCredible(size: number, stream: Uint8Array): boolean {
  return size <= MAX_SECTION_SIZE && size <= stream.length * HIGHEST_RATIO + 64;
}

/** What was decompressed, with a complaint where it is less than the header says. */
function checked(section: ElfSection, content: Uint8Array, size: number, diagnostics: Diagnostics): Uint8Array {
  if (content.length < size) {
    diagnostics.damaged('elf-section-compressed', section.offset, `section ${section.name} decompresses to ${content.length} bytes instead of ${size}`);
  }
  return content;
}

function failed(section: ElfSection, why: string, diagnostics: Diagnostics): Uint8Array {
  diagnostics.damaged('elf-section-compressed', section.offset, `section ${section.name} cannot be decompressed: ${why}`);
  return NOTHING;
}

const NOTHING = new Uint8Array(0);
