// Columns of numbers as bytes, for the page's file: whole numbers as the difference from the one before, 7 bits a byte, since what gzip makes
// of these is a third of what it makes of doubles; other numbers as they are.

import { PageDataError } from './page-data-error.ts';

/** How a column is written: its first byte. */
const Form = { Differences: 0, Doubles: 1 } as const;
/** Differences of numbers within these are exact, and so is twice as much. */
const LARGEST = 2 ** 51;
/** Of a difference: 53 bits in sevens. */
const LONGEST = 8;
const HEADER = 5;
/** Rows that are read in one step: a millisecond, some more where memory is slow. */
const STEP = 65_536;

export type NumberColumn = Float64Array | Int32Array | Int16Array | Uint16Array;

/** Puts columns one behind the other. */
export class ColumnWriter {
  #bytes = new Uint8Array(1 << 16);
  #used = 0;

  /** Its form, the number of bytes that follow (4 bytes, little-endian), and these. */
  put(column: NumberColumn): void {
    const start = this.#used;
    const isWhole = !(column instanceof Float64Array) || column.every((value) => Number.isInteger(value) && value >= -LARGEST && value <= LARGEST);
    this.#need(HEADER + column.length * (isWhole ? 2 : 8));
    this.#used += HEADER;
    if (isWhole) this.#putDifferences(column);
    else this.#putDoubles(column);
    const view = new DataView(this.#bytes.buffer);
    view.setUint8(start, isWhole ? Form.Differences : Form.Doubles);
    view.setUint32(start + 1, this.#used - start - HEADER, true);
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#used);
  }

  #putDifferences(column: NumberColumn): void {
    let previous = 0;
    for (let i = 0; i < column.length; i++) {
      this.#need(LONGEST);
      const value = column[i]!;
      const difference = value - previous;
      previous = value;
      // The sign in the lowest bit.
      let left = difference >= 0 ? difference * 2 : -difference * 2 - 1;
      const bytes = this.#bytes;
      while (left >= 128) {
        bytes[this.#used++] = (left % 128) | 128;
        left = Math.floor(left / 128);
      }
      bytes[this.#used++] = left;
    }
  }

  #putDoubles(column: NumberColumn): void {
    const view = new DataView(this.#bytes.buffer);
    for (const value of column) {
      view.setFloat64(this.#used, value, true);
      this.#used += 8;
    }
  }

  #need(more: number): void {
    if (this.#used + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#used + more));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** Takes them out again, in the same order. @throws PageDataError where they are not what a ColumnWriter has written. */
export class ColumnReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  /** The number before the next one of a column of differences. */
  #previous = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** Fills a column of known length, in steps: a page goes on answering between them. All its values are from `least` to `most`. */
  *fill<T extends NumberColumn>(column: T, least: number, most: number): Generator<undefined, T, void> {
    if (this.#at + HEADER > this.#bytes.length) throw new PageDataError('it is cut short');
    const form = this.#view.getUint8(this.#at);
    const start = this.#at + HEADER;
    const end = start + this.#view.getUint32(this.#at + 1, true);
    if (end > this.#bytes.length) throw new PageDataError('it is cut short');
    this.#at = start;
    this.#previous = 0;
    if (form === Form.Doubles && column instanceof Float64Array) {
      if (end - start !== column.length * 8) throw new PageDataError('a column has another length');
    } else if (form !== Form.Differences) throw new PageDataError('a column has an unknown form');
    for (let row = 0; row < column.length; row += STEP) {
      const rows = column.subarray(row, row + STEP);
      if (form === Form.Differences) this.#fillDifferences(rows, end, least, most);
      else this.#fillDoubles(rows as Float64Array, least, most);
      yield;
    }
    if (this.#at !== end) throw new PageDataError('a column has another length');
    return column;
  }

  #fillDifferences(column: NumberColumn, end: number, least: number, most: number): void {
    const bytes = this.#bytes;
    let at = this.#at;
    let previous = this.#previous;
    for (let i = 0; i < column.length; i++) {
      // Bytes behind the end are those of the next column, or undefined: found out at the column's end.
      let byte = bytes[at++]!;
      let value = byte & 127;
      for (let unit = 128; byte >= 128 && at < end; unit *= 128) {
        byte = bytes[at++]!;
        value += (byte & 127) * unit;
      }
      previous += value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      if (!(previous >= least && previous <= most)) throw new PageDataError('a number is out of range');
      column[i] = previous;
    }
    this.#at = at;
    this.#previous = previous;
  }

  #fillDoubles(column: Float64Array, least: number, most: number): void {
    for (let i = 0; i < column.length; i++) {
      const value = this.#view.getFloat64(this.#at, true);
      this.#at += 8;
      if (!(value >= least && value <= most)) throw new PageDataError('a number is out of range');
      column[i] = value;
    }
  }
}
