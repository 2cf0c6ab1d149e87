// The declared layouts: equal to the hand-written readers on random bytes of both orders. test/project/spec.test.ts holds SPEC.md's
// tables against them.

import fc from 'fast-check';
import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import type { Layout, LayoutFields } from '../../src/bytes/layout.ts';
import { decodeText } from '../../src/bytes/text.ts';
import { readAttr } from '../../src/perfdata/attr.ts';
import { EventTable } from '../../src/perfdata/event-table.ts';
import { Features } from '../../src/perfdata/features/features.ts';
import * as entries from '../../src/perfdata/layouts/record-entries.ts';
import * as layouts from '../../src/perfdata/layouts/records.ts';
import { featureNumber, takeHeaderRecord } from '../../src/perfdata/pipe-prelude.ts';
import { type RecordView, viewOfRecord } from '../../src/perfdata/record-view.ts';
import { readBpfMetadata, readEventType, readEventUpdate, readSchedstat, readTimeConv } from '../../src/perfdata/records/about-recording.ts';
import { readAux, readAuxOutputHwId, readAuxtrace, readAuxtraceError, readAuxtraceInfo } from '../../src/perfdata/records/auxtrace.ts';
import { readBuildId } from '../../src/perfdata/records/build-id.ts';
import { readCallchainDeferred } from '../../src/perfdata/records/callchain-deferred.ts';
import { readBpfEvent, readKsymbol, readTextPoke } from '../../src/perfdata/records/kernel-code.ts';
import { readLost, readLostSamples, readThrottle } from '../../src/perfdata/records/loss.ts';
import { readCpuMap, readIdIndex, readThreadMap } from '../../src/perfdata/records/maps.ts';
import { MmapRecord } from '../../src/perfdata/records/mmap.ts';
import { readReadRecord, readStat, readStatConfig, readStatRound } from '../../src/perfdata/records/stat.ts';
import { readCgroup, readItraceStart, readNamespaces, readSwitch } from '../../src/perfdata/records/switch.ts';
import { CommRecord, TaskRecord } from '../../src/perfdata/records/task.ts';
import { TimeBase } from '../../src/perfdata/time-base.ts';
import { attrBytes, fileOf, recordOf, summary } from './recording.ts';

type Fields = Readonly<Record<string, unknown>>;

const bytesText = (bytes: unknown): string => (bytes as number[]).map((byte) => byte.toString(16).padStart(2, '0')).join('');
const textOf = (bytes: unknown): string => decodeText(Uint8Array.from(bytes as number[]), 0, (bytes as number[]).length);
const number = (value: unknown): number => Number(value);
const signed = (value: unknown): number => Number(BigInt.asIntN(64, value as bigint));

