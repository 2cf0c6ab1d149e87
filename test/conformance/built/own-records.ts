// A vector for each type of the records that perf writes itself (SPEC 4.6 to 4.9). Compressed ones are in compressed.ts, HEADER_ATTR and
// HEADER_FEATURE also in pipes.ts.

import { event, type EventSpec } from '../builder/event.ts';
import { textFeature, unknownFeature } from '../builder/features.ts';
import * as own from '../builder/own-records.ts';
import { someBytes } from '../builder/packer.ts';
import { Bit15, Mode } from '../builder/record.ts';
import { twins, type Vector } from '../builder/vector.ts';

const clock: EventSpec = event({ sampleType: ['IP', 'TID', 'TIME', 'IDENTIFIER'], ids: [772n, 773n] });
const buildId = [...someBytes(20, 0xa0)];

/** The counters of a scheduling domain, all different. */
const counters = (count: number): number[] => Array.from({ length: count }, (_, i) => 0x01020300 + i);

const cpuCounters = {
  yields: 0x01020304, expired: 1, schedules: 0xfffffffe, idles: 25, wakeups: 32, localWakeups: 15,
  runTime: 66365754676n, runDelay: 0x0102030405060708n, timeslices: 5950n,
};

export const ownRecordVectors: readonly Vector[] = [
  ...twins({ name: 'record-header-attr', about: 'HEADER_ATTR in a pipe: an event with three ids, one with none', clauses: ['4.6.1', '2.3.2', '1.3.1'] }, () => {
    const first = event({ sampleType: ['IP', 'IDENTIFIER'], ids: [1n, 0x0102030405060708n, 3n], samplePeriod: 4000n });
    const second = event({ config: 9n, name: 'dummy', sampleType: ['IP', 'IDENTIFIER'] });
    return { container: 'pipe', events: [first, second], records: [own.headerAttr(first), own.headerAttr(second)] };
  }),
  ...twins({ name: 'record-header-event-type', about: 'HEADER_EVENT_TYPE, of perf before 3.10: the name of events with a config', clauses: ['4.6.2', '10.1.23'] }, {
    events: [clock],
    records: [own.headerEventType({ id: 0x0102030405060708n, name: 'sched:sched_switch' }), own.headerEventType({ id: 0n, name: 'cycles' })],
  }),
  ...twins({ name: 'record-tracing-data', about: 'HEADER_TRACING_DATA: what follows it stands outside its size; in older pipes the record has 12 bytes', clauses: ['4.6.3', '4.1.6', '10.1.6', '1.3.5'] }, {
    container: 'pipe',
    events: [clock],
    records: [own.headerAttr(clock), own.tracingData(someBytes(40)), own.tracingData(someBytes(17, 100), false), own.finishedInit()],
    departures: ({ records }) => [{ clause: '7.1.2', offset: records[2]!.offset + 12, severity: 'error' }],
  }),
  ...twins({ name: 'record-header-build-id', about: 'HEADER_BUILD_ID: of the kernel and of a file, with and without a size, in guests, with a trailer behind the name', clauses: ['4.6.4', '4.2.10', '10.1.2', '5.5.5', '4.2.1'] }, {
    events: [clock],
    records: [
      own.headerBuildId({ pid: -1, buildId, filename: '[kernel.kallsyms]' }, Mode.Kernel | Bit15),
      own.headerBuildId({ pid: -1, buildId: buildId.slice(0, 16), filename: '/usr/lib/md5.so' }, Mode.User | Bit15),
      own.headerBuildId({ pid: 77, buildId: buildId.slice(0, 16), filename: '/usr/bin/padded' }, Mode.User),
      own.headerBuildId({ pid: 0, buildId, filename: '[guest.kernel.kallsyms]' }, Mode.GuestKernel | Bit15),
      own.headerBuildId({ pid: 99, buildId, filename: '/usr/bin/in-guest' }, Mode.GuestUser | Bit15),
      own.headerBuildId({ pid: -1, buildId, filename: '/usr/bin/with-trailer' }, Mode.User | Bit15, clock),
    ],
  }),
  ...twins({ name: 'record-finished-round', about: 'FINISHED_ROUND and FINISHED_INIT have no payload', clauses: ['4.6.5', '4.6.19'] }, {
    events: [clock],
    records: [own.finishedInit(), own.finishedRound(), own.finishedRound()],
  }),
  ...twins({ name: 'record-id-index', about: 'ID_INDEX with and without its second array, any CPU, any task', clauses: ['4.6.6'] }, {
    events: [clock],
    records: [
      own.idIndex([{ id: 772n, index: 0n, cpu: 3n, tid: -1n }, { id: 0x0102030405060708n, index: 1n, cpu: -1n, tid: 12415n }], false),
      own.idIndex([{ id: 772n, index: 5n, cpu: 3n, tid: -1n, machinePid: 99n, vcpu: 2n }, { id: 773n, index: 6n, cpu: -1n, tid: 7n, machinePid: 0n, vcpu: -1n }], true),
      own.idIndex([], false),
    ],
  }),
  ...twins({ name: 'record-auxtrace-info', about: 'AUXTRACE_INFO of every tracer that there is, with numbers of its own', clauses: ['4.6.7'] }, {
    events: [clock],
    records: [
      ...[1, 2, 3, 4, 5, 6, 7].map((kind) => own.auxtraceInfo(kind, [BigInt(kind), 0x0102030405060708n, 0xffffffffffffffffn])),
      own.auxtraceInfo(0, []),
      own.auxtraceInfo(99, [1n]),
    ],
  }),
  ...twins({ name: 'record-auxtrace', about: 'AUXTRACE: the trace stands behind the record, of any length', clauses: ['4.6.8', '4.1.6'] }, {
    events: [clock],
    records: [
      own.auxtrace({ traceOffset: 0x0102030405060708n, reference: 0x1112131415161718n, index: 3, tid: 4242, cpu: 1, payload: someBytes(64) }),
      own.auxtrace({ traceOffset: 64n, reference: 2n, index: 0, tid: -1, cpu: -1, payload: someBytes(13, 9) }),
      own.auxtrace({ traceOffset: 77n, reference: 2n, index: 0, tid: -1, cpu: 0, payload: new Uint8Array(0) }),
      own.finishedRound(),
    ],
  }),
  ...twins({ name: 'record-auxtrace-error', about: 'AUXTRACE_ERROR in its three layouts: without time, with it, with a guest', clauses: ['4.6.9', '10.1.11'] }, {
    events: [clock],
    records: [
      own.auxtraceError({ kind: 1, code: 5, cpu: 2, pid: 4242, tid: 4243, layout: 0, ip: 0x7f0123456789n, message: 'Failed to get instruction' }),
      own.auxtraceError({ kind: 1, code: 6, cpu: 2, pid: -1, tid: -1, layout: 0, ip: 0n, message: 'short' }, 8),
      own.auxtraceError({ kind: 1, code: 0x01020304, cpu: -1, pid: 4242, tid: 4243, layout: 1, ip: 0xffffffff81000000n, time: 0x0102030405060708n, message: 'Overflow packet' }),
      own.auxtraceError({ kind: 2, code: 8, cpu: 1, pid: 7, tid: 8, layout: 2, ip: 1n, time: 9n, message: 'x'.repeat(63), machinePid: 0x01020304, vcpu: 3 }),
    ],
  }),
  ...twins({ name: 'record-thread-map', about: 'THREAD_MAP: threads with and without names, and the whole system', clauses: ['4.6.10', '10.1.12'] }, {
    events: [clock],
    records: [
      own.threadMap([{ tid: 26229n, name: '' }, { tid: 26231n, name: 'a worker' }]),
      own.threadMap([{ tid: -1n, name: '' }]),
    ],
  }),
  ...twins({ name: 'record-cpu-map', about: 'CPU_MAP in each of its forms: a list, masks of 32-bit and 64-bit words, a range', clauses: ['4.6.11', '4.7.1', '4.7.2', '4.7.3', '4.7.4'] }, {
    events: [clock],
    records: [
      own.cpuMap({ kind: 'list', cpus: [0, 1, 3, 300] }),
      own.cpuMap({ kind: 'list', cpus: [-1] }),
      own.cpuMap({ kind: 'mask', wordSize: 4, words: [0x80000005n, 0x2n], cpus: [0, 2, 31, 33] }),
      own.cpuMap({ kind: 'mask', wordSize: 8, words: [0x8000000100000004n, 0x2n], cpus: [2, 32, 63, 65] }),
      own.cpuMap({ kind: 'range', any: false, first: 2, last: 5, cpus: [2, 3, 4, 5] }),
      own.cpuMap({ kind: 'range', any: true, first: 0, last: 1, cpus: [-1, 0, 1] }),
      own.cpuMap({ kind: 'range', any: false, first: 7, last: 7, cpus: [7] }),
    ],
  }),
  ...twins({ name: 'record-stat-config', about: 'STAT_CONFIG: how perf stat aggregated', clauses: ['4.6.12'] }, {
    events: [clock],
    records: [own.statConfig([{ tag: 0n, value: 3n }, { tag: 1n, value: 1000n }, { tag: 2n, value: 1n }, { tag: 3n, value: 0n }, { tag: 99n, value: 0x0102030405060708n }])],
  }),
  ...twins({ name: 'record-stat', about: 'STAT: a count of an event', clauses: ['4.6.13'] }, {
    events: [clock],
    records: [
      own.stat({ id: 772n, cpu: 3, thread: 1, value: 0x0102030405060708n, enabled: 0x1112131415161718n, running: 0x2122232425262728n }),
      own.stat({ id: 772n, cpu: -1, thread: -1, value: 0n, enabled: 0n, running: 0n }),
    ],
  }),
  ...twins({ name: 'record-stat-round', about: 'STAT_ROUND: an interval ends, and the last one', clauses: ['4.6.14'] }, {
    events: [clock],
    records: [own.statRound({ kind: 0n, time: 0x0102030405060708n }), own.statRound({ kind: 1n, time: 1n })],
  }),
  ...twins({ name: 'record-event-update', about: 'EVENT_UPDATE: unit, scale, name and CPUs of an event; of an unknown kind and for an unknown id it changes nothing', clauses: ['4.6.15', '4.8.1', '4.8.2', '4.8.3', '4.8.4', '4.8.5', '3.4.2'] }, () => {
    const updated = event({ sampleType: ['IP', 'TID', 'TIME', 'IDENTIFIER'], ids: [772n, 773n], name: 'renamed', unit: 'msec', scale: 1e-6, cpus: [0, 1, 2, 3] });
    const other = event({ config: 2n, name: 'page-faults', sampleType: ['IP', 'TID', 'TIME', 'IDENTIFIER'], ids: [774n] });
    return {
      events: [updated, other],
      records: [
        own.eventUpdate(772n, { kind: 'unit', text: 'msec' }),
        own.eventUpdate(773n, { kind: 'scale', scale: 1e-6 }),
        own.eventUpdate(772n, { kind: 'name', text: 'renamed' }),
        own.eventUpdate(772n, { kind: 'cpus', map: { kind: 'range', any: false, first: 0, last: 3, cpus: [0, 1, 2, 3] } }),
        own.eventUpdate(999n, { kind: 'name', text: 'of nobody' }),
        own.unknownUpdate(4n, 772n, someBytes(8)),
      ],
    };
  }),
  ...twins({ name: 'record-event-update-id', about: 'EVENT_UPDATE with id 0 is for the first event of two; with one event, any id is its', clauses: ['4.8.5', '5.6.1', '5.6.3'] }, () => {
    const [first, second] = [event({ sampleType: ['IP', 'IDENTIFIER'], ids: [772n], name: 'by id 0' }), event({ sampleType: ['IP', 'IDENTIFIER'], ids: [773n] })];
    return { events: [first, second], records: [own.eventUpdate(0n, { kind: 'name', text: 'by id 0' })] };
  }),
  ...twins({ name: 'record-event-update-alone', about: 'EVENT_UPDATE of the only event, which has no ids', clauses: ['4.8.5', '5.6.1'] }, () => {
    const only = event({ sampleType: ['IP'], unit: 'msec' });
    return { events: [only], records: [own.eventUpdate(999n, { kind: 'unit', text: 'msec' })] };
  }),
  ...twins({ name: 'record-time-conv', about: 'TIME_CONV, short and long', clauses: ['4.6.16', '6.2.3'] }, {
    events: [clock],
    records: [
      own.timeConv({ shift: 31n, multiplier: 717509965n, zero: 18435159129179818804n }),
      own.timeConv({ shift: 10n, multiplier: 400n, zero: 5n, long: { cycles: 0x0102030405060708n, mask: 0xffffffffffffffn, hasZero: true, isShort: true } }),
      own.timeConv({ shift: 10n, multiplier: 400n, zero: 0n, long: { cycles: 0n, mask: 0n, hasZero: false, isShort: false } }),
    ],
  }),
  ...twins({ name: 'record-header-feature', about: 'HEADER_FEATURE: one that is known, two that are not (one has a number beyond 32 bits), and the mark of the end', clauses: ['4.6.17', '1.3.1', '1.3.2', '3.1.1'] }, {
    container: 'pipe',
    events: [clock],
    records: [own.headerAttr(clock), own.headerFeature(textFeature('HOSTNAME', 'elsewhere')), own.headerFeature(unknownFeature(77, someBytes(5))), own.headerFeature(unknownFeature(0x1_0000_0003, someBytes(6))), own.endOfFeatures(35), own.finishedInit()],
  }),
  ...twins({ name: 'record-bpf-metadata', about: 'BPF_METADATA: names in 512 bytes or in 256, with and without a trailer', clauses: ['4.6.21', '10.1.17', '5.5.5'] }, {
    events: [clock],
    records: [
      own.bpfMetadata({ program: 'bpf_prog_6deef7357e7b4530_handler', entries: [{ key: 'author', value: '"me"' }, { key: 'version', value: '7' }] }, 512),
      own.bpfMetadata({ program: 'bpf_prog_6deef7357e7b4530_handler', entries: [{ key: 'author', value: '"me"' }] }, 256),
      own.bpfMetadata({ program: 'bpf_prog_6deef7357e7b4530_handler', entries: [{ key: 'author', value: '"me"' }] }, 512, clock),
      own.bpfMetadata({ program: 'empty', entries: [] }, 512),
    ],
  }),
  ...twins({ name: 'record-schedstat-cpu', about: 'SCHEDSTAT_CPU of the versions 15 to 17', clauses: ['4.6.22', '4.9.1', '4.9.2', '4.9.3'] }, {
    events: [clock],
    records: [15, 16, 17].map((version) => own.schedstatCpu({ time: 0x0102030405060708n, cpu: 0x01020304, version, counters: cpuCounters })),
  }),
  ...twins({ name: 'record-schedstat-domain', about: 'SCHEDSTAT_DOMAIN of the versions 15 to 17: 36 counters, or 45', clauses: ['4.6.23', '4.9.1', '4.9.2', '4.9.3'] }, {
    events: [clock],
    records: ([[15, 36], [16, 36], [17, 45]] as const).map(([version, count]) => own.schedstatDomain({ time: 99n, cpu: 3, version, domain: 1, counters: counters(count) })),
  }),
];
