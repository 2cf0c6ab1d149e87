// The declared layouts: equal to the hand-written readers on random bytes of both orders, and to the tables in SPEC.md.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { readAttr } from '../../src/perfdata/attr.ts';
import { EventTable } from '../../src/perfdata/event-table.ts';
import { attrLayout } from '../../src/perfdata/layouts/attr.ts';
import { fileHeaderLayout, pipeHeaderLayout, sectionLayout } from '../../src/perfdata/layouts/file-header.ts';
import type { Layout } from '../../src/perfdata/layouts/layout.ts';
import { layoutTable } from '../../src/perfdata/layouts/layout-table.ts';
import * as layouts from '../../src/perfdata/layouts/records.ts';
import { type RecordView, viewOfRecord } from '../../src/perfdata/record-view.ts';
import { readTimeConv } from '../../src/perfdata/records/about-recording.ts';
import { readAux, readAuxtrace } from '../../src/perfdata/records/auxtrace.ts';
import { readBuildId } from '../../src/perfdata/records/build-id.ts';
import { readCallchainDeferred } from '../../src/perfdata/records/callchain-deferred.ts';
import { readBpfEvent, readKsymbol, readTextPoke } from '../../src/perfdata/records/kernel-code.ts';
import { readLost, readLostSamples, readThrottle } from '../../src/perfdata/records/loss.ts';
import { MmapRecord } from '../../src/perfdata/records/mmap.ts';
import { readStat, readStatRound } from '../../src/perfdata/records/stat.ts';
import { readCgroup, readSwitch } from '../../src/perfdata/records/switch.ts';
import { CommRecord, TaskRecord } from '../../src/perfdata/records/task.ts';
import { TimeBase } from '../../src/perfdata/time-base.ts';
import { attrBytes, projectRoot } from './recording.ts';

type Fields = Readonly<Record<string, unknown>>;

const bytesText = (bytes: unknown): string => (bytes as number[]).map((byte) => byte.toString(16).padStart(2, '0')).join('');
const number = (value: unknown): number => Number(value);
const signed = (value: unknown): number => Number(BigInt.asIntN(64, value as bigint));

/** For each layout: what a reader says of a record, and what the declared fields say it should be. */
const READERS: readonly [Layout<layouts.RecordFields>, number, number, (record: RecordView) => unknown, (fields: Fields) => unknown][] = [
  [layouts.mmapLayout, 1, 0, readMmap, (f) => ({ ...mapped(f), major: 0, minor: 0, inode: 0, generation: 0, prot: 5, flags: 0, buildId: '' })],
  [layouts.mmap2Layout, 10, 0, readMmap, (f) => ({ ...mapped(f), major: f['major'], minor: f['minor'], inode: number(f['inode']), generation: number(f['generation']), prot: f['prot'], flags: f['flags'], buildId: '' })],
  [layouts.mmap2BuildIdLayout, 10, 1 << 14, readMmap, (f) => ({ ...mapped(f), major: 0, minor: 0, inode: 0, generation: 0, prot: f['prot'], flags: f['flags'], buildId: bytesText(f['buildId']).slice(0, 2 * Math.min(number(f['buildIdSize']), 20)) })],
  [layouts.commLayout, 3, 1 << 13, readComm, (f) => ({ pid: f['pid'], tid: f['tid'], isExec: true })],
  [layouts.taskLayout, 7, 0, readTask, (f) => ({ pid: f['pid'], ppid: f['ppid'], tid: f['tid'], ptid: f['ptid'], time: f['time'] })],
  [layouts.lostLayout, 2, 0, readLost, (f) => ({ id: f['id'], lost: number(f['lost']) })],
  [layouts.throttleLayout, 5, 0, readThrottle, (f) => ({ time: f['time'], id: f['id'], streamId: f['streamId'] })],
  [layouts.lostSamplesLayout, 13, 1 << 15, readLostSamples, (f) => ({ lost: number(f['lost']), isFiltered: true })],
  [layouts.auxLayout, 11, 0, readAux, (f) => ({ auxOffset: f['auxOffset'], auxSize: f['auxSize'], flags: f['flags'] })],
  [layouts.switchCpuWideLayout, 15, 1 << 13, readSwitch, (f) => ({ isOut: true, isPreempted: false, otherPid: f['otherPid'], otherTid: f['otherTid'] })],
  [layouts.ksymbolLayout, 17, 0, (r) => readKsymbol(r, undefined), (f) => ({ address: signed(f['address']), length: f['length'], kind: f['kind'], flags: f['flags'], isUnregistered: (number(f['flags']) & 1) === 1, name: '' })],
  [layouts.bpfEventLayout, 18, 0, readBpfEvent, (f) => ({ kind: f['kind'], flags: f['flags'], id: f['id'], tag: bytesText(f['tag']) })],
  [layouts.cgroupLayout, 19, 0, (r) => readCgroup(r, undefined), (f) => ({ id: f['id'], path: '' })],
  [layouts.textPokeLayout, 20, 0, (r) => readTextPoke(r), (f) => (number(f['oldLength']) + number(f['newLength']) === 0 ? { address: signed(f['address']), oldBytes: new Uint8Array(0), newBytes: new Uint8Array(0) } : undefined)],
  [layouts.callchainDeferredLayout, 22, 0, readCallchainDeferred, (f) => (f['count'] === 0n ? { cookie: f['cookie'], chainOffset: 24, chainLength: 0 } : undefined)],
  [layouts.buildIdLayout, 67, 1 << 15, readBuildId, (f) => ({ mode: 0, pid: f['pid'], buildId: bytesText(f['buildId']).slice(0, 2 * Math.min(number(f['buildIdSize']), 20)), filename: '' })],
  [layouts.auxtraceLayout, 71, 0, readAuxtrace, (f) => ({ dataSize: number(f['dataSize']), traceOffset: f['traceOffset'], reference: f['reference'], index: f['index'], tid: f['tid'], cpu: f['cpu'] })],
  [layouts.statLayout, 76, 0, readStat, (f) => ({ id: f['id'], cpu: f['cpu'], thread: f['thread'], value: f['value'], enabled: f['enabled'], running: f['running'] })],
  [layouts.statRoundLayout, 77, 0, readStatRound, (f) => ({ isFinal: f['kind'] === 1n, time: f['time'] })],
];