/** For each layout: what a reader says of a record, and what the declared fields say it should be. */
const READERS: readonly [Layout<LayoutFields>, number, number, (record: RecordView) => unknown, (fields: Fields) => unknown][] = [
  [layouts.mmapLayout, 1, 0, readMmap, (f) => ({ ...mapped(f), major: 0, minor: 0, inode: 0, generation: 0, prot: 5, flags: 0, buildId: '' })],
  [layouts.mmap2Layout, 10, 0, readMmap, (f) => ({ ...mapped(f), major: f['major'], minor: f['minor'], inode: number(f['inode']), generation: number(f['generation']), prot: f['prot'], flags: f['flags'], buildId: '' })],
  [layouts.mmap2BuildIdLayout, 10, 1 << 14, readMmap, (f) => ({ ...mapped(f), major: 0, minor: 0, inode: 0, generation: 0, prot: f['prot'], flags: f['flags'], buildId: buildId(f) })],
  [layouts.commLayout, 3, 1 << 13, readComm, (f) => ({ pid: f['pid'], tid: f['tid'], isExec: true })],
  [layouts.taskLayout, 7, 0, readTask, (f) => ({ pid: f['pid'], ppid: f['ppid'], tid: f['tid'], ptid: f['ptid'], time: f['time'] })],
  [layouts.lostLayout, 2, 0, readLost, (f) => ({ id: f['id'], lost: number(f['lost']) })],
  [layouts.throttleLayout, 5, 0, readThrottle, (f) => ({ time: f['time'], id: f['id'], streamId: f['streamId'] })],
  [layouts.readLayout, 8, 0, readRead, (f) => ({ pid: f['pid'], tid: f['tid'] })],
  [layouts.lostSamplesLayout, 13, 1 << 15, readLostSamples, (f) => ({ lost: number(f['lost']), isFiltered: true })],
  [layouts.auxLayout, 11, 0, readAux, (f) => ({ auxOffset: f['auxOffset'], auxSize: f['auxSize'], flags: f['flags'] })],
  [layouts.itraceStartLayout, 12, 0, readItraceStart, (f) => ({ pid: f['pid'], tid: f['tid'] })],
  [layouts.switchCpuWideLayout, 15, 1 << 13, readSwitch, (f) => ({ isOut: true, isPreempted: false, otherPid: f['otherPid'], otherTid: f['otherTid'] })],
  [layouts.namespacesLayout, 16, 0, readNamespaces, (f) => ({ pid: f['pid'], tid: f['tid'], namespaces: [] })],
  [layouts.ksymbolLayout, 17, 0, (r) => readKsymbol(r, undefined), (f) => ({ address: signed(f['address']), length: f['length'], kind: f['kind'], flags: f['flags'], isUnregistered: (number(f['flags']) & 1) === 1, name: '' })],
  [layouts.bpfEventLayout, 18, 0, readBpfEvent, (f) => ({ kind: f['kind'], flags: f['flags'], id: f['id'], tag: bytesText(f['tag']) })],
  [layouts.cgroupLayout, 19, 0, (r) => readCgroup(r, undefined), (f) => ({ id: f['id'], path: '' })],
  [layouts.textPokeLayout, 20, 0, (r) => readTextPoke(r), (f) => (number(f['oldLength']) + number(f['newLength']) === 0 ? { address: signed(f['address']), oldBytes: new Uint8Array(0), newBytes: new Uint8Array(0) } : undefined)],
  [layouts.auxOutputHwIdLayout, 21, 0, readAuxOutputHwId, (f) => f['hardwareId']],
  [layouts.callchainDeferredLayout, 22, 0, readCallchainDeferred, (f) => (f['count'] === 0n ? { cookie: f['cookie'], chainOffset: 24, chainLength: 0 } : undefined)],
  [layouts.headerAttrLayout, 64, 0, readHeaderAttr, (f) => attrFits(f) && [{ type: f['attrType'], ids: (248 - (number(f['attrSize']) || 64)) >> 3 }]],
  [layouts.headerEventTypeLayout, 65, 0, readEventType, (f) => ({ id: f['eventConfig'], name: textOf(f['name']) })],
  [layouts.buildIdLayout, 67, 1 << 15, readBuildId, (f) => ({ mode: 0, pid: f['pid'], buildId: buildId(f), filename: '' })],
  [layouts.auxtraceInfoLayout, 70, 0, readAuxtraceInfo, (f) => ({ kind: f['kind'], values: [] })],
  [layouts.auxtraceLayout, 71, 0, readAuxtrace, (f) => ({ dataSize: number(f['dataSize']), traceOffset: f['traceOffset'], reference: f['reference'], index: f['index'], tid: f['tid'], cpu: f['cpu'] })],
  [layouts.auxtraceErrorLayout, 72, 0, readAuxtraceError, auxtraceError],
  [layouts.statLayout, 76, 0, readStat, (f) => ({ id: f['id'], cpu: f['cpu'], thread: f['thread'], value: f['value'], enabled: f['enabled'], running: f['running'] })],
  [layouts.statRoundLayout, 77, 0, readStatRound, (f) => ({ isFinal: f['kind'] === 1n, time: f['time'] })],
  [layouts.eventUpdateLayout, 78, 0, readEventUpdate, (f) => [{ id: f['id'], kind: 'unit', text: '' }, undefined, { id: f['id'], kind: 'name', text: '' }, { id: f['id'], kind: 'cpus', cpus: [] }][number(f['kind'])]],
  [layouts.timeConvLayout, 79, 0, (r) => readTimeConv(longer(r, 6)), (f) => ({ shift: f['shift'], multiplier: f['multiplier'], zero: f['zero'], cycles: f['cycles'], mask: f['mask'], hasZero: f['hasZero'] !== 0, isShort: f['isShort'] !== 0 })],
  [layouts.headerFeatureLayout, 80, 0, featureNumber, (f) => number(f['number'])],
  [layouts.bpfMetadataLayout, 84, 0, readBpfMetadata, (f) => (f['count'] === 0n ? { program: textOf(f['program']), entries: [] } : undefined)],
  [layouts.schedstatCpuLayout, 85, 0, readSchedstat, (f) => ({ timestamp: f['timestamp'], cpu: f['cpu'], version: f['version'], domain: f['reserved'], countersOffset: offsetOf(layouts.schedstatCpuLayout, 'yieldCount') })],
  [layouts.schedstatDomainLayout, 86, 0, readSchedstat, (f) => ({ timestamp: f['timestamp'], cpu: f['cpu'], version: f['version'], domain: f['domain'], countersOffset: layouts.schedstatDomainLayout.size })],
];

