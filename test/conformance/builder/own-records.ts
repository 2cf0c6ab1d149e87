// The records that perf itself writes, type by type. They have no trailer and belong to no event, but for the two named below.

import { type BuildId, buildIdPart } from './build-id.ts';
import type { EventSpec } from './event.ts';
import type { Feature } from './feature.ts';
import { emptyFeature } from './features.ts';
import type { Json } from './json.ts';
import { hexOf, Packer } from './packer.ts';
import { ownRecord, type RecordSpec, type Trailer, trailerPart } from './record.ts';
import { decimal, type Part, paddedText, rawPart, structure, together } from './structure.ts';

export function headerAttr(event: EventSpec): RecordSpec {
  const body: Part = {
    write: (packer) => {
      packer.raw(event.attr(packer.order));
      for (const id of event.ids) packer.u64(id);
    },
    json: event.json,
  };
  return ownRecord(64, body);
}

/** Obsolete since perf 3.10. */
export function headerEventType(values: { readonly id: bigint; readonly name: string }): RecordSpec {
  const name: Part = { write: (packer) => void packer.text(values.name, 64), json: { name: values.name } };
  return ownRecord(65, together(structure([['id', 'u64']], values), name));
}

/** `hasPadding`: 4 bytes behind the size, which older writers left out. */
export function tracingData(payload: Uint8Array, hasPadding = true): RecordSpec {
  const size = structure([['dataSize', 'u32']], { dataSize: payload.length });
  return { ...ownRecord(66, hasPadding ? together(size, rawPart([0, 0, 0, 0])) : size), payload };
}

/** In a pipe that perf inject wrote, an event's trailer follows the name. */
export function headerBuildId(values: BuildId, misc: number, event?: EventSpec): RecordSpec {
  const saysSize = (misc & 0x8000) !== 0;
  const name = buildIdPart(values, saysSize);
  const end = event === undefined ? rawPart([]) : rawPart(trailerBytes(event));
  return ownRecord(67, together(name, end), misc);
}

/** The bytes of a trailer of zeros: the same in both orders. */
function trailerBytes(event: EventSpec): Uint8Array {
  const packer = new Packer('little');
  const nothing: Trailer = { id: 0n, identifier: 0n };
  trailerPart(event, nothing).write(packer);
  return packer.bytes();
}

export function finishedRound(): RecordSpec {
  return ownRecord(68, rawPart([]));
}

export interface IdIndexEntry {
  readonly id: bigint;
  readonly index: bigint;
  readonly cpu: bigint;
  readonly tid: bigint;
  readonly machinePid?: bigint;
  readonly vcpu?: bigint;
}

const ID_INDEX = [['id', 'u64'], ['index', 'u64'], ['cpu', 's64'], ['tid', 's64']] as const;
const GUEST = [['machinePid', 's64'], ['vcpu', 's64']] as const;

/** `hasGuests`: the second array, behind the first, that says whose guest's CPU an id counts. */
export function idIndex(entries: readonly IdIndexEntry[], hasGuests: boolean): RecordSpec {
  const first = entries.map((entry) => structure(ID_INDEX, entry));
  const second = hasGuests ? entries.map(({ machinePid = 0n, vcpu = -1n }) => structure(GUEST, { machinePid, vcpu })) : [];
  const body: Part = {
    write: (packer) => {
      packer.u64(entries.length);
      for (const part of [...first, ...second]) part.write(packer);
    },
    json: { entries: first.map((part, i) => ({ ...part.json, ...second[i]?.json })) },
  };
  return ownRecord(69, body);
}

export function auxtraceInfo(kind: number, values: readonly bigint[]): RecordSpec {
  const list: Part = {
    write: (packer) => {
      for (const value of values) packer.u64(value);
    },
    json: { values: values.map(decimal) },
  };
  return ownRecord(70, together(structure([['kind', 'u32'], ['', 'u32']], { kind }), list));
}

export interface Auxtrace {
  readonly traceOffset: bigint;
  readonly reference: bigint;
  readonly index: number;
  readonly tid: number;
  readonly cpu: number;
  readonly payload: Uint8Array;
}

export function auxtrace(values: Auxtrace): RecordSpec {
  const fields = [
    ['dataSize', 'u64'], ['traceOffset', 'u64'], ['reference', 'u64'], ['index', 'u32'], ['tid', 's32'], ['cpu', 's32'], ['', 'u32'],
  ] as const;
  return { ...ownRecord(71, structure(fields, { ...values, dataSize: values.payload.length })), payload: values.payload };
}

export interface AuxtraceError {
  readonly kind: number;
  readonly code: number;
  readonly cpu: number;
  readonly pid: number;
  readonly tid: number;
  /** 0: no time; 1: a time; 2: a guest too. */
  readonly layout: number;
  readonly ip: bigint;
  readonly time?: bigint;
  readonly message: string;
  readonly machinePid?: number;
  readonly vcpu?: number;
}

