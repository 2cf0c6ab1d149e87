// A structure, described once: names and kinds of its fields in their order, and their values. It makes both the bytes and the JSON.

import type { Json, JsonObject } from './json.ts';
import { type Packer, textBytes } from './packer.ts';

/**
 * How a field lies in the file and is shown: numbers up to 32 bits as numbers, 64 bits as text; `u64` and `s64` decimal, `x64`
 * hexadecimal (addresses and masks).
 */
export type Kind = 'u8' | 'u16' | 's16' | 'u32' | 's32' | 'u64' | 's64' | 'x64';

/** A field without a name is reserved: zeros, not shown. */
export type Fields = readonly (readonly [name: string, kind: Kind])[];

/** Bytes, and what they mean. */
export interface Part {
  readonly write: (packer: Packer) => void;
  readonly json: JsonObject;
}

const SIZES: Readonly<Record<Kind, number>> = { u8: 1, u16: 2, s16: 2, u32: 4, s32: 4, u64: 8, s64: 8, x64: 8 };

type Values<F extends Fields> = { readonly [name in Exclude<F[number][0], ''>]: number | bigint };

export function structure<const F extends Fields>(fields: F, values: Values<F>): Part {
  const valueOf = (name: string): number | bigint => (name === '' ? 0 : (values as Readonly<Record<string, number | bigint>>)[name]!);
  return {
    write: (packer) => {
      for (const [name, kind] of fields) packer.number(valueOf(name), SIZES[kind]);
    },
    json: Object.fromEntries(fields.filter(([name]) => name !== '').map(([name, kind]) => [name, shown(kind, valueOf(name))])),
  };
}

/** A value as the vectors show it. */
export function shown(kind: Kind, value: number | bigint): Json {
  if (kind === 'x64') return hex(value);
  if (kind === 'u64') return decimal(value);
  if (kind === 's64') return String(BigInt.asIntN(64, BigInt(value)));
  const bits = SIZES[kind] * 8;
  const isSigned = kind.startsWith('s');
  return Number(isSigned ? BigInt.asIntN(bits, BigInt(value)) : BigInt.asUintN(bits, BigInt(value)));
}

/** A u64 in decimal. */
export function decimal(value: number | bigint): string {
  return String(BigInt.asUintN(64, BigInt(value)));
}

/** A u64 in hexadecimal with 0x. */
export function hex(value: number | bigint): string {
  return `0x${BigInt.asUintN(64, BigInt(value)).toString(16)}`;
}

/** Parts one behind the other. */
export function together(...parts: readonly Part[]): Part {
  return {
    write: (packer) => {
      for (const part of parts) part.write(packer);
    },
    json: Object.assign({}, ...parts.map((part) => part.json)) as JsonObject,
  };
}

/** Text that fills its last 8 bytes with NUL, one at least. */
export function paddedText(name: string, value: string): Part {
  const size = Math.ceil((textBytes(value).length + 1) / 8) * 8;
  return { write: (packer) => void packer.text(value, size), json: { [name]: value } };
}

/** Bytes that are not shown (or shown by `json`). */
export function rawPart(bytes: Iterable<number>, json: JsonObject = {}): Part {
  const kept = [...bytes];
  return { write: (packer) => void packer.raw(kept), json };
}
