// A TEXT_POKE record as text: where the kernel changed its code while it ran, and the bytes before and after (FORMAT 2.1).

import { RecordType } from '../../perfdata/record-types.ts';
import type { RecordView } from '../../perfdata/record-view.ts';
import { readTextPoke } from '../../perfdata/records/kernel-code.ts';
import type { Module } from '../../process/module.ts';
import { NEEDS_MODULE, type Resolver } from '../../profile/resolver.ts';
import { plainHex } from './exact-numbers.ts';

const BYTES_IN_LINE = 16;

export class TextPokeText {
  readonly #resolver: Resolver;

  constructor(resolver: Resolver) {
    this.#resolver = resolver;
  }

  /** What must be loaded before `text` can name the function. Undefined for records of other types. */
  wantsFor(record: RecordView): Module | undefined {
    if (record.type !== RecordType.TextPoke || record.size < 20) return undefined;
    return this.#location(record) === NEEDS_MODULE ? this.#resolver.needed : undefined;
  }

  /** The text after `PERF_RECORD_TEXT_POKE`. */
  text(record: RecordView): string {
    const poke = readTextPoke(record);
    if (poke === undefined) return '\n';
    const { locations, frames } = this.#resolver;
    const location = this.#location(record);
    let name = '';
    if (location >= 0) {
      const frame = locations.frame[location]!;
      if (frames.symbol[frame]! >= 0) name = `${frames.name(frame)}+0x${(locations.relative[location]! - frames.start[frame]!).toString(16)}`;
    }
    const sizes = `old len ${poke.oldBytes.length} new len ${poke.newBytes.length}`;
    return ` ${plainHex(record, record.offset + 8)} ${name} ${sizes}\n${codeText('Old', poke.oldBytes)}${codeText('New', poke.newBytes)}`;
  }

  #location(record: RecordView): number {
    const { view, offset, littleEndian } = record;
    const high = view.getInt32(littleEndian ? offset + 12 : offset + 8, littleEndian);
    return this.#resolver.kernel(high, view.getInt32(littleEndian ? offset + 8 : offset + 12, littleEndian));
  }
}

function codeText(title: string, bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += BYTES_IN_LINE) {
    const numbers = [...bytes.subarray(at, at + BYTES_IN_LINE)].map((byte) => byte.toString(16).padStart(2, '0'));
    text += `            ${title} bytes: ${numbers.join(' ')}\n`;
  }
  return text;
}
