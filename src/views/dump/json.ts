// JSON that loses nothing: numbers of 64 bits are strings, addresses and masks in hexadecimal with 0x, the others in decimal (BigInt
// reads both); bytes are lower-case hexadecimal. testdata/conformance/README.md describes the form field by field.

import { sha1 } from '../../bytes/sha1.ts';
import type { RecordView } from '../../perfdata/record-view.ts';
import { hexOfBytes } from '../../perfdata/records/mmap.ts';
import { plainHex } from '../records/exact-numbers.ts';

/** What JSON can say. Members that are undefined are left out. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

// Texts made last, by the bits of their numbers: making one takes 250 ns, and the addresses of call chains are the same again and again.
const REMEMBERED = 1 << 13;
const rememberedHigh = new Int32Array(REMEMBERED);
const rememberedLow = new Int32Array(REMEMBERED);
const rememberedTexts: (string | undefined)[] = Array.from({ length: REMEMBERED });

/** The u64 at an offset of the record's view. */
export function hexAt(record: RecordView, at: number): string {
  const { view, littleEndian } = record;
  const high = view.getInt32(littleEndian ? at + 4 : at, littleEndian);
  const low = view.getInt32(littleEndian ? at : at + 4, littleEndian);
  const slot = (Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) >>> 19;
  const known = rememberedTexts[slot];
  if (known !== undefined && rememberedLow[slot] === low && rememberedHigh[slot] === high) return known;
  const text = `0x${plainHex(record, at)}`;
  rememberedHigh[slot] = high;
  rememberedLow[slot] = low;
  rememberedTexts[slot] = text;
  return text;
}

/** The s64 at an offset of the record's view, in decimal. */
export function signedAt(record: RecordView, at: number): string {
  return String(record.view.getBigInt64(at, record.littleEndian));
}

/** Unsigned, with 0x. */
export function hexOf(value: bigint): string {
  return `0x${BigInt.asUintN(64, value).toString(16)}`;
}

/** The same, but undefined for 0. */
export function hexUnlessZero(value: bigint): string | undefined {
  return value === 0n ? undefined : hexOf(value);
}

/** JSON has no word for what a double may be besides a number. */
export function realNumber(value: number): Json {
  return Number.isFinite(value) ? value : String(value);
}

/** All bytes, in hexadecimal. */
export function bytesJson(bytes: Uint8Array): string {
  return hexOfBytes(bytes, 0, bytes.length);
}

/** For bytes that are too many to write down: how many, and (which takes time) what they are. */
export function bulkJson(bytes: Uint8Array, withHash: boolean): JsonObject {
  return { size: bytes.length, ...(withHash && { sha1: bytesJson(sha1(bytes)) }) };
}

const MODES: readonly (string | undefined)[] = [undefined, 'kernel', 'user', 'hypervisor', 'guest kernel', 'guest user', 'mode 6', 'mode 7'];

/** Bits 0 to 2 of misc in a word; undefined for 0, which means that it is not known. */
export function modeName(misc: number): string | undefined {
  return MODES[misc & 7];
}
