// Where the numbers of records stand: the header, what each type says of itself, the fields of samples (FORMAT 2.0 to 2.3).

import type { Role, ShapeBuilder } from '../shape.ts';

/** Places of a type's own numbers from the record's start: offset, width, role. Whatever is not listed is taken as numbers of 8 bytes. */
const FIELDS: Readonly<Record<number, readonly (readonly [number, number, Role])[]>> = {
  1: [[8, 4, 'id'], [12, 4, 'id'], [16, 8, 'offset'], [24, 8, 'size'], [32, 8, 'offset']],
  2: [[8, 8, 'id'], [16, 8, 'count']],
  3: [[8, 4, 'id'], [12, 4, 'id']],
  4: [[8, 4, 'id'], [12, 4, 'id'], [16, 4, 'id'], [20, 4, 'id'], [24, 8, 'value']],
  7: [[8, 4, 'id'], [12, 4, 'id'], [16, 4, 'id'], [20, 4, 'id'], [24, 8, 'value']],
  8: [[8, 4, 'id'], [12, 4, 'id'], [16, 8, 'count']],
  10: [[8, 4, 'id'], [12, 4, 'id'], [16, 8, 'offset'], [24, 8, 'size'], [32, 8, 'offset'], [40, 1, 'size'], [40, 4, 'id'], [48, 8, 'id'], [64, 4, 'type']],
  16: [[8, 4, 'id'], [12, 4, 'id'], [16, 8, 'count'], [24, 8, 'value']],
  17: [[8, 8, 'offset'], [16, 4, 'size'], [20, 2, 'type'], [22, 2, 'type']],
  18: [[8, 2, 'type'], [10, 2, 'type'], [12, 4, 'id']],
  20: [[8, 8, 'offset'], [16, 2, 'size'], [18, 2, 'size']],
  22: [[8, 8, 'id'], [16, 8, 'count']],
  64: [[8, 4, 'type'], [12, 4, 'size'], [32, 8, 'type'], [40, 8, 'type'], [48, 8, 'type']],
  66: [[8, 4, 'size']],
  67: [[8, 4, 'id'], [32, 1, 'size']],
  69: [[8, 8, 'count'], [16, 8, 'id']],
  70: [[8, 4, 'type'], [16, 8, 'count']],
  71: [[8, 8, 'size'], [16, 8, 'offset']],
  72: [[8, 4, 'type'], [12, 4, 'type']],
  73: [[8, 8, 'count']],
  74: [[8, 2, 'type'], [10, 2, 'count'], [12, 2, 'size'], [16, 2, 'size'], [16, 4, 'size']],
  75: [[8, 8, 'count'], [16, 8, 'type']],
  78: [[8, 8, 'type'], [16, 8, 'id'], [24, 2, 'type'], [26, 2, 'count'], [28, 2, 'value']],
  80: [[8, 8, 'type'], [16, 4, 'count'], [20, 4, 'size']],
  81: [[8, 4, 'type'], [12, 1, 'type'], [13, 1, 'size'], [14, 2, 'size']],
  83: [[8, 8, 'size'], [16, 4, 'type'], [20, 1, 'type'], [21, 1, 'size'], [22, 2, 'size']],
  84: [[8, 8, 'count']],
};

/** What is known of the events that says how samples are laid out. */
export interface SampleKind {
  readonly sampleType: number;
  readonly readFormat: number;
  readonly branchType: number;
  readonly userRegs: number;
  readonly intrRegs: number;
}

/** Notes the record that lies at [start, end). `kind`: of the first event, undefined where there is none. */
export function noteRecord(shape: ShapeBuilder, start: number, end: number, kind: SampleKind | undefined): void {
  const type = shape.field(start, 4, 'type');
  shape.field(start + 4, 2, 'type');
  shape.field(start + 6, 2, 'size');
  shape.piece(start, end);
  if (type === 9 && kind !== undefined) noteSample(shape, start, end, kind);
  else {
    const known = FIELDS[type];
    for (const [offset, width, role] of known ?? []) if (start + offset + width <= end) shape.field(start + offset, width, role);
    for (let at = start + 8; known === undefined && at + 8 <= Math.min(end, start + 88); at += 8) shape.field(at, 8, 'value');
    // The trailer: who, when, which event.
    for (let at = end - 8; at >= start + 16 && at > end - 32; at -= 8) shape.field(at, 8, 'id');
  }
}

function noteSample(shape: ShapeBuilder, start: number, end: number, kind: SampleKind): void {
  const { sampleType, readFormat, branchType, userRegs, intrRegs } = kind;
  const has = (bit: number): boolean => ((sampleType / 2 ** bit) & 1) === 1;
  let at = start + 8;
  const word = (role: Role): number => {
    const value = at + 8 <= end ? shape.field(at, 8, role) : 0;
    at += 8;
    return value;
  };
  // IDENTIFIER, IP, TID, TIME, ADDR, ID, STREAM_ID, CPU, PERIOD.
  for (const bit of [16, 0, 1, 2, 3, 6, 9, 7, 8]) if (has(bit)) word(bit === 16 || bit === 6 ? 'id' : 'value');
  if (has(4)) {
    const times = (readFormat & 1) + ((readFormat >> 1) & 1);
    const each = 1 + ((readFormat >> 2) & 1) + ((readFormat >> 4) & 1);
    const count = (readFormat & 8) === 0 ? 1 : word('count');
    at += 8 * (times + each * Math.min(count, 8_192));
  }
  if (has(5)) at += 8 * Math.min(word('count'), 8_192);
  if (has(10) && at + 4 <= end) at += 4 + shape.field(at, 4, 'size');
  if (has(11)) {
    const count = word('count');
    if ((branchType & 0x20000) !== 0) at += 8;
    at += Math.min(count, 8_192) * ((branchType & 0x80000) !== 0 ? 32 : 24);
  }
  if (has(12) && word('type') !== 0) at += 8 * userRegs;
  if (has(13)) {
    const size = word('size');
    if (size > 0) {
      at += size;
      word('size');
    }
  }
  for (const bit of [14, 24, 15, 17]) if (has(bit)) word('value');
  if (has(18) && word('type') !== 0) at += 8 * intrRegs;
  for (const bit of [19, 21, 22, 23]) if (has(bit)) word('value');
  if (has(20)) word('size');
}
