// ID_INDEX, THREAD_MAP, CPU_MAP: which ids, threads and CPUs an event was opened for (FORMAT 2.2, Q9, Q18, Q21; SPEC 4.6, 4.7).

import { readSigned64, readUnsigned64 } from '../../bytes/int64.ts';
import { decodeText } from '../../bytes/text.ts';
import type { RecordView } from '../record-view.ts';

export interface IdIndexEntry {
  readonly id: bigint;
  /** Number of the ring buffer. */
  readonly index: number;
  /** -1: any. */
  readonly cpu: number;
  readonly tid: number;
  /** 0 and -1: not a guest's. */
  readonly machinePid: number;
  readonly vcpu: number;
}

/** ID_INDEX; a count beyond the record is cut to what is there. */
export function readIdIndex(record: RecordView): IdIndexEntry[] {
  const { view, offset, end, littleEndian } = record;
  if (offset + 16 > end) return [];
  const space = end - offset - 16;
  const count = Math.min(readUnsigned64(view, offset + 8, littleEndian), Math.floor(space / 32));
  const hasGuests = count * 48 <= space;
  return Array.from({ length: count }, (_, i) => {
    const at = offset + 16 + i * 32;
    const guest = offset + 16 + count * 32 + i * 16;
    return {
      id: view.getBigUint64(at, littleEndian),
      index: readUnsigned64(view, at + 8, littleEndian),
      cpu: readSigned64(view, at + 16, littleEndian),
      tid: readSigned64(view, at + 24, littleEndian),
      machinePid: hasGuests ? readSigned64(view, guest, littleEndian) : 0,
      vcpu: hasGuests ? readSigned64(view, guest + 8, littleEndian) : -1,
    };
  });
}

export interface ThreadMapEntry {
  /** -1: the whole system. */
  readonly tid: number;
  readonly name: string;
}

export function readThreadMap(record: RecordView): ThreadMapEntry[] {
  const { view, bytes, offset, end, littleEndian } = record;
  if (offset + 16 > end) return [];
  const count = Math.min(readUnsigned64(view, offset + 8, littleEndian), Math.floor((end - offset - 16) / 24));
  return Array.from({ length: count }, (_, i) => {
    const at = offset + 16 + i * 24;
    return { tid: readSigned64(view, at, littleEndian), name: decodeText(bytes, at + 8, at + 24) };
  });
}

const CpuMapKind = { List: 0, Mask: 1, Range: 2 } as const;

/** Whether there is a map of a kind that is known. */
export function hasCpuMap(record: RecordView, at: number = record.offset + 8): boolean {
  if (at + 4 > record.end) return false;
  const kind = record.view.getUint16(at, record.littleEndian);
  return kind === CpuMapKind.List || (kind === CpuMapKind.Mask && at + 6 <= record.end) || (kind === CpuMapKind.Range && at + 8 <= record.end);
}

/** CPUs from `first` to `last`; -1 alone: any. */
export interface CpuRun {
  readonly first: number;
  readonly last: number;
}

/** The CPUs of CPU_MAP, or of EVENT_UPDATE from its payload on, those one behind the other together: a range of eight bytes names 65 536. `at`: where the map begins. */
export function readCpuRuns(record: RecordView, at: number = record.offset + 8): CpuRun[] {
  const { view, end, littleEndian } = record;
  if (at + 4 > end) return [];
  const kind = view.getUint16(at, littleEndian);
  if (kind === CpuMapKind.Range) {
    if (at + 8 > end) return [];
    const [first, last] = [view.getUint16(at + 4, littleEndian), view.getUint16(at + 6, littleEndian)];
    const runs = view.getUint8(at + 2) === 0 ? [] : [{ first: -1, last: -1 }];
    if (first <= last) runs.push({ first, last });
    return runs;
  }
  return runsOf(kind === CpuMapKind.List ? listed(record, at) : masked(record, at));
}

/** The same one by one. */
export function readCpuMap(record: RecordView, at?: number): number[] {
  return cpusOf(readCpuRuns(record, at));
}

/** All CPUs of some runs. */
export function cpusOf(runs: readonly CpuRun[]): number[] {
  const cpus: number[] = [];
  for (const { first, last } of runs) for (let cpu = first; cpu <= last; cpu++) cpus.push(cpu);
  return cpus;
}

/** Numbers below 0 are no CPUs and stay alone. */
function runsOf(cpus: readonly number[]): CpuRun[] {
  const runs: CpuRun[] = [];
  for (let i = 0; i < cpus.length; ) {
    const first = cpus[i]!;
    let last = first;
    while (first >= 0 && cpus[++i] === last + 1) last++;
    if (first < 0) i++;
    runs.push({ first, last });
  }
  return runs;
}

function listed({ view, end, littleEndian }: RecordView, at: number): number[] {
  const count = Math.min(view.getUint16(at + 2, littleEndian), Math.floor((end - at - 4) / 2));
  return Array.from({ length: count }, (_, i) => view.getInt16(at + 4 + i * 2, littleEndian));
}

/** Nothing of kinds that are not known. */
function masked({ view, end, littleEndian }: RecordView, at: number): number[] {
  if (view.getUint16(at, littleEndian) !== CpuMapKind.Mask || at + 6 > end) return [];
  // A mask of 64-bit words begins 4 bytes later than one of 32-bit words.
  const wordSize = view.getUint16(at + 4, littleEndian) === 8 ? 8 : 4;
  const start = at + (wordSize === 8 ? 10 : 6);
  const count = Math.min(view.getUint16(at + 2, littleEndian), Math.max(Math.floor((end - start) / wordSize), 0));
  const cpus: number[] = [];
  for (let word = 0; word < count; word++) {
    for (let half = 0; half < wordSize / 4; half++) {
      const swapped = wordSize === 8 && !littleEndian ? 1 - half : half;
      const bits = view.getUint32(start + word * wordSize + swapped * 4, littleEndian);
      for (let bit = 0; bit < 32; bit++) if ((bits >>> bit) & 1) cpus.push(word * wordSize * 8 + half * 32 + bit);
    }
  }
  return cpus;
}