/** Lists behind records: the record's layout, that of an entry, what a reader says of the entries, and what the fields of one say. */
const LISTS: readonly [Layout<LayoutFields>, number, Layout<LayoutFields>, (record: RecordView) => readonly unknown[], (fields: Fields) => unknown][] = [
  [layouts.namespacesLayout, 16, entries.namespaceLayout, (r) => readNamespaces(r)!.namespaces, (f) => ({ device: f['device'], inode: f['inode'] })],
  [layouts.idIndexLayout, 69, entries.idIndexEntryLayout, readIdIndex, (f) => ({ id: f['id'], index: number(f['index']), cpu: number(f['cpu']), tid: number(f['tid']), machinePid: 0, vcpu: -1 })],
  [layouts.threadMapLayout, 73, entries.threadMapEntryLayout, readThreadMap, (f) => ({ tid: number(f['tid']), name: textOf(f['name']) })],
  [layouts.statConfigLayout, 75, entries.statConfigEntryLayout, readStatConfig, (f) => ({ tag: f['tag'], value: f['value'] })],
  [layouts.bpfMetadataLayout, 84, entries.bpfMetadataEntryLayout, (r) => readBpfMetadata(r)!.entries, (f) => ({ key: textOf(f['key']), value: textOf(f['value']) })],
];

function mapped(f: Fields): Fields {
  return { pid: f['pid'], tid: f['tid'], start: signed(f['start']), length: number(f['length']), pageOffset: signed(f['pageOffset']) };
}

function buildId(f: Fields): string {
  return bytesText(f['buildId']).slice(0, 2 * Math.min(number(f['buildIdSize']), 20));
}

function offsetOf(layout: Layout<LayoutFields>, name: string): number {
  return layout.fields.find((field) => field.name === name)!.offset;
}

/** The record with so many bytes of zeros behind it. */
function longer(record: RecordView, count: number): RecordView {
  const bytes = new Uint8Array(record.end + count);
  bytes.set(record.bytes.subarray(0, record.end));
  return viewOfRecord(bytes, record.littleEndian);
}

function readMmap(record: RecordView): unknown {
  const mmap = new MmapRecord();
  if (!mmap.read(record, undefined)) return undefined;
  const { pid, tid, start, length, pageOffset, major, minor, inode, generation, prot, flags, buildId } = mmap;
  return { pid, tid, start, length, pageOffset, major, minor, inode, generation, prot, flags, buildId };
}

