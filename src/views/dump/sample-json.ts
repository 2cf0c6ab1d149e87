// The fields of a sample as JSON (SPEC 5.1 to 5.4, 5.8): those that the sample has, under the names of the kernel's documentation in
// camel case.

import type { PerfEvent } from '../../perfdata/event-table.ts';
import { Misc } from '../../perfdata/record-types.ts';
import type { RecordView } from '../../perfdata/record-view.ts';
import { hexOfBytes } from '../../perfdata/records/mmap.ts';
import { type ReadValues, readReadValues } from '../../perfdata/records/stat.ts';
import { SampleBit } from '../../perfdata/sample-format.ts';
import type { SampleView } from '../../perfdata/sample-view.ts';
import { branchFields } from '../records/branch-flags.ts';
import { decimal } from '../records/exact-numbers.ts';
import { type Json, type JsonObject, hexAt } from './json.ts';

/** `raw` has read the record. `withBytes`: those of user stacks and of AUX too, which would be most of the text. */
export function sampleFields(record: RecordView, raw: SampleView, event: PerfEvent, registerName: (register: number) => string, withBytes: boolean): JsonObject {
  const { layout, attr } = event;
  const { offset, end, bytes } = record;
  const hex = (at: number): string | undefined => (at < 0 ? undefined : hexAt(record, at));
  const number = (at: number): string | undefined => (at < 0 ? undefined : decimal(record, at));
  const inRecord = (at: number): number => (at < 0 ? -1 : offset + at);
  const has = (bit: number): boolean => (layout.sampleType & bit) !== 0;
  return {
    identifier: number(raw.identifierOffset),
    ip: hex(inRecord(layout.ip)),
    pid: layout.tid < 0 ? undefined : raw.pid,
    tid: layout.tid < 0 ? undefined : raw.tid,
    time: number(inRecord(layout.time)),
    addr: hex(inRecord(layout.addr)),
    id: number(raw.idOffset),
    streamId: number(raw.streamIdOffset),
    cpu: layout.cpu < 0 ? undefined : raw.cpu,
    period: number(raw.periodOffset),
    read: raw.readOffset < 0 ? undefined : fieldOfRead(record, raw, attr.readFormat),
    callchain: raw.chainOffset < 0 ? undefined : chainOf(record, raw.chainOffset, raw.chainLength),
    raw: raw.rawOffset < 0 ? undefined : hexOfBytes(bytes, raw.rawOffset, raw.rawOffset + raw.rawSize),
    branchStack: raw.branchOffset < 0 ? undefined : branchesOf(record, raw),
    userRegs: has(SampleBit.RegsUser) ? registersOf(record, raw.userAbi, raw.userRegsOffset, attr.sampleRegsUser, registerName) : undefined,
    userStack: raw.stackFieldOffset < 0 ? undefined : stackOf(record, raw, withBytes),
    weight: raw.weightOffset < 0 ? undefined : has(SampleBit.WeightStruct) ? weightOf(record, raw.weightOffset) : number(raw.weightOffset),
    dataSrc: hex(raw.dataSrcOffset),
    transaction: hex(raw.transactionOffset),
    intrRegs: has(SampleBit.RegsIntr) ? registersOf(record, raw.intrAbi, raw.intrRegsOffset, attr.sampleRegsIntr, registerName) : undefined,
    physAddr: hex(raw.physAddrOffset),
    cgroup: number(raw.cgroupOffset),
    dataPageSize: number(raw.dataPageSizeOffset),
    codePageSize: number(raw.codePageSizeOffset),
    aux: raw.auxOffset < 0 ? undefined : { size: String(raw.auxSize), bytes: withBytes ? hexOfBytes(bytes, raw.auxOffset, raw.auxOffset + raw.auxSize) : undefined },
    exactIp: (record.misc & Misc.ExactIp) === 0 ? undefined : true,
    rest: raw.fieldsEnd < end ? hexOfBytes(bytes, raw.fieldsEnd, end) : undefined,
  };
}

/** The addresses of a chain, its markers among them. */
export function chainOf(record: RecordView, offset: number, length: number): string[] {
  return Array.from({ length }, (_, i) => hexAt(record, offset + 8 * i));
}

/** The values of READ, field or record. */
export function readJson({ enabled, running, values }: ReadValues): JsonObject {
  const text = (value: bigint | undefined): string | undefined => (value === undefined ? undefined : String(value));
  return {
    enabled: text(enabled),
    running: text(running),
    values: values.map(({ value, id, lost }) => ({ value: String(value), id: text(id), lost: text(lost) })),
  };
}

function fieldOfRead(record: RecordView, raw: SampleView, format: number): Json | undefined {
  const values = readReadValues(record, raw.readOffset, raw.readEnd, format);
  return values === undefined ? undefined : readJson(values);
}

/** Flags that are not set and fields that are 0 are left out. */
function branchesOf(record: RecordView, raw: SampleView): Json {
  const entries = Array.from({ length: raw.branchCount }, (_, i) => {
    const at = raw.branchOffset + 24 * i;
    const fields = Object.entries(branchFields(record.view.getBigUint64(at + 16, record.littleEndian), record.littleEndian));
    return {
      from: hexAt(record, at),
      to: hexAt(record, at + 8),
      ...Object.fromEntries(fields.filter(([, value]) => value !== false && value !== 0)),
      counters: raw.branchCountersOffset < 0 ? undefined : decimal(record, raw.branchCountersOffset + 8 * i),
    };
  });
  return { hwIndex: raw.branchHwIndexOffset < 0 ? undefined : decimal(record, raw.branchHwIndexOffset), entries };
}

function stackOf(record: RecordView, raw: SampleView, withBytes: boolean): Json {
  const { stackOffset: start, stackSize: size } = raw;
  if (start < 0) return { size: String(size) };
  return { size: String(size), dynSize: decimal(record, start + size), bytes: withBytes ? hexOfBytes(record.bytes, start, start + size) : undefined };
}

function registersOf(record: RecordView, abi: number, offset: number, mask: bigint, registerName: (register: number) => string): Json {
  if (offset < 0) return { abi: String(abi) };
  const registers: Record<string, string> = {};
  let at = offset;
  for (let register = 0; register < 64; register++) {
    if (((mask >> BigInt(register)) & 1n) === 0n) continue;
    const name = registerName(register);
    const key = name === 'unknown' ? `#${register}` : name in registers ? `${name}#${register}` : name;
    registers[key] = hexAt(record, at);
    at += 8;
  }
  // The abi stands before the registers.
  return { abi: decimal(record, offset - 8), registers };
}

function weightOf(record: RecordView, at: number): Json {
  const word = record.view.getBigUint64(at, record.littleEndian);
  return { weight: Number(word & 0xffffffffn), insLat: Number((word >> 32n) & 0xffffn), retireLat: Number(word >> 48n) };
}