function mapped(f: Fields): Fields {
  return { pid: f['pid'], tid: f['tid'], start: signed(f['start']), length: number(f['length']), pageOffset: signed(f['pageOffset']) };
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

t.test('readers of records agree with the declared layouts', async (t) => {
  for (const [layout, type, misc, read, wanted] of READERS) {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: layout.size, maxLength: layout.size }), fc.boolean(), fc.boolean(), (bytes, littleEndian, zeros) => {
        if (zeros) bytes.fill(0, 16);
        const view = new DataView(bytes.buffer);
        view.setUint32(0, type, littleEndian);
        view.setUint16(4, misc, littleEndian);
        view.setUint16(6, bytes.length, littleEndian);
        const fields = layout.parse(bytes, littleEndian)!;
        // Values beyond 2^53 are rounded in both.
        const text = (value: unknown): string => JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `${each}n` : each)) ?? '';
        const found = text(read(viewOfRecord(bytes, littleEndian)));
        if (found !== text(wanted(fields))) throw new Error(`${layout.name}: ${found} instead of ${text(wanted(fields))}`);
        return layout.parse(bytes.subarray(1), littleEndian) === undefined;
      }),
      { numRuns: 100 },
    );
    t.pass(layout.name);
  }
});

t.test('time conversion', async (t) => {
  const bytes = new Uint8Array(56);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 79, true);
  view.setUint16(6, 56, true);
  for (let i = 0; i < 42; i++) bytes[8 + i] = i + 1;
  const fields = layouts.timeConvLayout.parse(bytes, true)!;
  const found = readTimeConv(viewOfRecord(bytes, true))!;
  t.same([found.shift, found.multiplier, found.zero, found.cycles, found.mask], [fields['shift'], fields['multiplier'], fields['zero'], fields['cycles'], fields['mask']]);
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

t.test('SPEC.md shows the declared layouts', async (t) => {
  const path = join(projectRoot(), 'SPEC.md');
  const spec = readFileSync(path, 'utf8');
  const all: readonly Layout<unknown>[] = [fileHeaderLayout, pipeHeaderLayout, sectionLayout, attrLayout, ...layouts.RECORD_LAYOUTS];
  const shown: string[] = [];
  const wanted = spec.replace(/<!-- layout (.+) -->\n[^]*?<!-- end -->/g, (whole, name: string) => {
    const layout = all.find((each) => each.name === name);
    if (layout === undefined) return whole;
    shown.push(name);
    return `<!-- layout ${name} -->\n\n${layoutTable(layout)}\n<!-- end -->`;
  });
  if (process.env['UPDATE_SPEC'] !== undefined) writeFileSync(path, wanted);
  t.same(shown.toSorted(), all.map((layout) => layout.name).toSorted(), 'each of them once');
  t.ok(process.env['UPDATE_SPEC'] !== undefined || wanted === spec, 'as they are declared (UPDATE_SPEC=1 writes them)');
});
