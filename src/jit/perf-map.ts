// Perf maps: /tmp/perf-PID.map, lines of START SIZE NAME in hexadecimal, without times (JITDUMP 8, FORMAT 5; SPEC 9). Where entries
// overlap, the line written last wins: the code before it was freed. Symbols are numbered by address; names stay bytes.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import { decodeText } from '../bytes/text.ts';
import { grown, upperBound } from '../bytes/sorted.ts';
import { inOrder, rowNumbers, sortByKey } from '../bytes/stable-order.ts';
import { disjointRanges } from './disjoint-ranges.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

export class PerfMap {
  readonly length: number;
  readonly #bytes: Uint8Array;
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #nameStarts: Uint32Array;
  readonly #nameEnds: Uint32Array;
  // Disjoint, ascending: which symbol holds an address.
  readonly #rangeStarts: Float64Array;
  readonly #rangeEnds: Float64Array;
  readonly #rangeSymbols: Uint32Array;

  constructor(entries: PerfMapEntries) {
    const order = rowNumbers(entries.length);
    sortByKey(order, entries.starts);
    this.length = order.length;
    this.#bytes = entries.bytes;
    this.#starts = inOrder(entries.starts, order);
    this.#ends = inOrder(entries.ends, order);
    this.#nameStarts = inOrder(entries.nameStarts, order);
    this.#nameEnds = inOrder(entries.nameEnds, order);
    const ranges = disjointRanges(this.#starts, this.#ends, order);
    this.#rangeStarts = ranges.starts;
    this.#rangeEnds = ranges.ends;
    this.#rangeSymbols = ranges.owners;
  }

  /** The symbol that holds the address, the one written last if there are several, or -1. O(log n), allocates nothing. */
  find(address: number): number {
    const range = upperBound(this.#rangeStarts, this.#rangeStarts.length, address) - 1;
    return range >= 0 && address < this.#rangeEnds[range]! ? this.#rangeSymbols[range]! : -1;
  }

  start(symbol: number): number {
    return this.#starts[symbol] ?? 0;
  }

  /** One past the last byte. */
  end(symbol: number): number {
    return this.#ends[symbol] ?? 0;
  }

  /** As written, to the byte (bytes/text.ts); may be empty. */
  name(symbol: number): string {
    const start = this.#nameStarts[symbol];
    return start === undefined ? '' : decodeText(this.#bytes, start, this.#nameEnds[symbol]!);
  }

  /** JIT code has no data. */
  isObject(_symbol: number): boolean {
    return false;
  }
}

/** The lines of a map in file order, as columns. */
export interface PerfMapEntries {
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** Offsets in `bytes`. */
  readonly nameStarts: Uint32Array;
  readonly nameEnds: Uint32Array;
}

/** Reads a perf map. Lines that are none are counted in `diagnostics`; entries of no size hold no address and are left out. */
export function parsePerfMap(bytes: Uint8Array, diagnostics: Diagnostics): PerfMap {
  let starts = new Float64Array(1024);
  let ends = new Float64Array(1024);
  let nameStarts = new Uint32Array(1024);
  let nameEnds = new Uint32Array(1024);
  let length = 0;
  const hex = new HexReader(bytes);
  let line = 0;
  while (line < bytes.length) {
    let end = bytes.indexOf(NEWLINE, line);
    if (end < 0) end = bytes.length;
    const next = end + 1;
    if (end > line && bytes[end - 1] === RETURN) end--;
    const start = hex.read(line, end);
    const afterStart = hex.end;
    const size = hex.read(afterStart, end);
    // A last line that was torn within its numbers has no blank behind them: what is left of the size may be wrong.
    const isWhole = !Number.isNaN(start) && size >= 0 && hex.end < end && isBlank(bytes[hex.end]);
    if (!isWhole) {
      if (!isBlankLine(bytes, line, end)) reportLine(bytes, line, next, diagnostics);
    } else if (size > 0) {
      if (length === starts.length) {
        starts = grown(starts);
        ends = grown(ends);
        nameStarts = grown(nameStarts);
        nameEnds = grown(nameEnds);
      }
      starts[length] = start;
      ends[length] = start + size;
      nameStarts[length] = hex.end + 1;
      nameEnds[length] = end;
      length++;
    }
    line = next;
  }
  return new PerfMap({ bytes, length, starts, ends, nameStarts, nameEnds });
}

function reportLine(bytes: Uint8Array, line: number, next: number, diagnostics: Diagnostics): void {
  if (next > bytes.length) diagnostics.damaged('perf-map-torn', line, 'the last line of the perf map is not whole');
  else diagnostics.damaged('perf-map-line', line, 'a line of the perf map is not an address, a size and a name');
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

function isBlankLine(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (!isBlank(bytes[i])) return false;
  return true;
}

/** Reads hexadecimal numbers with or without 0x, blanks before them. */
class HexReader {
  /** Offset behind the number that was read last. */
  end = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** A number of at most 16 digits as a signed 64-bit value; NaN where there is none. */
  read(from: number, to: number): number {
    const bytes = this.#bytes;
    let at = from;
    while (at < to && isBlank(bytes[at])) at++;
    if (bytes[at] === 0x30 && (bytes[at + 1]! | 0x20) === 0x78) at += 2;
    const first = at;
    let high = 0;
    let low = 0;
    for (; at < to; at++) {
      const digit = hexDigit(bytes[at]!);
      if (digit < 0) break;
      high = ((high << 4) | (low >>> 28)) >>> 0;
      low = ((low << 4) | digit) >>> 0;
      if (at - first > 64) break;
    }
    this.end = at;
    if (at === first) return NaN;
    return (high | 0) * 4_294_967_296 + low;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
