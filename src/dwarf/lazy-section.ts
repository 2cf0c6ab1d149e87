// One section as its readers see it: blocks are fetched when a byte of them is first needed, and kept as long as there is room.
// What is known is given without a generator (`known`), so that loops over thousands of small values stay plain code. Blocks overlap,
// so that a small value never lies across two of them.

import { MAX_DWARF_BLOCKS } from '../bytes/limits.ts';
import type { DwarfSection, SectionReading } from './sections.ts';

/** A value of this many bytes at most is within one block wherever it begins. */
export const SMALL_VALUE = 64;

export class LazySection {
  readonly size: number;
  readonly #section: DwarfSection | undefined;
  readonly #all: Uint8Array | undefined;
  readonly #blockSize: number;
  readonly #blocks = new Map<number, Uint8Array>();

  /** `blockSize`: how much is fetched at once, a power of two. Undefined for a section that is not there: as one without bytes. */
  constructor(section: DwarfSection | undefined, blockSize: number) {
    this.#section = section;
    this.#all = section === undefined ? NOTHING : section.bytes;
    this.size = this.#all === undefined ? section!.size : this.#all.length;
    this.#blockSize = blockSize;
  }

  /**
   * A range that was fetched before, cut at the end of the section; undefined where it must be read first. Once it was read, a small
   * range (SMALL_VALUE) is known until other blocks are read.
   */
  known(offset: number, length: number): Uint8Array | undefined {
    const end = Math.min(offset + length, this.size);
    if (!(offset >= 0 && offset < end)) return NOTHING;
    if (this.#all !== undefined) return this.#all.subarray(offset, end);
    const number = Math.floor(offset / this.#blockSize);
    const start = number * this.#blockSize;
    const block = end > start + this.#blockSize + SMALL_VALUE ? undefined : this.#blocks.get(number);
    return block?.subarray(offset - start, end - start);
  }

  /** A range of any length, cut at the end of the section. A long one is fetched as it is and not kept here. */
  *read(offset: number, length: number): SectionReading<Uint8Array> {
    const known = this.known(offset, length);
    if (known !== undefined) return known;
    const end = Math.min(offset + length, this.size);
    const number = Math.floor(offset / this.#blockSize);
    const start = number * this.#blockSize;
    if (end > start + this.#blockSize + SMALL_VALUE) return yield { section: this.#section!, offset, length: end - offset };
    const block = yield { section: this.#section!, offset: start, length: Math.min(this.#blockSize + SMALL_VALUE, this.size - start) };
    if (this.#blocks.size * this.#blockSize >= MAX_DWARF_BLOCKS) this.#blocks.clear();
    this.#blocks.set(number, block);
    return block.subarray(offset - start, end - start);
  }
}

const NOTHING = new Uint8Array(0);
