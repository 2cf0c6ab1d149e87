// Where the numbers of an ELF file stand: headers, section and program tables, symbols, notes, relocations, call frame information.

import { type Shape, ShapeBuilder, readField } from '../shape.ts';

const SHT = { Symtab: 2, Strtab: 3, Rela: 4, Dynamic: 6, Note: 7, Dynsym: 11 } as const;

export function elfShape(bytes: Uint8Array): Shape {
  const littleEndian = bytes[5] !== 2;
  const shape = new ShapeBuilder(bytes, littleEndian);
  const is64 = bytes[4] !== 1;
  const word = is64 ? 8 : 4;
  for (const at of [4, 5, 6, 7]) shape.field(at, 1, 'type');
  shape.field(16, 2, 'type');
  shape.field(18, 2, 'type');
  const programs = shape.field(24 + word, word, 'offset');
  const sections = shape.field(24 + 2 * word, word, 'offset');
  const counts = 24 + 3 * word + 6;
  const programSize = shape.field(counts, 2, 'size');
  const programCount = shape.field(counts + 2, 2, 'count');
  const sectionSize = shape.field(counts + 4, 2, 'size');
  const sectionCount = shape.field(counts + 6, 2, 'count');
  shape.field(counts + 8, 2, 'count');
  for (let i = 0; i < Math.min(programCount, 64); i++) noteWords(shape, programs + i * programSize, programSize, is64 ? [4, 4, 8, 8, 8, 8, 8, 8] : [4, 4, 4, 4, 4, 4, 4, 4]);
  for (let i = 0; i < Math.min(sectionCount, 128); i++) noteSection(shape, sections + i * sectionSize, sectionSize, is64);
  return shape;
}

function noteWords(shape: ShapeBuilder, at: number, size: number, widths: readonly number[]): void {
  let offset = at;
  for (const [i, width] of widths.entries()) {
    if (offset + width > at + size) return;
    shape.field(offset, width, i === 0 ? 'type' : i === 2 ? 'offset' : 'size');
    offset += width;
  }
}

function noteSection(shape: ShapeBuilder, at: number, size: number, is64: boolean): void {
  const word = is64 ? 8 : 4;
  if (at < 0 || at + size > shape.view.byteLength) return;
  shape.field(at, 4, 'offset');
  const type = shape.field(at + 4, 4, 'type');
  shape.field(at + 8, word, 'type');
  shape.field(at + 8 + word, word, 'offset');
  const offset = shape.field(at + 8 + 2 * word, word, 'offset');
  const length = shape.field(at + 8 + 3 * word, word, 'size');
  shape.field(at + 8 + 4 * word, 4, 'count');
  shape.field(at + 12 + 4 * word, 4, 'count');
  shape.field(at + 16 + 5 * word, word, 'size');
  shape.piece(at, at + size);
  if (type === 0 || type === 8 || offset + length > shape.view.byteLength) return;
  shape.piece(offset, offset + length);
  const end = Math.min(offset + length, offset + 2_048);
  if (type === SHT.Symtab || type === SHT.Dynsym) {
    const entry = is64 ? 24 : 16;
    for (let symbol = offset; symbol + entry <= end; symbol += entry) noteWords(shape, symbol, entry, is64 ? [4, 1, 1, 2, 8, 8] : [4, 4, 4, 1, 1, 2]);
  } else if (type === SHT.Note || type === SHT.Rela || type === SHT.Dynamic) for (let field = offset; field + 4 <= end; field += 4) shape.field(field, 4, 'size');
  else if (type !== SHT.Strtab) noteEntries(shape, offset, end);
}

/** Call frame information: entries with a length before them, numbers of one byte in them. Code and tables are taken the same way. */
function noteEntries(shape: ShapeBuilder, start: number, end: number): void {
  for (let at = start; at + 8 <= end; ) {
    shape.field(at, 4, 'size');
    shape.field(at + 4, 4, 'offset');
    const length = readField(shape.view, at, 4, shape.littleEndian);
    const next = length >= 4 && at + 4 + length <= end ? at + 4 + length : at + 8;
    for (let byte = at + 8; byte < Math.min(next, at + 40); byte++) shape.field(byte, 1, 'type');
    if (next > at + 8) shape.piece(at, next);
    at = next;
  }
}
