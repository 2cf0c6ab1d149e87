// Where the numbers of a perf.data stand: header, attrs, the table of features, payloads, records (FORMAT 1.1 to 1.4).

import { type Shape, ShapeBuilder, readField } from '../shape.ts';
import { type SampleKind, noteRecord } from './record.ts';

const PIPE_HEADER_SIZE = 16;
const TYPE_ATTR = 64;
const TYPE_TRACING_DATA = 66;
const TYPE_AUXTRACE = 71;

/** Of a recording that is whole. What does not look like one has no shape. */
export function recordingShape(bytes: Uint8Array, littleEndian: boolean): Shape {
  const shape = new ShapeBuilder(bytes, littleEndian);
  if (bytes.length < PIPE_HEADER_SIZE) return shape;
  const headerSize = shape.field(8, 8, 'size');
  if (headerSize === PIPE_HEADER_SIZE) noteRecords(shape, PIPE_HEADER_SIZE, bytes.length, undefined);
  else noteFile(shape, bytes.length);
  return shape;
}

/** Of a file of records without a header: a `data.N` of a directory, or what was compressed. */
export function recordsShape(bytes: Uint8Array, littleEndian: boolean, kind: SampleKind | undefined): Shape {
  const shape = new ShapeBuilder(bytes, littleEndian);
  noteRecords(shape, 0, bytes.length, kind);
  return shape;
}

function noteFile(shape: ShapeBuilder, size: number): void {
  const entrySize = shape.field(16, 8, 'size');
  const attrs = shape.field(24, 8, 'offset');
  const attrsSize = shape.field(32, 8, 'size');
  const data = shape.field(40, 8, 'offset');
  const dataSize = shape.field(48, 8, 'size');
  shape.field(56, 8, 'offset');
  shape.field(64, 8, 'size');
  for (let at = 72; at < 104; at += 8) shape.field(at, 8, 'type');
  let kind: SampleKind | undefined;
  for (let at = attrs; entrySize >= 80 && at + entrySize <= Math.min(attrs + attrsSize, size); at += entrySize) {
    kind ??= noteAttr(shape, at);
    if (at > attrs) noteAttr(shape, at);
    shape.field(at + entrySize - 16, 8, 'offset');
    shape.field(at + entrySize - 8, 8, 'size');
    shape.piece(at, at + entrySize);
  }
  const end = dataSize === 0 ? size : Math.min(data + dataSize, size);
  noteRecords(shape, data, end, kind);
  for (let at = data + dataSize; dataSize > 0 && at + 16 <= size; at += 16) {
    const offset = readField(shape.view, at, 8, shape.littleEndian);
    const length = readField(shape.view, at + 8, 8, shape.littleEndian);
    if (offset < at || offset + length > size) break;
    shape.field(at, 8, 'offset');
    shape.field(at + 8, 8, 'size');
    notePayload(shape, offset, offset + length);
  }
}

function noteAttr(shape: ShapeBuilder, at: number): SampleKind {
  shape.field(at, 4, 'type');
  const size = shape.field(at + 4, 4, 'size');
  shape.field(at + 8, 8, 'id');
  shape.field(at + 16, 8, 'value');
  const sampleType = shape.field(at + 24, 8, 'type');
  const readFormat = shape.field(at + 32, 8, 'type');
  shape.field(at + 40, 4, 'type');
  shape.field(at + 44, 4, 'type');
  const branchType = size >= 80 ? shape.field(at + 72, 8, 'type') : 0;
  const userRegs = size >= 96 ? shape.field(at + 80, 8, 'type') : 0;
  if (size >= 96) shape.field(at + 88, 4, 'size');
  const intrRegs = size >= 104 ? shape.field(at + 96, 8, 'type') : 0;
  return { sampleType, readFormat: readFormat % 2 ** 31, branchType: branchType % 2 ** 31, userRegs: bitsOf(userRegs), intrRegs: bitsOf(intrRegs) };
}

function bitsOf(mask: number): number {
  return BigInt(mask).toString(2).replaceAll('0', '').length;
}

function noteRecords(shape: ShapeBuilder, from: number, to: number, first: SampleKind | undefined): void {
  let kind = first;
  for (let at = from; at + 8 <= to; ) {
    const type = readField(shape.view, at, 4, shape.littleEndian);
    const size = readField(shape.view, at + 6, 2, shape.littleEndian);
    if (size < 8 || at + size > to) return;
    noteRecord(shape, at, at + size, kind);
    if (type === TYPE_ATTR && size >= 72) kind ??= noteAttr(shape, at + 8);
    let end = at + size;
    if (type === TYPE_AUXTRACE && size >= 16) end += readField(shape.view, at + 8, 8, shape.littleEndian);
    else if (type === TYPE_TRACING_DATA && size >= 12) end += readField(shape.view, at + 8, 4, shape.littleEndian);
    at = end;
  }
}

/**
 * Payloads are counts, lengths and texts of four bytes' width one behind the other, never aligned: a word that could be the length of
 * what follows is taken as one.
 */
export function notePayload(shape: ShapeBuilder, start: number, end: number): void {
  shape.piece(start, end);
  for (let at = start; at + 4 <= Math.min(end, start + 4_096); ) {
    const value = readField(shape.view, at, 4, shape.littleEndian);
    const isLength = value >= 4 && at + 4 + value <= end && at > start;
    shape.field(at, 4, isLength ? 'size' : 'count');
    at += isLength && value % 64 === 0 ? 4 + value : 4;
  }
}
