// The sequences of a zstd block (RFC 8878, 3.1.1.3.2 and 3.1.1.4): each copies some literals and then a piece of what was made before.

import { ZstdError, bitsAt, topOfBackwardBits } from './bits.ts';
import { FseTable, readFseTable } from './fse.ts';
import { type Literals, MOST_IN_BLOCK } from './literals.ts';

const LITERAL_LOG = 9;
const OFFSET_LOG = 8;
const MATCH_LOG = 9;
/** Codes there are; of offsets those that reach beyond MAX_ZSTD_WINDOW are none. */
const LITERAL_CODES = 36;
const OFFSET_CODES = 32;
const MOST_OFFSET_CODE = 28;
const MATCH_CODES = 53;

/** Lengths: what a code stands for, and the bits added to it. */
const LITERAL_BASE = Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536);
const LITERAL_BITS = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
const MATCH_BASE = Int32Array.of(
  3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99,
  131, 259, 515, 1027, 2051, 4099, 8195, 16_387, 32_771, 65_539,
);
const MATCH_BITS = Uint8Array.of(
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
);

/** The codes of blocks that bring none of their own. */
const USUAL_LITERALS = Int16Array.of(4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1);
const USUAL_OFFSETS = Int16Array.of(1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1);
const USUAL_MATCHES = Int16Array.of(
  1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
);

/** One of the three codes, with its table of the block before. */
class Code {
  /** The one that counts now. */
  table: FseTable;
  readonly #usual: FseTable;
  readonly #own: FseTable;
  readonly #mostLog: number;
  readonly #symbols: number;
  #isKnown = false;

  constructor(mostLog: number, symbols: number, usual: Int16Array, usualLog: number) {
    this.#usual = new FseTable(usualLog);
    this.#usual.set(usual, usual.length, usualLog);
    this.#own = new FseTable(mostLog);
    this.table = this.#usual;
    this.#mostLog = mostLog;
    this.#symbols = symbols;
  }

  reset(): void {
    this.#isKnown = false;
  }

