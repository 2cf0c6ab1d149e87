// A range of another source: a member of an archive that lies there as it is.

import type { ByteSource } from './source.ts';

export class RangeSource implements ByteSource {
  readonly size: number;
  readonly #source: ByteSource;
  readonly #start: number;

  constructor(source: ByteSource, start: number, size: number) {
    this.#source = source;
    this.#start = start;
    this.size = size;
  }

  /** A copy: other members are read through the same source. */
  read(offset: number, length: number): Uint8Array | Promise<Uint8Array> {
    const start = Math.min(Math.max(offset, 0), this.size);
    const bytes = this.#source.read(this.#start + start, Math.min(Math.max(length, 0), this.size - start));
    return bytes instanceof Promise ? bytes.then((it) => it.slice()) : bytes.slice();
  }
}
