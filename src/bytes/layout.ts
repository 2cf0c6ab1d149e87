// A layout declared as a list of fields: read by binary-parser, printed in SPEC.md's tables, and what the hand-written readers are
// tested against. For what is read once a file; a record is never read this way (DEPENDENCIES 1). Here because perfdata and jit share it.

import { layoutParser, type LayoutParser } from './layout-parser.ts';

/** `u8[20]` and the like: that many bytes; `u64[4]`: an array of numbers. */
export type FieldType = 'u8' | 'u16' | 'u32' | 's32' | 'u64' | 's64' | `u8[${number}]` | `u64[${number}]`;

/** Name, type, meaning. Offsets follow from the order: layouts have no holes. */
export type Field = readonly [name: string, type: FieldType, meaning: string];

/** Fields by name, as binary-parser gives them: numbers of 64 bits as bigints, arrays of bytes as arrays. */
export type LayoutFields = Readonly<Record<string, number | bigint | readonly number[]>>;

const SIZES: Readonly<Record<string, number>> = { u8: 1, u16: 2, u32: 4, s32: 4, u64: 8, s64: 8 };

/** One row of a table in SPEC.md. */
export interface FieldPlace {
  readonly name: string;
  readonly type: FieldType;
  readonly meaning: string;
  readonly offset: number;
  readonly size: number;
}

function placesOf(fields: readonly Field[]): FieldPlace[] {
  let offset = 0;
  return fields.map(([name, type, meaning]) => {
    const [, base = '', count = '1'] = /^(\w+?)(?:\[(\d+)\])?$/.exec(type) ?? [];
    const size = (SIZES[base] ?? 0) * Number(count);
    const place = { name, type, meaning, offset, size };
    offset += size;
    return place;
  });
}

/** A fixed layout of type T. Compiled when first used, once for each byte order. */
export class Layout<T> {
  readonly name: string;
  readonly fields: readonly FieldPlace[];
  /** In bytes. */
  readonly size: number;
  #little: LayoutParser | undefined;
  #big: LayoutParser | undefined;

  constructor(name: string, fields: readonly Field[]) {
    this.name = name;
    this.fields = placesOf(fields);
    this.size = this.fields.reduce((size, field) => size + field.size, 0);
  }

  /** The fields at `offset`; undefined where the bytes end before the layout does. */
  parse(bytes: Uint8Array, littleEndian: boolean, offset = 0): T | undefined {
    if (offset < 0 || bytes.length - offset < this.size) return undefined;
    const parser = littleEndian ? (this.#little ??= layoutParser(this.fields, true)) : (this.#big ??= layoutParser(this.fields, false));
    const raw = parser.parse(bytes.subarray(offset, offset + this.size)) as Record<string, unknown>;
    // What binary-parser gives is in dictionary mode (DEPENDENCIES 1): the fields move into an object of our own.
    const copy: Record<string, unknown> = {};
    for (const field of this.fields) copy[field.name] = raw[field.name];
    return copy as T;
  }
}
