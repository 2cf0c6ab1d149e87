// The records of the kernel, type by type, but for SAMPLE (sample.ts).

import type { EventSpec } from './event.ts';
import { Packer, hexOf } from './packer.ts';
import { Bit13, Bit14, Bit15, kernelRecord, type RecordSpec, TRAILER_BITS, type Trailer } from './record.ts';
import { decimal, hex, type Part, paddedText, rawPart, structure, together } from './structure.ts';

export interface Mapping {
  readonly pid: number;
  readonly tid: number;
  readonly start: bigint;
  readonly length: bigint;
  readonly pageOffset: bigint;
  readonly filename: string;
}

const MAPPING = [['pid', 's32'], ['tid', 's32'], ['start', 'x64'], ['length', 'x64'], ['pageOffset', 'x64']] as const;

/** What misc says of a mapping. */
function mappingBits(misc: number): Part {
  return rawPart([], { ...((misc & 0x2000) !== 0 && { data: true }), ...((misc & 0x1000) !== 0 && { listCut: true }) });
}

export function mmap(event: EventSpec, mapping: Mapping, trailer: Trailer, misc = 2): RecordSpec {
  return kernelRecord(1, event, together(structure(MAPPING, mapping), paddedText('filename', mapping.filename), mappingBits(misc)), trailer, misc);
}

export interface FileMapping extends Mapping {
  readonly major: number;
  readonly minor: number;
  readonly inode: bigint;
  readonly generation: bigint;
  readonly prot: number;
  readonly flags: number;
}

const DEVICE = [['major', 'u32'], ['minor', 'u32'], ['inode', 'u64'], ['generation', 'u64']] as const;
const RIGHTS = [['prot', 'u32'], ['flags', 'u32']] as const;

export function mmap2(event: EventSpec, mapping: FileMapping, trailer: Trailer, misc = 2): RecordSpec {
  const parts = [structure(MAPPING, mapping), structure(DEVICE, mapping), structure(RIGHTS, mapping), paddedText('filename', mapping.filename), mappingBits(misc)];
  return kernelRecord(10, event, together(...parts), trailer, misc);
}

/** As kernels 3.12 to 3.15 wrote it: the name begins where prot and flags are now. */
export function mmap2WithoutRights(event: EventSpec, mapping: Omit<FileMapping, 'prot' | 'flags'>, trailer: Trailer, misc = 2): RecordSpec {
  return kernelRecord(10, event, together(structure(MAPPING, mapping), structure(DEVICE, mapping), paddedText('filename', mapping.filename), mappingBits(misc)), trailer, misc);
}

export interface BuiltMapping extends Mapping {
  readonly buildId: readonly number[];
  readonly prot: number;
  readonly flags: number;
}

/** With a build id, where the other form has device and inode. */
export function mmap2WithBuildId(event: EventSpec, mapping: BuiltMapping, trailer: Trailer, misc = 2): RecordSpec {
  const { buildId } = mapping;
  const id = rawPart([buildId.length, 0, 0, 0, ...buildId, ...Array.from({ length: 20 - buildId.length }, () => 0)], { buildId: hexOf(buildId) });
  const parts = [structure(MAPPING, mapping), id, structure(RIGHTS, mapping), paddedText('filename', mapping.filename), mappingBits(misc)];
  return kernelRecord(10, event, together(...parts), trailer, misc | Bit14);
}

export function lost(event: EventSpec, values: { readonly id: bigint; readonly lost: bigint }, trailer: Trailer): RecordSpec {
  return kernelRecord(2, event, structure([['id', 'u64'], ['lost', 'u64']], values), trailer);
}

export function comm(event: EventSpec, values: { readonly pid: number; readonly tid: number; readonly comm: string; readonly exec?: boolean }, trailer: Trailer): RecordSpec {
  const exec = values.exec ?? false;
  const parts = [structure([['pid', 's32'], ['tid', 's32']], values), paddedText('comm', values.comm), rawPart([], { exec })];
  return kernelRecord(3, event, together(...parts), trailer, exec ? Bit13 : 0);
}

export interface Task {
  readonly pid: number;
  readonly ppid: number;
  readonly tid: number;
  readonly ptid: number;
  readonly time: bigint;
}

const TASK = [['pid', 's32'], ['ppid', 's32'], ['tid', 's32'], ['ptid', 's32'], ['time', 'u64']] as const;

export function exit(event: EventSpec, task: Task, trailer: Trailer): RecordSpec {
  return kernelRecord(4, event, structure(TASK, task), trailer);
}

