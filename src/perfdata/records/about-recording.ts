// HEADER_EVENT_TYPE, EVENT_UPDATE, TIME_CONV, BPF_METADATA and the SCHEDSTAT records (FORMAT 2.2, Q20, Q31, Q32; SPEC 4.6, 4.8, 4.9).

import { decodeText } from '../../bytes/text.ts';
import type { RecordView } from '../record-view.ts';
import { type CpuRun, readCpuRuns } from './maps.ts';

export type EventUpdateRecord = { readonly id: bigint } & (
  | { readonly kind: 'unit' | 'name'; readonly text: string }
  | { readonly kind: 'scale'; readonly scale: number }
  | { readonly kind: 'cpus'; readonly cpus: readonly CpuRun[] }
);

/** EVENT_UPDATE: something about the event that has `id`; undefined where it is too short or of an unknown kind. */
export function readEventUpdate(record: RecordView): EventUpdateRecord | undefined {
  const { view, bytes, offset, end, littleEndian } = record;
  if (offset + 24 > end) return undefined;
  const kind = view.getBigUint64(offset + 8, littleEndian);
  const id = view.getBigUint64(offset + 16, littleEndian);
  if (kind === 0n) return { id, kind: 'unit', text: decodeText(bytes, offset + 24, end) };
  if (kind === 1n) return offset + 32 > end ? undefined : { id, kind: 'scale', scale: view.getFloat64(offset + 24, littleEndian) };
  if (kind === 2n) return { id, kind: 'name', text: decodeText(bytes, offset + 24, end) };
  if (kind === 3n) return { id, kind: 'cpus', cpus: readCpuRuns(record, offset + 24) };
  return undefined;
}

/** HEADER_EVENT_TYPE, of perf before 3.10: the name of events with a config. */
export interface EventTypeRecord {
  readonly id: bigint;
  readonly name: string;
}

export function readEventType(record: RecordView): EventTypeRecord | undefined {
  const { view, bytes, offset, end, littleEndian } = record;
  if (offset + 16 > end) return undefined;
  return { id: view.getBigUint64(offset + 8, littleEndian), name: decodeText(bytes, offset + 16, Math.min(offset + 80, end)) };
}

/** How the processor's time-stamp counter becomes the events' clock. */
export interface TimeConvRecord {
  readonly shift: bigint;
  readonly multiplier: bigint;
  readonly zero: bigint;
  /** 0 in the short form. */
  readonly cycles: bigint;
  readonly mask: bigint;
  readonly hasZero: boolean;
  readonly isShort: boolean;
}

export function readTimeConv(record: RecordView): TimeConvRecord | undefined {
  const { view, offset, end, littleEndian } = record;
  if (offset + 32 > end) return undefined;
  const isLong = offset + 56 <= end;
  return {
    shift: view.getBigUint64(offset + 8, littleEndian),
    multiplier: view.getBigUint64(offset + 16, littleEndian),
    zero: view.getBigUint64(offset + 24, littleEndian),
    cycles: isLong ? view.getBigUint64(offset + 32, littleEndian) : 0n,
    mask: isLong ? view.getBigUint64(offset + 40, littleEndian) : 0n,
    hasZero: !isLong || view.getUint8(offset + 48) !== 0,
    isShort: isLong && view.getUint8(offset + 49) !== 0,
  };
}

/** A value of the time-stamp counter in ns of the events' clock. */
export function timeOfCounter(conversion: TimeConvRecord, counter: bigint): bigint {
  const { shift, multiplier, zero, cycles, mask, isShort } = conversion;
  const full = isShort ? cycles + ((counter - cycles) & mask) : counter;
  const bits = shift & 63n;
  const rest = full & ((1n << bits) - 1n);
  return BigInt.asUintN(64, zero + (full >> bits) * multiplier + ((rest * multiplier) >> bits));
}

export interface BpfMetadataRecord {
  readonly program: string;
  readonly entries: readonly { readonly key: string; readonly value: string }[];
}

const ENTRY = 320;
const KEY = 64;

/** A trailer, which this record has though it is perf's own, has at most 6 fields. */
const LONGEST_TRAILER = 48;

