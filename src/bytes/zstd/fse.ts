// Finite state entropy codes of zstd (RFC 8878, 4.1): a description of probabilities becomes a table of states.

import { ForwardBits, ZstdError } from './bits.ts';

/** A table of states, made anew in the same arrays. */
export class FseTable {
  /** log2 of the number of states. */
  log = 0;
  /** By state. */
  readonly symbol: Uint8Array;
  /** Bits to read for the next state, and what they are added to. */
  readonly bits: Uint8Array;
  readonly base: Uint16Array;
  readonly #next: Uint16Array = new Uint16Array(256);

  constructor(mostLog: number) {
    this.symbol = new Uint8Array(1 << mostLog);
    this.bits = new Uint8Array(1 << mostLog);
    this.base = new Uint16Array(1 << mostLog);
  }

  /** Of probabilities; -1 is "less than one". */
  set(probabilities: Int16Array, count: number, log: number): void {
    const { symbol, bits, base } = this;
    const next = this.#next;
    const size = 1 << log;
    this.log = log;
    let high = size;
    for (let value = 0; value < count; value++) {
      const probability = probabilities[value]!;
      next[value] = probability < 0 ? 1 : probability;
      if (probability < 0) symbol[--high] = value;
    }
    const step = (size >> 1) + (size >> 3) + 3;
    const mask = size - 1;
    let place = 0;
    for (let value = 0; value < count; value++) {
      for (let i = probabilities[value]!; i > 0; i--) {
        symbol[place] = value;
        do place = (place + step) & mask;
        while (place >= high);
      }
    }
    for (let state = 0; state < size; state++) {
      const x = next[symbol[state]!]!++;
      const width = log - (31 - Math.clz32(x));
      bits[state] = width;
      base[state] = (x << width) - size;
    }
  }

  /** Every state is one symbol. */
  setSingle(value: number): void {
    this.log = 0;
    this.symbol[0] = value;
    this.bits[0] = 0;
    this.base[0] = 0;
  }
}

const probabilities = new Int16Array(256);

/**
 * Reads the description of a table in bytes[start, end) of at most `mostSymbols` symbols and 2^mostLog states into `table`; gives the
 * offset behind it.
 */
export function readFseTable(bytes: Uint8Array, start: number, end: number, mostSymbols: number, mostLog: number, table: FseTable): number {
  const input = new ForwardBits(bytes, start, end);
  const log = input.read(4) + 5;
  if (log > mostLog) throw new ZstdError('a zstd table has too many states');
  let remaining = 1 << log;
  let count = 0;
  while (remaining > 0) {
    if (count >= mostSymbols) throw new ZstdError('a zstd table has too many symbols');
    // Values below a threshold take one bit less.
    const width = 32 - Math.clz32(remaining + 1);
    const half = 1 << (width - 1);
    const threshold = (1 << width) - 2 - remaining;
    let value = input.read(width);
    if ((value & (half - 1)) < threshold) {
      input.unread();
      value &= half - 1;
    } else if (value >= half) value -= threshold;
    const probability = value - 1;
    remaining -= probability < 0 ? 1 : probability;
    probabilities[count++] = probability;
    if (probability !== 0) continue;
    let repeats: number;
    do {
      repeats = input.read(2);
      if (count + repeats > mostSymbols) throw new ZstdError('a zstd table has too many symbols');
      probabilities.fill(0, count, count + repeats);
      count += repeats;
    } while (repeats === 3);
  }
  if (remaining < 0) throw new ZstdError('a zstd table is damaged');
  table.set(probabilities, count, log);
  return input.nextByte;
}