function readComm(record: RecordView): unknown {
  const comm = new CommRecord();
  return comm.read(record, undefined) ? { pid: comm.pid, tid: comm.tid, isExec: comm.isExec } : undefined;
}

function readTask(record: RecordView): unknown {
  const timeBase = new TimeBase();
  const task = new TaskRecord(timeBase);
  if (!task.read(record)) return undefined;
  return { pid: task.pid, ppid: task.ppid, tid: task.tid, ptid: task.ptid, time: timeBase.exact(task.time) };
}

/** Without its values, of which there is one. */
function readRead(record: RecordView): unknown {
  const read = readReadRecord(longer(record, 8), 0, 0);
  return read === undefined ? undefined : { pid: read.pid, tid: read.tid };
}

/** With 240 bytes behind the attr's first fields: the rest of an attr, then ids. */
function readHeaderAttr(record: RecordView): unknown {
  const events = new EventTable();
  takeHeaderRecord(longer(record, 240), events, new Features(record.littleEndian, new Diagnostics()), new Diagnostics());
  return events.events.length > 0 && events.events.map(({ attr, ids }) => ({ type: attr.type, ids: ids.length }));
}

function attrFits(f: Fields): boolean {
  const size = number(f['attrSize']) || 64;
  return size >= 64 && size <= 248;
}

function auxtraceError(f: Fields): unknown {
  const layout = number(f['layout']);
  const common = { kind: f['kind'], code: f['code'], cpu: f['cpu'], pid: f['pid'], tid: f['tid'], layout, ip: signed(f['ip']) };
  // Only tested with the fields of layout 2 and, of zeros, those of layout 0.
  return layout > 1
    ? { ...common, time: f['time'], message: textOf(f['message']), machinePid: f['machinePid'], vcpu: f['vcpu'] }
    : { ...common, message: '' };
}

/** Values beyond 2^53 are rounded in both. */
function asText(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `${each}n` : each)) ?? '';
}

function setHeader(bytes: Uint8Array, type: number, misc: number, littleEndian: boolean): DataView {
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, littleEndian);
  view.setUint16(4, misc, littleEndian);
  view.setUint16(6, bytes.length, littleEndian);
  return view;
}

t.test('readers of records agree with the declared layouts', async (t) => {
  for (const [layout, type, misc, read, wanted] of READERS) {
    let understood = 0;
    fc.assert(
      fc.property(fc.uint8Array({ minLength: layout.size, maxLength: layout.size }), fc.boolean(), fc.boolean(), fc.nat(4), (bytes, littleEndian, zeros, small) => {
        if (zeros) bytes.fill(0, layout === layouts.bpfMetadataLayout ? offsetOf(layout, 'count') : 16);
        const view = setHeader(bytes, type, misc, littleEndian);
        // Numbers of which few values mean anything.
        if (layout === layouts.eventUpdateLayout) view.setBigUint64(8, BigInt(small), littleEndian);
        if (layout === layouts.headerAttrLayout) view.setUint32(12, [0, 64, 136, 8, 256][small]!, littleEndian);
        // Four printable characters would be the beginning of a name (SPEC 10.2.6).
        if (layout === layouts.mmap2Layout) view.setUint8(littleEndian ? 67 : 64, small);
        const fields = layout.parse(bytes, littleEndian)!;
        const found = asText(read(viewOfRecord(bytes, littleEndian)));
        if (found !== asText(wanted(fields))) throw new Error(`${layout.name}: ${found} instead of ${asText(wanted(fields))}`);
        if (found !== '') understood++;
        return layout.parse(bytes.subarray(1), littleEndian) === undefined;
      }),
      { numRuns: 100 },
    );
    t.ok(understood > 0, layout.name);
  }
});

