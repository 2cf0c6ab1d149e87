// SAMPLE: the fields that its event's sample_type says, in the order of the format.

import { type EventSpec, type SampleBit } from './event.ts';
import type { Json, JsonObject } from './json.ts';
import { type Reading, readValues } from './kernel-records.ts';
import { type ByteOrder, hexOf, Packer } from './packer.ts';
import { isTime, type RecordSpec, undecoded } from './record.ts';
import { registerName, type Architecture } from './registers.ts';
import { decimal, hex, type Part, rawPart, structure, together } from './structure.ts';

export interface Branch {
  readonly from: bigint;
  readonly to: bigint;
  readonly mispredicted?: boolean;
  readonly predicted?: boolean;
  readonly inTx?: boolean;
  readonly abort?: boolean;
  readonly cycles?: number;
  readonly type?: number;
  readonly spec?: number;
  readonly newType?: number;
  readonly privilege?: number;
  /** The bits from 33 on. */
  readonly reserved?: number;
  readonly counters?: bigint;
}

export interface Registers {
  /** 0 none, 1 of a 32-bit process, 2 of a 64-bit one. */
  readonly abi: bigint;
  readonly values?: readonly bigint[];
}

/** What is left out is 0 or empty; an id is the event's first. */
export interface SampleValues {
  readonly identifier?: bigint;
  readonly ip?: bigint;
  readonly pid?: number;
  readonly tid?: number;
  readonly time?: bigint;
  readonly addr?: bigint;
  readonly id?: bigint;
  readonly streamId?: bigint;
  readonly cpu?: number;
  readonly period?: bigint;
  readonly read?: Reading;
  readonly callchain?: readonly bigint[];
  readonly raw?: Iterable<number>;
  /** RAW as kernels before 4.2 wrote it: of any size. */
  readonly unpaddedRaw?: Iterable<number>;
  readonly hwIndex?: bigint;
  readonly branches?: readonly Branch[];
  readonly userRegs?: Registers;
  readonly userStack?: { readonly bytes: Uint8Array; readonly dynSize: bigint };
  readonly weight?: bigint;
  readonly weights?: { readonly weight: number; readonly insLat: number; readonly retireLat: number };
  readonly dataSrc?: bigint;
  readonly transaction?: bigint;
  readonly intrRegs?: Registers;
  readonly physAddr?: bigint;
  readonly cgroup?: bigint;
  readonly dataPageSize?: bigint;
  readonly codePageSize?: bigint;
  readonly aux?: Uint8Array;
  /** Behind all fields that are known. */
  readonly rest?: Uint8Array;
  /** Whose registers these are. */
  readonly architecture?: Architecture;
}

export function sample(event: EventSpec, values: SampleValues, misc = 2): RecordSpec {
  const parts = FIELDS.filter(([bit]) => bit === undefined || event.has(bit)).map(([, part]) => part(values, event));
  const exact: JsonObject = (misc & 0x4000) === 0 ? {} : { exactIp: true };
  const time = event.has('TIME') ? values.time : undefined;
  return { type: 9, misc, body: together(...parts, rawPart([], exact)), event, time: isTime(time) ? time : undefined };
}

/**
 * The same made impossible: of so many bytes, without its last 8, or with a length of nearly 2^64 (2^32) in a field. A reader has
 * nothing of it but that it was there.
 */
export function shortSample(record: RecordSpec, how: number | 'last 8' | { readonly lengthAt: number; readonly width: 4 | 8 }): RecordSpec {
  const write = (packer: Packer): void => {
    const whole = new Packer(packer.order);
    record.body.write(whole);
    const bytes = whole.bytes();
    if (typeof how === 'object') bytes.fill(0xff, how.lengthAt - 8, how.lengthAt - 8 + how.width);
    packer.raw(typeof how === 'number' ? bytes.subarray(0, how - 8) : how === 'last 8' ? bytes.subarray(0, -8) : bytes);
  };
  return undecoded({ ...record, body: { write, json: {} } });
}

