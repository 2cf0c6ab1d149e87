// DW_EH_PE_*: how an address is written in .eh_frame and .eh_frame_hdr (Linux Standard Base, "DWARF Exception Header
// Encoding"): low four bits the format, the next three what it is relative to, the top bit an indirection.

import type { DwarfCursor } from './cursor.ts';

export const PointerEncoding = {
  Absolute: 0x00,
  ProgramCounterRelative: 0x10,
  DataRelative: 0x30,
  Aligned: 0x50,
  Indirect: 0x80,
  Omit: 0xff,
} as const;

/** Bytes of a pointer so encoded; 0 where that depends on its value. */
export function encodedSize(encoding: number, addressSize: number): number {
  switch (encoding & 0x07) {
    case 0:
      return addressSize;
    case 2:
      return 2;
    case 3:
      return 4;
    case 4:
      return 8;
    default:
      return 0;
  }
}

/** The number as it stands there, relative to nothing. NaN for a format that does not exist. */
export function readFormat(cursor: DwarfCursor, encoding: number, addressSize: number): number {
  switch (encoding & 0x0f) {
    case 0x00:
      return addressSize === 8 ? cursor.signed64() : cursor.unsigned32();
    case 0x01:
      return cursor.uleb();
    case 0x02:
      return cursor.unsigned16();
    case 0x03:
      return cursor.unsigned32();
    case 0x04:
    case 0x0c:
      return cursor.signed64();
    case 0x08:
      return addressSize === 8 ? cursor.signed64() : cursor.signed32();
    case 0x09:
      return cursor.sleb();
    case 0x0a:
      return cursor.signed16();
    case 0x0b:
      return cursor.signed32();
    default:
      return NaN;
  }
}

/**
 * The address that a pointer means. `sectionAddress` is where the cursor's section is mapped, `dataAddress` what data-relative
 * pointers count from. NaN for what needs more than the section: text- and function-relative ones, indirect ones.
 */
export function readPointer(
  cursor: DwarfCursor,
  encoding: number,
  addressSize: number,
  sectionAddress: number,
  dataAddress: number,
): number {
  const applied = encoding & 0x70;
  if (applied === PointerEncoding.Aligned) {
    const misaligned = (sectionAddress + cursor.position) % addressSize;
    if (misaligned !== 0) cursor.take(addressSize - misaligned);
    return readFormat(cursor, 0, addressSize);
  }
  const place = sectionAddress + cursor.position;
  let value = readFormat(cursor, encoding, addressSize);
  if (applied === PointerEncoding.ProgramCounterRelative) value += place;
  else if (applied === PointerEncoding.DataRelative) value += dataAddress;
  else if (applied !== PointerEncoding.Absolute) return NaN;
  if ((encoding & PointerEncoding.Indirect) !== 0) return NaN;
  // Relative pointers of 32-bit programs wrap around.
  return addressSize === 4 && (value < 0 || value > 0xffff_ffff) ? value - Math.floor(value / 0x1_0000_0000) * 0x1_0000_0000 : value;
}
