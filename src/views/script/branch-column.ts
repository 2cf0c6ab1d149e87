// The fields brstack, brstacksym and brstackoff of `script`: the branches that a processor noted before a sample, newest first, with the
// names or the places in files of their ends (FORMAT 2.3.5, 3.7).

import { grown } from '../../bytes/sorted.ts';
import type { RecordView } from '../../perfdata/record-view.ts';
import type { SampleView } from '../../perfdata/sample-view.ts';
import type { Module } from '../../process/module.ts';
import { NEEDS_MODULE, type Resolver } from '../../profile/resolver.ts';
import { dsoName } from './frame-lines.ts';
import { branchFlagsText } from './sample-fields.ts';

/** From, to, flags. */
const ENTRY_SIZE = 24;

export type BranchForm = 'address' | 'symbol' | 'offset';

export class BranchColumn {
  readonly #resolver: Resolver;
  /** Of the sample taken last: the locations of both ends of each branch. */
  #ends = new Int32Array(128);

  constructor(resolver: Resolver) {
    this.#resolver = resolver;
  }

  /** Looks the ends of a sample's branches up; gives the module that must be loaded first, if any: then ask again. */
  take(raw: SampleView, record: RecordView): Module | undefined {
    const { view, littleEndian } = record;
    while (this.#ends.length < raw.branchCount * 2) this.#ends = grown(this.#ends);
    for (let end = 0; end < raw.branchCount * 2; end++) {
      const at = raw.branchOffset + (end >>> 1) * ENTRY_SIZE + (end & 1) * 8;
      const high = view.getInt32(littleEndian ? at + 4 : at, littleEndian);
      const low = view.getInt32(littleEndian ? at : at + 4, littleEndian);
      let location = this.#resolver.user(high, low);
      if (location >= 0 && this.#resolver.locations.module[location]! < 0) location = this.#resolver.kernel(high, low);
      if (location === NEEDS_MODULE) return this.#resolver.needed;
      this.#ends[end] = location;
    }
    return undefined;
  }

  /** Of the sample that was taken last. */
  text(raw: SampleView, record: RecordView, form: BranchForm, withDso: boolean): string {
    const { view, littleEndian } = record;
    let text = '';
    for (let i = 0; i < raw.branchCount; i++) {
      const at = raw.branchOffset + i * ENTRY_SIZE;
      const ends = [0, 1].map((end) => this.#endText(this.#ends[2 * i + end]!, view.getBigUint64(at + end * 8, littleEndian), form) + (withDso ? this.#dsoText(this.#ends[2 * i + end]!) : ''));
      text += `${form === 'symbol' ? '' : ' '}${ends.join('/')}${branchFlagsText(record, at + 16)}`;
    }
    return text;
  }

  #endText(location: number, address: bigint, form: BranchForm): string {
    const { locations, frames } = this.#resolver;
    const frame = locations.frame[location]!;
    const isNamed = frames.symbol[frame]! >= 0;
    if (form === 'symbol') return isNamed ? `${frames.name(frame)}+0x${(locations.relative[location]! - frames.start[frame]!).toString(16)}` : '[unknown]';
    // An unresolved place is known by its address in memory, its frame by that in the file.
    const place = frames.module[frame]! < 0 ? -1 : isNamed ? locations.relative[location]! : frames.start[frame]!;
    return `0x${form === 'offset' && place >= 0 ? place.toString(16) : address.toString(16)}`;
  }

  #dsoText(location: number): string {
    const { locations, frames } = this.#resolver;
    const module = frames.module[locations.frame[location]!]!;
    return ` (${module < 0 ? '[unknown]' : dsoName(frames.modules[module]!, undefined)})`;
  }
}
