// Notes: the build id (NT_GNU_BUILD_ID) of a file, from its note segments or, in files without segments, its note sections.

import type { Reading } from '../bytes/reading.ts';
import { PT_NOTE, SHT_NOTE } from './elf-constants.ts';
import type { ElfTables } from './elf-headers.ts';

const NT_GNU_BUILD_ID = 3;
/** Notes of an executable take some hundred bytes; a core file's megabytes hold no build id of its own. */
const LONGEST_NOTES = 65_536;
/** perf keeps 20 bytes (FORMAT 1.3); linkers make 8 to 32. */
const LONGEST_BUILD_ID = 64;

/** The build id in lower-case hexadecimal; '' where there is none. */
export function* buildIdOf(tables: ElfTables): Reading<string> {
  const { littleEndian } = tables.identity;
  for (const section of tables.sections) {
    if (section.type !== SHT_NOTE || section.name !== '.note.gnu.build-id') continue;
    const id = findBuildId(yield* tables.bytes.read(section.offset, Math.min(section.size, LONGEST_NOTES)), littleEndian, 4);
    if (id !== '') return id;
  }
  // A debug file's segments point at bytes that were left out of it: only what looks like a note counts.
  for (const segment of tables.segments) {
    if (segment.type !== PT_NOTE) continue;
    const notes = yield* tables.bytes.read(segment.offset, Math.min(segment.fileSize, LONGEST_NOTES));
    const id = findBuildId(notes, littleEndian, segment.alignment);
    if (id !== '') return id;
  }
  for (const section of tables.sections) {
    if (section.type !== SHT_NOTE || section.name === '.note.gnu.build-id') continue;
    const notes = yield* tables.bytes.read(section.offset, Math.min(section.size, LONGEST_NOTES));
    const id = findBuildId(notes, littleEndian, section.alignment);
    if (id !== '') return id;
  }
  return '';
}

/** The build id among notes; '' where there is none. Their alignment is 4 but in segments that say 8. */
export function findBuildId(notes: Uint8Array, littleEndian: boolean, alignment: number): string {
  const view = new DataView(notes.buffer, notes.byteOffset, notes.byteLength);
  const unit = alignment === 8 ? 8 : 4;
  let at = 0;
  while (at + 12 <= notes.length) {
    const nameSize = view.getUint32(at, littleEndian);
    const size = view.getUint32(at + 4, littleEndian);
    const type = view.getUint32(at + 8, littleEndian);
    const content = at + Math.ceil((12 + nameSize) / unit) * unit;
    if (content + size > notes.length) return '';
    const isGnu = nameSize === 4 && view.getUint32(at + 12, false) === 0x474e_5500;
    if (type === NT_GNU_BUILD_ID && isGnu && size > 0 && size <= LONGEST_BUILD_ID) return hexBytes(notes.subarray(content, content + size));
    at = content + Math.ceil(size / unit) * unit;
  }
  return '';
}

/** Bytes in lower-case hexadecimal. */
export function hexBytes(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += bytes[i]!.toString(16).padStart(2, '0');
  return text;
}
