// Parts of a recording, and a recording without names: what stays, what goes, and that the same name gets the same replacement.

import t from 'tap';
import type { Recording } from '../../src/profile/recording.ts';
import { FeatureId } from '../../src/perfdata/features/feature-id.ts';
import { MemorySink } from '../../src/perfdata/writer/byte-sink.ts';
import { FileWriter } from '../../src/perfdata/writer/file-writer.ts';
import { anonymizeRecording } from '../../src/profile/convert/anonymize.ts';
import { injectJit, type Injected } from '../../src/profile/convert/inject-jit.ts';
import { convertRecording, type ConvertOptions, type Written } from '../../src/profile/convert/convert-recording.ts';
import { NameReplacements } from '../../src/profile/convert/name-replacements.ts';
import { TimeBase } from '../../src/perfdata/time-base.ts';
import { TimeSpans } from '../../src/profile/time-spans.ts';
import { sha1 } from '../../src/bytes/sha1.ts';
import { JitdumpWriter } from '../jit/jitdump-writer.ts';
import { demoParts, openInMemory, scriptOf, testdata, type Parts } from '../end-to-end/in-memory.ts';
import { attrBytes, fileOf, recordOf, Writer, type AttrOptions } from '../perfdata/recording.ts';
import { MadeRecording } from '../end-to-end/made-recording.ts';

type Writing = (recording: Recording, options: ConvertOptions, sink: MemorySink) => Promise<Written>;

async function written(parts: Parts, options: Partial<ConvertOptions>, write: Writing = convertRecording): Promise<{ parts: Parts; counts: Written; recording: Recording }> {
  const sink = new MemorySink();
  const counts = await write(await openInMemory(parts), { container: 'file', ...options }, sink);
  const now = { ...parts, recording: sink.bytes.slice() };
  return { parts: now, counts, recording: await openInMemory(now) };
}

async function records(recording: Recording): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, time } of recording.records()) names.push(`${name} ${time ?? '-'}`);
  return names;
}

const code = { start: 0x40_0000, length: 0x1000, path: '/home/alice/secret/tool' };

t.test('parts', async (t) => {
  const made = new MadeRecording().comm(1, 'shell', 1).mmap(1, code, 2).fork(2, 1, 10).comm(2, 'tool', 11).fork(3, 1, 12).comm(3, 'other', 13).mmap(3, code, 14);
  made.sample(2, [0x40_0010], 20).sample(3, [0x40_0020], 30).sample(2, [0x40_0030], 40).exit(3, 45).sample(2, [0x40_0040], 50);
  const parts = { recording: made.bytes() };
  const late = await written(parts, { cut: { time: new TimeSpans([{ from: 30n, to: 40n }], new TimeBase()) } });
  t.equal(late.counts.samples, 2);
  t.same((await records(late.recording)).filter((line) => line.startsWith('SAMPLE')), ['SAMPLE 30', 'SAMPLE 40']);
  t.match(await scriptOf(late.parts), /tool\+?|\/home\/alice\/secret\/tool/, 'mappings from before the time stay');
  t.notOk((await records(late.recording)).includes('EXIT 45'), 'nothing that comes after it');
  const twice = await written(parts, { cut: { time: new TimeSpans([{ from: 20n, to: 29n }, { from: 40n, to: 50n }], new TimeBase()) } });
  t.same((await records(twice.recording)).filter((line) => line.startsWith('SAMPLE') || line.startsWith('EXIT')), ['SAMPLE 20', 'SAMPLE 40', 'EXIT 45', 'SAMPLE 50'], 'of two parts');

  const child = await written(parts, { cut: { pids: [2] } });
  t.same(await records(child.recording), ['COMM 1', 'MMAP2 2', 'FORK 10', 'COMM 11', 'SAMPLE 20', 'SAMPLE 40', 'SAMPLE 50'], 'with its parent, whose memory it has, without its sibling');

  const group = { recording: testdata('perfdata/group.data') };
  const all = await written(group, {});
  t.ok(all.counts.samples > 0);
  t.equal((await written(group, { cut: { events: ['cpu-clock'] } })).counts.samples, all.counts.samples, 'of a group only the leader has samples');
  t.equal((await written(group, { cut: { events: ['page-faults'] } })).counts.samples, 0);
  await t.rejects(written(group, { cut: { events: ['cycles'] } }), { code: 'PERFTS_USAGE', message: /no event cycles, but cpu-clock, page-faults/ });
});