/** `messageSize`: layouts before 2 may end before the 64 bytes of the message are full. */
export function auxtraceError(error: AuxtraceError, messageSize = 64): RecordSpec {
  const fields = [['kind', 'u32'], ['code', 'u32'], ['cpu', 's32'], ['pid', 's32'], ['tid', 's32'], ['layout', 'u32'], ['ip', 'x64']] as const;
  const message: Part = { write: (packer) => void packer.text(error.message, messageSize), json: { message: error.message } };
  const parts = [
    structure(fields, error),
    ...(error.layout >= 1 ? [structure([['time', 'u64']], { time: error.time ?? 0n })] : []),
    message,
    ...(error.layout >= 2 ? [structure([['machinePid', 's32'], ['vcpu', 's32']], { machinePid: error.machinePid ?? 0, vcpu: error.vcpu ?? 0 })] : []),
  ];
  return ownRecord(72, together(...parts));
}

export function threadMap(threads: readonly { readonly tid: bigint; readonly name: string }[]): RecordSpec {
  const body: Part = {
    write: (packer) => {
      packer.u64(threads.length);
      for (const { tid, name } of threads) packer.u64(tid).text(name, 16);
    },
    json: { threads: threads.map(({ tid, name }) => ({ tid: String(BigInt.asIntN(64, tid)), name })) },
  };
  return ownRecord(73, body);
}

/** One of the forms of a CPU map. The order of `cpus` is that of a reader. */
export type CpuMap =
  | { readonly kind: 'list'; readonly cpus: readonly number[] }
  | { readonly kind: 'mask'; readonly wordSize: 4 | 8; readonly words: readonly bigint[]; readonly cpus: readonly number[] }
  | { readonly kind: 'range'; readonly any: boolean; readonly first: number; readonly last: number; readonly cpus: readonly number[] };

/** Padded to a multiple of 8. A mask of 64-bit words has 4 bytes of padding before them. */
export function cpuMapPart(map: CpuMap): Part {
  return {
    write: (outer) => {
      const packer = new Packer(outer.order);
      if (map.kind === 'list') {
        packer.u16(0).u16(map.cpus.length);
        for (const cpu of map.cpus) packer.number(cpu, 2);
      } else if (map.kind === 'mask') {
        packer.u16(1).u16(map.words.length).u16(map.wordSize);
        if (map.wordSize === 8) packer.u32(0);
        for (const word of map.words) packer.number(word, map.wordSize);
      } else packer.u16(2).u8(map.any ? 1 : 0).u8(0).u16(map.first).u16(map.last);
      outer.raw(packer.align(8).bytes());
    },
    json: { cpus: map.cpus },
  };
}

export function cpuMap(map: CpuMap): RecordSpec {
  return ownRecord(74, cpuMapPart(map));
}

export function statConfig(entries: readonly { readonly tag: bigint; readonly value: bigint }[]): RecordSpec {
  const body: Part = {
    write: (packer) => {
      packer.u64(entries.length);
      for (const { tag, value } of entries) packer.u64(tag).u64(value);
    },
    json: { entries: entries.map(({ tag, value }) => ({ tag: decimal(tag), value: decimal(value) })) },
  };
  return ownRecord(75, body);
}

export interface Stat {
  readonly id: bigint;
  readonly cpu: number;
  readonly thread: number;
  readonly value: bigint;
  readonly enabled: bigint;
  readonly running: bigint;
}

export function stat(values: Stat): RecordSpec {
  const fields = [['id', 'u64'], ['cpu', 's32'], ['thread', 's32'], ['value', 'u64'], ['enabled', 'u64'], ['running', 'u64']] as const;
  return ownRecord(76, structure(fields, values));
}

export function statRound(values: { readonly kind: bigint; readonly time: bigint }): RecordSpec {
  return ownRecord(77, structure([['kind', 'u64'], ['time', 'u64']], values));
}

/** What EVENT_UPDATE says about the event that has an id. */
export type Update =
  | { readonly kind: 'unit' | 'name'; readonly text: string }
  | { readonly kind: 'scale'; readonly scale: number }
  | { readonly kind: 'cpus'; readonly map: CpuMap };

const UPDATE_KINDS = ['unit', 'scale', 'name', 'cpus'] as const;

export function eventUpdate(id: bigint, update: Update): RecordSpec {
  const value: Part =
    update.kind === 'scale' ? { write: (packer) => void packer.f64(update.scale), json: { scale: update.scale } }
    : update.kind === 'cpus' ? cpuMapPart(update.map)
    : paddedText('text', update.text);
  const head: Part = {
    write: (packer) => void packer.u64(UPDATE_KINDS.indexOf(update.kind)).u64(id),
    json: { id: decimal(id), kind: update.kind },
  };
  return ownRecord(78, together(head, value));
}

