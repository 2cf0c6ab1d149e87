// What each container that is written must say by itself: the files of a directory, ids that one record cannot hold, features without
// bytes, places of traces, a length that is not 0, names of perf before 3.9.

import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { MAX_DIRECTORY_FILES } from '../../src/bytes/limits.ts';
import { MemorySource } from '../../src/bytes/source.ts';
import { FeatureId } from '../../src/perfdata/features/feature-id.ts';
import { OrderedRecords } from '../../src/perfdata/ordered-records.ts';
import { RecordType } from '../../src/perfdata/record-types.ts';
import { MemorySink } from '../../src/perfdata/writer/byte-sink.ts';
import { FileWriter } from '../../src/perfdata/writer/file-writer.ts';
import { PipeWriter } from '../../src/perfdata/writer/pipe-writer.ts';
import { contentsOf, lossesOf, openFiles, twinOf } from '../end-to-end/twins.ts';
import { attrBytes, fileOf, open, recordOf, summary, Writer } from './recording.ts';

// TID, TIME, ID, CPU.
const SAMPLE_TYPE = 2 | 4 | 0x40 | 0x80;

function sample(littleEndian: boolean, time: number, id: number, cpu: number): Uint8Array {
  return recordOf(littleEndian, RecordType.Sample, 2, (w) => w.u32(7).u32(8).u64(time).u64(id).u32(cpu).u32(0));
}

t.test('a directory has a file for each ring buffer', async (t) => {
  const idIndex = recordOf(true, RecordType.IdIndex, 0, (w) => {
    w.u64(3);
    for (const [id, index] of [[11, 5], [12, 9], [13, 5]] as const) w.u64(id).u64(index).u64(-1).u64(-1);
  });
  const round = recordOf(true, RecordType.FinishedRound, 0, () => {});
  const comm = recordOf(true, RecordType.Comm, 0, (w) => w.u32(7).u32(7).raw(new TextEncoder().encode('tool\0\0\0\0')).u32(0).u32(0).u64(0).u64(0).u32(0).u32(0));
  // Two ids share a buffer; the last sample's id is in no index, and its CPU counts.
  const records = [idIndex, comm, sample(true, 30, 11, 0), sample(true, 10, 12, 0), round, sample(true, 40, 13, 1), sample(true, 20, 14, 3)];
  const bytes = fileOf(true, [{ sampleType: SAMPLE_TYPE, ids: [11n, 12n, 13n, 14n] }], records);
  const files = await twinOf([bytes], 'directory');
  t.same(files.map((file, index) => (index === 0 ? 0 : file.length)), [0, 80, 40, 40], 'data, then buffers 5, 9 and 3 in the order in which they turned up');
  t.same(Buffer.concat(files.slice(1)), Buffer.concat([records[2]!, records[5]!, records[3]!, records[6]!]));
  const { file, counts, lines } = summary(files[0]!, {}, files.slice(1));
  t.same(counts, { ID_INDEX: 1, COMM: 1, SAMPLE: 4 }, "one file's rounds are left out");
  t.equal(file.features.has(FeatureId.DirFormat), true);
  t.same(lines.filter((line) => line.startsWith('SAMPLE')).map((line) => line.split(' ')[2]), ['10', '20', '30', '40']);
  t.same(await lossesOf([bytes]), []);

  const compressed = await twinOf([bytes], 'directory', { compress: true });
  t.match(summary(compressed[0]!, {}, compressed.slice(1)).counts, { COMPRESSED: 3, SAMPLE: 4 });
  for (const data of compressed.slice(1)) t.same([...data.subarray(8, 12)], [0x28, 0xb5, 0x2f, 0xfd], 'each file is a zstd stream of its own');
});

t.test('more ring buffers than files share them', async (t) => {
  const count = MAX_DIRECTORY_FILES * 2 + 3;
  const records = Array.from({ length: count }, (_, cpu) => sample(false, 1_000 - cpu, 1, cpu * 7_919));
  const bytes = fileOf(false, [{ sampleType: SAMPLE_TYPE }], records);
  const files = await twinOf([bytes], 'directory');
  t.equal(files.length, MAX_DIRECTORY_FILES + 1);
  t.same(await lossesOf([bytes]), []);
});

t.test('records without times stay together, in their order', async (t) => {
  const bytes = fileOf(true, [{ sampleType: 2 | 0x80 }], Array.from({ length: 9 }, (_, cpu) => recordOf(true, 9, 2, (w) => w.u32(1).u32(1).u32(cpu % 3).u32(0))));
  t.equal((await twinOf([bytes], 'directory')).length, 1);
  t.same(await lossesOf([bytes]), []);
});

