// Mutators for any input: numbers of its shape become edge values or those of other fields, pieces are left out, repeated, moved and
// cut, bytes are flipped, overwritten and copied, two inputs are spliced.

import type { Random } from './random.ts';
import { type Field, type Shape, readField, writeField } from './shape.ts';

/** Where readers that trust a number go wrong: signs, word borders, what a double holds, and sums that wrap. */
export const EDGES: readonly bigint[] = [
  0n, 1n, 2n, 3n, 4n, 7n, 8n, 9n, 15n, 16n, 24n, 31n, 32n, 40n, 63n, 64n, 127n, 128n, 255n, 256n, 4095n, 4096n, 0x7fffn, 0x8000n, 0xfff8n, 0xffffn, 0x1_0000n,
  0xff_ffffn, 0x7fff_fff8n, 0x7fff_ffffn, 0x8000_0000n, 0xffff_fff8n, 0xffff_ffffn, 0x1_0000_0000n, 0x1_0000_0008n, 0x1f_ffff_ffff_ffffn, 0x20_0000_0000_0000n,
  0x20_0000_0000_0001n, 0x7fff_ffff_ffff_ffffn, 0x8000_0000_0000_0000n, 0xffff_ffff_8100_0000n, 0xffff_ffff_ffff_fff8n, 0xffff_ffff_ffff_ffffn,
];

/** A value for a field whose present one is `old`. */
function edgeValue(random: Random, field: Field, old: number, size: number, others: () => number): bigint {
  const near = BigInt(Math.trunc(old));
  switch (random.below(8)) {
    case 0: return near + 1n;
    case 1: return near - 1n;
    case 2: return near * 2n + BigInt(random.below(3) - 1);
    case 3: return BigInt(Math.trunc(others()));
    case 4: return field.role === 'value' || field.role === 'id' ? random.pick(EDGES) : BigInt(size) + BigInt(random.below(17) - 8) - (random.once(2) ? BigInt(field.offset) : 0n);
    case 5: return BigInt(random.below(2 ** Math.min(field.width * 8, 24)));
    default: return random.pick(EDGES);
  }
}

/** Sets one number of the shape. Sizes, counts, offsets and types are hit more often than what is only shown. */
export function changeField(bytes: Uint8Array, shape: Shape, random: Random): void {
  if (shape.fields.length === 0) return;
  let field = random.pick(shape.fields);
  for (let tries = 0; tries < 2 && (field.role === 'value' || field.role === 'id'); tries++) field = random.pick(shape.fields);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (field.offset + field.width > bytes.length) return;
  const valueOf = (of: Field): number => (of.offset + of.width > bytes.length ? 0 : readField(view, of.offset, of.width, shape.littleEndian));
  const value = edgeValue(random, field, valueOf(field), bytes.length, () => valueOf(random.pick(shape.fields)));
  writeField(view, field.offset, field.width, value, shape.littleEndian);
}

/** Random bits and bytes, blocks of one value, and blocks of the input elsewhere. */
export function changeBytes(bytes: Uint8Array, random: Random): void {
  if (bytes.length === 0) return;
  const at = random.below(random.once(2) ? Math.min(bytes.length, 512) : bytes.length);
  const length = Math.min(random.once(4) ? 1 + random.below(64) : 1 + random.below(8), bytes.length - at);
  switch (random.below(5)) {
    case 0: bytes[at]! ^= 1 << random.below(8); break;
    case 1: for (let i = 0; i < length; i++) bytes[at + i] = random.below(256); break;
    case 2: bytes.fill(0, at, at + length); break;
    case 3: bytes.fill(0xff, at, at + length); break;
    default: {
      const from = random.below(bytes.length - length + 1);
      bytes.copyWithin(at, from, from + length);
    }
  }
}

/** One piece left out, repeated, moved, cut, or replaced by one of another input. */
export function changePieces(bytes: Uint8Array, shape: Shape, random: Random, other: Uint8Array, otherShape: Shape): Uint8Array {
  if (shape.pieces.length === 0) return bytes;
  const { start, end } = random.pick(shape.pieces);
  const piece = bytes.subarray(start, end);
  switch (random.below(6)) {
    case 0: return joined(bytes.subarray(0, start), bytes.subarray(end));
    case 1: return joined(bytes.subarray(0, end), ...Array.from({ length: random.few(6) }, () => piece), bytes.subarray(end));
    case 2: {
      const to = random.pick(shape.pieces).start;
      return to < start
        ? joined(bytes.subarray(0, to), piece, bytes.subarray(to, start), bytes.subarray(end))
        : joined(bytes.subarray(0, start), bytes.subarray(end, Math.max(to, end)), piece, bytes.subarray(Math.max(to, end)));
    }
    case 3: return joined(bytes.subarray(0, start + random.below(end - start)), bytes.subarray(end));
    case 4: {
      if (otherShape.pieces.length === 0) return bytes;
      const from = random.pick(otherShape.pieces);
      return joined(bytes.subarray(0, start), other.subarray(from.start, from.end), bytes.subarray(random.once(2) ? start : end));
    }
    default: return bytes.slice(0, start + random.below(end - start));
  }
}

/** The beginning of one and the end of another. */
export function spliced(first: Uint8Array, second: Uint8Array, random: Random): Uint8Array {
  return joined(first.subarray(0, random.below(first.length)), second.subarray(random.below(second.length)));
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** What a mutated input of any format is made of. */
export interface Mutable {
  readonly bytes: Uint8Array;
  readonly shape: Shape;
}

/** An input like `from` with some changes; what it was is left as it is. */
export function mutated(from: Mutable, other: Mutable, random: Random): Uint8Array {
  let bytes: Uint8Array = from.bytes.slice();
  const kind = random.below(10);
  if (kind === 0) for (let i = random.few(8); i > 0; i--) changeBytes(bytes, random);
  else if (kind === 1) bytes = bytes.slice(0, random.below(bytes.length));
  else if (kind === 2) bytes = spliced(bytes, other.bytes, random);
  else {
    for (let i = random.few(6); i > 0; i--) changeField(bytes, from.shape, random);
    if (kind < 5) bytes = changePieces(bytes, from.shape, random, other.bytes, other.shape).slice();
    if (kind === 9) for (let i = random.few(3); i > 0; i--) changeBytes(bytes, random);
  }
  return bytes;
}