/** A pipe whose events come after a record of another type, FINISHED_INIT: no reader knows them when it has opened the pipe. */
function latePipe(littleEndian: boolean, records: readonly Uint8Array[]): Uint8Array {
  return joined([new Writer(littleEndian).u64(0x32454c4946524550n).u64(16).bytes(), recordOf(littleEndian, 82, 0, () => {}), ...records]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

// IP, TID, TIME: of two events nobody can tell the samples.
const NAMELESS = { sampleType: 1 | 2 | 4 };
const attrRecord = (littleEndian: boolean, options: AttrOptions): Uint8Array =>
  recordOf(littleEndian, 64, 0, (body) => body.raw(attrBytes(littleEndian, options)).u64(7));
const sampleOf = (littleEndian: boolean, pid: number, time: number): Uint8Array =>
  recordOf(littleEndian, 9, 2, (body) => body.u64(0x40_0000).u32(pid).u32(pid).u64(time));

t.test('an event that comes late in a pipe stays one', async (t) => {
  for (const littleEndian of [true, false]) {
    const parts = { recording: latePipe(littleEndian, [attrRecord(littleEndian, NAMELESS), sampleOf(littleEndian, 2, 5), sampleOf(littleEndian, 3, 6)]) };
    for (const [options, samples] of [[{}, 2], [{ cut: { pids: [2] } }, 1]] as const) {
      const { recording } = await written(parts, { container: 'pipe', ...options });
      t.equal((await records(recording)).filter((line) => line.startsWith('SAMPLE')).length, samples);
      t.same(recording.file.events.events.map(({ ids }) => ids), [[7n]], 'also where the processes were looked for first, and the event was known');
      t.same(recording.damage, []);
    }
  }
});

t.test('a feature of the header wins over one in a record, in a pipe too', async (t) => {
  for (const littleEndian of [true, false]) {
    const feature = (name: string): Uint8Array => new Writer(littleEndian).u32(name.length).raw(new TextEncoder().encode(name)).bytes();
    const sink = new MemorySink();
    const writer = new FileWriter(sink, littleEndian);
    const events = [{ attr: attrBytes(littleEndian, NAMELESS), ids: [] }];
    writer.begin(events, new Map());
    for (const [id, payload] of [[FeatureId.Hostname, feature('record\0\0')], [FeatureId.OsRelease, feature('6.1\0')], [FeatureId.TracingData, new Uint8Array(64)]] as const) {
      writer.record(recordOf(littleEndian, 80, 0, (body) => body.u64(id).raw(payload)));
    }
    writer.finish(events, new Map([[FeatureId.Hostname, feature('header\0\0')], [FeatureId.TracingData, new Uint8Array(0)]]));
    const { recording } = await written({ recording: sink.bytes.slice() }, { container: 'pipe' });
    await records(recording);
    t.match(recording.file.features, { hostname: 'header', osRelease: '6.1' });
    t.notOk(recording.file.features.has(FeatureId.TracingData), 'also where the header says that there are no bytes of it');
    t.same(recording.damage, []);
  }
});

t.test('version 1 becomes version 2', async (t) => {
  const bytes = testdata('perfdata/file.data');
  const old = bytes.slice();
  old.set(new TextEncoder().encode('PERFFILE'));
  // perf of that time had shorter attrs; that the size tells the order is what counts.
  const upgraded = await written({ recording: old }, {});
  t.equal(upgraded.recording.file.version, 2);
  t.same(upgraded.parts.recording.slice(0, 8), bytes.slice(0, 8));
  t.equal(await scriptOf(upgraded.parts), await scriptOf({ recording: bytes }));
});

t.test('what follows records comes along', async (t) => {
  const behind = (type: number, misc: number, head: number[], data: Uint8Array): Uint8Array =>
    Uint8Array.from([...recordOf(true, type, misc, (writer) => head.forEach((word) => writer.u32(word))), ...data]);
  const data = Uint8Array.from({ length: 65_536 }, (_, i) => i & 0xff);
  // AUXTRACE, and a record of simpleperf whose size of 32 bits is 0x10008.
  const traces = [behind(71, 0, [0x10000, 0, 0, 0, 0, 0, 0, 0, 0, 0], data), behind(32_771, 1, [], data), recordOf(true, 82, 0, () => {})];
  const recording = fileOf(true, [{ sampleType: 1, ids: [1n] }], traces);
  const end = recording.length - traces.reduce((size, trace) => size + trace.length, 0);
  for (const container of ['file', 'pipe'] as const) {
    const converted = await written({ recording }, { container });
    t.same((await records(converted.recording)).slice(-3), ['AUXTRACE -', 'UNKNOWN -', 'FINISHED_INIT -']);
    t.ok(Buffer.from(converted.parts.recording).includes(Buffer.from(recording.subarray(end))), container);
  }
});

t.test('names', async (t) => {
  const names = new NameReplacements();
  t.equal(names.path('/home/alice/secret/tool'), '/home/name1/name2/name3');
  t.equal(names.comm('tool'), 'name3', 'the same name, the same replacement');
  t.equal(names.path('/usr/bin/python3.13'), '/usr/bin/python3.13');
  t.equal(names.path('/usr/lib/x86_64-linux-gnu/libc.so.6'), '/usr/lib/x86_64-linux-gnu/libc.so.6');
  t.equal(names.path('/opt/libsecret.so.1.2 (deleted)'), '/opt/name4.so.1.2 (deleted)');
  t.equal(names.path('/srv/_fast.cpython-313-x86_64-linux-gnu.so'), '/srv/name5.cpython-313-x86_64-linux-gnu.so');
  t.equal(names.path('/home/alice/jit-77.dump'), '/home/name1/jit-77.dump');
  t.same(['//anon', '[vdso]', '[heap]', '/dev/zero (deleted)'].map((name) => names.path(name)), ['//anon', '[vdso]', '[heap]', '/dev/zero (deleted)']);
  t.equal(names.path('/memfd:secret (deleted)'), '/memfd:name2 (deleted)');
  t.equal(names.path('[anon:secret]'), '[anon:name2]');
  t.equal(names.comm('kworker/0:1'), 'kworker/0:1');
});

t.test('anonymous', async (t) => {
  const demo = demoParts();
  const original = await openInMemory(demo);
  const { parts, counts, recording } = await written(demo, {}, anonymizeRecording);
  t.equal(counts.samples, 491);
  t.same(recording.damage, []);
  t.ok(parts.recording.length < demo.recording.length && demo.recording.length - parts.recording.length > 100_000, 'without stacks');
  const text = Buffer.from(parts.recording).toString('latin1');
  for (const secret of ['shop.py', 'demo-run', original.file.features.hostname ?? '?']) t.notOk(text.includes(secret), secret);
  const stacks = async (one: Recording): Promise<string[]> => {
    const lines: string[] = [];
    for await (const { time, comm, frames } of one.samples()) lines.push(`${time} ${comm} ${frames.map((frame) => `${frame.address.toString(16)} ${frame.name}+${frame.offset}`).join(', ')}`);
    return lines;
  };
  // Files whose names were replaced are not found there any more; addresses stay.
  const [before, after] = [await stacks(original), await stacks(recording)];
  t.equal(after.length, before.length);
  t.same(after.map((line) => line.replace(/ [^ ,]*\+\S+/g, '')), before.map((line) => line.replace(/ [^ ,]*\+\S+/g, '')), 'every stack as it was unwound');
  t.ok(after.some((line) => line.includes('py::')), 'functions of the jitdump keep their names');

  const made = { recording: new MadeRecording().comm(5, 'secret-tool', 1, true).mmap(5, { ...code, path: '/data/secret-tool' }, 2).sample(5, [0x40_0010], 3).bytes() };
  const script = await scriptOf((await written(made, { littleEndian: false }, anonymizeRecording)).parts);
  t.match(script, /^name1 +5 /);
  t.match(script, /\(\/name2\/name1\)/);
});

/** Injects, with the images as files of the symfs and without the jitdump. */
async function injected(parts: Parts): Promise<{ parts: Parts; counts: Injected; files: Map<string, Uint8Array> }> {
  const sink = new MemorySink();
  const files = new Map(parts.files ?? []);
  const imagesOf = () => (name: string, image: Uint8Array): string => {
    files.set(`/tmp/${name}`, image);
    return `/tmp/${name}`;
  };
  const counts = await injectJit(await openInMemory(parts), { container: 'file', imagesOf }, sink);
  return { parts: { ...parts, recording: sink.bytes.slice(), files, jitdumps: new Map() }, counts, files };
}

t.test('jitdumps injected', async (t) => {
  const demo = demoParts();
  const { parts, counts } = await injected(demo);
  t.match(counts, { samples: 491, jitdumps: 1, missing: [], timeless: [] });
  t.ok(counts.images > 100);
  const names = async (one: Recording): Promise<string[]> => {
    const lines: string[] = [];
    for await (const { frames, end } of one.samples()) lines.push(`${frames.map((frame) => `${frame.name}+${frame.offset}`).join(' ')} ${end}`);
    return lines;
  };
  const after = await names(await openInMemory(parts));
  t.same(after, await names(await openInMemory(demo)), 'every stack the same, out of images');
  t.ok(after.some((line) => line.includes('py::bill:')));
  t.match(await scriptOf(parts), / py::bill:.* \(\/tmp\/jitted-30191-\d+\.so\)/);
});

t.test('injected at their time', async (t) => {
  const at = 0x5000_0000;
  const jitdump = new JitdumpWriter({ pid: 9 })
    .load({ name: 'early', start: at, size: 16, time: 20n, index: 1, pid: 9 })
    .move({ from: at, to: at + 0x100, size: 16, index: 1, time: 40n })
    .load({ name: 'late', start: at, size: 16, time: 50n, index: 2, pid: 9 });
  const made = (clock?: number): Uint8Array =>
    new MadeRecording(clock === undefined ? {} : { clockId: clock }).comm(9, 'jit', 1, true).mmap(9, { start: at, length: 0x1000, path: '//anon' }, 2)
      .mmap(9, { start: 0x6000_0000, length: 0x1000, path: '/tmp/jit-9.dump' }, 3).mmap(9, { start: at + 0x8000, length: 0x1000, path: '//anon' }, 4)
      .sample(9, [at], 10).sample(9, [at], 30).sample(9, [at + 0x100], 45).sample(9, [at], 60).bytes();
  const jitdumps = new Map([['jit-9.dump', jitdump.bytes()]]);
  const { parts, counts, files } = await injected({ recording: made(1), jitdumps });
  t.match(counts, { images: 2, timeless: [] });
  t.same([...files.keys()], ['/tmp/jitted-9-1.so', '/tmp/jitted-9-2.so']);
  const recording = await openInMemory(parts);
  const all = await records(recording);
  t.same(all.filter((line) => line.startsWith('MMAP2')), ['MMAP2 2', 'MMAP2 20', 'MMAP2 40', 'MMAP2 50'], 'without the dump and what was mapped after it');
  const leaves: string[] = [];
  for await (const { frames } of recording.samples()) leaves.push(frames[0]!.name);
  t.same(leaves, ['', 'early', 'early', 'late']);
  t.same(recording.file.features.buildIds?.map((build) => [build.filename, build.buildId.length]), [['/tmp/jitted-9-1.so', 40], ['/tmp/jitted-9-2.so', 40]]);

  t.same((await injected({ recording: made(), jitdumps })).counts.timeless, ['/tmp/jit-9.dump'], 'another clock is said');
  t.same((await injected({ recording: made(1) })).counts.missing, ['/tmp/jit-9.dump']);
});

t.test('SHA-1 as the standard has it', async (t) => {
  const hex = (text: string): string => Buffer.from(sha1(new TextEncoder().encode(text))).toString('hex');
  t.equal(hex('abc'), 'a9993e364706816aba3e25717850c26c9cd0d89d');
  t.equal(hex(''), 'da39a3ee5e6b4b0d3255bfef95601890afd80709');
  t.equal(hex('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'), '84983e441c3bd26ebaae4aa1f95129e5e54670f1');
});