  /** By the mode that the block says; gives the offset behind what it needed. */
  read(mode: number, block: Uint8Array, start: number, end: number): number {
    if (mode === 3) {
      if (!this.#isKnown) throw new ZstdError('a zstd block repeats a table that is not there');
      return start;
    }
    this.#isKnown = true;
    this.table = mode === 0 ? this.#usual : this.#own;
    if (mode === 0) return start;
    if (mode === 2) return readFseTable(block, start, end, this.#symbols, this.#mostLog, this.#own);
    if (start >= end || block[start]! >= this.#symbols) throw new ZstdError('a zstd table is damaged');
    this.#own.setSingle(block[start]!);
    return start + 1;
  }
}

/** Reused for all blocks of a stream. */
export class Sequences {
  readonly #literals: Code = new Code(LITERAL_LOG, LITERAL_CODES, USUAL_LITERALS, 6);
  readonly #offsets: Code = new Code(OFFSET_LOG, OFFSET_CODES, USUAL_OFFSETS, 5);
  readonly #matches: Code = new Code(MATCH_LOG, MATCH_CODES, USUAL_MATCHES, 6);
  /** The last three offsets. */
  #offset1 = 1;
  #offset2 = 4;
  #offset3 = 8;

  /** A new frame. */
  reset(): void {
    this.#literals.reset();
    this.#offsets.reset();
    this.#matches.reset();
    this.#offset1 = 1;
    this.#offset2 = 4;
    this.#offset3 = 8;
  }

  /**
   * Carries out the sequences in block[start, end), behind which 8 readable bytes stand, with the block's literals. Writes to out from `at`
   * on, which has room for MOST_IN_BLOCK; matches reach back to `floor` at most. Gives the offset behind what was made.
   */
  run(block: Uint8Array, start: number, end: number, literals: Literals, out: Uint8Array, at: number, floor: number): number {
    if (start >= end) throw new ZstdError('a zstd block is cut');
    let next = start + 1;
    let count = block[start]!;
    if (count >= 128) {
      next = start + (count === 255 ? 3 : 2);
      count = count === 255 ? (block[start + 1]! | (block[start + 2]! << 8)) + 0x7f00 : ((count - 128) << 8) | block[start + 1]!;
    }
    if (count === 0) {
      if (next !== end) throw new ZstdError('a zstd block is too long');
      return this.#rest(literals, 0, out, at, at + MOST_IN_BLOCK);
    }
    if (next >= end) throw new ZstdError('a zstd block is cut');
    const modes = block[next++]!;
    if ((modes & 3) !== 0) throw new ZstdError('a zstd block has an unknown mode');
    next = this.#literals.read(modes >> 6, block, next, end);
    next = this.#offsets.read((modes >> 4) & 3, block, next, end);
    next = this.#matches.read((modes >> 2) & 3, block, next, end);
    return this.#carryOut(block, next, end, count, literals, out, at, floor);
  }

  #carryOut(block: Uint8Array, start: number, end: number, count: number, literals: Literals, out: Uint8Array, from: number, floor: number): number {
    const bottom = start * 8;
    let bit = topOfBackwardBits(block, start, end);
    const { symbol: literalSymbol, bits: literalWidth, base: literalNext, log: literalLog } = this.#literals.table;
    const { symbol: offsetSymbol, bits: offsetWidth, base: offsetNext, log: offsetLog } = this.#offsets.table;
    const { symbol: matchSymbol, bits: matchWidth, base: matchNext, log: matchLog } = this.#matches.table;
    bit -= literalLog;
    if (bit - offsetLog - matchLog < bottom) throw new ZstdError('zstd sequences are cut');
    let literalState = bitsAt(block, bit, literalLog);
    bit -= offsetLog;
    let offsetState = bitsAt(block, bit, offsetLog);
    bit -= matchLog;
    let matchState = bitsAt(block, bit, matchLog);
    const text = literals.bytes;
    const textLength = literals.length;
    const limit = from + MOST_IN_BLOCK;
    let textAt = 0;
    let at = from;
    let offset1 = this.#offset1;
    let offset2 = this.#offset2;
    let offset3 = this.#offset3;
    for (let left = count; left > 0; left--) {
      const offsetCode = offsetSymbol[offsetState]!;
      if (offsetCode > MOST_OFFSET_CODE) throw new ZstdError('a zstd match reaches too far back');
      // More than fit into one word, where the window is large.
      let value = 1 << offsetCode;
      if (offsetCode > 24) {
        bit -= offsetCode - 24;
        if (bit < bottom) throw new ZstdError('zstd sequences are cut');
        value += bitsAt(block, bit, offsetCode - 24) << 24;
        bit -= 24;
        if (bit < bottom) throw new ZstdError('zstd sequences are cut');
        value += bitsAt(block, bit, 24);
      } else {
        bit -= offsetCode;
        if (bit < bottom) throw new ZstdError('zstd sequences are cut');
        value += bitsAt(block, bit, offsetCode);
      }
      const matchCode = matchSymbol[matchState]!;
      const literalCode = literalSymbol[literalState]!;
      bit -= MATCH_BITS[matchCode]!;
      if (bit - LITERAL_BITS[literalCode]! < bottom) throw new ZstdError('zstd sequences are cut');
      const matchLength = MATCH_BASE[matchCode]! + bitsAt(block, bit, MATCH_BITS[matchCode]!);
      bit -= LITERAL_BITS[literalCode]!;
      const literalLength = LITERAL_BASE[literalCode]! + bitsAt(block, bit, LITERAL_BITS[literalCode]!);

      let offset: number;
      if (value > 3) {
        offset = value - 3;
        offset3 = offset2;
        offset2 = offset1;
        offset1 = offset;
      } else {
        // One of the last three; without literals before it, the next one.
        const index = literalLength === 0 ? value : value - 1;
        if (index === 0) offset = offset1;
        else {
          offset = index === 1 ? offset2 : index === 2 ? offset3 : offset1 - 1;
          if (index > 1) offset3 = offset2;
          offset2 = offset1;
          offset1 = offset;
        }
      }

      const matchAt = at + literalLength;
      if (textAt + literalLength > textLength || matchAt + matchLength > limit) throw new ZstdError('a zstd block is longer than it may be');
      if (literalLength < 24) for (let i = 0; i < literalLength; i++) out[at + i] = text[textAt + i]!;
      else out.set(text.subarray(textAt, textAt + literalLength), at);
      textAt += literalLength;
      const source = matchAt - offset;
      if (offset <= 0 || source < floor) throw new ZstdError('a zstd match reaches back before the beginning');
      at = matchAt + matchLength;
      if (offset < matchLength || matchLength < 24) for (let i = matchAt, j = source; i < at; i++, j++) out[i] = out[j]!;
      else out.copyWithin(matchAt, source, source + matchLength);

      if (left === 1) break;
      let width = literalWidth[literalState]!;
      bit -= width;
      literalState = literalNext[literalState]! + bitsAt(block, bit, width);
      width = matchWidth[matchState]!;
      bit -= width;
      matchState = matchNext[matchState]! + bitsAt(block, bit, width);
      width = offsetWidth[offsetState]!;
      bit -= width;
      if (bit < bottom) throw new ZstdError('zstd sequences are cut');
      offsetState = offsetNext[offsetState]! + bitsAt(block, bit, width);
    }
    if (bit !== bottom) throw new ZstdError('zstd sequences are damaged');
    this.#offset1 = offset1;
    this.#offset2 = offset2;
    this.#offset3 = offset3;
    return this.#rest(literals, textAt, out, at, limit);
  }

  /** What is left of the literals. */
  #rest(literals: Literals, from: number, out: Uint8Array, at: number, limit: number): number {
    const end = at + literals.length - from;
    if (end > limit) throw new ZstdError('a zstd block is longer than it may be');
    out.set(literals.bytes.subarray(from, literals.length), at);
    return end;
  }
}
