// Where the code of an entry lies: DW_AT_low_pc and DW_AT_high_pc, or a list in `.debug_ranges` (versions 2 to 4, clause 2.17.3 of
// version 4) or `.debug_rnglists` (version 5, clause 7.25).

import { MAX_RANGES_OF_ENTRY } from '../bytes/limits.ts';
import { readSigned64, readUnsigned64 } from '../bytes/int64.ts';
import { DwarfCursor } from './cursor.ts';
import { type DieValue, ValueKind } from './die-reader.ts';
import { RangeEntry } from './dwarf-constants.ts';
import type { LazySection } from './lazy-section.ts';
import type { RangeColumns } from './range-columns.ts';
import type { SectionReading } from './sections.ts';
import type { Unit } from './unit.ts';

/** The longest entry of a list: a byte and two LEB128 of ten, or two addresses. */
const LONGEST_ENTRY = 21;

/** What an entry says of its code; all three may be missing. */
export interface CodePlace {
  readonly lowPc: DieValue;
  readonly highPc: DieValue;
  readonly ranges: DieValue;
}

/**
 * Code that the linker threw away: its addresses were set to 0, or by newer linkers to the largest or second largest number. No linked
 * file has code there.
 */
export function isDead(address: number, addressSize: number): boolean {
  return address === 0 || address === -1 || address === -2 || (addressSize === 4 && address >= 0xffff_fffe);
}

/** Adds the ranges of an entry under a number. */
export function* addRanges(unit: Unit, { lowPc, highPc, ranges }: CodePlace, id: number, to: RangeColumns): SectionReading<void> {
  if (ranges.kind !== ValueKind.None) return yield* addList(unit, ranges, id, to);
  const low = lowPc.kind === ValueKind.Address ? lowPc.value : yield* addressOf(unit, lowPc);
  const high = highPc.kind === ValueKind.Constant ? low + highPc.value : highPc.kind === ValueKind.Address ? highPc.value : yield* addressOf(unit, highPc);
  if (!isDead(low, unit.header.shape.addressSize)) to.add(low, high, id);
}

/** The address that a value means; NaN where it means none. */
export function* addressOf(unit: Unit, value: DieValue): SectionReading<number> {
  if (value.kind === ValueKind.Address) return value.value;
  return value.kind === ValueKind.AddressIndex ? yield* indexedAddress(unit, value.value) : NaN;
}

function* indexedAddress(unit: Unit, index: number): SectionReading<number> {
  const { addressSize } = unit.header.shape;
  const { outer } = unit;
  const at = outer.addressBase + index * addressSize;
  const bytes = outer.file.addr.known(at, addressSize) ?? (yield* outer.file.addr.read(at, addressSize));
  return bytes.length < addressSize ? NaN : readAddress(bytes, addressSize, unit.file.littleEndian);
}

function readAddress(bytes: Uint8Array, size: number, littleEndian: boolean): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return size === 8 ? readSigned64(view, 0, littleEndian) : view.getUint32(0, littleEndian);
}

function* addList(unit: Unit, value: DieValue, id: number, to: RangeColumns): SectionReading<void> {
  if (unit.header.shape.version >= 5) {
    const offset = value.kind === ValueKind.RangeListIndex ? yield* indexedList(unit, value.value) : value.value;
    return yield* addNewList(unit, offset, id, to);
  }
  // In version 4 the lists of what was split off stay behind.
  const { outer } = unit;
  yield* addOldList(unit, outer.file.ranges, value.value + (unit.skeleton === undefined ? 0 : outer.gnuRangesBase), id, to);
}

/** Where the list with the number begins in `.debug_rnglists`. */
function* indexedList(unit: Unit, index: number): SectionReading<number> {
  const { offsetSize } = unit.header.shape;
  const bytes = yield* unit.file.rnglists.read(unit.rangeListsBase + index * offsetSize, offsetSize);
  if (bytes.length < offsetSize) return -1;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return unit.rangeListsBase + (offsetSize === 4 ? view.getUint32(0, unit.file.littleEndian) : readUnsigned64(view, 0, unit.file.littleEndian));
}

function* addOldList(unit: Unit, section: LazySection, offset: number, id: number, to: RangeColumns): SectionReading<void> {
  const { addressSize } = unit.header.shape;
  const { littleEndian } = unit.file;
  let base = unit.outer.baseAddress;
  for (let count = 0, at = offset; count < MAX_RANGES_OF_ENTRY && unit.file.spend(2 * addressSize); count++, at += 2 * addressSize) {
    const bytes = section.known(at, 2 * addressSize) ?? (yield* section.read(at, 2 * addressSize));
    if (bytes.length < 2 * addressSize) return damaged(unit, at);
    const start = readAddress(bytes, addressSize, littleEndian);
    const end = readAddress(bytes.subarray(addressSize), addressSize, littleEndian);
    if (start === 0 && end === 0) return;
    // The largest address there is says that the next ones count from another base.
    if (start === (addressSize === 8 ? -1 : 0xffff_ffff)) base = end;
    // Thrown away: relative to the base it would be 1 or 2 below it.
    else if (!(start === end && isDead(start, addressSize)) && !isDead(base + start, addressSize)) to.add(base + start, base + end, id);
  }
}

function* addNewList(unit: Unit, offset: number, id: number, to: RangeColumns): SectionReading<void> {
  const { addressSize } = unit.header.shape;
  const { rnglists, littleEndian } = unit.file;
  let base = unit.outer.baseAddress;
  for (let count = 0, at = offset; count < MAX_RANGES_OF_ENTRY && unit.file.spend(addressSize); count++) {
    const bytes = rnglists.known(at, LONGEST_ENTRY) ?? (yield* rnglists.read(at, LONGEST_ENTRY));
    const cursor = new DwarfCursor(bytes, littleEndian);
    const address = (): number => (addressSize === 8 ? cursor.signed64() : cursor.unsigned32());
    const kind = cursor.unsigned8();
    let start = NaN;
    let end = NaN;
    switch (cursor.overrun ? -1 : kind) {
      case RangeEntry.EndOfList:
        return;
      case RangeEntry.BaseAddressIndex:
        base = yield* indexedAddress(unit, cursor.uleb());
        break;
      case RangeEntry.StartIndexEndIndex:
        start = yield* indexedAddress(unit, cursor.uleb());
        end = yield* indexedAddress(unit, cursor.uleb());
        break;
      case RangeEntry.StartIndexLength:
        start = yield* indexedAddress(unit, cursor.uleb());
        end = start + cursor.uleb();
        break;
      case RangeEntry.OffsetPair:
        start = base + cursor.uleb();
        end = base + cursor.uleb();
        if (base !== 0 && isDead(base, addressSize)) start = NaN;
        break;
      case RangeEntry.BaseAddress:
        base = address();
        break;
      case RangeEntry.StartEnd:
        start = address();
        end = address();
        break;
      case RangeEntry.StartLength:
        start = address();
        end = start + cursor.uleb();
        break;
      default:
        return damaged(unit, at);
    }
    if (cursor.overrun) return damaged(unit, at);
    if (!isDead(start, addressSize)) to.add(start, end, id);
    at += cursor.position;
  }
}

function damaged(unit: Unit, offset: number): void {
  unit.file.diagnostics.damaged('dwarf-ranges', offset, 'a list of address ranges cannot be read');
}
