// A walk through a feature's payload that notices what readers forgive (SPEC 3.1): texts without a NUL, padded in another way than
// perf's, counts that reach beyond the payload, and bytes that are left.

import { endOfText } from '../../bytes/text.ts';
import { FeatureReader } from '../features/feature-reader.ts';

/** perf pads texts with zeros to a multiple of this (SPEC 3.1.2, 10.3.3). */
const TEXT_UNIT = 64;

export class PayloadWalk extends FeatureReader {
  /** Where the first text lies that is longer or shorter than perf would write it; -1 if none does. */
  oddText = -1;
  /** Where the first text lies without a NUL. */
  openText = -1;
  /** Where the first byte lies that is not zero though a text has ended before it. */
  dirtyText = -1;
  /** What a check of the payload's own found wrong with its values, and where. */
  wrong = '';
  wrongAt = -1;

  override text(): string {
    const length = this.u32();
    const start = this.offset;
    const bytes = this.raw(length);
    if (this.failed || length === 0) return '';
    const end = endOfText(bytes, 0, length);
    if (end === length && this.openText < 0) this.openText = start;
    if (length % TEXT_UNIT !== 0 && this.oddText < 0) this.oddText = start;
    if (this.dirtyText < 0) {
      for (let at = end; at < length; at++) {
        if (bytes[at] === 0) continue;
        this.dirtyText = start + at;
        break;
      }
    }
    // The value itself nobody asks for; what tells one from none is enough.
    return end === 0 ? '' : ' ';
  }

  /** A u32 count, then that many items of at least so many bytes. */
  list(itemSize: number, item: (index: number) => void): void {
    const count = this.count(itemSize);
    for (let index = 0; index < count && !this.failed; index++) item(index);
  }

  /** The same with a u64 count. */
  list64(itemSize: number, item: (index: number) => void): void {
    const count = this.count64(itemSize);
    for (let index = 0; index < count && !this.failed; index++) item(index);
  }

  /** Passes over texts with their count before them. */
  textList(): void {
    this.list(4, () => this.text());
  }

  /** Notes that a value is wrong that was read last; the first one is kept. */
  expect(holds: boolean, says: () => string): void {
    if (holds || this.failed || this.wrong !== '') return;
    this.wrong = says();
    this.wrongAt = this.offset;
  }
}
