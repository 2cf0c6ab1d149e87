// The fixed parts of records, declared for SPEC.md's tables and for the tests of the hand-written decoders (FORMAT 2.1, 2.2;
// SPEC 4). Records are read by records/*.ts, never through these. What follows a fixed part in a list: record-entries.ts.

import { type Field, Layout, type LayoutFields } from '../../bytes/layout.ts';

export type RecordFields = LayoutFields;

const HEADER_SIZE = 8;

/** The layout of a record of one type: its header, then these. */
function record(name: string, fields: readonly Field[]): Layout<RecordFields> {
  return new Layout(name, [['header', `u8[${HEADER_SIZE}]`, 'type, misc, size (4.1.1)'], ...fields]);
}

const pid: Field = ['pid', 's32', ''];
const tid: Field = ['tid', 's32', ''];
const count: Field = ['count', 'u64', 'of what follows'];

export const recordHeaderLayout: Layout<RecordFields> = new Layout('record header', [
  ['type', 'u32', 'of the record'],
  ['misc', 'u16', 'bits (4.2)'],
  ['size', 'u16', 'of the record, this header included'],
]);

const mapping: readonly Field[] = [
  ['pid', 's32', '-1: the kernel (4.3.2)'],
  tid,
  ['start', 'u64', 'first address'],
  ['length', 'u64', 'in bytes'],
  ['pageOffset', 'u64', 'in the file (4.3.8)'],
];

const protection: readonly Field[] = [
  ['prot', 'u32', '1 read, 2 write, 4 execute'],
  ['flags', 'u32', 'of mmap(2)'],
];

export const mmapLayout: Layout<RecordFields> = record('MMAP', mapping);

export const mmap2Layout: Layout<RecordFields> = record('MMAP2', [
  ...mapping,
  ['major', 'u32', 'of the device'],
  ['minor', 'u32', ''],
  ['inode', 'u64', ''],
  ['generation', 'u64', 'of the inode; 0 from perf'],
  ...protection,
]);

export const mmap2BuildIdLayout: Layout<RecordFields> = record('MMAP2 with a build id', [
  ...mapping,
  ['buildIdSize', 'u8', 'at most 20'],
  ['reserved1', 'u8', ''],
  ['reserved2', 'u16', ''],
  ['buildId', 'u8[20]', 'zeros after its size'],
  ...protection,
]);

export const commLayout: Layout<RecordFields> = record('COMM', [pid, tid]);

export const taskLayout: Layout<RecordFields> = record('FORK, EXIT', [
  pid,
  ['ppid', 's32', 'of the parent'],
  tid,
  ['ptid', 's32', 'of the parent'],
  ['time', 'u64', 'ns'],
]);

export const lostLayout: Layout<RecordFields> = record('LOST', [
  ['id', 'u64', 'of the event'],
  ['lost', 'u64', 'records'],
]);

export const throttleLayout: Layout<RecordFields> = record('THROTTLE, UNTHROTTLE', [
  ['time', 'u64', 'ns'],
  ['id', 'u64', 'of the event'],
  ['streamId', 'u64', ''],
]);

export const readLayout: Layout<RecordFields> = record('READ', [pid, tid]);

export const lostSamplesLayout: Layout<RecordFields> = record('LOST_SAMPLES', [
  ['lost', 'u64', 'samples; with misc bit 15 those left out by a BPF filter'],
]);

export const auxLayout: Layout<RecordFields> = record('AUX', [
  ['auxOffset', 'u64', 'in the tracer\'s buffer'],
  ['auxSize', 'u64', 'in bytes'],
  ['flags', 'u64', '1 truncated, 2 overwritten, 4 partial, 8 collision'],
]);

export const itraceStartLayout: Layout<RecordFields> = record('ITRACE_START', [pid, tid]);

export const switchCpuWideLayout: Layout<RecordFields> = record('SWITCH_CPU_WIDE', [
  ['otherPid', 's32', 'misc bit 13 set: the task that follows; else the one before'],
  ['otherTid', 's32', ''],
]);

