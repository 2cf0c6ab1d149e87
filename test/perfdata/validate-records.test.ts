// Every check of records finds what it is for, in either byte order, and nothing else is found in the same record; sound records give
// nothing. The places are those of the records.

import t, { type Test } from 'tap';
import { fileOf, recordOf, type AttrOptions, type Writer } from './recording.ts';
import { rulesOfRecords, validated } from './validating.ts';
import { RECORD_SHAPES } from '../../src/perfdata/validate/record-shapes.ts';
import { recordTypeName } from '../../src/perfdata/record-types.ts';

type Body = (writer: Writer) => unknown;

/** A record that breaks rules: its type, misc and fields, and the codes of what is to be found in it. */
interface Broken {
  readonly codes: readonly string[];
  readonly type: number;
  readonly misc?: number;
  readonly body: Body;
  /** Without a trailer by default: one event with IP alone. */
  readonly events?: readonly AttrOptions[];
}

const IP_ONLY: readonly AttrOptions[] = [{ sampleType: 1, ids: [5n] }];
const USER = 2;

const text = (value: string, length: number): number[] => Array.from({ length }, (_, i) => value.charCodeAt(i) || 0);
const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);
const mmap = (writer: Writer, start: number | bigint, length: number | bigint): Writer => writer.u32(1).u32(1).u64(start).u64(length).u64(0);
const mmap2 = (writer: Writer, prot: number): Writer => mmap(writer, 0x1000, 0x1000).u32(8).u32(1).u64(1).u64(0).u32(prot).u32(2);
const fork = (writer: Writer, ...tasks: readonly number[]): Writer => tasks.reduce((all, task) => all.u32(task), writer).u64(0);
const twoEvents = (sampleType: number, more: Partial<AttrOptions> = {}): AttrOptions[] => [5n, 6n].map((id) => ({ sampleType, ids: [id], ...more }));