export function fork(event: EventSpec, task: Task, trailer: Trailer, synthesized = false): RecordSpec {
  return kernelRecord(7, event, together(structure(TASK, task), rawPart([], { synthesized })), trailer, synthesized ? Bit13 : 0);
}

export interface Throttling {
  readonly time: bigint;
  readonly id: bigint;
  readonly streamId: bigint;
}

const THROTTLING = [['time', 'u64'], ['id', 'u64'], ['streamId', 'u64']] as const;

export function throttle(event: EventSpec, values: Throttling, trailer: Trailer): RecordSpec {
  return kernelRecord(5, event, structure(THROTTLING, values), trailer);
}

export function unthrottle(event: EventSpec, values: Throttling, trailer: Trailer): RecordSpec {
  return kernelRecord(6, event, structure(THROTTLING, values), trailer);
}

/** The values of a counter, or of those of a group. */
export interface Reading {
  readonly enabled?: bigint;
  readonly running?: bigint;
  readonly values: readonly { readonly value: bigint; readonly id?: bigint; readonly lost?: bigint }[];
}

/** As the event's read_format says. */
export function readValues(event: EventSpec, reading: Reading): Part {
  const has = (bit: EventSpec['readFormat'][number]): boolean => event.readFormat.includes(bit);
  const times = [
    ...(has('TOTAL_TIME_ENABLED') ? [structure([['enabled', 'u64']], { enabled: reading.enabled ?? 0n })] : []),
    ...(has('TOTAL_TIME_RUNNING') ? [structure([['running', 'u64']], { running: reading.running ?? 0n })] : []),
  ];
  const values = reading.values.map(({ value, id, lost: missed }) => [
    structure([['value', 'u64']], { value }),
    ...(has('ID') ? [structure([['id', 'u64']], { id: id ?? 0n })] : []),
    ...(has('LOST') ? [structure([['lost', 'u64']], { lost: missed ?? 0n })] : []),
  ]);
  return {
    write: (packer) => {
      if (has('GROUP')) {
        packer.u64(values.length);
        for (const part of [...times, ...values.flat()]) part.write(packer);
        return;
      }
      const [value, ...others] = values[0]!;
      for (const part of [value!, ...times, ...others]) part.write(packer);
    },
    json: { ...together(...times).json, values: values.map((parts) => together(...parts).json) },
  };
}

/** At a task's end. */
export function read(event: EventSpec, values: Reading & { readonly pid: number; readonly tid: number }, trailer: Trailer): RecordSpec {
  return kernelRecord(8, event, together(structure([['pid', 's32'], ['tid', 's32']], values), readValues(event, values)), trailer);
}

export function aux(event: EventSpec, values: { readonly auxOffset: bigint; readonly auxSize: bigint; readonly flags: bigint }, trailer: Trailer): RecordSpec {
  return kernelRecord(11, event, structure([['auxOffset', 'u64'], ['auxSize', 'u64'], ['flags', 'x64']], values), trailer);
}

export function itraceStart(event: EventSpec, values: { readonly pid: number; readonly tid: number }, trailer: Trailer): RecordSpec {
  return kernelRecord(12, event, structure([['pid', 's32'], ['tid', 's32']], values), trailer);
}

export function lostSamples(event: EventSpec, values: { readonly lost: bigint; readonly filtered?: boolean }, trailer: Trailer): RecordSpec {
  const filtered = values.filtered ?? false;
  return kernelRecord(13, event, together(structure([['lost', 'u64']], values), rawPart([], { filtered })), trailer, filtered ? Bit15 : 0);
}

/** What misc says of a switch. */
export interface Switching {
  readonly out?: boolean;
  readonly preempted?: boolean;
}

const switchMisc = ({ out, preempted }: Switching): number => (out ? Bit13 : 0) | (preempted ? Bit14 : 0);

export function switchTask(event: EventSpec, values: Switching, trailer: Trailer): RecordSpec {
  return kernelRecord(14, event, rawPart([], { out: values.out ?? false, preempted: values.preempted ?? false }), trailer, switchMisc(values));
}

export function switchCpuWide(event: EventSpec, values: Switching & { readonly otherPid: number; readonly otherTid: number }, trailer: Trailer): RecordSpec {
  const flags = rawPart([], { out: values.out ?? false, preempted: values.preempted ?? false });
  return kernelRecord(15, event, together(flags, structure([['otherPid', 's32'], ['otherTid', 's32']], values)), trailer, switchMisc(values));
}

