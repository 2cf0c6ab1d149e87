// report held against what perf 7.2 printed, byte for byte, for recordings whose rows are told apart by more than stacks: tracepoints by
// their text, branches by their ends, functions by what was inlined and by source lines (script too); and for one whose context switches
// tell how much of the time that passed a row took.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import t from 'tap';
import { decodeText } from '../../src/bytes/text.ts';
import { TextBuffer } from '../../src/bytes/text-buffer.ts';
import type { SampleDetail } from '../../src/profile/profile.ts';
import type { ProfileOptions, Recording } from '../../src/profile/recording.ts';
import type { ReportViewOptions } from '../../src/views/report/options.ts';
import { writeReport } from '../../src/views/report/report.ts';
import type { FieldChoice } from '../../src/views/script/fields.ts';
import { ScriptView } from '../../src/views/script/script-view.ts';
import { openInMemory } from '../end-to-end/in-memory.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';
import { reportOptions } from './report-options.ts';

function bytesOf(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(PROJECT_ROOT, 'testdata', 'report', name)));
}

async function reported(recording: Recording, options: ReportViewOptions, detail?: SampleDetail | 'none', source: Pick<ProfileOptions, 'inlines' | 'lines'> = {}): Promise<string> {
  const { profile } = await recording.profile({ detail, ...source });
  let text = '';
  writeReport(profile, options, (piece) => (text += piece));
  return text.replace(/^# \(Tip: .*\)$/m, '# (Tip)');
}

/** The lines that one text has and the other has not in the same place; a whole report is no help in a message. */
function differences(ours: string, perfs: string): string[] {
  const [a, b] = [ours.split('\n'), perfs.split('\n')];
  const longer = a.length > b.length ? a : b;
  return longer.flatMap((_, at) => (a[at] === b[at] ? [] : [`ours: ${a[at]}`, `perf: ${b[at]}`])).slice(0, 4);
}

for (const name of ['kprobe', 'sched_stat', 'branches', 'latency']) {
  t.test(name, async (t) => {
    const recording = await openInMemory({ recording: bytesOf(`recorded-${name}.data`) });
    for (const part of gunzipSync(bytesOf(`recorded-${name}.txt.gz`)).toString('latin1').split(/^==> /m).slice(1)) {
      const end = part.indexOf('\n');
      const line = part.slice(0, end);
      const options = reportOptions(line);
      const detail = options.sort?.includes('trace') === true ? 'trace' : undefined;
      t.same(differences(await reported(recording, options, detail), part.slice(end + 1)), [], `perf report ${line}`);
    }
  });
}

t.test('inlines', async (t) => {
  const files = new Map([['/opt/inl/inlines', bytesOf('recorded-inlines.elf')]]);
  const recording = await openInMemory({ recording: bytesOf('recorded-inlines.data'), files });
  for (const part of gunzipSync(bytesOf('recorded-inlines.txt.gz')).toString('latin1').split(/^==> /m).slice(1)) {
    const end = part.indexOf('\n');
    const line = part.slice(0, end);
    const lines = /srcline|srcfile/.test(line);
    if (line.startsWith('script')) {
      const fields: FieldChoice[] = line === 'script' ? [] : [{ type: '', mode: 'set', fields: line.split(' ')[2]!.split(',').map((name) => ({ name, shown: true })) }];
      t.same(differences(await scripted(recording, fields, lines), part.slice(end + 1)), [], `perf ${line}`);
      continue;
    }
    t.same(differences(await reported(recording, reportOptions(line), undefined, { inlines: true, lines }), part.slice(end + 1)), [], `perf report ${line}`);
  }
  await t.rejects(reported(recording, { sort: ['srcline'] }), { code: 'PERFTS_USAGE', message: /does not hold source lines/ });
});

async function scripted(recording: Recording, fields: readonly FieldChoice[], lines: boolean): Promise<string> {
  const pipeline = recording.pipeline({ maxStack: Infinity, keepExited: false, source: { inlines: true, lines, otherwise: 'address' } });
  const text = new TextBuffer();
  const options = { fields, hideCallGraph: false, nanoseconds: false, times: 'absolute' } as const;
  const view = new ScriptView(recording.file, pipeline.resolver, options, text, undefined, pipeline.sources);
  await pipeline.run({ sample: (sample, raw, record) => view.sample(sample, raw, record) });
  return decodeText(text.content, 0, text.length);
}

t.test('keys of what the recording does not hold', async (t) => {
  const sampled = await openInMemory({ recording: bytesOf('recorded-latency.data') });
  await t.rejects(reported(sampled, { sort: ['cycles'] }), { code: 'PERFTS_USAGE', message: /record with -b/ });
  await t.rejects(reported(sampled, { sort: ['trace'] }), { code: 'PERFTS_USAGE' });
  t.match(await reported(sampled, { sort: ['trace'], quiet: true, children: false, callGraph: 'none' }, 'trace'), /^ {3}100\.00% {3}100\.00% {2}N\/A$/m);
  const traced = await openInMemory({ recording: bytesOf('recorded-kprobe.data') });
  await t.rejects(reported(traced, { latency: true }), { code: 'PERFTS_USAGE', message: /record with --latency/ });
});

t.test('without a detail branches and texts are samples', async (t) => {
  const branches = await openInMemory({ recording: bytesOf('recorded-branches.data') });
  const { profile } = await branches.profile({ detail: 'none' });
  t.equal(profile.events[0]!.samples, 24);
  t.equal(profile.detail, undefined);
  t.equal(profile.events[0]!.tallies.detail, undefined);
  const traced = await openInMemory({ recording: bytesOf('recorded-kprobe.data') });
  t.match(await reported(traced, {}, 'none'), /Command +Shared Object/);
});

t.test('branches cut short are damage', async (t) => {
  const bytes = bytesOf('recorded-branches.data');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let sample = Number(view.getBigUint64(40, true));
  while (view.getUint32(sample, true) !== 9) sample += view.getUint16(sample + 6, true);
  // More branches than the record has room for: the sample is left out, the others count.
  view.setBigUint64(sample + 40, 1n << 60n, true);
  const damaged = await openInMemory({ recording: bytes });
  const { profile } = await damaged.profile();
  t.equal(profile.events[0]!.samples, 22, 'one is damaged, one has no branch');
  t.equal(damaged.damage.length, 1);
});
