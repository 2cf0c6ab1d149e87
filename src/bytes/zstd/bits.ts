// The bits of zstd's streams (RFC 8878, 4): those of table descriptions are read forwards, those of Huffman codes and of sequences
// backwards, from a mark in the last byte. Both end with an error where more is asked for than is there.

/** Damage in a stream: told by throwing inside this folder; zstd.ts lets it out. */
export class ZstdError extends RangeError {}

/** Bits from the lowest one of the first byte on. */
export class ForwardBits {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  /** In bits from the beginning of `bytes`. */
  #at: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start * 8;
    this.#end = end * 8;
  }

  /** At most 16 bits. */
  read(count: number): number {
    if (this.#at + count > this.#end) throw new ZstdError('a zstd table is cut');
    const byte = this.#at >>> 3;
    const bytes = this.#bytes;
    const word = bytes[byte]! | ((bytes[byte + 1] ?? 0) << 8) | ((bytes[byte + 2] ?? 0) << 16);
    const value = (word >>> (this.#at & 7)) & ((1 << count) - 1);
    this.#at += count;
    return value;
  }

  /** One bit was read too many. */
  unread(): void {
    this.#at--;
  }

  /** The first byte of which nothing was read. */
  get nextByte(): number {
    return (this.#at + 7) >>> 3;
  }
}

/**
 * How many bits a backward stream in [start, end) holds, counted from the beginning of `bytes`: up to the mark, the highest bit of the last
 * byte. Reading goes down from there to `start * 8`.
 */
export function topOfBackwardBits(bytes: Uint8Array, start: number, end: number): number {
  const last = end > start ? bytes[end - 1]! : 0;
  if (last === 0) throw new ZstdError('a zstd bit stream has no end');
  return (end - 1) * 8 + (31 - Math.clz32(last));
}

/** Up to 25 bits that begin at a bit of `bytes`. Bytes beyond the end count as 0. */
export function bitsAt(bytes: Uint8Array, at: number, count: number): number {
  const byte = at >>> 3;
  const word = bytes[byte]! | (bytes[byte + 1]! << 8) | (bytes[byte + 2]! << 16) | (bytes[byte + 3]! << 24);
  return (word >>> (at & 7)) & ((1 << count) - 1);
}