/** In the order of the file. */
const FIELDS: readonly (readonly [bit: SampleBit | undefined, part: (values: SampleValues, event: EventSpec) => Part])[] = [
  ['IDENTIFIER', (v, event) => structure([['identifier', 'u64']], { identifier: v.identifier ?? event.ids[0] ?? 0n })],
  ['IP', (v) => structure([['ip', 'x64']], { ip: v.ip ?? 0n })],
  ['TID', (v) => structure([['pid', 's32'], ['tid', 's32']], { pid: v.pid ?? 0, tid: v.tid ?? 0 })],
  ['TIME', (v) => structure([['time', 'u64']], { time: v.time ?? 0n })],
  ['ADDR', (v) => structure([['addr', 'x64']], { addr: v.addr ?? 0n })],
  ['ID', (v, event) => structure([['id', 'u64']], { id: v.id ?? event.ids[0] ?? 0n })],
  ['STREAM_ID', (v) => structure([['streamId', 'u64']], { streamId: v.streamId ?? 0n })],
  ['CPU', (v) => structure([['cpu', 's32'], ['', 'u32']], { cpu: v.cpu ?? 0 })],
  ['PERIOD', (v) => structure([['period', 'u64']], { period: v.period ?? 0n })],
  ['READ', (v, event) => named('read', readValues(event, v.read ?? { values: [] }))],
  ['CALLCHAIN', (v) => callchain(v.callchain ?? [])],
  ['RAW', (v) => (v.unpaddedRaw === undefined ? raw([...(v.raw ?? [])]) : rawOf([...v.unpaddedRaw]))],
  ['BRANCH_STACK', branchStack],
  ['REGS_USER', (v, event) => registers('userRegs', v.userRegs, event.options.sampleRegsUser ?? 0n, v.architecture)],
  ['STACK_USER', (v) => userStack(v.userStack)],
  ['WEIGHT', (v) => structure([['weight', 'u64']], { weight: v.weight ?? 0n })],
  ['WEIGHT_STRUCT', (v) => weights(v.weights ?? { weight: 0, insLat: 0, retireLat: 0 })],
  ['DATA_SRC', (v) => structure([['dataSrc', 'x64']], { dataSrc: v.dataSrc ?? 0n })],
  ['TRANSACTION', (v) => structure([['transaction', 'x64']], { transaction: v.transaction ?? 0n })],
  ['REGS_INTR', (v, event) => registers('intrRegs', v.intrRegs, event.options.sampleRegsIntr ?? 0n, v.architecture)],
  ['PHYS_ADDR', (v) => structure([['physAddr', 'x64']], { physAddr: v.physAddr ?? 0n })],
  ['CGROUP', (v) => structure([['cgroup', 'u64']], { cgroup: v.cgroup ?? 0n })],
  ['DATA_PAGE_SIZE', (v) => structure([['dataPageSize', 'u64']], { dataPageSize: v.dataPageSize ?? 0n })],
  ['CODE_PAGE_SIZE', (v) => structure([['codePageSize', 'u64']], { codePageSize: v.codePageSize ?? 0n })],
  ['AUX', (v) => aux(v.aux ?? new Uint8Array(0))],
  [undefined, (v) => (v.rest === undefined ? rawPart([]) : rawPart(v.rest, { rest: hexOf(v.rest) }))],
];

function named(name: string, part: Part): Part {
  return { write: part.write, json: { [name]: part.json } };
}

function callchain(addresses: readonly bigint[]): Part {
  return {
    write: (packer) => {
      packer.u64(addresses.length);
      for (const address of addresses) packer.u64(address);
    },
    json: { callchain: addresses.map(hex) },
  };
}

/** The kernel makes size and bytes together a multiple of 8; the padding counts as bytes. */
function raw(bytes: readonly number[]): Part {
  return rawOf([...bytes, ...Array.from({ length: (8 - ((bytes.length + 4) % 8)) % 8 }, () => 0)]);
}

function rawOf(padded: readonly number[]): Part {
  return { write: (packer) => void packer.u32(padded.length).raw(padded), json: { raw: hexOf(padded) } };
}

