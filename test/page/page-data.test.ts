// The data of a page: the same numbers as the profile's, and as they were after a journey through a file.

import t from 'tap';
import fc from 'fast-check';
import { join } from 'node:path';
import { openRecording } from '../../src/node/open-recording.ts';
import type { Annotation } from '../../src/profile/annotation.ts';
import { pythonView } from '../../src/profile/python/python-view.ts';
import { weightedStacks, type WeightedStacks } from '../../src/profile/weighted-stacks.ts';
import { makePageData } from '../../src/page/data/make-page-data.ts';
import { ColumnReader, ColumnWriter } from '../../src/page/data/page-columns.ts';
import type { PageData } from '../../src/page/data/page-data.ts';
import { PageDataError } from '../../src/page/data/page-data-error.ts';
import { decodePageData, encodePageData, packPageData, unpackPageData } from '../../src/page/data/page-file.ts';
import { atOnce } from '../../src/page/model/slices.ts';
import { sourcesOf } from '../../src/page/data/page-sources.ts';
import { qualityLines } from '../../src/views/quality-text.ts';
import { Disassembler } from '../../src/views/annotate/disassembler.ts';
import { openInMemory, testdata } from '../end-to-end/in-memory.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';

const DEMO = join(PROJECT_ROOT, 'testdata/demo/demo.perfts');

async function demoData(): Promise<PageData> {
  const opened = await openRecording(DEMO);
  try {
    return await makePageData(opened.recording, { name: 'demo.perfts', modified: opened.modified });
  } finally {
    opened.close();
  }
}

/** Names of functions from the outermost one, with what was sampled there. */
function byStack(count: (add: (path: string, samples: number, period: number) => void) => void): Record<string, [number, number]> {
  const sums: Record<string, [number, number]> = {};
  count((path, samples, period) => {
    const sum = (sums[path] ??= [0, 0]);
    sum[0] += samples;
    sum[1] += period;
  });
  return sums;
}

function ofPage(data: PageData, view: 'whole' | 'python'): Record<string, [number, number]> {
  const { stacks, places, functions, samples } = data;
  return byStack((add) => {
    for (let i = 0; i < samples.length; i++) {
      const path: string[] = [];
      for (let node = view === 'whole' ? samples.node[i]! : stacks.python![samples.node[i]!]!; node > 0; node = stacks.parent[node]!) path.push(functions[places.function[stacks.place[node]!]!]!.name);
      add(path.reverse().join(';'), 1, samples.period[i]!);
    }
  });
}

