// The fields of a sample as JSON (FORMAT 2.3): those that the sample has, under the names of the kernel's documentation in camel case.

import type { PerfEvent } from '../../perfdata/event-table.ts';
import type { RecordView } from '../../perfdata/record-view.ts';
import { hexOfBytes } from '../../perfdata/records/mmap.ts';
import { readReadValues } from '../../perfdata/records/stat.ts';
import { SampleBit } from '../../perfdata/sample-format.ts';
import type { SampleView } from '../../perfdata/sample-view.ts';
import { branchFlags } from '../records/branch-flags.ts';
import { decimal, plainHex } from '../records/exact-numbers.ts';
import type { Json } from './record-json.ts';

/** `raw` has read the record. */
export function sampleFields(record: RecordView, raw: SampleView, event: PerfEvent, registerName: (register: number) => string): Json {
  const { layout, attr } = event;
  const { offset } = record;
  const hex = (at: number): string | undefined => (at < 0 ? undefined : `0x${plainHex(record, at)}`);
  const number = (at: number): string | undefined => (at < 0 ? undefined : decimal(record, at));
  const inRecord = (at: number): number => (at < 0 ? -1 : offset + at);
  const isStruct = (layout.sampleType & SampleBit.WeightStruct) !== 0;
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
    read: raw.readOffset < 0 ? undefined : readOf(record, raw, attr.readFormat),
    callchain: raw.chainOffset < 0 ? undefined : chainOf(record, raw.chainOffset, raw.chainLength),
    raw: raw.rawOffset < 0 ? undefined : hexOfBytes(record.bytes, raw.rawOffset, raw.rawOffset + raw.rawSize),
    branches: raw.branchOffset < 0 ? undefined : branchesOf(record, raw),
    userRegs: registersOf(record, raw.userAbi, raw.userRegsOffset, attr.sampleRegsUser, registerName),
    // The bytes of the stack are left out: they would be most of the text.
    userStack: raw.stackFieldOffset < 0 ? undefined : { size: raw.stackSize, dynSize: raw.stackDynSize },
    weight: raw.weightOffset < 0 ? undefined : isStruct ? weightOf(record, raw.weightOffset) : number(raw.weightOffset),
    dataSrc: hex(raw.dataSrcOffset),
    transaction: hex(raw.transactionOffset),
    intrRegs: registersOf(record, raw.intrAbi, raw.intrRegsOffset, attr.sampleRegsIntr, registerName),
    physAddr: hex(raw.physAddrOffset),
    cgroup: number(raw.cgroupOffset),
    dataPageSize: number(raw.dataPageSizeOffset),
    codePageSize: number(raw.codePageSizeOffset),
    aux: raw.auxOffset < 0 ? undefined : { size: raw.auxSize },
  };
}

/** The addresses of a chain, its markers among them. */
export function chainOf(record: RecordView, offset: number, length: number): string[] {
  return Array.from({ length }, (_, i) => `0x${plainHex(record, offset + 8 * i)}`);
}

function readOf(record: RecordView, raw: SampleView, format: number): Json | undefined {
  const values = readReadValues(record, raw.readOffset, raw.readEnd, format);
  if (values === undefined) return undefined;
  const text = (value: bigint | undefined): string | undefined => (value === undefined ? undefined : String(value));
  return {
    enabled: text(values.enabled),
    running: text(values.running),
    values: values.values.map(({ value, id, lost }) => ({ value: String(value), id: text(id), lost: text(lost) })),
  };
}

function branchesOf(record: RecordView, raw: SampleView): Json {
  return Array.from({ length: raw.branchCount }, (_, i) => {
    const at = raw.branchOffset + 24 * i;
    const flags = branchFlags(record.view.getBigUint64(at + 16, record.littleEndian), record.littleEndian);
    const counters = raw.branchCountersOffset < 0 ? undefined : decimal(record, raw.branchCountersOffset + 8 * i);
    return {
      from: `0x${plainHex(record, at)}`,
      to: `0x${plainHex(record, at + 8)}`,
      ...flags,
      type: flags.type === '-' ? undefined : flags.type,
      spec: flags.spec === '-' ? undefined : flags.spec,
      reserved: flags.reserved === 0n ? undefined : String(flags.reserved),
      counters,
    };
  });
}

function registersOf(record: RecordView, abi: number, offset: number, mask: bigint, registerName: (register: number) => string): Json | undefined {
  if (offset < 0) return undefined;
  const registers: Record<string, string> = {};
  let at = offset;
  for (let register = 0; register < 64; register++) {
    if (((mask >> BigInt(register)) & 1n) === 0n) continue;
    const name = registerName(register);
    registers[name === 'unknown' || name in registers ? `${name}#${register}` : name] = `0x${plainHex(record, at)}`;
    at += 8;
  }
  return { abi, registers };
}

function weightOf(record: RecordView, at: number): Json {
  const word = record.view.getBigUint64(at, record.littleEndian);
  return { weight: Number(word & 0xffffffffn), insLat: Number((word >> 32n) & 0xffffn), retireLat: Number(word >> 48n) };
}
