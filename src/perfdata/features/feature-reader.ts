// A cursor over a feature's payload (FORMAT 1.3; SPEC 3.1): numbers without padding, strings with a length before them. Nothing
// throws: reading past the end gives 0 and '' and makes the cursor `failed`.

import { decodeText } from '../../bytes/text.ts';

export class FeatureReader {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  readonly #view: DataView;
  /** In the payload. */
  offset = 0;
  failed = false;

  constructor(bytes: Uint8Array, littleEndian: boolean) {
    this.bytes = bytes;
    this.littleEndian = littleEndian;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.offset;
  }

  u32(): number {
    return this.#take(4) ? this.#view.getUint32(this.offset - 4, this.littleEndian) : 0;
  }

  u64(): bigint {
    return this.#take(8) ? this.#view.getBigUint64(this.offset - 8, this.littleEndian) : 0n;
  }

  /** A u32 that says how many items follow, each of at least `itemSize` bytes; 0 and `failed` where there is no room for them. */
  count(itemSize: number): number {
    return this.#room(this.u32(), itemSize);
  }

  /** The same as a u64. */
  count64(itemSize: number): number {
    return this.#room(Number(this.u64()), itemSize);
  }

  /** A string: its length, then that many bytes, of which those before the first NUL are the value. */
  text(): string {
    const length = this.u32();
    return this.#take(length) ? decodeText(this.bytes, this.offset - length, this.offset) : '';
  }

  texts(): string[] {
    const texts: string[] = [];
    for (let left = this.count(4); left > 0 && !this.failed; left--) texts.push(this.text());
    return texts;
  }

  /** The next bytes, as they are. */
  raw(length: number): Uint8Array {
    return this.#take(length) ? this.bytes.subarray(this.offset - length, this.offset) : this.bytes.subarray(0, 0);
  }

  #room(count: number, itemSize: number): number {
    if (count * itemSize <= this.left) return count;
    this.failed = true;
    return 0;
  }

  #take(length: number): boolean {
    if (this.failed || length > this.left) {
      this.failed = true;
      return false;
    }
    this.offset += length;
    return true;
  }
}