const BROKEN: readonly Broken[] = [
  { codes: ['mapping-end'], type: 1, misc: USER, body: (writer) => mmap(writer, 0x1000, 2n ** 64n - 1n).raw(text('/a', 8)) },
  { codes: ['mapping-empty'], type: 1, misc: USER, body: (writer) => mmap(writer, 0x1000, 0).raw(text('/a', 8)) },
  { codes: ['mapping-prot'], type: 10, misc: USER, body: (writer) => mmap2(writer, 0o644).raw(text('/a', 8)) },
  { codes: ['mapping-rights'], type: 10, misc: USER, body: (writer) => mmap2(writer, 0x01000005).raw(text('/a', 8)) },
  { codes: ['mapping-old'], type: 10, misc: USER, body: (writer) => mmap(writer, 0x1000, 0x1000).u32(8).u32(1).u64(1).u64(0).raw(text('/lib/libc.so.6', 16)) },
  { codes: ['mmap-build-id-size'], type: 10, misc: USER | 0x4000, body: (writer) => mmap(writer, 1, 1).raw([21, 0, 0, 0, ...zeros(20)]).u32(5).u32(2).raw(text('/a', 8)) },
  { codes: ['mmap-build-id-tail'], type: 10, misc: USER | 0x4000, body: (writer) => mmap(writer, 1, 1).raw([8, 0, 0, 0, ...zeros(19), 1]).u32(5).u32(2).raw(text('/a', 8)) },
  { codes: ['lost-id'], type: 2, body: (writer) => writer.u64(99).u64(1).u64(5), events: twoEvents(0x10001) },
  { codes: ['comm-length'], type: 3, body: (writer) => writer.u32(1).u32(1).raw(text('a name of 16 byte', 24)) },
  { codes: ['fork-of-itself'], type: 7, body: (writer) => fork(writer, 7, 7, 8, 8) },
  { codes: ['fork-process'], type: 7, body: (writer) => fork(writer, 7, 1, 8, 1) },
  { codes: ['throttle-id'], type: 5, body: (writer) => writer.u64(0).u64(99).u64(0).u64(5), events: twoEvents(0x10001) },
  { codes: ['unthrottle-id'], type: 6, body: (writer) => writer.u64(0).u64(99).u64(0).u64(5), events: twoEvents(0x10001) },
  { codes: ['read-id'], type: 8, body: (writer) => writer.u32(1).u32(1).u64(3).u64(99).u64(5), events: twoEvents(0x10001, { readFormat: 4 }) },
  { codes: ['record-count-READ'], type: 8, body: (writer) => writer.u32(1).u32(1).u64(3), events: [{ sampleType: 1, readFormat: 4 }] },
  { codes: ['aux-flags'], type: 11, body: (writer) => writer.u64(0).u64(0).u64(0x20) },
  { codes: ['switch-preempted-in'], type: 14, misc: 0x4000, body: () => undefined },
  { codes: ['ksymbol-kind'], type: 17, body: (writer) => writer.u64(0).u32(0).u16(9).u16(0).raw(text('a', 8)) },
  { codes: ['ksymbol-flags'], type: 17, body: (writer) => writer.u64(0).u32(0).u16(1).u16(2).raw(text('a', 8)) },
  { codes: ['bpf-event-kind'], type: 18, body: (writer) => writer.u16(3).u16(0).u32(1).u64(0) },
  { codes: ['deferred-chain-marker'], type: 22, body: (writer) => writer.u64(1).u64(2).u64(0x1000).u64(-100n) },
  { codes: ['record-count-CALLCHAIN_DEFERRED'], type: 22, body: (writer) => writer.u64(1).u64(3).u64(-512n).u64(1) },
  { codes: ['record-count-NAMESPACES'], type: 16, body: (writer) => writer.u32(1).u32(1).u64(2).u64(0).u64(0) },
  { codes: ['record-count-TEXT_POKE'], type: 20, body: (writer) => writer.u64(0).u16(9).u16(9).u32(0) },
  { codes: ['record-padding-TEXT_POKE'], type: 20, body: (writer) => writer.u64(0).u16(1).u16(1).raw([1, 2, 9, 0]) },
  { codes: ['misc-mode'], type: 13, misc: 7, body: (writer) => writer.u64(1) },
  { codes: ['misc-reserved'], type: 13, misc: 0x10, body: (writer) => writer.u64(1) },
  { codes: ['misc-bits-LOST_SAMPLES'], type: 13, misc: 0x2000, body: (writer) => writer.u64(1) },
  { codes: ['text-end-CGROUP'], type: 19, body: (writer) => writer.u64(1).raw(text('/a/b/c/d', 8)) },
  { codes: ['text-padding-CGROUP'], type: 19, body: (writer) => writer.u64(1).raw(text('/a\0b', 8)) },
  { codes: ['text-space-CGROUP'], type: 19, body: (writer) => writer.u64(1).raw(text('/a', 16)) },
  { codes: ['record-size-LOST_SAMPLES'], type: 13, body: (writer) => writer.u64(1).u32(0) },
  { codes: ['trailer-cpu-reserved'], type: 13, body: (writer) => writer.u64(1).u32(0).u32(1), events: [{ sampleType: 0x81 }] },
  { codes: ['trailer-cut'], type: 14, body: () => undefined, events: [{ sampleType: 0x85 }] },
  { codes: ['record-type'], type: 45, body: (writer) => writer.u64(1) },
  { codes: ['record-simpleperf'], type: 32_775, body: (writer) => writer.u64(1) },
  { codes: ['unknown-event-id'], type: 13, body: (writer) => writer.u64(1).u64(99), events: twoEvents(0x10001) },

  { codes: ['attr-record-ids'], type: 64, body: (writer) => writer.u32(1).u32(64).raw(zeros(56)).u32(1) },
  { codes: ['attr-software'], type: 64, body: (writer) => writer.u32(1).u32(64).u64(12).raw(zeros(48)) },
  { codes: ['event-type-short'], type: 65, body: (writer) => writer.u64(1).raw(text('cycles', 8)) },
  { codes: ['payload-cut', 'tracing-data-size'], type: 66, body: (writer) => writer.u32(4).u32(0).u32(0) },
  { codes: ['tracing-data-old'], type: 66, body: (writer) => writer.u32(0) },
  { codes: ['build-id-size'], type: 67, misc: USER | 0x8000, body: (writer) => writer.u32(1).raw([...zeros(20), 21, 0, 0, 0]).raw(text('/a', 4)) },
  { codes: ['build-id-tail'], type: 67, misc: USER | 0x8000, body: (writer) => writer.u32(1).raw([1, ...zeros(18), 1, 8, 0, 0, 0]).raw(text('/a', 4)) },
  { codes: ['build-id-old'], type: 67, misc: USER, body: (writer) => writer.u32(1).raw([1, ...zeros(23)]).raw(text('/a', 4)) },
  { codes: ['build-id-name'], type: 67, misc: USER | 0x8000, body: (writer) => writer.u32(1).raw([...zeros(20), 20, 0, 0, 0]).raw(zeros(4)) },
  { codes: ['id-index-id'], type: 69, body: (writer) => writer.u64(1).u64(99).u64(0).u64(0).u64(0), events: twoEvents(0x10001) },
  { codes: ['record-count-ID_INDEX'], type: 69, body: (writer) => writer.u64(2).u64(5).u64(0).u64(0).u64(0) },
  { codes: ['auxtrace-kind'], type: 70, body: (writer) => writer.u32(99).u32(0) },
  { codes: ['auxtrace-error-layout'], type: 72, body: (writer) => writer.raw(zeros(20)).u32(3).raw(zeros(88)) },
  { codes: ['auxtrace-error-old'], type: 72, body: (writer) => writer.raw(zeros(96)) },
  { codes: ['record-count-AUXTRACE_ERROR'], type: 72, body: (writer) => writer.raw(zeros(20)).u32(2).raw(zeros(72)) },
  { codes: ['record-count-THREAD_MAP'], type: 73, body: (writer) => writer.u64(2).u64(1).u64(0).u64(0) },
  { codes: ['cpu-set-kind'], type: 74, body: (writer) => writer.u16(3).u16(0).u32(0) },
  { codes: ['cpu-set-word'], type: 74, body: (writer) => writer.u16(1).u16(0).u16(5).u16(0) },
  { codes: ['cpu-set-range'], type: 74, body: (writer) => writer.u16(2).u16(0).u16(5).u16(4) },
  { codes: ['record-count-CPU_MAP'], type: 74, body: (writer) => writer.u16(0).u16(9).u32(0) },
  { codes: ['stat-config-tag'], type: 75, body: (writer) => writer.u64(1).u64(9).u64(0) },
  { codes: ['record-count-STAT_CONFIG'], type: 75, body: (writer) => writer.u64(9).u64(0).u64(0) },
  { codes: ['stat-id'], type: 76, body: (writer) => writer.u64(99).raw(zeros(32)), events: twoEvents(0x10001) },
  { codes: ['stat-round-kind'], type: 77, body: (writer) => writer.u64(2).u64(0) },
  { codes: ['event-update-kind'], type: 78, body: (writer) => writer.u64(4).u64(5).u64(0) },
  { codes: ['event-update-id'], type: 78, body: (writer) => writer.u64(0).u64(99).raw(text('ms', 8)), events: twoEvents(0x10001) },
  { codes: ['record-count-EVENT_UPDATE'], type: 78, body: (writer) => writer.u64(1).u64(5) },
  { codes: ['text-end-EVENT_UPDATE'], type: 78, body: (writer) => writer.u64(2).u64(5).raw(text('cpu-clock', 8)) },
  { codes: ['record-long-TIME_CONV'], type: 79, body: (writer) => writer.raw(zeros(32)) },
  { codes: ['time-conv-shift'], type: 79, body: (writer) => writer.u64(64).u64(1).u64(0) },
  { codes: ['feature-3-damaged'], type: 80, body: (writer) => writer.u64(3).u32(64).u32(0) },
  { codes: ['feature-unknown'], type: 80, body: (writer) => writer.u64(60).u32(64).u32(0) },
  { codes: ['misc-own'], type: 82, misc: 0x10, body: () => undefined },
  { codes: ['record-long-FINISHED_ROUND'], type: 68, body: (writer) => writer.u64(0) },
  { codes: ['bpf-metadata-name'], type: 84, body: (writer) => writer.raw(zeros(520)) },
  { codes: ['bpf-metadata-short'], type: 84, body: (writer) => writer.raw(text('prog', 256)).u64(1).raw(text('key', 320)) },
  { codes: ['record-count-BPF_METADATA'], type: 84, body: (writer) => writer.raw(text('prog', 512)).u64(9) },
  { codes: ['schedstat-version'], type: 85, body: (writer) => writer.u64(0).u32(0).u16(99).u16(0).raw(zeros(48)) },
  { codes: ['schedstat-version'], type: 86, body: (writer) => writer.u64(0).u32(0).u16(14).u16(0).raw(zeros(48)) },
  { codes: ['record-count-SCHEDSTAT_DOMAIN'], type: 86, body: (writer) => writer.u64(0).u32(0).u16(15).u16(0).raw(zeros(48)) },
  { codes: ['zstd'], type: 81, body: (writer) => writer.u64(1) },
  { codes: ['compressed-size', 'zstd'], type: 83, body: (writer) => writer.u64(99).u64(1) },
  { codes: ['record-long-COMPRESSED2'], type: 83, body: (writer) => writer.u64(0).u64(0) },
];

