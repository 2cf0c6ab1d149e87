// A walk through a feature's payload that notices what readers forgive (SPEC 3.1, 10): texts without a NUL, padded in another way than
// perf's, values that cannot be.

import type { Rule } from '../../bytes/findings.ts';
import { endOfText } from '../../bytes/text.ts';
import { FeatureReader } from '../features/feature-reader.ts';

/** perf pads texts with zeros to a multiple of this. */
const TEXT_UNIT = 64;

const TEXT_OPEN: Rule = { code: 'feature-text-end', clause: '3.1.2', severity: 'warning', says: 'A text of a feature does not end with a NUL' };
const TEXT_DIRTY: Rule = { code: 'feature-text-padding', clause: '3.1.2', severity: 'warning', says: 'What follows a text of a feature is not zero' };
const TEXT_ODD: Rule = { code: 'feature-text-length', clause: '10.3.3', severity: 'warning', says: 'The space of a text of a feature is no multiple of 64' };

/** Something that was noticed. */
export interface Note {
  readonly rule: Rule;
  /** In the payload. */
  readonly offset: number;
  readonly detail: string;
}

export class PayloadWalk extends FeatureReader {
  /** Of each rule the first one. */
  readonly notes: Note[] = [];

  override text(): string {
    const length = this.u32();
    const start = this.offset;
    const bytes = this.raw(length);
    if (this.failed || length === 0) return '';
    const end = endOfText(bytes, 0, length);
    if (end === length) this.note(TEXT_OPEN, start, '');
    if (length % TEXT_UNIT !== 0) this.note(TEXT_ODD, start, `${length} bytes`);
    for (let at = end; at < length; at++) {
      if (bytes[at] === 0) continue;
      this.note(TEXT_DIRTY, start + at, `0x${bytes[at]!.toString(16)}`);
      break;
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

  /** Notes that a rule is broken at an offset of the payload, if it is the first time. */
  note(rule: Rule, offset: number, detail: string): void {
    if (!this.failed && !this.notes.some((note) => note.rule.code === rule.code)) this.notes.push({ rule, offset, detail });
  }
}
