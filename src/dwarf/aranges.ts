// `.debug_aranges` (DWARF 5, clause 6.1.2): which unit's code lies where, where the compiler wrote it down (GCC does, clang does not).

import { DwarfCursor } from './cursor.ts';
import type { DwarfFile } from './dwarf-file.ts';
import type { RangeColumns } from './range-columns.ts';
import { isDead } from './ranges.ts';
import type { SectionReading } from './sections.ts';

/** Adds the ranges of all units that have some, under their offsets in `.debug_info`, and those offsets to `units`. */
export function* readAranges(file: DwarfFile, to: RangeColumns, units: Set<number>): SectionReading<void> {
  const bytes = yield* file.aranges.read(0, file.aranges.size);
  const cursor = new DwarfCursor(bytes, file.littleEndian);
  while (cursor.position < bytes.length) {
    const start = cursor.position;
    cursor.end = bytes.length;
    let length = cursor.unsigned32();
    const offsetSize = length === 0xffff_ffff ? 8 : 4;
    if (offsetSize === 8) length = cursor.signed64();
    const end = cursor.position + length;
    if (cursor.overrun || !(length > 0) || end > bytes.length) return damaged(file, start);
    cursor.end = end;
    const version = cursor.unsigned16();
    const unit = offsetSize === 8 ? cursor.signed64() : cursor.unsigned32();
    const addressSize = cursor.unsigned8();
    const segmentSize = cursor.unsigned8();
    if (cursor.overrun || version !== 2 || (addressSize !== 4 && addressSize !== 8) || segmentSize !== 0) return damaged(file, start);
    // Pairs begin at a multiple of their size, counted from the beginning of this set.
    const pair = 2 * addressSize;
    cursor.position = start + Math.ceil((cursor.position - start) / pair) * pair;
    while (cursor.position + pair <= end) {
      const low = addressSize === 8 ? cursor.signed64() : cursor.unsigned32();
      const size = addressSize === 8 ? cursor.signed64() : cursor.unsigned32();
      if (low === 0 && size === 0) continue;
      units.add(unit);
      if (!isDead(low, addressSize)) to.add(low, low + size, unit);
    }
    cursor.position = end;
    cursor.overrun = false;
  }
}

function damaged(file: DwarfFile, offset: number): void {
  file.diagnostics.damaged('dwarf-aranges', offset, '.debug_aranges cannot be read: the units are asked themselves');
}