/** Samples of one event: its sampleType, what else its attr says, and the fields that follow the header. */
const BROKEN_SAMPLES: readonly (readonly [codes: readonly string[], attr: AttrOptions, body: Body, misc?: number])[] = [
  [['misc-bits-SAMPLE'], { sampleType: 1 }, (writer) => writer.u64(1), 0x2000],
  [['sample-cut'], { sampleType: 3 }, (writer) => writer.u64(1)],
  [['sample-too-long'], { sampleType: 1 }, (writer) => writer.u64(1).u64(1)],
  [['sample-size', 'sample-too-long'], { sampleType: 1 }, (writer) => writer.u64(1).u32(1)],
  [['attr-sample-type', 'sample-unknown-missing'], { sampleType: 0x2000001 }, (writer) => writer.u64(1)],
  [['attr-sample-type', 'sample-fields-unknown'], { sampleType: 0x2000001 }, (writer) => writer.u64(1).u64(1)],
  [['sample-time'], { sampleType: 4 }, (writer) => writer.u64(0)],
  [['sample-cpu-reserved'], { sampleType: 0x80 }, (writer) => writer.u32(0).u32(1)],
  [['sample-read-group'], { sampleType: 0x10, readFormat: 8 }, (writer) => writer.u64(0)],
  [['sample-read-id'], { sampleType: 0x10, readFormat: 12, ids: [5n] }, (writer) => writer.u64(2).u64(1).u64(5).u64(1).u64(99)],
  [['sample-read-id'], { sampleType: 0x10, readFormat: 7, ids: [5n] }, (writer) => writer.u64(2).u64(1).u64(5).u64(99)],
  [['chain-marker'], { sampleType: 0x20 }, (writer) => writer.u64(3).u64(-512n).u64(1).u64(-77n)],
  [['chain-deferred'], { sampleType: 0x20 }, (writer) => writer.u64(4).u64(-128n).u64(-640n).u64(7).u64(8)],
  [['chain-start'], { sampleType: 0x20 }, (writer) => writer.u64(2).u64(0x1000).u64(0x2000)],
  [['raw-size', 'sample-size'], { sampleType: 0x400 }, (writer) => writer.u32(2).raw([1, 2])],
  [['branch-flags'], { sampleType: 0x800 }, (writer) => writer.u64(1).u64(1).u64(2).u64(writer.littleEndian ? 1n << 40n : 1n << 20n)],
  [['user-abi'], { sampleType: 0x1000, sampleRegsUser: 1n }, (writer) => writer.u64(3).u64(0)],
  [['stack-size', 'sample-size'], { sampleType: 0x2000, sampleStackUser: 64 }, (writer) => writer.u64(4).u32(0).u64(4)],
  [['stack-asked'], { sampleType: 0x2000, sampleStackUser: 8 }, (writer) => writer.u64(16).u64(0).u64(0).u64(16)],
  [['stack-valid'], { sampleType: 0x2000, sampleStackUser: 8 }, (writer) => writer.u64(8).u64(0).u64(16)],
  [['data-src'], { sampleType: 0x8000 }, (writer) => writer.u64(1n << 60n)],
  [['transaction'], { sampleType: 0x20000 }, (writer) => writer.u64(1 << 20)],
  [['intr-abi'], { sampleType: 0x40000, sampleRegsIntr: 1n }, (writer) => writer.u64(9).u64(0)],
];

