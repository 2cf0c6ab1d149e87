// Real recordings against what perf said of them: numbers of records, samples that decode to their last byte, and the same result
// whatever the windows, the source and the container.

import t from 'tap';
import { Misc, RecordType } from '../../src/perfdata/record-types.ts';
import { MmapRecord } from '../../src/perfdata/records/mmap.ts';
import { CommRecord, TaskRecord } from '../../src/perfdata/records/task.ts';
import { TrailerView } from '../../src/perfdata/trailer-view.ts';
import { OrderedRecords } from '../../src/perfdata/ordered-records.ts';
import { MemorySource } from '../../src/bytes/source.ts';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { type Summary, Writer, expected, fileOf, fixture, open, recordOf, summary, summaryLater } from './recording.ts';

const NAMES: readonly string[] = [
  'file', 'pipe', 'zstd', 'zstd-old', 'big-endian-zstd', 'big-endian-pipe', 'many-fields', 'group', 'switches', 'throttle', 'stat', 'injected',
];

function timesOf(found: Summary): bigint[] {
  return found.lines.map((line) => line.split(' ')[2]!).filter((time) => time !== '-').map(BigInt);
}

for (const name of NAMES) {
  t.test(name, async (t) => {
    const bytes = fixture(`${name}.data`);
    const found = summary(bytes);
    t.same(found.counts, expected(name).counts, 'as many records of each type as perf counts');
    t.notOk(found.lines.some((line) => line.endsWith('cut')), 'every sample decodes');
    t.notOk(found.lines.some((line) => line.includes(' left ') && !line.endsWith(' left 0')), 'to its last byte');
    const times = timesOf(found);
    t.same(times, times.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)), 'in the order of time');
    t.same(found.damage.filter((code) => code !== 'events-without-id'), [], 'nothing is wrong with it');
    for (const windowSize of [1, 7, 64, 4096]) {
      t.same(summary(bytes, { windowSize }).lines, found.lines, `in windows of ${windowSize} bytes`);
    }
    t.same((await summaryLater(bytes, { windowSize: 1000 })).lines, found.lines, 'from a source that answers later');
    t.same(summary(bytes, { maxHeld: 0 }).counts, found.counts, 'without holding anything back');
    t.same(summary(bytes, { fileOrder: true }).lines.toSorted(), found.lines.toSorted(), 'the same records in file order');
  });
}

t.test('a directory gives its files merged by time', async (t) => {
  // A file taken apart: samples alternately into two data.N, the others left.
  const whole = fixture('file.data');
  const file = open(whole);
  const view = new DataView(whole.buffer);
  const parts: Uint8Array[][] = [[], [], []];
  const counts = new Map<number, number>();
  for (let at = file.dataOffset; at < file.dataOffset + file.dataSize; ) {
    const size = view.getUint16(at + 6, true);
    const type = view.getUint32(at, true);
    const count = (counts.get(type) ?? 0) + 1;
    counts.set(type, count);
    parts[type === RecordType.Sample ? 1 + ((count >> 4) & 1) : 0]!.push(whole.subarray(at, at + size));
    at += size;
  }
  const joined = parts.map((records) => Uint8Array.from(records.flatMap((record) => [...record])));
  const data = Uint8Array.from([...whole.subarray(0, file.dataOffset), ...joined[0]!]);
  new DataView(data.buffer).setBigUint64(48, BigInt(joined[0]!.length), true);
  data.fill(0, 72, 104);
  const plain = summary(whole);
  const merged = summary(data, { windowSize: 4096 }, joined.slice(1));
  t.same(merged.counts, plain.counts);
  t.same(timesOf(merged), timesOf(plain));
  t.same(new Set(merged.lines.map((line) => line.split(' ')[3]!.split(':')[0])), new Set(['0', '1', '2']), 'and says where each record lay');
  t.same(merged.damage, []);
});

t.test('tasks and mappings of a recording', async (t) => {
  const bytes = fixture('file.data');
  const file = open(bytes);
  const records = new OrderedRecords([new MemorySource(bytes)], file, new Diagnostics());
  const mmap = new MmapRecord();
  const comm = new CommRecord();
  const task = new TaskRecord(file.timeBase);
  const trailer = new TrailerView(file.timeBase);
  const names: string[] = [];
  const files: string[] = [];
  let kernel = '';
  while (records.next() === true) {
    const { record } = records;
    const event = file.events.events[records.event];
    if (record.type === RecordType.Mmap2 || record.type === RecordType.Mmap) {
      t.ok(mmap.read(record, event));
      if (mmap.pid === -1) kernel ||= mmap.filename;
      else files.push(mmap.filename);
      t.ok((record.misc & Misc.MmapBuildId) === 0 || /^[0-9a-f]{8,40}$/.test(mmap.buildId));
    } else if (record.type === RecordType.Comm) {
      t.ok(comm.read(record, event));
      names.push(comm.name);
      t.ok(trailer.read(record, event));
      t.equal(trailer.hasTime, records.hasTime);
      t.equal(trailer.time, records.time);
      if (trailer.hasTime) t.equal(trailer.tid, comm.tid);
    } else if (record.type === RecordType.Fork || record.type === RecordType.Exit) {
      t.ok(task.read(record));
      t.ok(Math.abs(task.time - records.time) < 10_000, 'the record was made a little before its trailer');
    }
  }
  t.match(kernel, /^\[kernel\.kallsyms\]_s?text$/);
  t.ok(files.some((name) => name.endsWith('/libc.so.6')), 'libc is mapped');
  t.ok(names.includes('perf-exec'));
});

t.test('the writer was killed: all records that are there, no features', async (t) => {
  const bytes = fixture('file.data').slice();
  const whole = open(bytes);
  const end = whole.dataOffset + whole.dataSize;
  const killed = bytes.slice(0, end - 4);
  new DataView(killed.buffer).setBigUint64(48, 0n, true);
  const found = summary(killed);
  t.equal(found.lines.length, summary(bytes).lines.length - 1);
  t.same(found.damage, ['writer-killed', 'record-cut']);
  t.same(found.file.features.ids(), []);
  t.equal(found.file.events.events[0]?.name, 'cpu-clock:H', 'named from its attr');
});

t.test('a record of simpleperf has a size of 32 bits: its header is shown, the rest follows it', async (t) => {
  for (const littleEndian of [true, false]) {
    for (const size of [65_536, 65_540, 70_000, 200_008]) {
      // What is in it looks like records.
      const body = Array.from({ length: (size - 8) >> 2 }, (_, i) => (i % 2 === 0 ? 68 : littleEndian ? 8 << 16 : 8));
      const writer = new Writer(littleEndian).u32(32_777).u16(size >>> 16).u16(size & 0xffff);
      for (const word of body) writer.u32(word);
      const last = recordOf(littleEndian, 82, 0, () => {});
      const bytes = fileOf(littleEndian, [{ sampleType: 1 }], [recordOf(littleEndian, 68, 0, () => {}), writer.bytes(), last]);
      for (const windowSize of [64, 4_096, 1 << 20]) {
        const { lines, damage } = summary(bytes, { windowSize });
        t.same(lines.map((line) => line.split(' ')), [['FINISHED_ROUND', '-1', '-', '0:256', '8'], ['UNKNOWN', '-1', '-', '0:264', '8'], ['FINISHED_INIT', '-1', '-', `0:${264 + size}`, '8']]);
        t.same(damage, []);
      }
      t.same(summary(bytes.subarray(0, 1_000)).damage, ['data-cut', 'payload-cut']);
    }
  }
});
