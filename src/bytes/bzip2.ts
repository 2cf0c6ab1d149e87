// bzip2 (the format of tarballs that `perf archive` makes): streams of blocks that know nothing of each other, each a Burrows-Wheeler
// transform of at most 900 000 bytes, run lengths on both sides of it, and up to six prefix codes. Block by block, so that memory is that
// of one block whatever the file's size; every block is held against its checksum.

import type { ByteSource } from './source.ts';
import { settled } from './waiting.ts';
import type { Waiting } from './waiting.ts';

/** How unpacking ended: at the end, at damage, or because what was unpacked was not wanted any more. */
export type Bzip2End = 'whole' | 'damaged' | 'stopped';

const BLOCK_UNIT = 100_000;
const BLOCK_MAGIC = [0x314159, 0x265359] as const;
const END_MAGIC = [0x177245, 0x385090] as const;
const LONGEST_CODE = 20;
/** Codes of at most so many bits are looked up at once. */
const FAST_BITS = 10;
const LENGTH_BITS = 5;
const LENGTH_MASK = (1 << LENGTH_BITS) - 1;
const SYMBOLS_PER_SELECTOR = 50;
const MOST_SELECTORS = 18_002;
/** No block is longer: 900 000 symbols of 20 bits, its selectors and its tables. */
const LONGEST_BLOCK = 2_300_000;
const WINDOW = 4 * LONGEST_BLOCK;
const PIECE = 1 << 20;

/** Whether a file begins as bzip2 does. */
export function looksLikeBzip2(first: Uint8Array): boolean {
  return first[0] === 0x42 && first[1] === 0x5a && first[2] === 0x68 && first[3]! >= 0x31 && first[3]! <= 0x39;
}

/** Unpacks all of a source. `take` gets the bytes in order, views that do not last, and says whether to go on. */
export function* unpackBzip2(source: ByteSource, take: (bytes: Uint8Array) => boolean): Waiting<Bzip2End> {
  const bits = new BitReader();
  let at = 0;
  let decoder: BlockDecoder | undefined;
  for (;;) {
    // All of the next block is in memory before it is looked at.
    if (bits.left < LONGEST_BLOCK && at < source.size) {
      const more = yield* settled(source.read(at, WINDOW - bits.left));
      bits.append(more);
      at = more.length === 0 ? source.size : at + more.length;
      if (more.length > 0 && at < source.size && bits.left < LONGEST_BLOCK) continue;
    }
    if (decoder === undefined) {
      // The next of several streams, one after another; behind the last whatever is no stream is left alone.
      const level = bits.left < 4 ? 0 : bits.read(8) === 0x42 && bits.read(8) === 0x5a && bits.read(8) === 0x68 ? bits.read(8) - 0x30 : 0;
      if (level < 1 || level > 9) return at === source.size && bits.hasBegun ? 'whole' : 'damaged';
      decoder = new BlockDecoder(level * BLOCK_UNIT);
      bits.hasBegun = true;
    }
    const magic = [bits.read(24), bits.read(24)] as const;
    if (magic[0] === END_MAGIC[0] && magic[1] === END_MAGIC[1]) {
      bits.read(32);
      bits.toByte();
      decoder = undefined;
      if (bits.isBeyond) return 'damaged';
      continue;
    }
    if (magic[0] !== BLOCK_MAGIC[0] || magic[1] !== BLOCK_MAGIC[1] || !decoder.read(bits)) return 'damaged';
    const end = decoder.write(take);
    if (end !== 'whole') return end;
  }
}

/** Bits from the highest down, of bytes that are appended as they come. */
class BitReader {
  hasBegun = false;
  #bytes = new Uint8Array(0);
  #at = 0;
  #held = 0;
  #count = 0;

