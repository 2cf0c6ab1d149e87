// Huffman codes of zstd's literals (RFC 8878, 4.2): lengths come as weights, the last of which follows from the others.

import { ZstdError, bitsAt, topOfBackwardBits } from './bits.ts';
import { FseTable, readFseTable } from './fse.ts';

const MOST_BITS = 11;
const MOST_WEIGHTS = 255;
const WEIGHT_LOG = 6;

/** A code, made anew in the same arrays. */
export class HuffmanTable {
  /** Of the longest code; 0 before there is one. */
  bits = 0;
  /** By the next `bits` bits: symbol << 4 | length. */
  readonly #entries: Uint16Array = new Uint16Array(1 << MOST_BITS);
  readonly #weights: Uint8Array = new Uint8Array(MOST_WEIGHTS + 1);
  readonly #fse: FseTable = new FseTable(WEIGHT_LOG);

  /** Reads a description in bytes[start, end); gives the offset behind it. */
  read(bytes: Uint8Array, start: number, end: number): number {
    if (start >= end) throw new ZstdError('a zstd Huffman table is cut');
    const header = bytes[start]!;
    const weights = this.#weights;
    let count: number;
    let next: number;
    if (header >= 128) {
      count = header - 127;
      next = start + 1 + ((count + 1) >> 1);
      if (next > end) throw new ZstdError('a zstd Huffman table is cut');
      for (let i = 0; i < count; i++) weights[i] = (i & 1) === 0 ? bytes[start + 1 + (i >> 1)]! >> 4 : bytes[start + 1 + (i >> 1)]! & 15;
    } else {
      next = start + 1 + header;
      if (next > end) throw new ZstdError('a zstd Huffman table is cut');
      count = this.#readWeights(bytes, start + 1, next);
    }
    this.#build(count);
    return next;
  }

  /** Two states take turns until the bits run out. */
  #readWeights(bytes: Uint8Array, start: number, end: number): number {
    const table = this.#fse;
    const bottom = readFseTable(bytes, start, end, 256, WEIGHT_LOG, table) * 8;
    let at = topOfBackwardBits(bytes, bottom / 8, end);
    const { log, symbol, bits, base } = table;
    const weights = this.#weights;
    const take = (width: number): number => {
      at -= width;
      // Below the bottom there are zeros.
      return at >= bottom ? bitsAt(bytes, at, width) : at + width <= bottom ? 0 : (bitsAt(bytes, bottom, at + width - bottom) << (bottom - at)) & ((1 << width) - 1);
    };
    let first = take(log);
    let second = take(log);
    if (at < bottom) throw new ZstdError('zstd Huffman weights are cut');
    let count = 0;
    for (;;) {
      if (count > MOST_WEIGHTS - 2) throw new ZstdError('too many zstd Huffman weights');
      weights[count++] = symbol[first]!;
      first = base[first]! + take(bits[first]!);
      if (at < bottom) {
        weights[count++] = symbol[second]!;
        return count;
      }
      if (count > MOST_WEIGHTS - 2) throw new ZstdError('too many zstd Huffman weights');
      weights[count++] = symbol[second]!;
      second = base[second]! + take(bits[second]!);
      if (at < bottom) {
        weights[count++] = symbol[first]!;
        return count;
      }
    }
  }

  #build(given: number): void {
    const weights = this.#weights;
    let sum = 0;
    for (let i = 0; i < given; i++) {
      if (weights[i]! > MOST_BITS) throw new ZstdError('a zstd Huffman code is too long');
      if (weights[i]! > 0) sum += 1 << (weights[i]! - 1);
    }
    if (sum === 0) throw new ZstdError('a zstd Huffman table is empty');
    const bits = 32 - Math.clz32(sum);
    const left = (1 << bits) - sum;
    if (bits > MOST_BITS || (left & (left - 1)) !== 0) throw new ZstdError('a zstd Huffman table is damaged');
    weights[given] = 32 - Math.clz32(left);
    this.bits = bits;
    // Longest codes first, equal ones in the order of their symbols.
    const entries = this.#entries;
    let at = 0;
    for (let weight = 1; weight <= bits; weight++) {
      const length = bits + 1 - weight;
      for (let value = 0; value <= given; value++) {
        if (weights[value] !== weight) continue;
        entries.fill((value << 4) | length, at, at + (1 << (weight - 1)));
        at += 1 << (weight - 1);
      }
    }
  }

  /** Decodes the stream in bytes[start, end), behind which 8 readable bytes stand, to into[from, to). */
  decode(bytes: Uint8Array, start: number, end: number, into: Uint8Array, from: number, to: number): void {
    const entries = this.#entries;
    const width = this.bits;
    const mask = (1 << width) - 1;
    const bottom = start * 8;
    let at = topOfBackwardBits(bytes, start, end);
    let place = from;
    // Two codes, at most 22 bits, from one word.
    const safe = bottom + 2 * width;
    while (place + 1 < to && at >= safe) {
      const low = at - 2 * width;
      const byte = low >>> 3;
      const word = (bytes[byte]! | (bytes[byte + 1]! << 8) | (bytes[byte + 2]! << 16) | (bytes[byte + 3]! << 24)) >>> (low & 7);
      const first = entries[(word >>> width) & mask]!;
      into[place] = first >>> 4;
      const taken = first & 15;
      const second = entries[(word >>> (width - taken)) & mask]!;
      into[place + 1] = second >>> 4;
      at -= taken + (second & 15);
      place += 2;
    }
    while (place < to) {
      const low = at - width;
      const index = low >= bottom ? bitsAt(bytes, low, width) : at <= bottom ? 0 : (bitsAt(bytes, bottom, at - bottom) << (bottom - low)) & mask;
      const entry = entries[index]!;
      into[place++] = entry >>> 4;
      at -= entry & 15;
    }
    if (at !== bottom) throw new ZstdError('zstd literals are damaged');
  }
}
