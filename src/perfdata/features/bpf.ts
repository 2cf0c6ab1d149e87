// BPF programs that were loaded while recording (FORMAT 1.3, feature 25; SPEC 3.3.3): the kernel's bpf_prog_info, its pointers replaced by
// offsets into the data that follow it.

import { hexOfBytes } from '../records/mmap.ts';
import { decodeText } from '../../bytes/text.ts';
import type { FeatureReader } from './feature-reader.ts';

/** Machine code of a program; a program has one part for each of its functions. */
export interface BpfPart {
  /** As the kernel's symbol table has it: `bpf_prog_<tag>_<name>`. */
  readonly name: string;
  /** Unsigned. */
  readonly address: bigint;
  readonly size: number;
}

export interface BpfProgram {
  readonly id: number;
  readonly parts: readonly BpfPart[];
  /** Which of the kernel's arrays are in `data`: bit 0 jited_insns, 1 xlated_insns, 2 map_ids, … */
  readonly arrays: bigint;
  /** bpf_prog_info as recorded. */
  readonly info: Uint8Array;
  readonly data: Uint8Array;
}

const INFO = { id: 4, tag: 8, jitedLength: 16, name: 64, ksymsCount: 104, lengthsCount: 108, ksyms: 112, lengths: 120, tagsCount: 180, tags: 184 } as const;

export function readBpfPrograms(reader: FeatureReader): BpfProgram[] {
  const programs: BpfProgram[] = [];
  for (let left = reader.count(16); left > 0 && !reader.failed; left--) {
    const infoLength = reader.u32();
    const dataLength = reader.u32();
    const arrays = reader.u64();
    const info = reader.raw(infoLength);
    const data = reader.raw(dataLength);
    if (info.length >= INFO.tags + 8) programs.push(readProgram(arrays, info, data, reader.littleEndian));
    else if (!reader.failed) reader.failed = true;
  }
  return programs;
}

function readProgram(arrays: bigint, info: Uint8Array, data: Uint8Array, littleEndian: boolean): BpfProgram {
  const view = new DataView(info.buffer, info.byteOffset, info.byteLength);
  const dataView = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const u32 = (offset: number): number => view.getUint32(offset, littleEndian);
  const place = (offset: number): number => Number(view.getBigUint64(offset, littleEndian));
  const count = Math.min(u32(INFO.ksymsCount), u32(INFO.lengthsCount));
  const ksyms = place(INFO.ksyms);
  const lengths = place(INFO.lengths);
  const tags = place(INFO.tags);
  const parts: BpfPart[] = [];
  if (ksyms + count * 8 <= data.length && lengths + count * 4 <= data.length) {
    for (let i = 0; i < count; i++) {
      const tagAt = tags + i * 8;
      const ownTag = i < u32(INFO.tagsCount) && tagAt + 8 <= data.length;
      const tag = ownTag ? hexOfBytes(data, tagAt, tagAt + 8) : hexOfBytes(info, INFO.tag, INFO.tag + 8);
      const given = count === 1 ? decodeText(info, INFO.name, INFO.name + 16) : 'F';
      parts.push({
        name: `bpf_prog_${tag}${given === '' ? '' : `_${given}`}`,
        address: dataView.getBigUint64(ksyms + i * 8, littleEndian),
        size: dataView.getUint32(lengths + i * 4, littleEndian),
      });
    }
  }
  return { id: u32(INFO.id), parts, arrays, info, data };
}
