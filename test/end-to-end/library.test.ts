// The library: the README's program as it stands there, the same data seen as records, samples, profile and report, and recordings
// that are read in tiny pieces, each of which must be waited for.

import t from 'tap';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MemorySource, type ByteSource } from '../../src/bytes/source.ts';
import { VERSION } from '../../src/cli/version.ts';
import {
  Disassembler, EXPORT_FORMATS, PerftsError, annotatedLines, annotatedRows, exportRecording, exportToDataset, exportToFile, openRecording, qualityLines, writeReport, type AnnotatedRows, type Annotation, type Sample,
} from '../../src/node/index.ts';
import { folderElsewhere, runNode } from '../project/elsewhere.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';
import { DEMO, DEMO_FILES, DEMO_KALLSYMS, dataPath, perfts } from './command.ts';
import { demoParts, openInMemory, reportOf, scriptOf, testdata, type Parts } from './in-memory.ts';

/** The compiled library beside this compiled test. */
const LIBRARY = pathToFileURL(join(dirname(fileURLToPath(import.meta.url)), '../../src/node/index.js')).href;
const OPTIONS = { symfs: [dataPath('demo/symfs')], kallsyms: dataPath('demo/symfs/kallsyms') };

t.test('the program in the README', async (t) => {
  const program = /^```js\n([^]*?)^```/m.exec(readFileSync(join(PROJECT_ROOT, 'README.md'), 'utf8'))?.[1] ?? '';
  t.match(program, /from 'perfts';/);
  const file = join(folderElsewhere(t), 'example.mjs');
  writeFileSync(file, program.replace(/from 'perfts'/g, `from ${JSON.stringify(LIBRARY)}`));
  const result = runNode([file], PROJECT_ROOT);
  t.equal(result.status, 0, result.err);
  t.equal(result.out, 'most time in or below py::bill:/demo-run/shop.py\ncpu-clock: 491 samples\n');
  const report = await perfts('report', '-g', 'none', dataPath('demo/demo.perfts'));
  t.equal(result.err, report.err, 'the same lines about the data as the command prints');
});

t.test("the README's program that exports", async (t) => {
  const program = [...readFileSync(join(PROJECT_ROOT, 'README.md'), 'utf8').matchAll(/^```js\n([^]*?)^```/gm)][1]?.[1] ?? '';
  t.match(program, /exportRecording/);
  const folder = folderElsewhere(t);
  writeFileSync(join(folder, 'example.mjs'), program.replace(/from 'perfts'/g, `from ${JSON.stringify(LIBRARY)}`).replace('testdata/demo/demo.perfts', DEMO));
  const result = runNode(['example.mjs'], folder);
  t.same([result.status, result.err], [0, '']);
  const lines = (await perfts('export', '--format', 'collapsed', '--python', DEMO)).out.trimEnd().split('\n');
  t.equal(result.out, `${lines.length} distinct stacks, as ${lines[0]}\n`);
  t.equal(readFileSync(join(folder, 'demo.parquet')).toString('latin1', 0, 4), 'PAR1');
});