t.test('ids beyond what one record holds', async (t) => {
  const ids = Array.from({ length: 20_000 }, (_, i) => BigInt(i + 1));
  const events = [{ sampleType: SAMPLE_TYPE, ids }, { sampleType: SAMPLE_TYPE, ids: [50_000n] }];
  const bytes = fileOf(true, events, [sample(true, 1, 19_999, 0), sample(true, 2, 50_000, 0)]);
  const [pipe] = await twinOf([bytes], 'pipe');
  t.equal(summary(pipe!).counts['ATTR'], 4, 'three for the first event');
  const { file, lines } = summary(pipe!);
  t.same(file.events.events.map((event) => event.ids.length), [20_000, 1]);
  t.same(lines.filter((line) => line.startsWith('SAMPLE')).map((line) => line.split(' ')[1]), ['0', '1']);
  t.same(await lossesOf([bytes]), []);
  // Two events of the same attr stay two.
  const twice = fileOf(true, [{ sampleType: SAMPLE_TYPE, ids: [1n] }, { sampleType: SAMPLE_TYPE, ids: [2n] }], [sample(true, 1, 2, 0)]);
  t.equal(open((await twinOf([twice], 'pipe'))[0]!).events.events.length, 2);
});

t.test('features that a pipe cannot hold, and those without bytes', async (t) => {
  const sink = new MemorySink();
  const writer = new PipeWriter(sink, true);
  const event = { attr: attrBytes(true, { sampleType: SAMPLE_TYPE }), ids: [1n] };
  const none = new Uint8Array(0);
  writer.begin([event], new Map([[FeatureId.BranchStack, none], [FeatureId.Stat, none], [99, none], [100, new Uint8Array(65_520)], [101, new Uint8Array(65_519)]]));
  writer.finish();
  t.same(writer.leftOut, [99, 100]);
  t.same(open(sink.bytes).features.ids(), [FeatureId.BranchStack, FeatureId.Stat, 101]);
});

t.test('a file without records or events does not look as if its writer was killed', async (t) => {
  const sink = new MemorySink();
  const writer = new FileWriter(sink, false);
  writer.begin([], new Map());
  writer.finish([], new Map([[300, new Uint8Array(1)]]));
  const { counts, damage } = summary(sink.bytes);
  t.same(counts, { FINISHED_ROUND: 1 });
  t.same(damage, ['no-events']);
  t.same(writer.leftOut, [300], 'there are 256 bits');
});

t.test('traces behind their records, and where they lie', async (t) => {
  const trace = Uint8Array.from({ length: 40 }, (_, i) => i);
  const record = (size: number): Uint8Array => recordOf(true, RecordType.Auxtrace, 0, (w) => w.u64(size).u64(0).u64(0).u32(0).u32(1).u32(0).u32(0));
  const bytes = fileOf(true, [{ sampleType: SAMPLE_TYPE }], [sample(true, 1, 1, 0), Buffer.concat([record(40), trace]), sample(true, 2, 1, 0), record(0)]);
  t.same(await lossesOf([bytes]), []);
  for (const form of ['rewritten', 'swapped', 'compressed', 'directory'] as const) {
    const [data] = await twinOf([bytes], form);
    const file = open(data!);
    t.same(file.features.auxtrace?.map(({ size }) => size), [48, 48], `${form}: an index is made where there was none`);
    const place = Number(file.features.auxtrace![0]!.offset);
    t.same(data!.subarray(place + 48, place + 88), trace, form);
  }
});

t.test('names of perf before 3.9', async (t) => {
  const name = new TextEncoder().encode('sched:sched_switch');
  const typed = (writer: Writer): Writer => writer.u64(0x174).raw(name).raw(new Uint8Array(64 - name.length));
  const attr = attrBytes(true, { sampleType: SAMPLE_TYPE });
  new DataView(attr.buffer).setUint32(0, 2, true);
  new DataView(attr.buffer).setUint32(8, 0x174, true);
  const records = sample(true, 1, 1, 0);

  const header = new Writer(true).raw(new TextEncoder().encode('PERFFILE')).u64(104).u64(attr.length + 16).u64(104).u64(attr.length + 16);
  const typesAt = 104 + attr.length + 16;
  header.u64(typesAt + 72).u64(records.length).u64(typesAt).u64(72).u64(0).u64(0).u64(0).u64(0);
  const file = typed(header.raw(attr).u64(0).u64(0)).raw(records).bytes();
  t.equal(open(file).events.events[0]!.name, 'sched:sched_switch', 'EVENT_TYPES of version 1');
  for (const form of ['rewritten', 'swapped', 'pipe', 'directory'] as const) {
    const recording = await openFiles(await twinOf([file], form));
    t.match(recording.file, { version: 2 }, form);
    t.equal(recording.file.events.events[0]!.name, 'sched:sched_switch', form);
    t.equal(recording.file.features.eventDesc?.[0]?.name, 'sched:sched_switch', form);
  }

  const pipe = new Writer(true).u64(0x32454c4946524550n).u64(16).raw(recordOf(true, RecordType.HeaderAttr, 0, (w) => w.raw(attr)));
  const stream = pipe.raw(recordOf(true, RecordType.HeaderEventType, 0, typed)).raw(records).bytes();
  t.equal(open(stream).events.events[0]!.name, 'sched:sched_switch', 'HEADER_EVENT_TYPE of a pipe');
  t.same(await lossesOf([stream]), []);
  t.equal((await contentsOf(await twinOf([stream], 'compressed'))).events[0]!.split(' ')[0], 'sched:sched_switch');
});

