// What a walker says of an input: where its numbers stand and what they mean, and which pieces it consists of. Mutators need no more,
// so one set of them serves every format.

/** What a number means to its reader. */
export type Role = 'size' | 'count' | 'offset' | 'type' | 'id' | 'value';

export interface Field {
  /** In the input, in bytes. */
  readonly offset: number;
  /** 1, 2, 4 or 8. */
  readonly width: number;
  readonly role: Role;
}

/** A record, a section, a line: something that can be left out, repeated or moved. */
export interface Piece {
  readonly start: number;
  readonly end: number;
}

export interface Shape {
  readonly littleEndian: boolean;
  readonly fields: readonly Field[];
  readonly pieces: readonly Piece[];
}

/** Collects fields that lie within the bytes. */
export class ShapeBuilder implements Shape {
  readonly fields: Field[] = [];
  readonly pieces: Piece[] = [];
  readonly littleEndian: boolean;
  readonly view: DataView;

  constructor(bytes: Uint8Array, littleEndian: boolean) {
    this.littleEndian = littleEndian;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Notes a field and gives its value; 0 where it is not there. */
  field(offset: number, width: number, role: Role): number {
    if (offset < 0 || !(offset + width <= this.view.byteLength)) return 0;
    this.fields.push({ offset, width, role });
    return readField(this.view, offset, width, this.littleEndian);
  }

  piece(start: number, end: number): void {
    const last = Math.min(end, this.view.byteLength);
    if (start >= 0 && start < last) this.pieces.push({ start, end: last });
  }
}

/** Rounded beyond 2^53. */
export function readField(view: DataView, offset: number, width: number, littleEndian: boolean): number {
  if (width === 1) return view.getUint8(offset);
  if (width === 2) return view.getUint16(offset, littleEndian);
  if (width === 4) return view.getUint32(offset, littleEndian);
  return Number(view.getBigUint64(offset, littleEndian));
}

export function writeField(view: DataView, offset: number, width: number, value: bigint, littleEndian: boolean): void {
  if (width === 1) view.setUint8(offset, Number(value & 0xffn));
  else if (width === 2) view.setUint16(offset, Number(value & 0xffffn), littleEndian);
  else if (width === 4) view.setUint32(offset, Number(value & 0xffff_ffffn), littleEndian);
  else view.setBigUint64(offset, BigInt.asUintN(64, value), littleEndian);
}