export const namespacesLayout: Layout<RecordFields> = record('NAMESPACES', [pid, tid, count]);

export const ksymbolLayout: Layout<RecordFields> = record('KSYMBOL', [
  ['address', 'u64', ''],
  ['length', 'u32', ''],
  ['kind', 'u16', '1 BPF, 2 out-of-line code'],
  ['flags', 'u16', 'bit 0: the code goes away'],
]);

export const bpfEventLayout: Layout<RecordFields> = record('BPF_EVENT', [
  ['kind', 'u16', '1 loaded, 2 unloaded'],
  ['flags', 'u16', ''],
  ['id', 'u32', 'of the program'],
  ['tag', 'u8[8]', 'of its code'],
]);

export const cgroupLayout: Layout<RecordFields> = record('CGROUP', [['id', 'u64', 'as in the samples']]);

export const textPokeLayout: Layout<RecordFields> = record('TEXT_POKE', [
  ['address', 'u64', ''],
  ['oldLength', 'u16', 'in bytes'],
  ['newLength', 'u16', ''],
]);

export const auxOutputHwIdLayout: Layout<RecordFields> = record('AUX_OUTPUT_HW_ID', [['hardwareId', 'u64', '']]);

export const callchainDeferredLayout: Layout<RecordFields> = record('CALLCHAIN_DEFERRED', [
  ['cookie', 'u64', 'the last entry of the chains that wait'],
  ['count', 'u64', 'values that follow'],
]);

export const headerAttrLayout: Layout<RecordFields> = record('HEADER_ATTR', [
  ['attrType', 'u32', 'the attr begins here'],
  ['attrSize', 'u32', 'its size; 0 means 64'],
]);

export const headerEventTypeLayout: Layout<RecordFields> = record('HEADER_EVENT_TYPE', [
  ['eventConfig', 'u64', 'of the event; of a tracepoint its number'],
  ['name', 'u8[64]', 'str'],
]);

export const headerTracingDataLayout: Layout<RecordFields> = record('HEADER_TRACING_DATA', [
  ['dataSize', 'u32', 'bytes that follow the record'],
]);

export const buildIdLayout: Layout<RecordFields> = record('HEADER_BUILD_ID', [
  ['pid', 's32', '-1: the host'],
  ['buildId', 'u8[20]', 'zeros after its size'],
  ['buildIdSize', 'u8', 'with misc bit 15'],
  ['reserved1', 'u8', ''],
  ['reserved2', 'u16', ''],
]);

export const idIndexLayout: Layout<RecordFields> = record('ID_INDEX', [count]);

export const auxtraceInfoLayout: Layout<RecordFields> = record('AUXTRACE_INFO', [
  ['kind', 'u32', '1 Intel PT, 2 Intel BTS, 3 CoreSight ETM, 4 Arm SPE, 5 s390 CPU-M sampling, 6 HiSilicon PTT, 7 powerpc VPA DTL'],
  ['reserved', 'u32', ''],
]);

export const auxtraceLayout: Layout<RecordFields> = record('AUXTRACE', [
  ['dataSize', 'u64', 'bytes that follow the record'],
  ['traceOffset', 'u64', 'of these in the tracer\'s buffer'],
  ['reference', 'u64', ''],
  ['index', 'u32', 'of the ring buffer'],
  ['tid', 's32', '-1: any'],
  ['cpu', 's32', '-1: any'],
  ['reserved', 'u32', ''],
]);

export const auxtraceErrorLayout: Layout<RecordFields> = record('AUXTRACE_ERROR', [
  ['kind', 'u32', '1 instruction trace'],
  ['code', 'u32', 'the decoder\'s own'],
  ['cpu', 's32', ''],
  pid,
  tid,
  ['layout', 'u32', '0, 1 or 2'],
  ['ip', 'u64', ''],
  ['time', 'u64', 'ns; from layout 1 on'],
  ['message', 'u8[64]', 'str'],
  ['machinePid', 's32', 'of the guest; from layout 2 on'],
  ['vcpu', 's32', 'from layout 2 on'],
]);

