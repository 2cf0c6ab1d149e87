// One record: its header, its fields, and what stands behind them.

import { createHash } from 'node:crypto';
import type { EventSpec, SampleBit } from './event.ts';
import type { Feature } from './feature.ts';
import type { Json, JsonObject } from './json.ts';
import { type ByteOrder, hexOf, Packer } from './packer.ts';
import { type Part, structure, together } from './structure.ts';

/** Names by type, as perf prints them behind PERF_RECORD_. */
export const RECORD_NAMES: Readonly<Record<number, string>> = {
  1: 'MMAP', 2: 'LOST', 3: 'COMM', 4: 'EXIT', 5: 'THROTTLE', 6: 'UNTHROTTLE', 7: 'FORK', 8: 'READ', 9: 'SAMPLE', 10: 'MMAP2', 11: 'AUX',
  12: 'ITRACE_START', 13: 'LOST_SAMPLES', 14: 'SWITCH', 15: 'SWITCH_CPU_WIDE', 16: 'NAMESPACES', 17: 'KSYMBOL', 18: 'BPF_EVENT',
  19: 'CGROUP', 20: 'TEXT_POKE', 21: 'AUX_OUTPUT_HW_ID', 22: 'CALLCHAIN_DEFERRED', 64: 'ATTR', 65: 'EVENT_TYPE', 66: 'TRACING_DATA',
  67: 'BUILD_ID', 68: 'FINISHED_ROUND', 69: 'ID_INDEX', 70: 'AUXTRACE_INFO', 71: 'AUXTRACE', 72: 'AUXTRACE_ERROR', 73: 'THREAD_MAP',
  74: 'CPU_MAP', 75: 'STAT_CONFIG', 76: 'STAT', 77: 'STAT_ROUND', 78: 'EVENT_UPDATE', 79: 'TIME_CONV', 80: 'FEATURE', 81: 'COMPRESSED',
  82: 'FINISHED_INIT', 83: 'COMPRESSED2', 84: 'BPF_METADATA', 85: 'SCHEDSTAT_CPU', 86: 'SCHEDSTAT_DOMAIN',
};

/** By value of the bits 0 to 2 of misc; 0 is not shown. */
const MODES: readonly (string | undefined)[] = [undefined, 'kernel', 'user', 'hypervisor', 'guest kernel', 'guest user', 'mode 6', 'mode 7'];

/** Bits of misc. */
export const Mode = { Kernel: 1, User: 2, Hypervisor: 3, GuestKernel: 4, GuestUser: 5 } as const;
export const Bit12 = 0x1000;
export const Bit13 = 0x2000;
export const Bit14 = 0x4000;
export const Bit15 = 0x8000;

/** Who, when and which event, at the end of a record of the kernel. What is left out is 0, ids are those of the event. */
export interface Trailer {
  readonly pid?: number;
  readonly tid?: number;
  readonly time?: bigint;
  readonly id?: bigint;
  readonly streamId?: bigint;
  readonly cpu?: number;
  readonly identifier?: bigint;
}

/** Zeros in all of it, as perf writes it into records that it makes itself. */
export const ZERO_TRAILER: Trailer = { pid: 0, tid: 0, time: 0n, id: 0n, streamId: 0n, cpu: 0, identifier: 0n };

export interface RecordSpec {
  readonly type: number;
  readonly misc: number;
  /** What follows the header, the trailer included. */
  readonly body: Part;
  /** The event it belongs to; undefined for perf's own records and those of no event. */
  readonly event?: EventSpec | undefined;
  readonly sampleId?: JsonObject | undefined;
  /** Its fields are not to be had (it is too short, or belongs to no event): shown as bytes. */
  readonly isUndecoded?: boolean;
  /** What its header says as size, where that is not so. */
  readonly saidSize?: number;
  /** No record at all: its body is just bytes. */
  readonly isNoise?: boolean;
  /** The recording ends after so many of its bytes. */
  readonly cutTo?: number;
  /** Bytes that follow the record, outside its size. */
  readonly payload?: Uint8Array | undefined;
  /** What a HEADER_FEATURE record says. */
  readonly feature?: Feature | undefined;
  /** Of simpleperf's: a size of 32 bits, whose upper half stands in the place of misc. The record is its header, the rest the payload. */
  readonly longSize?: number;
  /** For the order of records; undefined for those taken where they stand. */
  readonly time?: bigint | undefined;
  /** Of compressed records: what is in them. */
  readonly pieces?: CompressedPieces | undefined;
}

/** What a compressed record holds; container.ts makes its bytes, since they depend on those before. */
export interface CompressedPieces {
  readonly records: readonly RecordSpec[];
  /** How many bytes of the last record are left for the next compressed record. */
  readonly heldBack: number;
  /** Begin a new frame here. */
  readonly newFrame: boolean;
  /** End the frame here, as a compressor that is closed does. */
  readonly endFrame: boolean;
  /** NUL behind the data, within the record. */
  readonly padding: number;
  /** What COMPRESSED2 says of the data's length, where that is not so. */
  readonly saidLength: bigint | undefined;
}

