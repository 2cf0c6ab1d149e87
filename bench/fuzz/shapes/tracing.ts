// Where the numbers of a TRACING_DATA stream stand, and its format files (FORMAT 6).

import { type Shape, ShapeBuilder, readField } from '../shape.ts';

/** Behind the magic number and `tracing0.6`. */
const ORDER_AT = 14;

export function tracingShape(bytes: Uint8Array): Shape {
  const littleEndian = bytes[ORDER_AT] !== 1;
  const shape = new ShapeBuilder(bytes, littleEndian);
  shape.field(ORDER_AT, 1, 'type');
  shape.field(ORDER_AT + 1, 1, 'size');
  shape.field(ORDER_AT + 2, 4, 'size');
  let at = ORDER_AT + 6;
  const text = (name: number): void => {
    at += name;
    const size = shape.field(at, 8, 'size');
    shape.piece(at, at + 8 + size);
    at += 8 + size;
  };
  text('header_page'.length + 1);
  text('header_event'.length + 1);
  for (let files = shape.field(at, 4, 'count'), i = (at += 4, 0); i < files && at < bytes.length; i++) text(0);
  for (let systems = shape.field(at, 4, 'count'), i = (at += 4, 0); i < systems && at < bytes.length; i++) {
    const end = bytes.indexOf(0, at);
    if (end < 0) return shape;
    at = end + 1;
    const files = shape.field(at, 4, 'count');
    at += 4;
    for (let j = 0; j < files && at < bytes.length; j++) text(0);
  }
  for (let i = 0; i < 2 && at + 4 <= bytes.length; i++) {
    const size = shape.field(at, 4, 'size');
    at += 4 + size;
  }
  if (at + 8 <= bytes.length) at += 8 + readField(shape.view, at, 8, littleEndian);
  return shape;
}