export interface Namespaces {
  readonly pid: number;
  readonly tid: number;
  /** net, uts, ipc, pid, user, mnt, cgroup. */
  readonly namespaces: readonly { readonly device: bigint; readonly inode: bigint }[];
}

export function namespaces(event: EventSpec, values: Namespaces, trailer: Trailer): RecordSpec {
  const list: Part = {
    write: (packer) => {
      packer.u64(values.namespaces.length);
      for (const { device, inode } of values.namespaces) packer.u64(device).u64(inode);
    },
    json: { namespaces: values.namespaces.map(({ device, inode }) => ({ device: decimal(device), inode: decimal(inode) })) },
  };
  return kernelRecord(16, event, together(structure([['pid', 's32'], ['tid', 's32']], values), list), trailer);
}

export interface KernelSymbol {
  readonly address: bigint;
  readonly length: number;
  /** 1 BPF, 2 out-of-line code. */
  readonly kind: number;
  /** 1: the code goes away. */
  readonly flags: number;
  readonly name: string;
}

export function ksymbol(event: EventSpec, symbol: KernelSymbol, trailer: Trailer): RecordSpec {
  const fields = structure([['address', 'x64'], ['length', 'u32'], ['kind', 'u16'], ['flags', 'u16']], symbol);
  return kernelRecord(17, event, together(fields, paddedText('name', symbol.name)), trailer);
}

export function bpfEvent(event: EventSpec, values: { readonly kind: number; readonly flags: number; readonly id: number; readonly tag: readonly number[] }, trailer: Trailer): RecordSpec {
  const fields = structure([['kind', 'u16'], ['flags', 'u16'], ['id', 'u32']], values);
  return kernelRecord(18, event, together(fields, rawPart(values.tag, { tag: hexOf(values.tag) })), trailer);
}

export function cgroup(event: EventSpec, values: { readonly id: bigint; readonly path: string }, trailer: Trailer): RecordSpec {
  return kernelRecord(19, event, together(structure([['id', 'u64']], values), paddedText('path', values.path)), trailer);
}

export interface Poke {
  readonly address: bigint;
  readonly oldBytes: readonly number[];
  readonly newBytes: readonly number[];
}

/** The bytes are padded to a multiple of 8. */
export function textPoke(event: EventSpec, { address, oldBytes, newBytes }: Poke, trailer: Trailer): RecordSpec {
  const body: Part = {
    write: (packer) => {
      const part = new Packer(packer.order).u64(address).u16(oldBytes.length).u16(newBytes.length).raw(oldBytes).raw(newBytes).align(8);
      packer.raw(part.bytes());
    },
    json: { address: hex(address), oldBytes: hexOf(oldBytes), newBytes: hexOf(newBytes) },
  };
  return kernelRecord(20, event, body, trailer);
}

export function auxOutputHwId(event: EventSpec, values: { readonly id: bigint }, trailer: Trailer): RecordSpec {
  return kernelRecord(21, event, structure([['id', 'u64']], values), trailer);
}

export function callchainDeferred(event: EventSpec, values: { readonly cookie: bigint; readonly chain: readonly bigint[] }, trailer: Trailer, misc = 2): RecordSpec {
  const chain: Part = {
    write: (packer) => {
      packer.u64(values.chain.length);
      for (const address of values.chain) packer.u64(address);
    },
    json: { chain: values.chain.map(hex) },
  };
  return kernelRecord(22, event, together(structure([['cookie', 'x64']], values), chain), trailer, misc);
}

/** A type that nobody knows: only that it ends with a trailer. */
export function unknownKernel(event: EventSpec, type: number, bytes: Uint8Array, trailer: Trailer, misc = 0): RecordSpec {
  return kernelRecord(type, event, rawPart(bytes, { bytes: hexOf(bytes) }), trailer, misc);
}

/** The same with bytes between its fields and its trailer, as of a newer kernel; the record was made with a trailer of its own. */
export function withMore(record: RecordSpec, event: EventSpec, trailer: Trailer, bytes: Uint8Array): RecordSpec {
  const write = (packer: Packer): void => {
    const whole = new Packer(packer.order);
    record.body.write(whole);
    const fields = whole.bytes().subarray(0, whole.length - trailerLength(event));
    packer.raw(fields).raw(bytes);
  };
  return kernelRecord(record.type, event, { write, json: record.body.json }, trailer, record.misc);
}

function trailerLength(event: EventSpec): number {
  return TRAILER_BITS.filter((bit) => event.has(bit)).length * 8;
}