t.test('exports, as the command writes them', async (t) => {
  const folder = folderElsewhere(t);
  const { recording, modified, close } = await openRecording(DEMO, OPTIONS);
  t.teardown(close);
  const inputs = [{ recording, name: basename(DEMO), labels: new Map([['service', 'api']]), modified }];
  for (const { name, isBinary } of EXPORT_FORMATS) {
    const file = join(folder, `demo.${name}`);
    const [quality] = await exportToFile(inputs, name, file, { producer: `perfts ${VERSION}`, ...(name === 'firefox' && { notes: () => [] }) });
    t.equal(quality!.samples, 491, name);
    const command = join(folder, `command.${name}`);
    t.equal((await perfts('export', '--format', name, '--label', 'service=api', '-o', command, DEMO, ...DEMO_FILES, ...DEMO_KALLSYMS)).status, 0);
    const [own, its] = [readFileSync(file), readFileSync(command)];
    // What is gzipped may have a time in it, Firefox has the notes of the command.
    if (name === 'pprof') t.ok(Math.abs(own.length - its.length) < 400, name);
    else if (name === 'firefox') t.ok(own.length > 1000 && own.length <= its.length, name);
    else t.ok(own.equals(its), `${name}, ${isBinary ? 'bytes' : 'text'}`);
  }
  const { bytes } = await exportRecording(recording, 'csv', { comms: ['nobody'] });
  t.equal(new TextDecoder().decode(bytes).trimEnd().split('\n').length, 1, 'a filter leaves the heading');
  await exportToDataset(inputs, join(folder, 'fleet'));
  t.same(readdirSync(join(folder, 'fleet')).sort(), ['samples', 'stacks']);
  await t.rejects(exportToFile(inputs, 'svg' as 'csv', join(folder, 'demo.svg')), { code: 'PERFTS_USAGE', message: "no format 'svg': there are firefox, pprof, collapsed, speedscope, perfetto, otlp, csv, jsonl, parquet" });
  await t.rejects(exportToDataset([{ recording, name: 'x', labels: new Map() }], join(DEMO, 'no-folder')), { code: 'PERFTS_NO_FILE' });
  t.notOk(readdirSync(folder).includes('demo.svg'), 'what could not be finished is not there');
});

t.test('annotate, as the command prints it', async (t) => {
  const { recording, close } = await openRecording(DEMO, OPTIONS);
  t.teardown(close);
  const annotation: Annotation = await recording.annotate();
  const { events, functions } = annotation;
  t.same(events.map(({ name, samples }) => [name, samples]), [['cpu-clock', 491]]);
  const hottest = functions[0]!;
  const annotated: AnnotatedRows = await annotatedRows(annotation, hottest, await Disassembler.load('att'), false);
  t.equal(annotated.rows.reduce((sum, { samples }) => sum + samples[0]!, 0), hottest.counts[0]!.samples, 'each sample of the function is in a row');
  const text = [...annotatedLines(annotation, annotated, { column: 'percent', percentType: 'local-period', lineSummary: false, fullPaths: false, color: false })].join('');
  annotation.close();
  t.equal(text, (await perfts('annotate', '--no-source', '-s', hottest.frame.symbol, '-i', DEMO, ...DEMO_FILES, ...DEMO_KALLSYMS)).out);
});

t.test('records, samples, profile and report are one recording', async (t) => {
  const { recording, close } = await openRecording(DEMO, OPTIONS);
  t.teardown(close);
  t.equal(recording.machine, 'x86-64');
  let records = 0;
  let lastTime = 0n;
  for await (const { type, name, record, time } of recording.records()) {
    if (type !== 9) continue;
    records++;
    if (name !== 'SAMPLE' || record.size < 16_384 || time! < lastTime) t.fail(`record ${records}: ${name}, ${record.size} bytes, time ${time}`);
    lastTime = time!;
  }
  const samples: Sample[] = [];
  for await (const sample of recording.samples()) samples.push(sample);
  t.same([records, samples.length], [491, 491]);
  const { profile, quality } = await recording.profile();
  const event = profile.events[0]!;
  t.same([event.name, event.samples, quality.samples], ['cpu-clock', 491, 491]);
  t.equal(samples.reduce((sum, { period }) => sum + period, 0), event.period);
  t.equal(samples.filter(({ end }) => end === 'root').length, quality.complete);
  const lines: string[] = [];
  writeReport(profile, { callGraph: 'none' }, (text) => lines.push(text));
  t.equal(lines.join(''), (await perfts('report', '-g', 'none', DEMO, ...DEMO_FILES, ...DEMO_KALLSYMS)).out);

  // What a report's row says, counted from the samples.
  const inside = (name: string): number => samples.reduce((sum, { frames, period }) => sum + (frames.some((frame) => frame.name === name) ? period : 0), 0);
  const row = /^ +(\d+\.\d\d)% .*\] py::bill:\/demo-run\/shop\.py/m.exec(lines.join(''))!;
  t.equal(((100 * inside('py::bill:/demo-run/shop.py')) / event.period).toFixed(2), row[1]);

  const { pid, tid, comm, cpu, time, event: name, frames } = samples[0]!;
  t.same({ pid, tid, comm, cpu, name }, { pid: 30191, tid: 30191, comm: 'python3.13', cpu: -1, name: 'cpu-clock' });
  t.ok(time! > 1_943_000_000_000n && time! < 1_944_000_000_000n);
  t.same(frames[0], { address: 0xffffffff8159e601n, name: 'page_cache_ra_unbounded', offset: 0x111, module: '[kernel.kallsyms]', isKernel: true });
  t.same(samples.at(-1)!.frames.at(-1)!.name, '_start');
  t.match(qualityLines(quality, recording.damage)[0], /^Samples: 491, none lost\.$/);
});