function ofProfile({ profile, rows, stacks, frames }: WeightedStacks): Record<string, [number, number]> {
  return byStack((add) => {
    profile.events.forEach(({ tallies }, event) => {
      for (let row = 0; row < tallies.length; row++) {
        const path: string[] = [];
        for (let node = rows[event]![row]!; node > 0; node = stacks.parent[node]!) path.push(frames[stacks.frame[node]!]!.name);
        add(path.reverse().join(';'), tallies.samples[row]!, tallies.period[row]!);
      }
    });
  });
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

t.test('the numbers are those of the profile, in both views', async (t) => {
  const data = await demoData();
  const opened = await openRecording(DEMO);
  t.teardown(() => opened.close());
  const { profile, quality } = await opened.recording.profile({ detail: 'none', inlines: true });
  const stacks = weightedStacks(profile);
  t.same(ofPage(data, 'whole'), ofProfile(stacks));
  t.same(ofPage(data, 'python'), ofProfile(pythonView(stacks)));
  t.same(data.events, profile.events.map(({ name, samples, period }) => ({ name, unit: 'nanoseconds', samples, period })));
  t.same(data.quality, qualityLines(quality, opened.recording.damage));
  t.match(data.origin, { name: 'demo.perfts', host: 'vm', architecture: 'x86_64', started: /^2026-11-21T02:01:43/ });
  const { time, thread, cpu, length } = data.samples;
  t.equal(length, 491);
  t.ok(time.every((value, i) => i === 0 || value >= time[i - 1]!), 'in time order');
  t.equal(time[0], 0);
  t.ok(cpu.every((value) => value === -1) && thread.every((value) => value < data.threads.length));
  t.ok(data.stacks.parent.every((parent, node) => node === 0 || parent < node));
});

t.test('the same numbers for ten recordings, whatever they hold', { timeout: 60_000 }, async (t) => {
  const files = [
    'report/recorded-branches.data', 'report/recorded-inlines.data', 'report/recorded-kprobe.data', 'report/recorded-latency.data', 'report/recorded-sched_stat.data',
    'twins/a64-c.data', 'twins/a64-py315.data', 'twins/lock.data', 'twins/s390-python.data', 'unwind/a64-signal.perfts',
  ];
  for (const file of files) {
    const opened = await openRecording(join(PROJECT_ROOT, 'testdata', file), { buildIdCache: false });
    const data = await makePageData(opened.recording, { name: file, modified: opened.modified });
    const { profile } = await opened.recording.profile({ detail: 'none', inlines: true });
    opened.close();
    const stacks = weightedStacks(profile);
    t.same(ofPage(data, 'whole'), ofProfile(stacks), file);
    t.same(ofPage(data, data.stacks.python === undefined ? 'whole' : 'python'), ofProfile(pythonView(stacks)), `${file}, Python's view`);
    const counted = profile.events.filter(({ samples }) => samples > 0);
    t.same(data.events.map(({ name, samples, period }) => ({ name, samples, period })).sort(byName), counted.map(({ name, samples, period }) => ({ name, samples, period })).sort(byName));
    t.same(decodePageData(encodePageData(data)), data);
  }
});

t.test('a Python function is the same in both views', async (t) => {
  const { stacks, places, functions, samples } = await demoData();
  const inView = new Set<number>();
  const whole = new Set<number>();
  for (const node of samples.node) {
    for (let at = stacks.python![node]!; at > 0; at = stacks.parent[at]!) inView.add(places.function[stacks.place[at]!]!);
    for (let at = node; at > 0; at = stacks.parent[at]!) whole.add(places.function[stacks.place[at]!]!);
  }
  const python = [...inView].filter((fn) => functions[fn]!.name.startsWith('write_lines'));
  t.equal(python.length, 1);
  t.ok(whole.has(python[0]!));
});

t.test('through a file and back', async (t) => {
  const data = await demoData();
  t.same(decodePageData(encodePageData(data)), data);
  const packed = await packPageData(data);
  t.same(await unpackPageData(packed), data);
  t.ok(packed.length < 30_000, `${packed.length} bytes for 491 samples`);
});

t.test('columns of several steps', async (t) => {
  const rows = 150_001;
  const columns = [Int32Array.from({ length: rows }, (_, i) => (i * 7919) % 100_003), Float64Array.from({ length: rows }, (_, i) => i / 3)];
  const writer = new ColumnWriter();
  for (const column of columns) writer.put(column);
  const bytes = writer.finish();
  const reader = new ColumnReader(bytes);
  t.same(columns.map((column) => atOnce(reader.fill(column.slice().fill(0), 0, 200_000))), columns);
  t.ok(reader.isAtEnd);
  t.equal([...new ColumnReader(bytes).fill(new Int32Array(rows), 0, 100_003)].length, 3, 'the page answers in between');
  t.throws(() => atOnce(new ColumnReader(bytes).fill(new Int32Array(rows + 1), 0, 100_003)), PageDataError);
  t.throws(() => atOnce(new ColumnReader(bytes).fill(new Int32Array(rows - 1), 0, 100_003)), PageDataError);
});

t.test('any numbers', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.nat(300), fc.double({ noNaN: true }).filter((value) => !Object.is(value, -0) && Number.isFinite(value)))), fc.array(fc.integer()), (doubles, integers) => {
      const writer = new ColumnWriter();
      writer.put(Float64Array.from(doubles));
      writer.put(Int32Array.from(integers));
      const reader = new ColumnReader(writer.finish());
      const back = [...atOnce(reader.fill(new Float64Array(doubles.length), -Infinity, Infinity))];
      return back.every((value, i) => value === doubles[i]) && [...atOnce(reader.fill(new Int32Array(integers.length), -(2 ** 31), 2 ** 31 - 1))].every((value, i) => value === integers[i]) && reader.isAtEnd;
    }),
  );
  t.pass();
});

