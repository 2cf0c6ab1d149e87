// Deflate (RFC 1951) and its zlib wrapper (RFC 1950), synchronous and anywhere: DecompressionStream is asynchronous, node:zlib is
// Node's. For contents whose size is known beforehand, as in compressed ELF sections. Checksums are not verified.
// Codes are looked up by the next 10 bits in a table; the few longer ones are decoded bit by bit by their canonical order.

const FAST_BITS = 10;
const FAST_SIZE = 1 << FAST_BITS;
const LONGEST_CODE = 15;

/** Base values and extra bits of length symbols 257…285 and distance symbols 0…29 (RFC 1951, 3.2.5). */
const LENGTH_BASE = Uint16Array.of(3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258);
const LENGTH_EXTRA = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0);
const DISTANCE_BASE = Uint16Array.of(1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577);
const DISTANCE_EXTRA = Uint8Array.of(0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13);
/** The order in which the lengths of the code length code are written. */
const CODE_LENGTH_ORDER = Uint8Array.of(16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15);

/** A canonical prefix code. */
class PrefixCode {
  /** By the next 10 bits: symbol << 4 | length, 0 for longer codes. */
  readonly fast: Uint16Array = new Uint16Array(FAST_SIZE);
  /** How many codes each length has. */
  readonly counts: Uint16Array = new Uint16Array(LONGEST_CODE + 1);
  /** Symbols in the order of their codes. */
  readonly symbols: Uint16Array = new Uint16Array(288);

  /** False where the lengths claim more codes than there are. Incomplete codes are fine until a missing one is met. */
  set(lengths: Uint8Array, count: number): boolean {
    const { fast, counts, symbols } = this;
    counts.fill(0);
    fast.fill(0);
    for (let i = 0; i < count; i++) counts[lengths[i]!]!++;
    counts[0] = 0;
    const firstIndex = new Uint16Array(LONGEST_CODE + 2);
    const nextCode = new Uint16Array(LONGEST_CODE + 2);
    let left = 1;
    for (let length = 1; length <= LONGEST_CODE; length++) {
      left = left * 2 - counts[length]!;
      if (left < 0) return false;
      firstIndex[length + 1] = firstIndex[length]! + counts[length]!;
      nextCode[length + 1] = (nextCode[length]! + counts[length]!) << 1;
    }
    for (let symbol = 0; symbol < count; symbol++) {
      const length = lengths[symbol]!;
      if (length === 0) continue;
      symbols[firstIndex[length]!++] = symbol;
      const code = nextCode[length]!++;
      if (length > FAST_BITS) continue;
      const entry = (symbol << 4) | length;
      for (let at = reversed(code, length); at < FAST_SIZE; at += 1 << length) fast[at] = entry;
    }
    return true;
  }
}

function reversed(code: number, length: number): number {
  let result = 0;
  for (let i = 0; i < length; i++) result |= ((code >>> i) & 1) << (length - 1 - i);
  return result;
}

/** Up to `size` bytes from a zlib stream. Fewer where it is damaged, cut, or shorter than `size`: what was decoded until then. */
export function inflateZlib(bytes: Uint8Array, size: number): Uint8Array {
  const method = bytes[0] ?? 0;
  const flags = bytes[1] ?? 0;
  const isZlib = (method & 15) === 8 && (method * 256 + flags) % 31 === 0 && (flags & 0x20) === 0;
  return isZlib ? inflate(bytes.subarray(2), size) : new Uint8Array(0);
}

/** Up to `size` bytes from a bare deflate stream; put into `room`, if it has that size. */
export function inflate(bytes: Uint8Array, size: number, room?: Uint8Array): Uint8Array {
  const output = room?.length === size ? room : new Uint8Array(size);
  const length = new Inflater(bytes, output).run();
  return length === size ? output : output.subarray(0, length);
}

class Inflater {
  readonly #input: Uint8Array;
  readonly #output: Uint8Array;
  /** Next byte of input, and the bits taken from it that are not used yet. */
  #at = 0;
  #bits = 0;
  #bitCount = 0;
  #length = 0;
  readonly #literals = new PrefixCode();
  readonly #distances = new PrefixCode();
  readonly #lengths = new Uint8Array(320);

  constructor(input: Uint8Array, output: Uint8Array) {
    this.#input = input;
    this.#output = output;
  }

  /** Decodes until the last block, the end of input or output, or damage; gives the number of bytes made. */
  run(): number {
    for (;;) {
      const last = this.#take(1);
      const type = this.#take(2);
      if (last < 0 || type < 0) break;
      let whole = false;
      if (type === 0) whole = this.#stored();
      else if (type === 1) whole = this.#fixedCodes() && this.#codes();
      else if (type === 2) whole = this.#dynamicCodes() && this.#codes();
      if (!whole || last === 1) break;
    }
    return this.#length;
  }

  /** The next bits, least significant first; -1 at the end of input. */
  #take(count: number): number {
    while (this.#bitCount < count) {
      if (this.#at >= this.#input.length) return -1;
      this.#bits |= this.#input[this.#at++]! << this.#bitCount;
      this.#bitCount += 8;
    }
    const value = this.#bits & ((1 << count) - 1);
    this.#bits >>>= count;
    this.#bitCount -= count;
    return value;
  }

  #stored(): boolean {
    this.#at -= this.#bitCount >> 3;
    this.#bits = 0;
    this.#bitCount = 0;
    const length = this.#take(16);
    const check = this.#take(16);
    if (check < 0 || (length ^ 0xffff) !== check) return false;
    const there = Math.min(length, this.#input.length - this.#at, this.#output.length - this.#length);
    this.#output.set(this.#input.subarray(this.#at, this.#at + there), this.#length);
    this.#at += there;
    this.#length += there;
    return there === length;
  }