/** Names of the fields in the flags of a branch, with their widths, from the lowest bit on. */
const BRANCH_FIELDS = [
  ['mispredicted', 1], ['predicted', 1], ['inTx', 1], ['abort', 1], ['cycles', 16], ['type', 4], ['spec', 2], ['newType', 4],
  ['privilege', 3], ['reserved', 31],
] as const;

/** A bitfield: in big-endian recordings it begins at the other end, each field with its bits in their order. */
function branchFlags(branch: Branch, order: ByteOrder): bigint {
  let at = 0;
  let word = 0n;
  for (const [name, width] of BRANCH_FIELDS) {
    const value = BigInt(branch[name] ?? 0);
    word |= value << BigInt(order === 'little' ? at : 64 - at - width);
    at += width;
  }
  return word;
}

function branchStack(values: SampleValues, event: EventSpec): Part {
  const branches = values.branches ?? [];
  const which = event.options.branchSampleType ?? 0n;
  const hasIndex = ((which >> 17n) & 1n) === 1n;
  const hasCounters = ((which >> 19n) & 1n) === 1n;
  const entries = branches.map((branch): Json => ({
    from: hex(branch.from),
    to: hex(branch.to),
    ...Object.fromEntries(BRANCH_FIELDS.flatMap(([name]) => (branch[name] ? [[name, branch[name]]] : []))),
    ...(hasCounters && { counters: decimal(branch.counters ?? 0n) }),
  }));
  return {
    write: (packer) => {
      packer.u64(branches.length);
      if (hasIndex) packer.u64(values.hwIndex ?? 0n);
      for (const branch of branches) packer.u64(branch.from).u64(branch.to).u64(branchFlags(branch, packer.order));
      if (hasCounters) for (const branch of branches) packer.u64(branch.counters ?? 0n);
    },
    json: { branchStack: { ...(hasIndex && { hwIndex: decimal(values.hwIndex ?? 0n) }), entries } },
  };
}

function registers(name: string, given: Registers | undefined, mask: bigint, architecture: Architecture | undefined): Part {
  const { abi, values = [] } = given ?? { abi: 0n };
  const numbers = Array.from({ length: 64 }, (_, bit) => bit).filter((bit) => ((mask >> BigInt(bit)) & 1n) === 1n);
  if (abi !== 0n && values.length !== numbers.length) throw new Error(`${numbers.length} registers, ${values.length} values`);
  const shownValues: Record<string, string> = {};
  for (const [i, number] of numbers.entries()) {
    if (abi === 0n) break;
    const known = registerName(architecture ?? 'x86', number);
    shownValues[known === undefined ? `#${number}` : known in shownValues ? `${known}#${number}` : known] = hex(values[i]!);
  }
  return {
    write: (packer) => {
      packer.u64(abi);
      if (abi !== 0n) for (const value of values) packer.u64(value);
    },
    json: { [name]: abi === 0n ? { abi: '0' } : { abi: decimal(abi), registers: shownValues } },
  };
}

function userStack(stack: SampleValues['userStack']): Part {
  const { bytes, dynSize } = stack ?? { bytes: new Uint8Array(0), dynSize: 0n };
  const isEmpty = bytes.length === 0;
  return {
    write: (packer) => {
      packer.u64(bytes.length);
      if (!isEmpty) packer.raw(bytes).u64(dynSize);
    },
    json: { userStack: isEmpty ? { size: '0' } : { size: String(bytes.length), dynSize: decimal(dynSize), bytes: hexOf(bytes) } },
  };
}

/** One number in both byte orders: weight in its low half, then 16 bits of each of the others. */
function weights({ weight, insLat, retireLat }: { readonly weight: number; readonly insLat: number; readonly retireLat: number }): Part {
  const word = BigInt(weight) | (BigInt(insLat) << 32n) | (BigInt(retireLat) << 48n);
  return { write: (packer) => void packer.u64(word), json: { weight: { weight, insLat, retireLat } } };
}

function aux(bytes: Uint8Array): Part {
  return { write: (packer) => void packer.u64(bytes.length).raw(bytes), json: { aux: { size: String(bytes.length), bytes: hexOf(bytes) } } };
}