  /** Bytes that were not looked at yet. */
  get left(): number {
    return Math.max(0, this.#bytes.length - this.#at);
  }

  /** Whether more was read than there is; what was read beyond the end is zeros. */
  get isBeyond(): boolean {
    return this.#at - (this.#count >> 3) > this.#bytes.length;
  }

  append(more: Uint8Array): void {
    const rest = this.#bytes.subarray(Math.min(this.#at, this.#bytes.length));
    const bytes = new Uint8Array(rest.length + more.length);
    bytes.set(rest);
    bytes.set(more, rest.length);
    this.#bytes = bytes;
    this.#at = 0;
  }

  /** At most 32 bits, as a number without sign. */
  read(count: number): number {
    if (count > 24) return this.read(count - 16) * 65_536 + this.read(16);
    while (this.#count < count) {
      this.#held = (this.#held << 8) | (this.#bytes[this.#at++] ?? 0);
      this.#count += 8;
    }
    this.#count -= count;
    const value = (this.#held >>> this.#count) & (0xff_ffff >>> (24 - count));
    return count === 0 ? 0 : value;
  }

  /** A symbol of a prefix code, or -1. */
  symbol(code: PrefixCode): number {
    while (this.#count < LONGEST_CODE) {
      this.#held = (this.#held << 8) | (this.#bytes[this.#at++] ?? 0);
      this.#count += 8;
    }
    const next = (this.#held >>> (this.#count - LONGEST_CODE)) & (2 ** LONGEST_CODE - 1);
    const fast = code.fast[next >>> (LONGEST_CODE - FAST_BITS)]!;
    if (fast !== 0) {
      this.#count -= fast & LENGTH_MASK;
      return fast >>> LENGTH_BITS;
    }
    for (let length = FAST_BITS + 1; length <= LONGEST_CODE; length++) {
      const value = next >>> (LONGEST_CODE - length);
      if (value > code.limits[length]!) continue;
      this.#count -= length;
      return code.symbols[value - code.bases[length]!] ?? -1;
    }
    return -1;
  }

  toByte(): void {
    this.#count -= this.#count & 7;
  }
}

/** A canonical prefix code: of each length the highest code and what leads from a code to its place among the symbols. */
class PrefixCode {
  readonly limits: Int32Array = new Int32Array(LONGEST_CODE + 2).fill(-1);
  readonly bases: Int32Array = new Int32Array(LONGEST_CODE + 2);
  readonly symbols: Uint16Array;
  /** By the next 10 bits: the symbol, and below it the length of its code; 0 for longer codes, and for none. */
  readonly fast: Uint16Array = new Uint16Array(1 << FAST_BITS);

  constructor(lengths: Uint8Array) {
    const symbols: number[] = [];
    let code = 0;
    for (let length = 1; length <= LONGEST_CODE; length++) {
      this.bases[length] = code - symbols.length;
      for (let symbol = 0; symbol < lengths.length; symbol++) {
        if (lengths[symbol] !== length) continue;
        symbols.push(symbol);
        const spare = FAST_BITS - length;
        // A damaged table may have more codes than there are.
        if (spare >= 0) this.fast.fill((symbol << LENGTH_BITS) | length, code << spare, (code + 1) << spare);
        code++;
      }
      this.limits[length] = code - 1;
      code <<= 1;
    }
    this.symbols = Uint16Array.from(symbols);
  }
}

/** One block: its transform, and the way back. */
class BlockDecoder {
  readonly #size: number;
  /** The last column, low 8 bits; above them, once all is read, where the byte that follows is. */
  readonly #column: Uint32Array;
  /** Some more than a piece: a run has up to 255 bytes. */
  readonly #out = new Uint8Array(PIECE + 256);
  #length = 0;
  #origin = 0;
  #checksum = 0;

  constructor(size: number) {
    this.#size = size;
    this.#column = new Uint32Array(size);
  }

  /** False for a block that cannot be one. */
  read(bits: BitReader): boolean {
    this.#checksum = bits.read(32);
    // A kind of block that no release ever wrote.
    if (bits.read(1) !== 0) return false;
    this.#origin = bits.read(24);
    const used = usedBytes(bits);
    const groups = bits.read(3);
    const selectorCount = bits.read(15);
    if (used.length === 0 || groups < 2 || groups > 6 || selectorCount === 0) return false;
    const selectors = readSelectors(bits, groups, selectorCount);
    const codes = selectors === undefined ? undefined : readCodes(bits, groups, used.length + 2);
    if (selectors === undefined || codes === undefined || bits.isBeyond) return false;
    return this.#readSymbols(bits, used, selectors, codes) && !bits.isBeyond && this.#origin < this.#length;
  }

  #readSymbols(bits: BitReader, used: Uint8Array, selectors: Uint8Array, codes: readonly PrefixCode[]): boolean {
    const column = this.#column;
    const size = this.#size;
    const counts = new Uint32Array(256);
    const endOfBlock = used.length + 1;
    let length = 0;
    let run = 0;
    let unit = 1;
    let code = codes[0]!;
    for (let i = 0; ; i++) {
      if (i % SYMBOLS_PER_SELECTOR === 0) {
        const selector = selectors[i / SYMBOLS_PER_SELECTOR];
        if (selector === undefined) return false;
        code = codes[selector]!;
      }
      const symbol = bits.symbol(code);
      if (symbol < 0) return false;
      if (symbol < 2) {
        // A run, its length in digits 1 and 2.
        run += unit * (symbol + 1);
        unit *= 2;
        if (run > size - length) return false;
        continue;
      }
      if (run > 0) {
        const byte = used[0]!;
        counts[byte]! += run;
        column.fill(byte, length, length + run);
        length += run;
        run = 0;
        unit = 1;
      }
      if (symbol === endOfBlock) break;
      if (length >= size) return false;
      const byte = used[symbol - 1]!;
      // Mostly a few: a call for them costs more.
      for (let place = symbol - 1; place > 0; place--) used[place] = used[place - 1]!;
      used[0] = byte;
      counts[byte]!++;
      column[length++] = byte;
    }
    this.#length = length;
    let sum = 0;
    for (let byte = 0; byte < 256; byte++) {
      const count = counts[byte]!;
      counts[byte] = sum;
      sum += count;
    }
    for (let i = 0; i < length; i++) column[counts[column[i]! & 0xff]!++]! |= i << 8;
    return true;
  }

  /** Gives the block's bytes to `take`. */
  write(take: (bytes: Uint8Array) => boolean): Bzip2End {
    const column = this.#column;
    const out = this.#out;
    const table = CRC_TABLE;
    const length = this.#length;
    let crc = -1;
    let filled = 0;
    let next = column[this.#origin]! >>> 8;
    let same = 0;
    let previous = -1;
    for (let i = 0; i < length; i++) {
      const entry = column[next]!;
      next = entry >>> 8;
      const byte = entry & 0xff;
      if (same < 4) {
        same = byte === previous ? same + 1 : 1;
        previous = byte;
        out[filled++] = byte;
        crc = (crc << 8) ^ table[(crc >>> 24) ^ byte]!;
      } else {
        // After four of a kind stands how many more there are.
        for (let copies = byte; copies > 0; copies--) {
          out[filled++] = previous;
          crc = (crc << 8) ^ table[(crc >>> 24) ^ previous]!;
        }
        same = 0;
        previous = -1;
      }
      if (filled < PIECE) continue;
      if (!take(out.subarray(0, filled))) return 'stopped';
      filled = 0;
    }
    if (filled > 0 && !take(out.subarray(0, filled))) return 'stopped';
    return ~crc >>> 0 === this.#checksum ? 'whole' : 'damaged';
  }
}

function usedBytes(bits: BitReader): Uint8Array {
  const used: number[] = [];
  const rows = bits.read(16);
  for (let row = 0; row < 16; row++) {
    if (((rows >> (15 - row)) & 1) === 0) continue;
    const columns = bits.read(16);
    for (let column = 0; column < 16; column++) if (((columns >> (15 - column)) & 1) !== 0) used.push(row * 16 + column);
  }
  return Uint8Array.from(used);
}

/** Which code each 50 symbols are written in; moved to the front as they are used. */
function readSelectors(bits: BitReader, groups: number, count: number): Uint8Array | undefined {
  const order = Uint8Array.of(0, 1, 2, 3, 4, 5);
  const selectors = new Uint8Array(Math.min(count, MOST_SELECTORS));
  for (let i = 0; i < count; i++) {
    let place = 0;
    while (bits.read(1) === 1) if (++place >= groups) return undefined;
    const group = order[place]!;
    order.copyWithin(1, 0, place);
    order[0] = group;
    if (i < selectors.length) selectors[i] = group;
  }
  return selectors;
}

/** Lengths are written as differences from the one before. */
function readCodes(bits: BitReader, groups: number, symbols: number): PrefixCode[] | undefined {
  const codes: PrefixCode[] = [];
  for (let group = 0; group < groups; group++) {
    const lengths = new Uint8Array(symbols);
    let length = bits.read(5);
    for (let symbol = 0; symbol < symbols; symbol++) {
      for (;;) {
        if (length < 1 || length > LONGEST_CODE) return undefined;
        if (bits.read(1) === 0) break;
        length += bits.read(1) === 0 ? 1 : -1;
      }
      lengths[symbol] = length;
    }
    codes.push(new PrefixCode(lengths));
  }
  return codes;
}

/** Polynomial 0x04c11db7, the highest bit first. */
const CRC_TABLE: Int32Array = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc;
});