  #fixedCodes(): boolean {
    const lengths = this.#lengths;
    lengths.fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280, 288);
    this.#literals.set(lengths, 288);
    lengths.fill(5, 0, 30);
    return this.#distances.set(lengths, 30);
  }

  #dynamicCodes(): boolean {
    const literalCount = this.#take(5) + 257;
    const distanceCount = this.#take(5) + 1;
    const codeLengthCount = this.#take(4) + 4;
    if (literalCount > 286 || distanceCount > 30) return false;
    const lengths = this.#lengths.fill(0);
    for (let i = 0; i < codeLengthCount; i++) {
      const length = this.#take(3);
      if (length < 0) return false;
      lengths[CODE_LENGTH_ORDER[i]!] = length;
    }
    const codeLengths = this.#literals;
    if (!codeLengths.set(lengths, 19)) return false;
    lengths.fill(0);
    const total = literalCount + distanceCount;
    for (let i = 0; i < total; ) {
      const symbol = this.#symbol(codeLengths);
      if (symbol < 0) return false;
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      if (symbol === 16 && i === 0) return false;
      const value = symbol === 16 ? lengths[i - 1]! : 0;
      const extra = symbol === 18 ? this.#take(7) : this.#take(symbol - 14);
      const repeat = symbol === 18 ? extra + 11 : extra + 3;
      if (extra < 0 || i + repeat > total) return false;
      lengths.fill(value, i, i + repeat);
      i += repeat;
    }
    if (lengths[256] === 0) return false;
    const distanceLengths = lengths.slice(literalCount, total);
    return this.#literals.set(lengths, literalCount) && this.#distances.set(distanceLengths, distanceCount);
  }

  /** The next symbol of a code, wherever it stands; -1 at the end of input and for codes that do not exist. */
  #symbol(prefix: PrefixCode): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= LONGEST_CODE; length++) {
      const bit = this.#take(1);
      if (bit < 0) return -1;
      code |= bit;
      const count = prefix.counts[length]!;
      if (code - count < first) return prefix.symbols[index + code - first]!;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return -1;
  }

  /** One block of literals and matches. The state is kept in locals: this loop makes nearly all of the bytes. */
  #codes(): boolean {
    const input = this.#input;
    const output = this.#output;
    const literals = this.#literals.fast;
    const distances = this.#distances.fast;
    const inputEnd = input.length;
    let at = this.#at;
    let bits = this.#bits;
    let bitCount = this.#bitCount;
    let length = this.#length;
    let isWhole = false;
    for (;;) {
      // 17 bits at least, but at the end of input: more than any one code or its extra bits take.
      while (bitCount <= 16 && at < inputEnd) {
        bits |= input[at++]! << bitCount;
        bitCount += 8;
      }
      let symbol: number;
      const entry = literals[bits & (FAST_SIZE - 1)]!;
      const size = entry & 15;
      if (entry !== 0 && size <= bitCount) {
        bits >>>= size;
        bitCount -= size;
        symbol = entry >> 4;
      } else {
        this.#put(at, bits, bitCount);
        symbol = this.#symbol(this.#literals);
        at = this.#at;
        bits = this.#bits;
        bitCount = this.#bitCount;
      }
      if (symbol < 256) {
        if (symbol < 0 || length >= output.length) break;
        output[length++] = symbol;
        continue;
      }
      if (symbol === 256) {
        isWhole = true;
        break;
      }
      if (symbol > 285) break;
      const lengthBits = LENGTH_EXTRA[symbol - 257]!;
      while (bitCount <= 16 && at < inputEnd) {
        bits |= input[at++]! << bitCount;
        bitCount += 8;
      }
      if (bitCount < lengthBits) break;
      const matchLength = LENGTH_BASE[symbol - 257]! + (bits & ((1 << lengthBits) - 1));
      bits >>>= lengthBits;
      bitCount -= lengthBits;

      while (bitCount <= 16 && at < inputEnd) {
        bits |= input[at++]! << bitCount;
        bitCount += 8;
      }
      const distanceEntry = distances[bits & (FAST_SIZE - 1)]!;
      const distanceSize = distanceEntry & 15;
      let distanceSymbol: number;
      if (distanceEntry !== 0 && distanceSize <= bitCount) {
        bits >>>= distanceSize;
        bitCount -= distanceSize;
        distanceSymbol = distanceEntry >> 4;
      } else {
        this.#put(at, bits, bitCount);
        distanceSymbol = this.#symbol(this.#distances);
        at = this.#at;
        bits = this.#bits;
        bitCount = this.#bitCount;
      }
      if (distanceSymbol < 0 || distanceSymbol > 29) break;
      const distanceBits = DISTANCE_EXTRA[distanceSymbol]!;
      while (bitCount <= 16 && at < inputEnd) {
        bits |= input[at++]! << bitCount;
        bitCount += 8;
      }
      if (bitCount < distanceBits) break;
      const distance = DISTANCE_BASE[distanceSymbol]! + (bits & ((1 << distanceBits) - 1));
      bits >>>= distanceBits;
      bitCount -= distanceBits;
      if (distance > length) break;
      const end = Math.min(length + matchLength, output.length);
      for (let from = length - distance; length < end; ) output[length++] = output[from++]!;
    }
    this.#put(at, bits, bitCount);
    this.#length = length;
    return isWhole;
  }

  #put(at: number, bits: number, bitCount: number): void {
    this.#at = at;
    this.#bits = bits;
    this.#bitCount = bitCount;
  }
}
