// The fixed parts of records, declared for SPEC.md's tables and for the tests of the hand-written decoders (FORMAT 2.1, 2.2;
// SPEC 4). Records are read by records/*.ts, never through these.

import { Layout } from './layout.ts';

/** Fields by name, as binary-parser gives them. */
export type RecordFields = Readonly<Record<string, number | bigint | readonly number[]>>;

const header = [
  ['type', 'u32', 'of the record'],
  ['misc', 'u16', 'bits 0 to 2 the mode, others by type (4.2)'],
  ['size', 'u16', 'of the record, this header included'],
] as const;

const task = [
  ['pid', 's32', ''],
  ['tid', 's32', ''],
] as const;

export const recordHeaderLayout: Layout<RecordFields> = new Layout('record header', [...header]);

export const mmapLayout: Layout<RecordFields> = new Layout('MMAP', [
  ...header,
  ['pid', 's32', '-1: the kernel'],
  ['tid', 's32', ''],
  ['start', 'u64', 'first address'],
  ['length', 'u64', 'in bytes'],
  ['pageOffset', 'u64', 'in the file'],
]);

export const mmap2Layout: Layout<RecordFields> = new Layout('MMAP2', [
  ...header,
  ['pid', 's32', '-1: the kernel'],
  ['tid', 's32', ''],
  ['start', 'u64', 'first address'],
  ['length', 'u64', 'in bytes'],
  ['pageOffset', 'u64', 'in the file; of anonymous memory the address'],
  ['major', 'u32', 'of the device'],
  ['minor', 'u32', ''],
  ['inode', 'u64', ''],
  ['generation', 'u64', 'of the inode'],
  ['prot', 'u32', '1 read, 2 write, 4 execute'],
  ['flags', 'u32', 'of mmap(2)'],
]);

export const mmap2BuildIdLayout: Layout<RecordFields> = new Layout('MMAP2 with a build id (misc bit 14)', [
  ...header,
  ['pid', 's32', '-1: the kernel'],
  ['tid', 's32', ''],
  ['start', 'u64', 'first address'],
  ['length', 'u64', 'in bytes'],
  ['pageOffset', 'u64', 'in the file; of anonymous memory the address'],
  ['buildIdSize', 'u8', 'at most 20'],
  ['reserved1', 'u8', ''],
  ['reserved2', 'u16', ''],
  ['buildId', 'u8[20]', 'zeros after its size'],
  ['prot', 'u32', '1 read, 2 write, 4 execute'],
  ['flags', 'u32', 'of mmap(2)'],
]);

export const commLayout: Layout<RecordFields> = new Layout('COMM', [...header, ...task]);

export const taskLayout: Layout<RecordFields> = new Layout('FORK, EXIT', [
  ...header,
  ['pid', 's32', ''],
  ['ppid', 's32', 'of the parent'],
  ['tid', 's32', ''],
  ['ptid', 's32', 'of the parent'],
  ['time', 'u64', 'ns'],
]);

export const lostLayout: Layout<RecordFields> = new Layout('LOST', [
  ...header,
  ['id', 'u64', 'of the event'],
  ['lost', 'u64', 'records'],
]);

export const throttleLayout: Layout<RecordFields> = new Layout('THROTTLE, UNTHROTTLE', [
  ...header,
  ['time', 'u64', 'ns'],
  ['id', 'u64', 'of the event'],
  ['streamId', 'u64', ''],
]);

export const lostSamplesLayout: Layout<RecordFields> = new Layout('LOST_SAMPLES', [
  ...header,
  ['lost', 'u64', 'samples; misc bit 15: left out by a BPF filter'],
]);

export const auxLayout: Layout<RecordFields> = new Layout('AUX', [
  ...header,
  ['auxOffset', 'u64', ''],
  ['auxSize', 'u64', 'in bytes'],
  ['flags', 'u64', '1 truncated, 2 overwritten, 4 partial, 8 collision'],
]);

