// Turns numbers round where they lie, going forward (FORMAT 2.5). Each is read in the old order before it is turned, so one piece of
// code that walks a structure serves both directions, and twice turned is as before. Where the structure ends too early (damage),
// the cursor goes to its end and the rest stays as it is: then too.

const TWO_32 = 4_294_967_296;

export class SwapCursor {
  /** Of the bytes as they came. */
  readonly littleEndian: boolean;
  bytes: Uint8Array;
  #view: DataView;
  at: number;
  end: number;

  constructor(bytes: Uint8Array, littleEndian: boolean, at: number = 0, end: number = bytes.length) {
    this.littleEndian = littleEndian;
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
    this.end = end;
  }

  /** Goes to other bytes. */
  show(bytes: Uint8Array, at: number, end: number): void {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.at = at;
    this.end = end;
  }

  get left(): number {
    return this.end - this.at;
  }

  u16(): number {
    if (!this.#fits(2)) return 0;
    const at = this.at;
    const value = this.#view.getUint16(at, this.littleEndian);
    this.#view.setUint16(at, value, !this.littleEndian);
    this.at = at + 2;
    return value;
  }

  u32(): number {
    if (!this.#fits(4)) return 0;
    const at = this.at;
    const value = this.#view.getUint32(at, this.littleEndian);
    this.#view.setUint32(at, value, !this.littleEndian);
    this.at = at + 4;
    return value;
  }

  /** Unsigned, rounded beyond 2^53. */
  u64(): number {
    if (!this.#fits(8)) return 0;
    const { littleEndian } = this;
    const view = this.#view;
    const at = this.at;
    const first = view.getUint32(at, littleEndian);
    const second = view.getUint32(at + 4, littleEndian);
    view.setUint32(at, second, !littleEndian);
    view.setUint32(at + 4, first, !littleEndian);
    this.at = at + 8;
    return littleEndian ? second * TWO_32 + first : first * TWO_32 + second;
  }

  u16s(count: number): void {
    for (let left = count; left > 0 && this.#fits(2); left--) this.u16();
  }

  u32s(count: number): void {
    for (let left = count; left > 0 && this.#fits(4); left--) this.u32();
  }

  /** That many, or as many as there are. */
  u64s(count: number = Infinity): void {
    for (let left = count; left > 0 && this.left >= 8; left--) this.u64();
  }

  /** Goes over bytes that have no order. */
  skip(count: number): void {
    if (this.#fits(count)) this.at += count;
  }

  /** A u64 of bit fields, which lie from its other end on in the other order; `widths` in bits from flag 0 on, 64 in all. */
  fields64(widths: readonly number[]): void {
    if (!this.#fits(8)) return;
    const value = this.#view.getBigUint64(this.at, this.littleEndian);
    this.#view.setBigUint64(this.at, mirrored(value, widths, this.littleEndian), !this.littleEndian);
    this.at += 8;
  }

  /** A u32 of single bits, likewise. */
  bits32(): void {
    if (!this.#fits(4)) return;
    let value = this.#view.getUint32(this.at, this.littleEndian);
    let turned = 0;
    for (let bit = 0; bit < 32; bit++, value >>>= 1) turned = (turned << 1) | (value & 1);
    this.#view.setUint32(this.at, turned >>> 0, !this.littleEndian);
    this.at += 4;
  }

  #fits(count: number): boolean {
    if (count <= this.end - this.at) return true;
    this.at = this.end;
    return false;
  }
}

/** Compilers fill a word with fields from its least significant bit on little-endian machines, from the most significant one on others. */
function mirrored(value: bigint, widths: readonly number[], fromLittle: boolean): bigint {
  let result = 0n;
  let place = 0;
  for (const width of widths) {
    const low = BigInt(place);
    const high = BigInt(64 - place - width);
    const field = (value >> (fromLittle ? low : high)) & ((1n << BigInt(width)) - 1n);
    result |= field << (fromLittle ? high : low);
    place += width;
  }
  return result;
}