const seen = new Set<string>();

async function expectOf(test: Test, name: string, bytes: Uint8Array, codes: readonly string[], offset: number): Promise<void> {
  const { findings, codes: found } = await validated(bytes);
  for (const code of found) seen.add(code);
  test.same(found, [...codes].sort(), name);
  const places = findings.filter(({ code }) => !code.startsWith('attr-') && !code.startsWith('feature')).map((finding) => finding.offset);
  test.ok(places.every((place) => place === offset), `${name}: at the record`);
}

for (const littleEndian of [true, false]) {
  const order = littleEndian ? 'little-endian' : 'big-endian';
  t.test(`records, ${order}`, async (t) => {
    for (const { codes, type, misc = 0, body, events = IP_ONLY } of BROKEN) {
      const record = recordOf(littleEndian, type, misc, (writer) => void body(writer));
      const bytes = fileOf(littleEndian, events, [record]);
      await expectOf(t, `${recordTypeName(type)} ${codes.join(', ')}`, bytes, codes, bytes.length - record.length);
    }
  });
  t.test(`samples, ${order}`, async (t) => {
    for (const [codes, attr, body, misc = 0] of BROKEN_SAMPLES) {
      const record = recordOf(littleEndian, 9, misc, (writer) => void body(writer));
      const bytes = fileOf(littleEndian, [attr], [record]);
      await expectOf(t, codes.join(', '), bytes, codes, bytes.length - record.length);
    }
  });
  t.test(`records that are too short, ${order}`, async (t) => {
    for (const { type, least } of RECORD_SHAPES) {
      if (least <= 8) continue;
      const record = recordOf(littleEndian, type, 0, (writer) => void writer.raw(zeros(least - 9)));
      const { codes } = await validated(fileOf(littleEndian, IP_ONLY, [record]));
      for (const code of codes) seen.add(code);
      t.ok(codes.includes(`record-short-${recordTypeName(type)}`), recordTypeName(type));
    }
  });
}

