// LZMA2, the compression inside .xz files: chunks, each stored or coded by LZMA (a range coder over adaptive bits, and matches of
// what was decoded before). Written after the format's public specification; whole outputs only, which serve as dictionary.

import { grown } from './sorted.ts';

const PROBABILITY_BITS = 11;
const EVEN = 1 << (PROBABILITY_BITS - 1);
const SPEED = 5;
const STATES = 12;
/** First state that follows a match. */
const AFTER_MATCH = 7;
const MOST_POSITION_STATES = 16;
const LITERAL_CODER = 0x300;

// Places of the probabilities of one decoder in a single array.
const IS_MATCH = 0;
const IS_REP = IS_MATCH + STATES * MOST_POSITION_STATES;
const IS_REP_0 = IS_REP + STATES;
const IS_REP_1 = IS_REP_0 + STATES;
const IS_REP_2 = IS_REP_1 + STATES;
const IS_REP_0_LONG = IS_REP_2 + STATES;
const DISTANCE_SLOTS = IS_REP_0_LONG + STATES * MOST_POSITION_STATES;
const DISTANCE_LOW = DISTANCE_SLOTS + 4 * 64;
const DISTANCE_ALIGN = DISTANCE_LOW + 115;
const MATCH_LENGTH = DISTANCE_ALIGN + 16;
/** Two choices, then trees of 3, 3 (by position state) and 8 bits. */
const LENGTH_LOW = 2;
const LENGTH_MIDDLE = LENGTH_LOW + MOST_POSITION_STATES * 8;
const LENGTH_HIGH = LENGTH_MIDDLE + MOST_POSITION_STATES * 8;
const LENGTH_CODER = LENGTH_HIGH + 256;
const REP_LENGTH = MATCH_LENGTH + LENGTH_CODER;
const LITERALS = REP_LENGTH + LENGTH_CODER;

/** What was decoded, and where the input ended. */
export interface Decoded {
  readonly bytes: Uint8Array;
  /** One past the end marker of the chunks, or where they could not be read further. */
  readonly end: number;
  readonly complete: boolean;
}

/** Decodes the chunks that begin at `start`. Never gives more than `limit` bytes; damaged input gives what was decoded so far. */
export function decodeLzma2(input: Uint8Array, start: number, limit: number): Decoded {
  const decoder = new Lzma2Decoder(input, start, limit);
  const complete = decoder.run();
  return { bytes: decoder.output.subarray(0, decoder.length), end: decoder.position, complete };
}

class Lzma2Decoder {
  output: Uint8Array;
  length = 0;
  position: number;
  readonly #input: Uint8Array;
  readonly #limit: number;
  /** End of the chunk that is decoded. */
  #inputEnd = 0;
  #range = 0;
  #code = 0;
  #probabilities = new Uint16Array(LITERALS);
  #literalContextBits = 0;
  #literalPositionMask = 0;
  #positionMask = 0;
  #state = 0;
  #rep0 = 0;
  #rep1 = 0;
  #rep2 = 0;
  #rep3 = 0;
  #hasProperties = false;
  /** Where the dictionary begins. */
  #origin = 0;

  constructor(input: Uint8Array, start: number, limit: number) {
    this.#input = input;
    this.position = start;
    this.#limit = limit;
    this.output = new Uint8Array(Math.min(limit, Math.max(1_024, (input.length - start) * 4)));
  }