export const switchCpuWideLayout: Layout<RecordFields> = new Layout('SWITCH_CPU_WIDE', [
  ...header,
  ['otherPid', 's32', 'misc bit 13 set: the task that follows; else the one before'],
  ['otherTid', 's32', ''],
]);

export const ksymbolLayout: Layout<RecordFields> = new Layout('KSYMBOL', [
  ...header,
  ['address', 'u64', ''],
  ['length', 'u32', ''],
  ['kind', 'u16', '1 BPF, 2 out-of-line code'],
  ['flags', 'u16', '1: the code goes away'],
]);

export const bpfEventLayout: Layout<RecordFields> = new Layout('BPF_EVENT', [
  ...header,
  ['kind', 'u16', '1 loaded, 2 unloaded'],
  ['flags', 'u16', ''],
  ['id', 'u32', 'of the program'],
  ['tag', 'u8[8]', ''],
]);

export const cgroupLayout: Layout<RecordFields> = new Layout('CGROUP', [...header, ['id', 'u64', 'as in the samples']]);

export const textPokeLayout: Layout<RecordFields> = new Layout('TEXT_POKE', [
  ...header,
  ['address', 'u64', ''],
  ['oldLength', 'u16', ''],
  ['newLength', 'u16', ''],
]);

export const callchainDeferredLayout: Layout<RecordFields> = new Layout('CALLCHAIN_DEFERRED', [
  ...header,
  ['cookie', 'u64', 'the last entry of the chains that wait'],
  ['count', 'u64', 'addresses that follow'],
]);

export const buildIdLayout: Layout<RecordFields> = new Layout('BUILD_ID', [
  ...header,
  ['pid', 's32', '-1: the host'],
  ['buildId', 'u8[20]', ''],
  ['buildIdSize', 'u8', 'with misc bit 15; without it 20'],
  ['reserved1', 'u8', ''],
  ['reserved2', 'u16', ''],
]);

export const auxtraceLayout: Layout<RecordFields> = new Layout('AUXTRACE', [
  ...header,
  ['dataSize', 'u64', 'bytes that follow the record'],
  ['traceOffset', 'u64', ''],
  ['reference', 'u64', ''],
  ['index', 'u32', 'of the ring buffer'],
  ['tid', 's32', ''],
  ['cpu', 's32', ''],
  ['reserved', 'u32', ''],
]);

export const statLayout: Layout<RecordFields> = new Layout('STAT', [
  ...header,
  ['id', 'u64', 'of the event'],
  ['cpu', 's32', ''],
  ['thread', 's32', ''],
  ['value', 'u64', ''],
  ['enabled', 'u64', 'ns'],
  ['running', 'u64', 'ns'],
]);

export const statRoundLayout: Layout<RecordFields> = new Layout('STAT_ROUND', [
  ...header,
  ['kind', 'u64', '0 interval, 1 final'],
  ['time', 'u64', 'ns'],
]);

export const timeConvLayout: Layout<RecordFields> = new Layout('TIME_CONV', [
  ...header,
  ['shift', 'u64', ''],
  ['multiplier', 'u64', ''],
  ['zero', 'u64', 'ns'],
  ['cycles', 'u64', 'this and what follows: long form only'],
  ['mask', 'u64', ''],
  ['hasZero', 'u8', ''],
  ['isShort', 'u8', ''],
]);

/** Those with a table of their own in SPEC.md, in its order. */
export const RECORD_LAYOUTS: readonly Layout<RecordFields>[] = [
  recordHeaderLayout, mmapLayout, lostLayout, commLayout, taskLayout, throttleLayout, mmap2Layout, mmap2BuildIdLayout, auxLayout,
  lostSamplesLayout, switchCpuWideLayout, ksymbolLayout, bpfEventLayout, cgroupLayout, textPokeLayout, callchainDeferredLayout,
  buildIdLayout, auxtraceLayout, statLayout, statRoundLayout, timeConvLayout,
];