export const threadMapLayout: Layout<RecordFields> = record('THREAD_MAP', [count]);

export const statConfigLayout: Layout<RecordFields> = record('STAT_CONFIG', [count]);

export const statLayout: Layout<RecordFields> = record('STAT', [
  ['id', 'u64', 'of the event'],
  ['cpu', 's32', ''],
  ['thread', 's32', 'index in THREAD_MAP'],
  ['value', 'u64', ''],
  ['enabled', 'u64', 'ns'],
  ['running', 'u64', 'ns'],
]);

export const statRoundLayout: Layout<RecordFields> = record('STAT_ROUND', [
  ['kind', 'u64', '0 interval, 1 final'],
  ['time', 'u64', 'ns'],
]);

export const eventUpdateLayout: Layout<RecordFields> = record('EVENT_UPDATE', [
  ['kind', 'u64', 'of the update (4.8)'],
  ['id', 'u64', 'of the event'],
]);

export const timeConvLayout: Layout<RecordFields> = record('TIME_CONV', [
  ['shift', 'u64', ''],
  ['multiplier', 'u64', ''],
  ['zero', 'u64', 'ns'],
  ['cycles', 'u64', 'this and what follows: long form only'],
  ['mask', 'u64', ''],
  ['hasZero', 'u8', '1: zero is valid'],
  ['isShort', 'u8', '1: cycles and mask are valid'],
]);

export const headerFeatureLayout: Layout<RecordFields> = record('HEADER_FEATURE', [['number', 'u64', 'of the feature']]);

export const compressed2Layout: Layout<RecordFields> = record('COMPRESSED2', [['dataSize', 'u64', 'bytes of zstd data that follow']]);

export const bpfMetadataLayout: Layout<RecordFields> = record('BPF_METADATA', [
  ['program', 'u8[512]', 'str; or 256 bytes'],
  count,
]);

const schedstat: readonly Field[] = [
  ['timestamp', 'u64', 'of /proc/schedstat'],
  ['cpu', 'u32', ''],
  ['version', 'u16', 'of /proc/schedstat: 15, 16 or 17'],
];

export const schedstatCpuLayout: Layout<RecordFields> = record('SCHEDSTAT_CPU', [
  ...schedstat,
  ['reserved', 'u16', ''],
  ['yieldCount', 'u32', ''],
  ['arrayExpired', 'u32', ''],
  ['scheduleCount', 'u32', ''],
  ['scheduleIdle', 'u32', ''],
  ['wakeups', 'u32', ''],
  ['localWakeups', 'u32', ''],
  ['runTime', 'u64', 'ns'],
  ['runDelay', 'u64', 'ns'],
  ['timeslices', 'u64', ''],
]);

export const schedstatDomainLayout: Layout<RecordFields> = record('SCHEDSTAT_DOMAIN', [
  ...schedstat,
  ['domain', 'u16', 'its number'],
]);

/** All of them: each has a table in SPEC.md. */
export const RECORD_LAYOUTS: readonly Layout<RecordFields>[] = [
  recordHeaderLayout, mmapLayout, mmap2Layout, mmap2BuildIdLayout, commLayout, taskLayout, lostLayout, throttleLayout, readLayout,
  auxLayout, itraceStartLayout, lostSamplesLayout, switchCpuWideLayout, namespacesLayout, ksymbolLayout, bpfEventLayout, cgroupLayout,
  textPokeLayout, auxOutputHwIdLayout, callchainDeferredLayout, headerAttrLayout, headerEventTypeLayout, headerTracingDataLayout,
  buildIdLayout, idIndexLayout, auxtraceInfoLayout, auxtraceLayout, auxtraceErrorLayout, threadMapLayout, statConfigLayout, statLayout,
  statRoundLayout, eventUpdateLayout, timeConvLayout, headerFeatureLayout, compressed2Layout, bpfMetadataLayout, schedstatCpuLayout,
  schedstatDomainLayout,
];
