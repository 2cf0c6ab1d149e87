// The ways from a file to others that describe it: `.gnu_debuglink` (name and CRC of its debug file), `.gnu_debugaltlink` (dwz's
// shared file, by build id), `.gnu_debugdata` (a small symbol table within, compressed with xz).

import type { Diagnostics } from '../bytes/diagnostics.ts';
import type { Reading } from '../bytes/reading.ts';
import { decodeText, endOfText } from '../bytes/text.ts';
import type { ElfFile } from './elf-file.ts';
import { hexBytes } from './notes.ts';
import { readSection } from './section-bytes.ts';

/** Where a file says that its debug information was put. */
export interface DebugLink {
  /** A file name without folders; searched as FORMAT 3.1 says. */
  readonly name: string;
  /** CRC-32 of that file. */
  readonly crc: number;
}

/** The file that several debug files share (dwz). */
export interface DebugAltLink {
  /** A path, absolute or relative to the debug file's folder. */
  readonly name: string;
  /** Lower-case hexadecimal. */
  readonly buildId: string;
}

export function* readDebugLink(elf: ElfFile, diagnostics: Diagnostics): Reading<DebugLink | undefined> {
  const section = elf.section('.gnu_debuglink');
  if (section === undefined) return undefined;
  const bytes = yield* readSection(elf, section, diagnostics);
  const end = endOfText(bytes, 0, bytes.length);
  const crcAt = Math.ceil((end + 1) / 4) * 4;
  if (end === 0 || crcAt + 4 > bytes.length) {
    if (bytes.length > 0) diagnostics.damaged('elf-debuglink', section.offset, '.gnu_debuglink holds no name and checksum');
    return undefined;
  }
  const crc = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(crcAt, elf.littleEndian);
  return { name: decodeText(bytes, 0, end), crc };
}

export function* readDebugAltLink(elf: ElfFile, diagnostics: Diagnostics): Reading<DebugAltLink | undefined> {
  const section = elf.section('.gnu_debugaltlink');
  if (section === undefined) return undefined;
  const bytes = yield* readSection(elf, section, diagnostics);
  const end = endOfText(bytes, 0, bytes.length);
  if (end === 0 || end === bytes.length) {
    if (bytes.length > 0) diagnostics.damaged('elf-debugaltlink', section.offset, '.gnu_debugaltlink holds no name');
    return undefined;
  }
  return { name: decodeText(bytes, 0, end), buildId: hexBytes(bytes.subarray(end + 1)) };
}

/** The xz stream of `.gnu_debugdata`: an ELF file with the functions that `.dynsym` lacks. Undefined where there is none. */
export function* readMiniDebugInfo(elf: ElfFile, diagnostics: Diagnostics): Reading<Uint8Array | undefined> {
  const section = elf.section('.gnu_debugdata');
  if (section === undefined) return undefined;
  const bytes = yield* readSection(elf, section, diagnostics);
  return bytes.length === 0 ? undefined : bytes;
}