  /** True if all chunks up to the end marker are decoded. */
  run(): boolean {
    const input = this.#input;
    while (this.position < input.length) {
      const control = input[this.position]!;
      if (control === 0) {
        this.position++;
        return true;
      }
      const isCoded = control >= 0x80;
      if (!isCoded && control > 2) return false;
      if (control === 1 || control >= 0xe0) this.#origin = this.length;
      const low = this.#number(this.position + 1);
      const size = (isCoded ? (control & 0x1f) << 16 : 0) + low + 1;
      if (this.position + 6 > input.length || this.length + size > this.#limit) return false;
      while (this.output.length < this.length + size) this.output = grown(this.output);
      if (!(isCoded ? this.#codedChunk(control, size) : this.#storedChunk(size))) return false;
    }
    return false;
  }

  #number(at: number): number {
    return ((this.#input[at] ?? 0) << 8) | (this.#input[at + 1] ?? 0);
  }

  #storedChunk(size: number): boolean {
    const start = this.position + 3;
    if (start + size > this.#input.length) return false;
    this.output.set(this.#input.subarray(start, start + size), this.length);
    this.length += size;
    this.position = start + size;
    return true;
  }

  #codedChunk(control: number, size: number): boolean {
    const packed = this.#number(this.position + 3) + 1;
    const reset = (control >> 5) & 3;
    let at = this.position + 5;
    if (reset >= 2) {
      if (!this.#setProperties(this.#input[at] ?? 255)) return false;
      at++;
    }
    if (!this.#hasProperties) return false;
    if (reset >= 1) this.#resetState();
    if (at + packed > this.#input.length || packed < 5) return false;
    this.position = at + 1;
    this.#inputEnd = at + packed;
    this.#range = 0xffff_ffff;
    this.#code = 0;
    for (let i = 0; i < 4; i++) this.#code = ((this.#code << 8) | this.#input[this.position++]!) >>> 0;
    const wanted = this.length + size;
    if (!this.#decode(wanted)) return false;
    this.position = this.#inputEnd;
    return true;
  }

  #setProperties(byte: number): boolean {
    if (byte >= 9 * 5 * 5) return false;
    const contextBits = byte % 9;
    const positionBits = Math.floor(byte / 9) % 5;
    if (contextBits + positionBits > 4) return false;
    this.#literalContextBits = contextBits;
    this.#literalPositionMask = (1 << positionBits) - 1;
    this.#positionMask = (1 << Math.floor(byte / 45)) - 1;
    this.#probabilities = new Uint16Array(LITERALS + (LITERAL_CODER << (contextBits + positionBits)));
    this.#hasProperties = true;
    return true;
  }

  #resetState(): void {
    this.#probabilities.fill(EVEN);
    this.#state = 0;
    this.#rep0 = this.#rep1 = this.#rep2 = this.#rep3 = 0;
  }

  /** Decodes until `wanted` bytes are there. */
  #decode(wanted: number): boolean {
    while (this.length < wanted) {
      if (this.position > this.#inputEnd) return false;
      const positionState = (this.length - this.#origin) & this.#positionMask;
      if (this.#bit(IS_MATCH + this.#state * MOST_POSITION_STATES + positionState) === 0) {
        if (this.#state >= AFTER_MATCH && this.#rep0 >= this.length - this.#origin) return false;
        this.#literal();
        continue;
      }
      const size = this.#matchSize(positionState);
      if (size < 0 || this.#rep0 >= this.length - this.#origin || this.length + size > wanted) return false;
      this.#copy(size);
    }
    return true;
  }

  /** The size of the next match, its distance in rep0. */
  #matchSize(positionState: number): number {
    const state = this.#state;
    if (this.#bit(IS_REP + state) === 0) {
      this.#rep3 = this.#rep2;
      this.#rep2 = this.#rep1;
      this.#rep1 = this.#rep0;
      this.#state = state < AFTER_MATCH ? 7 : 10;
      const size = this.#length(MATCH_LENGTH, positionState);
      this.#rep0 = this.#distance(Math.min(size, 3));
      return size + 2;
    }
    if (this.#bit(IS_REP_0 + state) === 0) {
      if (this.#bit(IS_REP_0_LONG + state * MOST_POSITION_STATES + positionState) === 0) {
        this.#state = state < AFTER_MATCH ? 9 : 11;
        return 1;
      }
    } else {
      let distance: number;
      if (this.#bit(IS_REP_1 + state) === 0) distance = this.#rep1;
      else {
        if (this.#bit(IS_REP_2 + state) === 0) distance = this.#rep2;
        else {
          distance = this.#rep3;
          this.#rep3 = this.#rep2;
        }
        this.#rep2 = this.#rep1;
      }
      this.#rep1 = this.#rep0;
      this.#rep0 = distance;
    }
    this.#state = state < AFTER_MATCH ? 8 : 11;
    return this.#length(REP_LENGTH, positionState) + 2;
  }

  #literal(): void {
    const previous = this.length === this.#origin ? 0 : this.output[this.length - 1]!;
    const bits = this.#literalContextBits;
    const context = (((this.length - this.#origin) & this.#literalPositionMask) << bits) + (previous >>> (8 - bits));
    const base = LITERALS + LITERAL_CODER * context;
    let symbol = 1;
    if (this.#state >= AFTER_MATCH) {
      // A literal behind a match differs from the byte that would have continued it: that byte is context.
      let matched = this.output[this.length - this.#rep0 - 1]!;
      while (symbol < 0x100) {
        const expected = (matched >> 7) & 1;
        matched <<= 1;
        const bit = this.#bit(base + ((1 + expected) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (bit !== expected) break;
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | this.#bit(base + symbol);
    this.output[this.length++] = symbol & 0xff;
    this.#state = this.#state < 4 ? 0 : this.#state < 10 ? this.#state - 3 : this.#state - 6;
  }

  #copy(size: number): void {
    const { output } = this;
    let from = this.length - this.#rep0 - 1;
    let to = this.length;
    for (const end = to + size; to < end; ) output[to++] = output[from++]!;
    this.length = to;
  }

  #length(coder: number, positionState: number): number {
    if (this.#bit(coder) === 0) return this.#tree(coder + LENGTH_LOW + positionState * 8, 3);
    if (this.#bit(coder + 1) === 0) return 8 + this.#tree(coder + LENGTH_MIDDLE + positionState * 8, 3);
    return 16 + this.#tree(coder + LENGTH_HIGH, 8);
  }

  #distance(lengthState: number): number {
    const slot = this.#tree(DISTANCE_SLOTS + lengthState * 64, 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const high = (2 | (slot & 1)) * 2 ** bits;
    if (slot < 14) return high + this.#reverseTree(DISTANCE_LOW + high - slot, bits);
    return high + this.#direct(bits - 4) * 16 + this.#reverseTree(DISTANCE_ALIGN, 4);
  }

  #tree(base: number, bits: number): number {
    let symbol = 1;
    for (let i = 0; i < bits; i++) symbol = (symbol << 1) | this.#bit(base + symbol);
    return symbol - (1 << bits);
  }

  #reverseTree(base: number, bits: number): number {
    let symbol = 1;
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const bit = this.#bit(base + symbol);
      symbol = (symbol << 1) | bit;
      value |= bit << i;
    }
    return value;
  }

  #direct(bits: number): number {
    let value = 0;
    for (let i = 0; i < bits; i++) {
      this.#range >>>= 1;
      const bit = this.#code >= this.#range ? 1 : 0;
      if (bit === 1) this.#code -= this.#range;
      value = value * 2 + bit;
      this.#normalize();
    }
    return value;
  }

  #bit(index: number): number {
    const probability = this.#probabilities[index]!;
    const bound = (this.#range >>> PROBABILITY_BITS) * probability;
    let bit = 0;
    if (this.#code < bound) {
      this.#range = bound;
      this.#probabilities[index] = probability + (((1 << PROBABILITY_BITS) - probability) >> SPEED);
    } else {
      this.#range -= bound;
      this.#code -= bound;
      this.#probabilities[index] = probability - (probability >> SPEED);
      bit = 1;
    }
    this.#normalize();
    return bit;
  }

  #normalize(): void {
    if (this.#range >= 0x100_0000) return;
    this.#range = (this.#range << 8) >>> 0;
    this.#code = ((this.#code << 8) | (this.#input[this.position++] ?? 0)) >>> 0;
  }
}
