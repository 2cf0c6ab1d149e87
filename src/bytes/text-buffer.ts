// Text made as bytes, for views that print millions of lines of numbers (script, the dump): no string for a number, a field or a line.
// V8 takes 150 ns and more for a 64-bit number in hexadecimal as a string, and then copies it three times; here it is 16 stores.
// bench/text-buffer.ts has the figures.

import { encodeText } from './text.ts';

const FIRST_SIZE = 1_024;
/** UTF-8 needs at most this many bytes for a UTF-16 unit. */
const BYTES_PER_UNIT = 3;
/** Longer texts are encoded at once, shorter ones letter by letter. */
const SHORT = 64;
const TWO_32 = 4_294_967_296;
const BILLION = 1_000_000_000;
/** Digits of the largest number below 2^53, and a sign. */
const LONGEST_DECIMAL = 17;

const BLANK = 0x20;
const MINUS = 0x2d;
const ZERO = 0x30;
const NEWLINE = 0x0a;
const DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
/** Two digits of a byte, the first one in the low half. */
const PAIRS = Uint16Array.from({ length: 256 }, (_, byte) => DIGITS[byte >>> 4]! | (DIGITS[byte & 15]! << 8));
/** `copy` may read and write as many bytes too many. */
export const COPY_SLACK = 3;