t.test('lists behind records agree with the declared layouts', async (t) => {
  for (const [head, type, layout, read, wanted] of LISTS) {
    fc.assert(
      fc.property(fc.nat(5), fc.boolean(), fc.infiniteStream(fc.nat(255)), (count, littleEndian, random) => {
        const bytes = new Uint8Array(head.size + count * layout.size);
        for (let i = 8; i < bytes.length; i++) bytes[i] = random.next().value!;
        setHeader(bytes, type, 0, littleEndian).setBigUint64(offsetOf(head, 'count'), BigInt(count), littleEndian);
        const expected = Array.from({ length: count }, (_, i) => wanted(layout.parse(bytes, littleEndian, head.size + i * layout.size)!));
        const found = asText(read(viewOfRecord(bytes, littleEndian)));
        if (found !== asText(expected)) throw new Error(`${layout.name}: ${found} instead of ${asText(expected)}`);
      }),
      { numRuns: 50 },
    );
    t.pass(layout.name);
  }
  // ID_INDEX may have as many entries about guests behind its own.
  for (const littleEndian of [true, false]) {
    const bytes = Uint8Array.from({ length: 16 + 2 * 32 + 2 * 16 }, (_, i) => (i * 37) & 0xff);
    setHeader(bytes, 69, 0, littleEndian).setBigUint64(8, 2n, littleEndian);
    const guests = [0, 1].map((i) => entries.idIndexGuestLayout.parse(bytes, littleEndian, 16 + 2 * 32 + i * 16)!);
    t.same(
      readIdIndex(viewOfRecord(bytes, littleEndian)).map(({ machinePid, vcpu }) => ({ machinePid, vcpu })),
      guests.map((guest) => ({ machinePid: number(guest['machinePid']), vcpu: number(guest['vcpu']) })),
    );
  }
});

t.test('sets of CPUs agree with the declared layouts', async (t) => {
  const SETS = [[entries.cpuListLayout, 0, 2], [entries.cpuMask32Layout, 1, 4], [entries.cpuMask64Layout, 1, 8], [entries.cpuRangeLayout, 2, 0]] as const;
  for (const [layout, kind, elementSize] of SETS) {
    fc.assert(
      fc.property(fc.nat(4), fc.boolean(), fc.infiniteStream(fc.nat(255)), (count, littleEndian, random) => {
        const bytes = new Uint8Array(8 + layout.size + count * elementSize);
        for (let i = 8; i < bytes.length; i++) bytes[i] = random.next().value!;
        const view = setHeader(bytes, 74, 0, littleEndian);
        view.setUint16(8, kind, littleEndian);
        if (kind !== 2) view.setUint16(8 + offsetOf(layout, 'count'), count, littleEndian);
        if (kind === 1) view.setUint16(8 + offsetOf(layout, 'wordSize'), elementSize, littleEndian);
        const fields = layout.parse(bytes, littleEndian, 8)!;
        const [first, last] = [number(fields['first']), number(fields['last'])];
        const start = 8 + layout.size;
        const expected: number[] = kind === 2 && fields['any'] !== 0 ? [-1] : [];
        if (kind === 2) for (let cpu = first; cpu <= last; cpu++) expected.push(cpu);
        for (let i = 0; kind === 0 && i < count; i++) expected.push(view.getInt16(start + i * 2, littleEndian));
        for (let bit = 0; kind === 1 && bit < count * elementSize * 8; bit++) {
          const word = start + Math.floor(bit / (elementSize * 8)) * elementSize;
          const value = elementSize === 8 ? view.getBigUint64(word, littleEndian) : BigInt(view.getUint32(word, littleEndian));
          if ((value >> BigInt(bit % (elementSize * 8))) & 1n) expected.push(bit);
        }
        const found = readCpuMap(viewOfRecord(bytes, littleEndian));
        if (asText(found) !== asText(expected)) throw new Error(`${layout.name}: ${asText(found)} instead of ${asText(expected)}`);
      }),
      { numRuns: 50 },
    );
    t.pass(layout.name);
  }
});