t.test('late records, by the promise of the rounds', async (t) => {
  const round = recordOf(true, 68, 0, () => undefined);
  const sample = (time: number): Uint8Array => recordOf(true, 9, USER, (writer) => void writer.u64(time));
  const codesOf = async (records: readonly Uint8Array[]): Promise<readonly string[]> => (await validated(fileOf(true, [{ sampleType: 4 }], records))).codes;
  t.same(await codesOf([sample(10), round, sample(5), round, sample(9)]), ['late-record'], 'after two rounds nothing is before the first');
  t.same(await codesOf([sample(10), round, sample(5), sample(20), round, sample(15)]), [], 'within a round and the one after it any order is right');
  t.same(await codesOf([sample(10), sample(5), sample(1)]), [], 'without rounds nothing is promised');
  seen.add('late-record');
});

t.test('every rule for records was broken above', async (t) => {
  // Those of all types by one type each, and those that need a whole recording (validate-files.test.ts).
  const generic = /^(?:record-(?:long|padding|size|count)|misc-bits|text-(?:end|padding|space))-|^record-short-(?:SWITCH|FINISHED_ROUND|FINISHED_INIT|COMPRESSED)$/;
  const missing = rulesOfRecords().map(({ code }) => code).filter((code) => !seen.has(code) && !generic.test(code));
  t.same(missing, ['sample-cpu', 'raw-event', 'trailer-cpu']);
});