t.test('a walk that is left early, and one after it', async (t) => {
  const { recording, close } = await openRecording(DEMO, { ...OPTIONS, jitdumps: [dataPath('demo/jit-30191.dump')] });
  let seen = 0;
  for await (const { frames } of recording.samples({ maxStack: 2 })) {
    if (frames.length > 4) t.fail('more than two frames of kernel and program each');
    if (++seen === 7) break;
  }
  for await (const { name } of recording.records()) if (name === 'SAMPLE') break;
  const shares: number[] = [];
  t.equal((await recording.profile({ onProgress: (share) => shares.push(share) })).profile.events[0]!.samples, 491);
  t.ok(shares.length > 0 && shares.every((share) => share >= 0 && share <= 1));
  close();
  close();
});

t.test('errors have codes', async (t) => {
  const codeOf = async (path: string, options = {}): Promise<string> => {
    try {
      await openRecording(path, options);
      return 'none';
    } catch (error) {
      return error instanceof PerftsError ? error.code : String(error);
    }
  };
  t.equal(await codeOf(dataPath('absent')), 'PERFTS_NO_FILE');
  t.equal(await codeOf(dataPath('demo')), 'PERFTS_NOT_PERF_DATA');
  t.equal(await codeOf(dataPath('README.md')), 'PERFTS_NOT_PERF_DATA');
  t.equal(await codeOf(DEMO, { symfs: [dataPath('absent')] }), 'PERFTS_NO_FILE');
});

/** Gives promises, and never more than `most` bytes at a time. */
function slowSource(bytes: Uint8Array, most: number): ByteSource {
  const memory = new MemorySource(bytes);
  return {
    size: bytes.length,
    read: async (offset, length) => memory.read(offset, length),
    readInto: async (into, offset) => {
      const piece = memory.read(offset, Math.min(into.length, most));
      into.set(piece);
      return piece.length;
    },
  };
}

t.test('how the bytes come does not show', async (t) => {
  const cases: [string, Parts, number][] = [
    ['the demo', demoParts(), 4099],
    ['file', { recording: testdata('perfdata/file.data') }, 7],
    ['pipe', { recording: testdata('perfdata/pipe.data') }, 13],
    ['big-endian, compressed', { recording: testdata('perfdata/big-endian-zstd.data') }, 1],
  ];
  for (const [name, parts, most] of cases) {
    const slow = { ...parts, source: (bytes: Uint8Array) => slowSource(bytes, most) };
    t.same(await reportOf(slow), await reportOf(parts), `${name}, report`);
    t.equal(await scriptOf(slow), await scriptOf(parts), `${name}, script`);
    // Without readInto, too.
    const asked = { ...parts, source: (bytes: Uint8Array): ByteSource => ({ size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) }) };
    t.equal(await scriptOf(asked), await scriptOf(parts), `${name}, read alone`);
  }
  const recording = await openInMemory({ ...demoParts(), source: (bytes) => slowSource(bytes, 100_000) });
  let count = 0;
  for await (const { frames } of recording.samples()) if (frames.length > 0) count++;
  t.equal(count, 491);
});
