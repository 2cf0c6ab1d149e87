// The index of a package of split debugging information (`.dwp`): where the parts of each unit, known by its id, lie in the sections of
// the package (DWARF 5, clause 7.3.5; GNU's form of it before, version 2).

import { MAX_PACKAGE_UNITS } from '../bytes/limits.ts';
import { DwarfCursor } from './cursor.ts';
import { PackageColumn } from './dwarf-constants.ts';
import type { DwarfFile } from './dwarf-file.ts';
import type { SectionReading } from './sections.ts';

/** Where a unit's parts begin in the sections of the package. */
export interface PackageEntry {
  readonly info: number;
  readonly abbreviations: number;
  readonly stringOffsets: number;
  readonly rangeLists: number;
}

const HEADER = 16;

/** The entry of the unit with an id (8 bytes as in the file), or undefined. */
export function* findInPackage(file: DwarfFile, id: Uint8Array): SectionReading<PackageEntry | undefined> {
  const header = new DwarfCursor(yield* file.cuIndex.read(0, HEADER), file.littleEndian);
  // Version 5 has two bytes of version and two of padding where GNU's 2 has four.
  let version = header.unsigned32();
  if (version !== 2) version = file.littleEndian ? version & 0xffff : version >>> 16;
  const columns = header.unsigned32();
  const units = header.unsigned32();
  const slots = header.unsigned32();
  const isSane = !header.overrun && (version === 2 || version === 5) && columns > 0 && columns <= 16 && units <= MAX_PACKAGE_UNITS;
  const size = HEADER + slots * 12 + 4 * columns * (1 + 2 * units);
  if (!isSane || slots === 0 || (slots & (slots - 1)) !== 0 || size > file.cuIndex.size) {
    file.diagnostics.damaged('dwarf-package', 0, 'the index of a package of split debugging information cannot be read');
    return undefined;
  }
  const row = yield* findRow(file, id, slots);
  if (row === 0 || row > units) return undefined;
  const table = HEADER + slots * 12;
  const titles = new DwarfCursor(yield* file.cuIndex.read(table, 4 * columns), file.littleEndian);
  const offsets = new DwarfCursor(yield* file.cuIndex.read(table + 4 * columns * row, 4 * columns), file.littleEndian);
  const entry = { info: 0, abbreviations: 0, stringOffsets: 0, rangeLists: 0 };
  for (let column = 0; column < columns; column++) {
    const offset = offsets.unsigned32();
    switch (titles.unsigned32()) {
      case PackageColumn.Info:
        entry.info = offset;
        break;
      case PackageColumn.Abbreviations:
        entry.abbreviations = offset;
        break;
      case PackageColumn.StringOffsets:
        entry.stringOffsets = offset;
        break;
      case PackageColumn.RangeLists:
        if (version === 5) entry.rangeLists = offset;
        break;
    }
  }
  return entry;
}

/** A hash table with open addressing: the low half of the id says where to begin, the high half how far to step. */
function* findRow(file: DwarfFile, id: Uint8Array, slots: number): SectionReading<number> {
  const { littleEndian } = file;
  const view = new DataView(id.buffer, id.byteOffset, 8);
  const low = view.getUint32(littleEndian ? 0 : 4, littleEndian);
  const high = view.getUint32(littleEndian ? 4 : 0, littleEndian);
  const mask = slots - 1;
  let slot = (low & mask) >>> 0;
  const step = ((high & mask) | 1) >>> 0;
  for (let tries = 0; tries < slots; tries++, slot = ((slot + step) & mask) >>> 0) {
    const at = HEADER + slot * 8;
    const bytes = file.cuIndex.known(at, 8) ?? (yield* file.cuIndex.read(at, 8));
    const row = new DwarfCursor(yield* file.cuIndex.read(HEADER + slots * 8 + slot * 4, 4), littleEndian).unsigned32();
    if (row === 0) return 0;
    if (bytes.length === 8 && id.every((byte, index) => byte === bytes[index])) return row;
  }
  return 0;
}
