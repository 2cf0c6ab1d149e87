// Bytes in the making, in either byte order: for headers, feature payloads and records that did not exist before.

import { encodeText } from '../../bytes/text.ts';
import { grown } from '../../bytes/sorted.ts';

const NO_BYTES = new Uint8Array(0);
/** Lengths of the strings in features are multiples of this (FORMAT 1.3). */
const FEATURE_TEXT_UNIT = 64;

/** Appends; every call gives the builder back. */
export class ByteBuilder {
  readonly littleEndian: boolean;
  #bytes: Uint8Array = new Uint8Array(256);
  #view: DataView = new DataView(this.#bytes.buffer);
  #length = 0;

  constructor(littleEndian: boolean) {
    this.littleEndian = littleEndian;
  }

  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    this.#view.setUint8(this.#room(1), value);
    return this;
  }

  u16(value: number): this {
    const at = this.#room(2);
    this.#view.setUint16(at, value, this.littleEndian);
    return this;
  }

  u32(value: number): this {
    const at = this.#room(4);
    this.#view.setUint32(at, value, this.littleEndian);
    return this;
  }

  /** Whole numbers, signed or not; beyond 2^53 as bigint. */
  u64(value: number | bigint): this {
    const at = this.#room(8);
    this.#view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), this.littleEndian);
    return this;
  }

  raw(bytes: Uint8Array): this {
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  zeros(count: number): this {
    const at = this.#room(count);
    this.#bytes.fill(0, at, at + count);
    return this;
  }

  /** Zeros up to a multiple of `unit`. */
  align(unit: number): this {
    return this.zeros((unit - (this.#length % unit)) % unit);
  }

  /** The bytes of a text, with a NUL, padded with zeros to a multiple of `unit`. */
  text(text: string, unit: number): this {
    const bytes = text === '' ? NO_BYTES : encodeText(text);
    return this.raw(bytes).zeros(unit - (bytes.length % unit));
  }

  /** A string as in features: its padded length before it. */
  featureText(text: string): this {
    const bytes = encodeText(text);
    const length = (Math.floor(bytes.length / FEATURE_TEXT_UNIT) + 1) * FEATURE_TEXT_UNIT;
    return this.u32(length).raw(bytes).zeros(length - bytes.length);
  }

  featureTexts(texts: readonly string[]): this {
    this.u32(texts.length);
    for (const text of texts) this.featureText(text);
    return this;
  }

  /** A copy of what was appended. */
  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #room(count: number): number {
    const at = this.#length;
    this.#length = at + count;
    if (this.#length > this.#bytes.length) {
      while (this.#length > this.#bytes.length) this.#bytes = grown(this.#bytes);
      this.#view = new DataView(this.#bytes.buffer);
    }
    return at;
  }
}

/** A whole record: its header, then what `body` appends. */
export function recordBytes(littleEndian: boolean, type: number, misc: number, body?: (builder: ByteBuilder) => void): Uint8Array {
  const builder = new ByteBuilder(littleEndian).u32(type).u16(misc).u16(0);
  body?.(builder);
  const bytes = builder.bytes();
  new DataView(bytes.buffer).setUint16(6, bytes.length, littleEndian);
  return bytes;
}