/** An update of a kind that nobody knows. */
export function unknownUpdate(kind: bigint, id: bigint, bytes: Uint8Array): RecordSpec {
  const head: Part = { write: (packer) => void packer.u64(kind).u64(id), json: { id: decimal(id), kind: decimal(kind) } };
  return ownRecord(78, together(head, rawPart(bytes, { bytes: hexOf(bytes) })));
}

export interface TimeConv {
  readonly shift: bigint;
  readonly multiplier: bigint;
  readonly zero: bigint;
  readonly long?: { readonly cycles: bigint; readonly mask: bigint; readonly hasZero: boolean; readonly isShort: boolean };
}

export function timeConv(values: TimeConv): RecordSpec {
  const first = structure([['shift', 'u64'], ['multiplier', 'u64'], ['zero', 'u64']], values);
  const { long } = values;
  if (long === undefined) return ownRecord(79, first);
  const flags = rawPart([long.hasZero ? 1 : 0, long.isShort ? 1 : 0, 0, 0, 0, 0, 0, 0], { hasZero: long.hasZero, isShort: long.isShort });
  return ownRecord(79, together(first, structure([['cycles', 'u64'], ['mask', 'x64']], long), flags));
}

export function headerFeature(feature: Feature): RecordSpec {
  const part: Part = {
    write: (packer) => {
      packer.u64(feature.number);
      feature.part.write(packer);
    },
    json: { feature: feature.number, ...(feature.name !== undefined && { name: feature.name }), value: feature.value },
  };
  return { ...ownRecord(80, part), feature };
}

/** One that says all by being there. */
export function emptyHeaderFeature(name: 'BRANCH_STACK' | 'STAT'): RecordSpec {
  return headerFeature(emptyFeature(name));
}

/** The mark behind the last feature: a number one above it and no payload. */
export function endOfFeatures(number = 35): RecordSpec {
  return ownRecord(80, { write: (packer) => void packer.u64(number), json: { feature: number } });
}

export function finishedInit(): RecordSpec {
  return ownRecord(82, rawPart([]));
}

export interface BpfMetadata {
  readonly program: string;
  readonly entries: readonly { readonly key: string; readonly value: string }[];
}

/** `nameSize`: 512 of a kernel with names of that length, else 256. Ends with a trailer, though it is perf's own. */
export function bpfMetadata(values: BpfMetadata, nameSize: 256 | 512, event?: EventSpec): RecordSpec {
  const body: Part = {
    write: (packer) => {
      packer.text(values.program, nameSize).u64(values.entries.length);
      for (const { key, value } of values.entries) packer.text(key, 64).text(value, 256);
      if (event !== undefined) packer.raw(trailerBytes(event));
    },
    json: { program: values.program, entries: values.entries.map(({ key, value }) => ({ key, value })) },
  };
  return ownRecord(84, body);
}

const SCHEDSTAT = [['time', 'u64'], ['cpu', 'u32'], ['version', 'u16']] as const;
export const CPU_COUNTERS = [
  ['yields', 'u32'], ['expired', 'u32'], ['schedules', 'u32'], ['idles', 'u32'], ['wakeups', 'u32'], ['localWakeups', 'u32'],
  ['runTime', 'u64'], ['runDelay', 'u64'], ['timeslices', 'u64'],
] as const;

export interface SchedstatCpu {
  readonly time: bigint;
  readonly cpu: number;
  readonly version: number;
  readonly counters: { readonly [name in (typeof CPU_COUNTERS)[number][0]]: number | bigint };
}

export function schedstatCpu(values: SchedstatCpu): RecordSpec {
  const counters = structure(CPU_COUNTERS, values.counters);
  return ownRecord(85, together(structure([...SCHEDSTAT, ['', 'u16']], values), { write: counters.write, json: { counters: counters.json } }));
}

export interface SchedstatDomain {
  readonly time: bigint;
  readonly cpu: number;
  readonly version: number;
  readonly domain: number;
  /** 36 in versions 15 and 16, 45 in 17. */
  readonly counters: readonly number[];
}

export function schedstatDomain(values: SchedstatDomain): RecordSpec {
  const counters: Part = {
    write: (packer) => {
      for (const counter of values.counters) packer.u32(counter);
      if (values.counters.length % 2 !== 0) packer.u32(0);
    },
    json: { counters: values.counters as readonly Json[] },
  };
  return ownRecord(86, together(structure([...SCHEDSTAT, ['domain', 'u16']], values), counters));
}

/** A type that nobody knows. */
export function unknownOwn(type: number, bytes: Uint8Array, misc = 0): RecordSpec {
  return ownRecord(type, rawPart(bytes, { bytes: hexOf(bytes) }), misc);
}

/** Bytes between records that are none. */
export function bytesBetween(bytes: readonly number[]): RecordSpec {
  return { type: 0, misc: 0, body: rawPart(bytes), isNoise: true };
}

/** A record of simpleperf of more than 64 KiB: misc is the upper half of its size. */
export function longRecord(type: number, size: number): RecordSpec {
  return { ...ownRecord(type, rawPart([])), longSize: size, payload: new Uint8Array(size - 8) };
}
