// The writer against the reader: what was read is written in either container and either byte order, compressed or not, and read again.

import fc from 'fast-check';
import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { MemorySource } from '../../src/bytes/source.ts';
import type { Features } from '../../src/perfdata/features/features.ts';
import { FeatureId } from '../../src/perfdata/features/feature-id.ts';
import { OrderedRecords } from '../../src/perfdata/ordered-records.ts';
import { RecordType } from '../../src/perfdata/record-types.ts';
import { MemorySink } from '../../src/perfdata/writer/byte-sink.ts';
import { CompressingWriter } from '../../src/perfdata/writer/compressing-writer.ts';
import { Compression, type ZstdCompressor } from '../../src/perfdata/writer/compression.ts';
import { FileWriter } from '../../src/perfdata/writer/file-writer.ts';
import { PipeWriter } from '../../src/perfdata/writer/pipe-writer.ts';
import { writtenEvent, type RecordingWriter } from '../../src/perfdata/writer/recording-writer.ts';
import { swapAttr } from '../../src/perfdata/writer/swap-attr.ts';
import { SwapCursor } from '../../src/perfdata/writer/swap-cursor.ts';
import { swapFeature } from '../../src/perfdata/writer/swap-features.ts';
import { RecordSwapper } from '../../src/perfdata/writer/swap-record.ts';
import { attrBytes, fileOf, fixture, open, recordOf, summary } from './recording.ts';

const FIXTURES = ['file', 'pipe', 'zstd', 'zstd-old', 'big-endian-zstd', 'big-endian-pipe', 'many-fields', 'group', 'switches', 'throttle', 'stat', 'injected'];
/** What the container says, not the recording. */
const OF_CONTAINER: readonly number[] = [RecordType.Compressed, RecordType.Compressed2, RecordType.HeaderAttr, RecordType.HeaderFeature, RecordType.HeaderTracingData, RecordType.HeaderBuildId];

interface Copy {
  readonly bytes: Uint8Array;
  /** The records as written, those of the container left out. */
  readonly records: Uint8Array[];
}

/** Reads a recording and writes it again. */
function copy(bytes: Uint8Array, littleEndian: boolean, form: 'file' | 'pipe', compress = false, compressor?: ZstdCompressor): Copy {
  const file = open(bytes);
  const sink = new MemorySink();
  const plain = form === 'file' ? new FileWriter(sink, littleEndian) : new PipeWriter(sink, littleEndian);
  const writer: RecordingWriter = compress ? new CompressingWriter(plain, new Compression(compressor)) : plain;
  const swaps = littleEndian !== file.littleEndian;
  const cpus = (): number => file.features.cpuCounts?.available ?? 0;
  const features = (): Map<number, Uint8Array> => {
    const payloads = new Map<number, Uint8Array>();
    for (const id of file.features.ids()) {
      if (id === FeatureId.Compressed) continue;
      const place = file.features.section(id);
      const payload = (file.features.payload(id) ?? bytes.subarray(place!.offset, place!.offset + place!.size)).slice();
      if (swaps && id !== FeatureId.TracingData) swapFeature(id, payload, file.littleEndian, cpus());
      payloads.set(id, payload);
    }
    return payloads;
  };
  const events = file.events.events.map((event) => writtenEvent(event, file.littleEndian, littleEndian));
  writer.begin(events, features());
  const swapper = new RecordSwapper(file.events, file.littleEndian, cpus);
  const records: Uint8Array[] = [];
  const reader = new OrderedRecords([new MemorySource(bytes)], file, new Diagnostics(), { fileOrder: true, withUnowned: true });
  while (reader.next() === true) {
    const { record } = reader;
    if (OF_CONTAINER.includes(record.type)) continue;
    const one = record.bytes.slice(record.offset, record.end);
    if (swaps) swapper.swap(one, 0, one.length, reader.event);
    writer.record(one);
    records.push(one);
  }
  writer.finish(events, features());
  return { bytes: sink.bytes.slice(), records };
}

/** Everything that the features say, in words. */
function said(features: Features): string {
  const { hostname, osRelease, version, arch, cpuDesc, cpuId, cpuCounts, totalMemory, cmdline, cpuTopology, numaNodes, pmuMappings, groupDesc } = features;
  const { caches, sampleTime, memoryTopology, clockResolution, clockData, cpuPmuCaps, pmuCaps, hybridTopology, cpuDomains, machine, cacheLineSize, bpfPrograms, btfObjects } = features;
  const events = features.eventDesc?.map(({ attr, name, ids }) => ({ name, ids, ...attr, bytes: attr.bytes.length }));
  const all = {
    hostname, osRelease, version, arch, cpuDesc, cpuId, cpuCounts, totalMemory, cmdline, events, cpuTopology, numaNodes, pmuMappings, groupDesc, caches, sampleTime,
    memoryTopology, clockResolution, clockData, cpuPmuCaps, pmuCaps, hybridTopology, cpuDomains, machine, cacheLineSize,
    btfObjects, bpfPrograms: bpfPrograms?.map(({ id, parts }) => ({ id, parts })),
  };
  return JSON.stringify(all, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value instanceof Map ? [...value] : value));
}

/** What was read, without what is of the container. */
function read(bytes: Uint8Array): { readonly lines: string[]; readonly features: string; readonly events: string; readonly damage: string[] } {
  const { file, lines, damage } = summary(bytes, { fileOrder: true });
  const ours = lines.filter((line) => !/^(COMPRESSED2?|ATTR|FEATURE|TRACING_DATA|BUILD_ID) /.test(line)).map((line) => line.replace(/ \d+:\d+ /, ' '));
  const events = file.events.events.map(({ name, ids, attr, unit, scale }) => `${name} ${ids.join()} ${unit} ${scale} ${attr.config} ${attr.flagsLow} ${attr.flagsHigh} ${attr.sampleType}`);
  return { lines: ours, features: said(file.features), events: events.join('\n'), damage };
}