t.test('events said by records, each by one', (t) => {
  for (const littleEndian of [true, false]) {
    const attrs = [[11n], [12n]].map((ids) => recordOf(littleEndian, RecordType.HeaderAttr, 0, (w) => {
      w.raw(attrBytes(littleEndian, { sampleType: SAMPLE_TYPE }));
      for (const id of ids) w.u64(id);
    }));
    const records = [...attrs, sample(littleEndian, 5, 12, 0)];
    // A frame of one block of bytes as they are; everything in it lies where the COMPRESSED record does.
    const plain = Buffer.concat(records);
    const block = plain.length * 8 + 1;
    const packed = recordOf(littleEndian, RecordType.Compressed, 0, (w) => w.raw([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38, block & 0xff, block >> 8, 0]).raw(plain));
    const pipe = new Writer(littleEndian).u64(0x32454c4946524550n).u64(16).raw(packed).bytes();
    for (const [bytes, what] of [[pipe, 'compressed'], [fileOf(littleEndian, [], [packed]), 'compressed in a file'], [fileOf(littleEndian, [], records), 'a file without events of its own']] as const) {
      const diagnostics = new Diagnostics();
      const file = open(bytes, diagnostics);
      for (const walk of ['first', 'second']) {
        const reader = new OrderedRecords([new MemorySource(bytes)], file, diagnostics, {});
        let sampled = -1;
        while (reader.next() === true) if (reader.record.type === RecordType.Sample) sampled = reader.event;
        t.same(file.events.events.map(({ ids }) => ids), [[11n], [12n]], `${what}, ${walk} walk`);
        t.equal(sampled, 1);
      }
    }
    const both = fileOf(littleEndian, [{ sampleType: SAMPLE_TYPE, ids: [12n] }], records);
    t.equal(summary(both).file.events.events.length, 1, 'the header counts');
  }
  t.end();
});

t.test('feature bits that look like those of a 32-bit machine', (t) => {
  const hostname: readonly [number, Uint8Array] = [FeatureId.Hostname, new Writer(false).u32(4).raw([97, 0, 0, 0]).bytes()];
  const others: readonly [number, Uint8Array][] = [[FeatureId.OsRelease, new Writer(false).u32(4).raw([54, 0, 0, 0]).bytes()], [35, new Uint8Array(8)]];
  const cases = [[false, others, [FeatureId.OsRelease], [35]], [false, [hostname, ...others], [3, 4, 35], []], [true, others, [4, 35], []]] as const;
  for (const [littleEndian, features, read, leftOut] of cases) {
    const sink = new MemorySink();
    const writer = new FileWriter(sink, littleEndian);
    const events = [{ attr: attrBytes(littleEndian, { sampleType: SAMPLE_TYPE }), ids: [] }];
    writer.begin(events, new Map(features));
    writer.record(sample(littleEndian, 1, 1, 0));
    writer.finish(events, new Map(features));
    t.same(open(sink.bytes.slice()).features.ids(), read, 'what was written, under its own numbers');
    t.same(writer.leftOut, leftOut);
  }
  t.end();
});

t.test('a killed writer, and features that nobody can read', async (t) => {
  const killed = fileOf(true, [{ sampleType: SAMPLE_TYPE }], [sample(true, 1, 1, 0), sample(true, 2, 1, 0)]).slice(0, -9);
  new DataView(killed.buffer).setBigUint64(48, 0n, true);
  for (const form of ['rewritten', 'pipe', 'compressed'] as const) {
    const { damage, starts } = await contentsOf(await twinOf([killed], form));
    t.same(damage, [], `${form}: sound`);
    t.equal(starts.length, 1, 'what was there');
  }
  const sink = new MemorySink();
  const writer = new FileWriter(sink, true);
  const events = [{ attr: attrBytes(true, { sampleType: SAMPLE_TYPE }), ids: [] }];
  const text = Uint8Array.of(255, 255, 0, 0, 65);
  writer.begin(events, new Map());
  writer.record(sample(true, 1, 1, 0));
  writer.finish(events, new Map([[FeatureId.Hostname, text], [FeatureId.Cmdline, text], [FeatureId.TracingData, text], [77, text]]));
  const [again] = await twinOf([sink.bytes.slice()], 'rewritten');
  t.same(open(again!).features.ids(), [77], 'perf would refuse the whole file');
});