t.test('what follows a record, and what is packed in one, is as long as the layouts say', async (t) => {
  for (const littleEndian of [true, false]) {
    const tracing = recordOf(littleEndian, 66, 0, (writer) => writer.u32(24).u32(0));
    t.equal(layouts.headerTracingDataLayout.parse(tracing, littleEndian)?.['dataSize'], 24);
    const header = (type: number): Uint8Array => recordOf(littleEndian, type, 0, () => {});
    // A zstd frame of one block that is not compressed.
    const frame = [0x28, 0xb5, 0x2f, 0xfd, 0x20, 16, 0x81, 0, 0, ...header(68), ...header(82)];
    const compressed = recordOf(littleEndian, 83, 0, (writer) => writer.u64(frame.length).raw(frame).raw(new Uint8Array(7)));
    t.equal(layouts.compressed2Layout.parse(compressed, littleEndian)?.['dataSize'], BigInt(frame.length));
    const { lines, damage } = summary(fileOf(littleEndian, [{ sampleType: 1 }], [tracing, new Uint8Array(24), compressed, header(68)]));
    t.same(lines.map((line) => line.split(' ')[0]), ['TRACING_DATA', 'COMPRESSED2', 'FINISHED_ROUND', 'FINISHED_INIT', 'FINISHED_ROUND']);
    t.same(damage, []);
  }
});

t.test('attrs of both orders say the same', async (t) => {
  const options = { sampleType: 0x1ffffff, readFormat: 31, branchSampleType: 5n, sampleRegsUser: 0xff0fffn, sampleRegsIntr: 1n << 63n, samplePeriod: 99 };
  const little = readAttr(attrBytes(true, options), true)!;
  const big = readAttr(attrBytes(false, options), false)!;
  t.same({ ...little, bytes: undefined }, { ...big, bytes: undefined });
  t.ok(big.sampleIdAll);
  t.equal(big.sampleRegsIntr, 1n << 63n);
  // precise_ip = 1 in both orders: bit 15, and bit 47 of the big-endian word.
  const precise = (littleEndian: boolean): number => {
    const bytes = attrBytes(littleEndian, { sampleType: 0 });
    new DataView(bytes.buffer).setBigUint64(40, littleEndian ? 1n << 15n : 1n << 47n, littleEndian);
    return readAttr(bytes, littleEndian)!.preciseIp;
  };
  t.same([precise(true), precise(false)], [1, 1]);
  t.equal(readAttr(new Uint8Array(63), true), undefined, 'too short');
  t.equal(readAttr(new Uint8Array(64), true)?.size, 64, 'size 0 means the first version');
});

t.test('names of events', async (t) => {
  const nameOf = (type: number, config: bigint, flags: bigint, bpType = 0): string => {
    const bytes = attrBytes(true, { sampleType: 0 });
    const view = new DataView(bytes.buffer);
    view.setUint32(0, type, true);
    view.setBigUint64(8, config, true);
    view.setBigUint64(40, flags, true);
    view.setUint32(52, bpType, true);
    view.setBigUint64(56, 0x1234n, true);
    return new EventTable().add(readAttr(bytes, true)!, [], new Diagnostics(), 0)!.name;
  };
  t.equal(nameOf(0, 0n, 0n), 'cycles');
  t.equal(nameOf(0, 1n, 0b11n << 15n), 'instructions:ppp');
  t.equal(nameOf(1, 9n, (1n << 5n) | (1n << 6n)), 'dummy:u');
  t.equal(nameOf(3, 0x10000n, 0n), 'L1-dcache-load-misses');
  t.equal(nameOf(3, 0x2n, 0n), 'LLC-loads');
  t.equal(nameOf(4, 0x1a8n, 1n << 4n), 'raw 0x1a8:kh');
  t.equal(nameOf(5, 0n, 0n, 3), 'mem:0x1234:rw');
  t.equal(nameOf(2, 0x1bbn, 0n), 'unknown tracepoint id=0x1bb');
  t.equal(nameOf(17, 2n, 0n), 'unknown event PMU=17 config=0x2');
  t.equal(nameOf(1, 0n, 1n << 20n), 'cpu-clock:H');
});