t.test('recordings in every form, and back', async (t) => {
  for (const name of FIXTURES) {
    const bytes = fixture(`${name}.data`);
    const original = read(bytes);
    const order = open(bytes).littleEndian;
    const plain = copy(bytes, order, 'file');
    for (const [littleEndian, form, compress] of [[true, 'file', false], [false, 'file', false], [true, 'pipe', false], [false, 'pipe', true], [true, 'file', true]] as const) {
      const written = copy(bytes, littleEndian, form, compress);
      const again = read(written.bytes);
      const words = `${name} as ${littleEndian ? 'little' : 'big'}-endian ${form}${compress ? ', compressed' : ''}`;
      t.equal(open(written.bytes).container, form, words);
      t.same(again.damage, original.damage, `${words}: no damage`);
      t.equal(again.lines.join('\n'), original.lines.join('\n'), `${words}: records`);
      t.equal(again.features, original.features, `${words}: features`);
      t.equal(again.events, original.events, `${words}: events`);
      const back = copy(written.bytes, order, 'file');
      t.ok(Buffer.concat(back.records).equals(Buffer.concat(plain.records)), `${words}: back again, every byte of every record`);
    }
    t.ok(Buffer.from(copy(plain.bytes, order, 'file').bytes).equals(plain.bytes), `${name}: a copy of the copy is the copy`);
  }
});

t.test('turned twice, anything is as before', async (t) => {
  const sampleTypes = [0x1ffffff, 0x3fff, 0x10027, 0x1d0800];
  const readFormats = [0, 7, 8, 31];
  fc.assert(fc.property(
    fc.uint8Array({ minLength: 8, maxLength: 400 }), fc.integer({ min: 1, max: 90 }), fc.boolean(), fc.constantFrom(...sampleTypes), fc.constantFrom(...readFormats),
    (bytes, type, littleEndian, sampleType, readFormat) => {
      const events = open(fileOf(littleEndian, [{ sampleType, readFormat, branchSampleType: 0xa0000n, sampleRegsUser: 7n, sampleRegsIntr: 3n }], [])).events;
      const record = recordOf(littleEndian, type, bytes[0]! << 8, (writer) => writer.raw(bytes));
      const turned = record.slice();
      new RecordSwapper(events, littleEndian, () => 4).swap(turned, 0, turned.length, 0);
      new RecordSwapper(events, !littleEndian, () => 4).swap(turned, 0, turned.length, 0);
      return Buffer.from(turned).equals(record);
    },
  ), { numRuns: 2_000 });
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 36 }), fc.boolean(), (payload, id, littleEndian) => {
    const turned = payload.slice();
    swapFeature(id, turned, littleEndian, 3);
    swapFeature(id, turned, !littleEndian, 3);
    return Buffer.from(turned).equals(payload);
  }), { numRuns: 1_000 });
  for (const littleEndian of [true, false]) {
    const attr = attrBytes(littleEndian, { sampleType: 0x1234567, clockId: 1, sampleRegsUser: 0xff0fffn, sampleStackUser: 8192 });
    swapAttr(new SwapCursor(attr, littleEndian), attr.length);
    t.same(attr, attrBytes(!littleEndian, { sampleType: 0x1234567, clockId: 1, sampleRegsUser: 0xff0fffn, sampleStackUser: 8192 }), 'an attr as the tests write it');
  }
});

t.test('branch flags, of which each has its own place in either order', async (t) => {
  const flags = { little: (1n << 1n) | (77n << 4n) | (4n << 20n) | (2n << 30n), big: (1n << 62n) | (77n << 44n) | (4n << 40n) | (2n << 31n) };
  const events = open(fileOf(true, [{ sampleType: 0x800 }], [])).events;
  const sample = (littleEndian: boolean): Uint8Array => recordOf(littleEndian, 9, 2, (w) => w.u64(1).u64(0x1000).u64(0x2000).u64(littleEndian ? flags.little : flags.big));
  const turned = sample(true);
  new RecordSwapper(events, true, () => 0).swap(turned, 0, turned.length, 0);
  t.same(turned, sample(false));
});

t.test('a compressor of frames, which do not fit into one record each', async (t) => {
  const frame: ZstdCompressor = (bytes) => {
    const pieces: Uint8Array[] = [Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x38)];
    for (let at = 0; at < bytes.length; at += 0x10000) {
      const size = Math.min(bytes.length - at, 0x10000);
      const header = size * 8 + (at + size === bytes.length ? 1 : 0);
      pieces.push(Uint8Array.of(header & 0xff, (header >>> 8) & 0xff, header >>> 16), bytes.subarray(at, at + size));
    }
    return Buffer.concat(pieces);
  };
  const sampleType = 0x10000 | 1;
  const records = Array.from({ length: 3_000 }, (_, i) => recordOf(true, i % 1_000 === 999 ? 68 : 9, 2, (w) => (i % 1_000 === 999 ? w : w.u64(7).u64(i).raw(new Uint8Array(i % 90).fill(i)))));
  const bytes = fileOf(true, [{ sampleType, ids: [7n] }], records);
  const written = copy(bytes, true, 'file', true, frame);
  t.equal(read(written.bytes).lines.join('\n'), read(bytes).lines.join('\n'));
  t.ok(Buffer.concat(copy(written.bytes, true, 'file').records).equals(Buffer.concat(records)));
});

t.test('a pipe cannot be a file', async (t) => {
  t.throws(() => new FileWriter({ write: () => {} }, true), { code: 'PERFTS_USAGE' });
});
