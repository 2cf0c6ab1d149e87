// Where the numbers of a jitdump stand (FORMAT 4).

import { type Shape, ShapeBuilder, readField } from '../shape.ts';

export function jitdumpShape(bytes: Uint8Array): Shape {
  const littleEndian = bytes[0] === 0x44;
  const shape = new ShapeBuilder(bytes, littleEndian);
  for (let at = 4; at < 24; at += 4) shape.field(at, 4, at === 8 ? 'size' : 'type');
  shape.field(24, 8, 'value');
  shape.field(32, 8, 'type');
  if (bytes.length < 40) return shape;
  for (let at = readField(shape.view, 8, 4, littleEndian); at + 16 <= bytes.length; ) {
    const id = shape.field(at, 4, 'type');
    const size = shape.field(at + 4, 4, 'size');
    shape.field(at + 8, 8, 'value');
    if (size < 16 || at + size > bytes.length) break;
    shape.piece(at, at + size);
    if (id === 0 || id === 1) for (let field = at + 24; field + 8 <= Math.min(at + size, at + 64); field += 8) shape.field(field, 8, 'size');
    else if (id === 2) noteLines(shape, at + 16, at + size);
    else if (id === 4) {
      for (let field = at + 16; field < at + 40; field += 8) shape.field(field, 8, 'size');
      for (let field = at + 40; field + 4 <= at + size; field += 4) shape.field(field, 4, 'size');
      for (let field = at + 44; field < Math.min(at + size, at + 120); field++) shape.field(field, 1, 'type');
    }
    at += size;
  }
  return shape;
}

function noteLines(shape: ShapeBuilder, start: number, end: number): void {
  shape.field(start, 8, 'offset');
  shape.field(start + 8, 8, 'count');
  for (let at = start + 16; at + 16 < end; at += 24) {
    shape.field(at, 8, 'offset');
    shape.field(at + 8, 4, 'value');
  }
}