t.test('damage is one line, and what is read can be walked', async (t) => {
  const whole = encodePageData(await demoData());
  let names = 0;
  const attempt = (bytes: Uint8Array): void => {
    try {
      const { stacks, places, samples, functions } = decodePageData(bytes);
      for (const node of samples.node) for (let at = node; at > 0; at = stacks.parent[at]!) names += functions[places.function[stacks.place[at]!]!]!.name.length;
    } catch (error) {
      if (!(error instanceof PageDataError) || /\n/.test(error.message)) throw error;
    }
  };
  for (let length = 0; length < whole.length; length += 997) attempt(whole.slice(0, length));
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length - 1), fc.nat(255), (at, value, other, second) => {
      const bytes = whole.slice();
      bytes[at] = value;
      bytes[other] = second;
      attempt(bytes);
    }),
    { numRuns: 300 },
  );
  t.ok(names > 0, 'some are read all the same');
  const packed = await packPageData(await demoData());
  await t.rejects(unpackPageData(packed.subarray(0, packed.length - 100)), { message: 'the data in this page cannot be read: it is damaged or cut short' });
  const changed = packed.slice();
  changed[1000]! ^= 1;
  await t.rejects(unpackPageData(changed), PageDataError);
  await t.rejects(unpackPageData(new Uint8Array(0)), PageDataError);
  t.throws(() => decodePageData(new Uint8Array(100)), { message: /something else/ });
});

t.test('a recording cannot make a page carry any file', async (t) => {
  const asked: string[] = [];
  const annotation = {
    sourceText: async (path: string) => {
      asked.push(path);
      return ['text'];
    },
  } as unknown as Annotation;
  const sources = await sourcesOf(annotation, { functions: [], files: ['/srv/shop.py', '/root/.ssh/id_rsa', '/etc/shadow', '/a/b.c', '/proc/self/environ', '/x.py/passwd'] });
  t.same(asked, ['/srv/shop.py', '/a/b.c']);
  t.same(sources.map(({ file }) => file), ['/srv/shop.py', '/a/b.c']);
});

t.test('instructions and source of the hottest functions', async (t) => {
  const recording = await openInMemory({
    recording: testdata('report/recorded-inlines.data'),
    files: new Map([['/opt/inl/inlines', testdata('report/recorded-inlines.elf')], ['/opt/inl/leaf.c', testdata('dwarf/source/leaf.c')]]),
  });
  const data = await makePageData(recording, { name: 'inlines', disassembler: () => Disassembler.load('att') });
  t.same(data.sources.map(({ file }) => file), ['/opt/inl/leaf.c']);
  const leaf = data.code.find(({ function: fn }) => data.functions[fn]!.name === 'leaf')!;
  t.match(leaf.instructions[0], { address: 0x400810, text: 'movq %rdi, %rax' });
  // What was sampled lies in it, calls that were inlined there too.
  const { samples, stacks, places, functions } = data;
  const addresses = new Set(leaf.instructions.map(({ address }) => address));
  let inLeaf = 0;
  for (const node of samples.node) {
    let place = stacks.place[node]!;
    while (places.outer[place]! >= 0) place = places.outer[place]!;
    if (functions[places.function[place]!]!.name !== 'leaf') continue;
    inLeaf++;
    t.ok(addresses.has(places.address[place]!));
  }
  t.ok(inLeaf > 0);
  t.ok(data.places.line.some((line) => line > 0));
  t.equal((await makePageData(recording, { name: 'inlines', sources: false })).sources.length, 0);
  t.same(decodePageData(encodePageData(data)), data);
});

t.test('waits and all time in place of the recorded events', async (t) => {
  const sums: Record<string, number> = {};
  for (const derived of ['off-cpu', 'off-cpu-states', 'wall'] as const) {
    const data = await makePageData(await openInMemory({ recording: testdata('guides/events/switches.data') }), { name: 'switches.data', derived });
    for (const { name, period } of data.events) sums[name] = period;
    t.ok(data.samples.time.every((time, i, all) => i === 0 || time >= all[i - 1]!), 'in time order');
  }
  t.same(Object.keys(sums).sort(), ['offcpu-runnable', 'offcpu-sleeping', 'offcpu-time', 'wall-clock']);
  t.equal(sums['offcpu-runnable']! + sums['offcpu-sleeping']!, sums['offcpu-time']);
  t.ok(sums['wall-clock']! > sums['offcpu-time']!);
});