/** The bits of sample_type that put something into a trailer, in their order there. */
export const TRAILER_BITS: readonly SampleBit[] = ['TID', 'TIME', 'ID', 'STREAM_ID', 'CPU', 'IDENTIFIER'];

export function trailerPart(event: EventSpec, trailer: Trailer): Part {
  const id = event.ids[0] ?? 0n;
  const parts: Readonly<Record<string, () => Part>> = {
    TID: () => structure([['pid', 's32'], ['tid', 's32']], { pid: trailer.pid ?? 0, tid: trailer.tid ?? 0 }),
    TIME: () => structure([['time', 'u64']], { time: trailer.time ?? 0n }),
    ID: () => structure([['id', 'u64']], { id: trailer.id ?? id }),
    STREAM_ID: () => structure([['streamId', 'u64']], { streamId: trailer.streamId ?? 0n }),
    CPU: () => structure([['cpu', 's32'], ['', 'u32']], { cpu: trailer.cpu ?? 0 }),
    IDENTIFIER: () => structure([['identifier', 'u64']], { identifier: trailer.identifier ?? id }),
  };
  return together(...TRAILER_BITS.filter((bit) => event.has(bit)).map((bit) => parts[bit]!()));
}

/** A record of the kernel that is no sample. */
export function kernelRecord(type: number, event: EventSpec, fields: Part, trailer: Trailer, misc = 0): RecordSpec {
  if (!event.sampleIdAll) return { type, misc, body: fields, event };
  const end = trailerPart(event, trailer);
  const body: Part = {
    write: (packer) => {
      fields.write(packer);
      end.write(packer);
    },
    json: fields.json,
  };
  const time = event.has('TIME') ? trailer.time : undefined;
  const sampleId = Object.keys(end.json).length === 0 ? undefined : end.json;
  return { type, misc, body, event, sampleId, time: isTime(time) ? time : undefined };
}

/** A record of perf's own. */
export function ownRecord(type: number, fields: Part, misc = 0): RecordSpec {
  return { type, misc, body: fields };
}

/** 0 and all ones mean that a record has none. */
export function isTime(time: bigint | undefined): boolean {
  return time !== undefined && time !== 0n && time !== 0xffffffffffffffffn;
}

/** The record belongs to no event of the recording: nobody can say what is in it, and a reader leaves it out. */
export function unowned(record: RecordSpec): RecordSpec {
  return undecoded({ ...record, event: undefined, sampleId: undefined, time: undefined });
}

/** Nobody can say what is in it, but for the trailer. */
export function undecoded(record: RecordSpec): RecordSpec {
  return { ...record, isUndecoded: true };
}

/** What it would be without trailer, of `size` bytes: too short for what it should hold. */
export function shortened(record: RecordSpec, size: number): RecordSpec {
  const write = (packer: Packer): void => {
    const whole = new Packer(packer.order);
    record.body.write(whole);
    packer.raw(whole.bytes().subarray(0, size - 8));
  };
  return { ...record, body: { write, json: record.body.json }, sampleId: undefined, time: undefined };
}

export function recordBytes(order: ByteOrder, record: RecordSpec): Uint8Array {
  const body = new Packer(order);
  record.body.write(body);
  if (record.isNoise === true) return body.bytes();
  const { longSize } = record;
  if (longSize !== undefined) return new Packer(order).u32(record.type).u16(longSize >>> 16).u16(longSize & 0xffff).bytes();
  return new Packer(order).u32(record.type).u16(record.misc).u16(record.saidSize ?? 8 + body.length).raw(body.bytes()).bytes().subarray(0, record.cutTo);
}

/** The same with another number of `size` bytes at an offset of the record; what it means is not changed. */
export function changedNumber(record: RecordSpec, at: number, size: number, value: bigint): RecordSpec {
  const write = (packer: Packer): void => {
    const whole = new Packer(packer.order);
    record.body.write(whole);
    const bytes = whole.bytes();
    bytes.set(new Packer(packer.order).number(value, size).bytes(), at - 8);
    packer.raw(bytes);
  };
  return { ...record, body: { write, json: record.body.json } };
}

/** Where a record lies, and what it is. */
export function recordJson(record: RecordSpec, bytes: Uint8Array, place: JsonObject, eventIndex: number): JsonObject {
  const size = record.longSize ?? record.saidSize ?? bytes.length;
  const trailerSize = record.sampleId === undefined || record.event === undefined ? 0 : TRAILER_BITS.filter((bit) => record.event?.has(bit)).length * 8;
  return {
    ...place,
    size,
    type: record.type,
    name: RECORD_NAMES[record.type] ?? 'UNKNOWN',
    misc: record.misc,
    mode: MODES[record.misc & 7],
    event: eventIndex < 0 ? undefined : eventIndex,
    fields: record.isUndecoded === true ? { bytes: hexOf(bytes.subarray(8, bytes.length - trailerSize)) } : record.body.json,
    sampleId: record.sampleId,
    payload: record.payload === undefined ? undefined : bulk(record.payload),
  };
}

/** How bytes are shown that are too many to write down. */
export function bulk(bytes: Uint8Array): Json {
  return { size: bytes.length, sha1: createHash('sha1').update(bytes).digest('hex') };
}
