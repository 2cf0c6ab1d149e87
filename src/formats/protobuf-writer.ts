// Protocol buffers, as much of them as writing needs: varints, fixed words, lengths. Messages are written in place and their length put before
// them when they end, which costs a move of their bytes and no object. (protobufjs is 3.8 MB and makes an object for each message.)

import { grown } from '../bytes/sorted.ts';

const TWO_32 = 4_294_967_296;
const VARINT = 0;
const FIXED_64 = 1;
const LENGTH = 2;
/** Of a varint of 64 bits. */
const LONGEST_VARINT = 10;

const encoder = new TextEncoder();

export class ProtobufWriter {
  #bytes: Uint8Array = new Uint8Array(1024);
  #length = 0;
  /** Where the messages begin that are open. */
  readonly #open: number[] = [];

  get length(): number {
    return this.#length;
  }

  /** What was written; valid until the next call. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
    this.#open.length = 0;
  }

  /** A field of a whole number from 0 to 2^53; 0 is written too, unlike in proto3, where it is what is absent. */
  uint(field: number, value: number): void {
    this.#tag(field, VARINT);
    this.#varint(value);
  }

  /** The same, left out where it is 0. */
  some(field: number, value: number): void {
    if (value !== 0) this.uint(field, value);
  }

  /** A field of 64 bits, as an unsigned or as a negative number (uint64, int64). */
  big(field: number, value: bigint): void {
    this.#tag(field, VARINT);
    this.#bigVarint(BigInt.asUintN(64, value));
  }

  /** fixed64. */
  fixed64(field: number, value: bigint): void {
    this.#tag(field, FIXED_64);
    this.#room(8);
    new DataView(this.#bytes.buffer).setBigUint64(this.#length, BigInt.asUintN(64, value), true);
    this.#length += 8;
  }

  double(field: number, value: number): void {
    this.#tag(field, FIXED_64);
    this.#room(8);
    new DataView(this.#bytes.buffer).setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  text(field: number, value: string): void {
    this.blob(field, encoder.encode(value));
  }

  /** A field of bytes, or a message that was written elsewhere. */
  blob(field: number, value: Uint8Array): void {
    this.#tag(field, LENGTH);
    this.#varint(value.length);
    this.#room(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** The beginning of a message, or of packed numbers, that `end` ends. */
  begin(field: number): void {
    this.#tag(field, LENGTH);
    this.#open.push(this.#length);
  }

  /** One of packed numbers. */
  packed(value: number): void {
    this.#varint(value);
  }

  end(): void {
    const start = this.#open.pop()!;
    const length = this.#length - start;
    this.#varint(length);
    const prefix = this.#length - start - length;
    // The length was written behind; now it goes before.
    const bytes = this.#bytes;
    const digits = bytes.slice(this.#length - prefix, this.#length);
    bytes.copyWithin(start + prefix, start, start + length);
    bytes.set(digits, start);
  }

  #tag(field: number, type: number): void {
    this.#varint(field * 8 + type);
  }

  #varint(value: number): void {
    if (value < 0 || value > Number.MAX_SAFE_INTEGER) return this.#bigVarint(BigInt.asUintN(64, BigInt(Math.trunc(value))));
    this.#room(LONGEST_VARINT);
    const bytes = this.#bytes;
    let rest = value;
    while (rest >= TWO_32) {
      bytes[this.#length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    rest >>>= 0;
    while (rest > 127) {
      bytes[this.#length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    bytes[this.#length++] = rest;
  }

  #bigVarint(value: bigint): void {
    this.#room(LONGEST_VARINT);
    let rest = value;
    while (rest > 127n) {
      this.#bytes[this.#length++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.#bytes[this.#length++] = Number(rest);
  }

  #room(count: number): void {
    while (this.#length + count > this.#bytes.length) this.#bytes = grown(this.#bytes);
  }
}