/** Numbers come as the two words (unsigned or signed, it is the bits that count) of 64 bits, or as whole numbers that a double holds. */
export class TextBuffer {
  readonly #drain: ((bytes: Uint8Array) => void) | undefined;
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  /** What is full goes to `drain`, which must copy it, in pieces of about `size`. Without one the buffer grows, until it is cleared. */
  constructor(drain?: (bytes: Uint8Array) => void, size: number = FIRST_SIZE) {
    this.#drain = drain;
    this.#bytes = new Uint8Array(size);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }

  /** What it holds; valid until the next call. */
  get content(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  /** Hands on what it holds. */
  flush(): void {
    const length = this.#length;
    this.#length = 0;
    if (length > 0) this.#drain?.(this.#bytes.subarray(0, length));
  }

  #roomFor(count: number): Uint8Array {
    if (this.#length + count > this.#bytes.length) this.#makeRoom(count);
    return this.#bytes;
  }

  #makeRoom(count: number): void {
    if (this.#drain !== undefined) this.flush();
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * (this.#length + count));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }

  byte(value: number): void {
    this.#roomFor(1)[this.#length++] = value;
  }

  newline(): void {
    this.#roomFor(1)[this.#length++] = NEWLINE;
  }

  /**
   * Bytes [start, end) of others, four at a time: for some tens of them, where a view of them would cost more than the copy. `from` must go
   * on for COPY_SLACK bytes behind `end`.
   */
  copy(from: DataView, start: number, end: number): void {
    this.#roomFor(end - start + COPY_SLACK);
    const view = this.#view;
    for (let i = start, at = this.#length; i < end; i += 4, at += 4) view.setInt32(at, from.getInt32(i, true), true);
    this.#length += end - start;
  }

  /** Any number of bytes. */
  block(from: Uint8Array): void {
    this.#roomFor(from.length).set(from, this.#length);
    this.#length += from.length;
  }

  /** As UTF-8; names that are none as the bytes that they were (text.ts). */
  text(text: string): void {
    const { length } = text;
    if (length > SHORT) return this.block(encodeText(text));
    const bytes = this.#roomFor(length * BYTES_PER_UNIT);
    let at = this.#length;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) return this.block(encodeText(text));
      bytes[at++] = unit;
    }
    this.#length = at;
  }

  /** A text with blanks before it, to `width` letters. */
  textRight(text: string, width: number): void {
    this.blanks(width - text.length);
    this.text(text);
  }

  blanks(count: number): void {
    if (count <= 0) return;
    this.#roomFor(count).fill(BLANK, this.#length, this.#length + count);
    this.#length += count;
  }

  /** `%lx`. */
  hex(high: number, low: number): void {
    const digits = hexDigits(high, low);
    this.#hex(high, low, digits, this.#roomFor(digits));
  }

  /** `%016lx`. */
  hexZeros(high: number, low: number): void {
    this.#roomFor(16);
    const view = this.#view;
    const at = this.#length;
    view.setUint16(at, PAIRS[high >>> 24]!, true);
    view.setUint16(at + 2, PAIRS[(high >>> 16) & 255]!, true);
    view.setUint16(at + 4, PAIRS[(high >>> 8) & 255]!, true);
    view.setUint16(at + 6, PAIRS[high & 255]!, true);
    view.setUint16(at + 8, PAIRS[low >>> 24]!, true);
    view.setUint16(at + 10, PAIRS[(low >>> 16) & 255]!, true);
    view.setUint16(at + 12, PAIRS[(low >>> 8) & 255]!, true);
    view.setUint16(at + 14, PAIRS[low & 255]!, true);
    this.#length = at + 16;
  }

  /** `%16lx`. */
  hexBlanks(high: number, low: number): void {
    const digits = hexDigits(high, low);
    const bytes = this.#roomFor(16);
    const end = this.#length + 16 - digits;
    for (let at = this.#length; at < end; at++) bytes[at] = BLANK;
    this.#length = end;
    this.#hex(high, low, digits, bytes);
  }

  #hex(high: number, low: number, digits: number, bytes: Uint8Array): void {
    const start = this.#length;
    let at = start + digits - 1;
    let word = low;
    for (const stop = Math.max(start, at - 7); at >= stop; at--) {
      bytes[at] = DIGITS[word & 15]!;
      word >>>= 4;
    }
    word = high;
    for (; at >= start; at--) {
      bytes[at] = DIGITS[word & 15]!;
      word >>>= 4;
    }
    this.#length = start + digits;
  }

  /** A whole number below 2^53 in magnitude, with `fill` before it (and before its sign) to `width` places. */
  decimal(value: number, width = 0, fill: number = BLANK): void {
    const bytes = this.#roomFor(Math.max(width, LONGEST_DECIMAL));
    const isNegative = value < 0;
    let rest = isNegative ? -value : value;
    const places = decimalPlaces(rest) + (isNegative ? 1 : 0);
    let start = this.#length;
    for (const end = start + width - places; start < end; start++) bytes[start] = fill;
    const end = start + places;
    let at = end;
    // Below 2^31 by whole numbers of the machine.
    while (rest >= BILLION) {
      const upper = Math.floor(rest / BILLION);
      let lower = (rest - upper * BILLION) | 0;
      for (let i = 0; i < 9; i++) {
        const tenth = (lower / 10) | 0;
        bytes[--at] = ZERO + lower - tenth * 10;
        lower = tenth;
      }
      rest = upper;
    }
    let small = rest | 0;
    do {
      const tenth = (small / 10) | 0;
      bytes[--at] = ZERO + small - tenth * 10;
      small = tenth;
    } while (small > 0);
    if (isNegative) bytes[--at] = MINUS;
    this.#length = end;
  }

  /** `%-*d`: a whole number with blanks behind it, to `width` places. */
  decimalLeft(value: number, width: number): void {
    this.decimal(value);
    this.blanks(width - decimalPlaces(Math.abs(value)) - (value < 0 ? 1 : 0));
  }

  /** `%lu`. */
  unsigned(high: number, low: number): void {
    const upper = high >>> 0;
    if (upper < 0x200000) this.decimal(upper * TWO_32 + (low >>> 0));
    else this.text(String((BigInt(upper) << 32n) | BigInt(low >>> 0)));
  }
}

/** How many digits a number has in hexadecimal. */
function hexDigits(high: number, low: number): number {
  return high !== 0 ? 16 - (Math.clz32(high) >>> 2) : low !== 0 ? 8 - (Math.clz32(low) >>> 2) : 1;
}

function decimalPlaces(value: number): number {
  let places = 1;
  for (let limit = 10; value >= limit; limit *= 10) places++;
  return places;
}
