// The header of a unit of `.debug_info` (DWARF 5, clause 7.5.1, and versions 2 to 4), and what its root entry says for all of it.

import { DwarfCursor } from './cursor.ts';
import type { DieShape } from './die-shape.ts';
import { UnitType } from './dwarf-constants.ts';

/** The longest header: 64-bit format, version 5, with an id and an offset of a type. */
export const LONGEST_UNIT_HEADER = 40;

export interface UnitHeader {
  /** Of the unit in its section, and of the next one. */
  readonly offset: number;
  readonly end: number;
  /** From the unit's start to its root entry. */
  readonly size: number;
  readonly shape: DieShape;
  /** UnitType; before version 5, which does not say, Compile. */
  readonly type: number;
  readonly abbreviations: number;
  /** Of a skeleton or split unit of version 5, as it stands in the file; empty otherwise. */
  readonly dwoId: Uint8Array;
}

/** The header at the start of `bytes`; undefined where none makes sense. `offset` is where that is, `limit` the size of the section. */
export function readUnitHeader(bytes: Uint8Array, offset: number, limit: number, littleEndian: boolean): UnitHeader | undefined {
  const cursor = new DwarfCursor(bytes, littleEndian);
  let length = cursor.unsigned32();
  let offsetSize: 4 | 8 = 4;
  if (length === 0xffff_ffff) {
    offsetSize = 8;
    length = cursor.signed64();
  } else if (length >= 0xffff_fff0) return undefined;
  const end = offset + cursor.position + length;
  const version = cursor.unsigned16();
  if (version < 2 || version > 5 || !(length > 0) || end > limit) return undefined;
  let type: number = UnitType.Compile;
  let addressSize: number;
  let abbreviations: number;
  let dwoId = NO_ID;
  if (version < 5) {
    abbreviations = offsetSize === 4 ? cursor.unsigned32() : cursor.signed64();
    addressSize = cursor.unsigned8();
  } else {
    type = cursor.unsigned8();
    addressSize = cursor.unsigned8();
    abbreviations = offsetSize === 4 ? cursor.unsigned32() : cursor.signed64();
    if (type === UnitType.Skeleton || type === UnitType.SplitCompile) {
      const id = cursor.take(8);
      if (id >= 0) dwoId = bytes.slice(id, id + 8);
    } else if (type === UnitType.Type || type === UnitType.SplitType) cursor.take(8 + offsetSize);
  }
  if (cursor.overrun || (addressSize !== 4 && addressSize !== 8) || offset + cursor.position > end) return undefined;
  return { offset, end, size: cursor.position, shape: { littleEndian, version, addressSize, offsetSize }, type, abbreviations, dwoId };
}

const NO_ID = new Uint8Array(0);
