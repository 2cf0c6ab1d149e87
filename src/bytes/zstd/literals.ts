// The literals of a zstd block (RFC 8878, 3.1.1.3.1): stored, one byte repeated, or coded in one or four streams.

import { ZstdError } from './bits.ts';
import { HuffmanTable } from './huffman.ts';

/** Block_Maximum_Size: of what a block makes, and so of its literals. */
export const MOST_IN_BLOCK = 131_072;

const Kind = { Raw: 0, Run: 1, Coded: 2, CodedAsBefore: 3 } as const;

/** Reused for all blocks of a stream; the code of one block may serve the next ones. */
export class Literals {
  readonly bytes: Uint8Array = new Uint8Array(MOST_IN_BLOCK);
  length = 0;
  readonly #huffman: HuffmanTable = new HuffmanTable();

  /** A new frame: no code is known. */
  reset(): void {
    this.#huffman.bits = 0;
  }

  /** Reads the section that begins at `start`; gives the offset behind it. Behind `end` there are 8 readable bytes. */
  read(block: Uint8Array, start: number, end: number): number {
    if (start >= end) throw new ZstdError('a zstd block is cut');
    const kind = block[start]! & 3;
    const format = (block[start]! >> 2) & 3;
    return kind === Kind.Raw || kind === Kind.Run ? this.#plain(block, start, end, kind, format) : this.#coded(block, start, end, kind, format);
  }

  #plain(block: Uint8Array, start: number, end: number, kind: number, format: number): number {
    const headerSize = format === 1 ? 2 : format === 3 ? 3 : 1;
    if (start + headerSize > end) throw new ZstdError('a zstd block is cut');
    const word = block[start]! | (block[start + 1]! << 8) | (block[start + 2]! << 16);
    const size = headerSize === 1 ? (word & 0xff) >>> 3 : headerSize === 2 ? (word & 0xffff) >>> 4 : word >>> 4;
    this.#setLength(size);
    const from = start + headerSize;
    const next = from + (kind === Kind.Run ? 1 : size);
    if (next > end) throw new ZstdError('zstd literals are cut');
    if (kind === Kind.Run) this.bytes.fill(block[from]!, 0, size);
    else this.bytes.set(block.subarray(from, next));
    return next;
  }

  #coded(block: Uint8Array, start: number, end: number, kind: number, format: number): number {
    const headerSize = format < 2 ? 3 : format + 2;
    if (start + headerSize > end) throw new ZstdError('a zstd block is cut');
    // Two sizes of 10, 14 or 18 bits behind the four that say so.
    const width = format < 2 ? 10 : format * 4 + 6;
    const low = (block[start]! | (block[start + 1]! << 8) | (block[start + 2]! << 16) | (block[start + 3]! << 24)) >>> 4;
    const mask = (1 << width) - 1;
    const size = low & mask;
    const packed = width < 18 ? (low >>> width) & mask : (low >>> 18) | (block[start + 4]! << 10);
    this.#setLength(size);
    const from = start + headerSize;
    const next = from + packed;
    if (next > end) throw new ZstdError('zstd literals are cut');
    const huffman = this.#huffman;
    const at = kind === Kind.Coded ? huffman.read(block, from, next) : from;
    if (huffman.bits === 0) throw new ZstdError('zstd literals without a code');
    if (format === 0) huffman.decode(block, at, next, this.bytes, 0, size);
    else this.#fourStreams(block, at, next, size);
    return next;
  }

  /** The lengths of the first three stand before them. */
  #fourStreams(block: Uint8Array, start: number, end: number, size: number): void {
    if (start + 6 > end) throw new ZstdError('zstd literals are cut');
    const each = (size + 3) >> 2;
    if (each * 3 > size) throw new ZstdError('too few zstd literals for four streams');
    let from = start + 6;
    for (let i = 0; i < 4; i++) {
      const to = i === 3 ? end : from + (block[start + 2 * i]! | (block[start + 2 * i + 1]! << 8));
      if (to > end) throw new ZstdError('zstd literals are cut');
      this.#huffman.decode(block, from, to, this.bytes, i * each, i === 3 ? size : (i + 1) * each);
      from = to;
    }
  }

  #setLength(size: number): void {
    if (size > MOST_IN_BLOCK) throw new ZstdError('a zstd block is longer than any');
    this.length = size;
  }
}
