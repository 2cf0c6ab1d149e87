// The pieces of a file that were read so far. A parser that comes back to them does not ask twice, and what lies in no piece
// costs nothing.

import { bytesAt } from '../bytes/reading.ts';
import type { Reading } from '../bytes/reading.ts';

export class SparseBytes {
  /** Of the whole file. */
  readonly size: number;
  readonly #offsets: number[] = [];
  readonly #pieces: Uint8Array[] = [];

  constructor(size: number) {
    this.size = size;
  }

  /** The range where it was read already, without a copy; undefined where any byte of it is missing. */
  known(offset: number, length: number): Uint8Array | undefined {
    for (let i = 0; i < this.#pieces.length; i++) {
      const start = offset - this.#offsets[i]!;
      const piece = this.#pieces[i]!;
      if (start >= 0 && start + length <= piece.length) return piece.subarray(start, start + length);
    }
    return undefined;
  }

  /** The range, read where it is not known; cut at the end of the file. */
  *read(offset: number, length: number): Reading<Uint8Array> {
    const wanted = Math.min(length, this.size - offset);
    if (offset < 0 || !(wanted > 0)) return new Uint8Array(0);
    const known = this.known(offset, wanted);
    if (known !== undefined) return known;
    const piece = yield* bytesAt(offset, wanted);
    this.#offsets.push(offset);
    this.#pieces.push(piece);
    return piece;
  }
}