/** BPF_METADATA. The program's name has 512 or 256 bytes, depending on the writer: the size tells. */
export function readBpfMetadata(record: RecordView): BpfMetadataRecord | undefined {
  const { view, bytes, offset, end, littleEndian } = record;
  for (const nameSize of [512, 256]) {
    const at = offset + 8 + nameSize;
    if (at + 8 > end) continue;
    const count = Number(view.getBigUint64(at, littleEndian));
    const rest = end - (at + 8 + count * ENTRY);
    if (rest < 0 || rest > LONGEST_TRAILER) continue;
    const entries = Array.from({ length: count }, (_, i) => {
      const entry = at + 8 + i * ENTRY;
      return { key: decodeText(bytes, entry, entry + KEY), value: decodeText(bytes, entry + KEY, entry + ENTRY) };
    });
    return { program: decodeText(bytes, offset + 8, offset + 8 + nameSize), entries };
  }
  return undefined;
}

export interface SchedstatRecord {
  readonly timestamp: bigint;
  readonly cpu: number;
  /** Of /proc/schedstat; it decides what the counters mean. */
  readonly version: number;
  /** SCHEDSTAT_DOMAIN: number of the domain. 0 in SCHEDSTAT_CPU. */
  readonly domain: number;
  /** Where the counters begin in the record's view. */
  readonly countersOffset: number;
}

/** Numbers in a SCHEDSTAT_DOMAIN by version; what follows is padding. */
export const SCHEDSTAT_DOMAIN_COUNTERS: Readonly<Record<number, number>> = { 15: 36, 16: 36, 17: 45 };

export function readSchedstat(record: RecordView): SchedstatRecord | undefined {
  const { view, offset, littleEndian } = record;
  if (offset + 24 > record.end) return undefined;
  return {
    timestamp: view.getBigUint64(offset + 8, littleEndian),
    cpu: view.getUint32(offset + 16, littleEndian),
    version: view.getUint16(offset + 20, littleEndian),
    domain: view.getUint16(offset + 22, littleEndian),
    countersOffset: offset + 24,
  };
}

/** What /proc/schedstat counts for a CPU. Times are ns. */
export interface SchedstatCpuRecord extends SchedstatRecord {
  readonly counters: {
    readonly yields: number;
    /** Unused by kernels of today. */
    readonly expired: number;
    readonly schedules: number;
    /** Of these, those that left the CPU idle. */
    readonly idles: number;
    readonly wakeups: number;
    readonly localWakeups: number;
    readonly runTime: bigint;
    readonly runDelay: bigint;
    readonly timeslices: bigint;
  };
}

/** SCHEDSTAT_CPU; undefined where it is too short or of a version whose counters are not known. */
export function readSchedstatCpu(record: RecordView): SchedstatCpuRecord | undefined {
  const { view, offset, end, littleEndian } = record;
  const stat = readSchedstat(record);
  if (stat === undefined || !(stat.version in SCHEDSTAT_DOMAIN_COUNTERS) || offset + 72 > end) return undefined;
  const number = (i: number): number => view.getUint32(offset + 24 + i * 4, littleEndian);
  const wide = (i: number): bigint => view.getBigUint64(offset + 48 + i * 8, littleEndian);
  return {
    ...stat,
    counters: {
      yields: number(0), expired: number(1), schedules: number(2), idles: number(3), wakeups: number(4), localWakeups: number(5),
      runTime: wide(0), runDelay: wide(1), timeslices: wide(2),
    },
  };
}

/** SCHEDSTAT_DOMAIN. */
export interface SchedstatDomainRecord extends SchedstatRecord {
  /** In the order of the kernel's schedstat of that version. */
  readonly counters: readonly number[];
}

/** Undefined where the record is too short or of a version whose counters are not known. */
export function readSchedstatDomain(record: RecordView): SchedstatDomainRecord | undefined {
  const stat = readSchedstat(record);
  const count = stat === undefined ? undefined : SCHEDSTAT_DOMAIN_COUNTERS[stat.version];
  if (stat === undefined || count === undefined || stat.countersOffset + count * 4 > record.end) return undefined;
  return { ...stat, counters: Array.from({ length: count }, (_, i) => record.view.getUint32(stat.countersOffset + i * 4, record.littleEndian)) };
}
