// Formats that are text: collapsed stacks, speedscope, CSV, JSON lines. Their stacks and totals are those of the library's own walk.

import t from 'tap';
import { TimeSpans } from '../../src/profile/time-spans.ts';
import { pythonView } from '../../src/profile/python/python-view.ts';
import { frameLabel } from '../../src/profile/stack-frame.ts';
import { weightedStacks } from '../../src/profile/weighted-stacks.ts';
import { demo, exportedText, inputOf, plain, plainSamples, shown, type PlainSample } from './exporting.ts';

/** Stacks as lines of FlameGraph's scripts: how often each, and its period. */
function counted(samples: readonly PlainSample[], lineOf: (sample: PlainSample) => string): Map<string, { samples: number; period: number }> {
  const counts = new Map<string, { samples: number; period: number }>();
  for (const sample of samples) {
    const line = lineOf(sample);
    const sum = counts.get(line) ?? { samples: 0, period: 0 };
    counts.set(line, { samples: sum.samples + 1, period: sum.period + sample.period });
  }
  return counts;
}

const lineOf = ({ comm, names }: PlainSample): string => [comm, ...names].map((name) => name.replaceAll(';', ':')).join(';');

t.test('collapsed: the stacks and counts of the library', async (t) => {
  for (const [name, open] of [['demo', demo], ['file', () => plain('file')], ['big-endian-zstd', () => plain('big-endian-zstd')], ['injected', () => plain('injected')]] as const) {
    const expected = counted(await plainSamples(await open()), lineOf);
    const lines = (await exportedText('collapsed', [inputOf(await open())], { inlines: false }, { annotate: false })).trimEnd().split('\n');
    t.same(new Map(lines.map((line) => /^(.*) (\d+)$/.exec(line)!.slice(1) as [string, string])), new Map([...expected].map(([line, { samples }]) => [line, String(samples)])), name);
    const periods = (await exportedText('collapsed', [inputOf(await open())], { inlines: false }, { annotate: false, weight: 'period' })).trimEnd().split('\n');
    t.same(new Set(periods), new Set([...expected].map(([line, { period }]) => `${line} ${period}`)), `${name}, by period`);
  }
});

t.test('collapsed: marks', async (t) => {
  const text = await exportedText('collapsed', [inputOf(await demo())]);
  t.match(text, /;asm_exc_page_fault_\[k\];/);
  t.match(text, /;py::<module>:\/demo-run\/shop\.py_\[j\];/);
  t.notMatch(text, /_start_\[/);
});

t.test('collapsed: labels come first, and one event only', async (t) => {
  const two = [inputOf(await demo(), { service: 'api' }), inputOf(await demo(), { service: 'web;2' })];
  const lines = (await exportedText('collapsed', two)).trimEnd().split('\n');
  t.equal(lines.filter((line) => line.startsWith('api;python3.13;')).length, lines.length / 2);
  t.equal(lines.filter((line) => line.startsWith('web:2;python3.13;')).length, lines.length / 2);
  await t.rejects(exportedText('collapsed', [inputOf(await plain('group'))]), { code: 'PERFTS_USAGE', message: /cpu-clock.* page-faults.* --event/ });
  t.match(await exportedText('collapsed', [inputOf(await plain('group'))], { events: ['page-faults'] }), / \d+\n/);
});

/** As speedscope 1.25.0's file-format-spec.ts has it. */
interface Speedscope {
  readonly $schema: string;
  readonly exporter: string;
  readonly shared: { readonly frames: readonly { readonly name: string; readonly file?: string }[] };
  readonly profiles: readonly {
    readonly type: string; readonly name: string; readonly unit: string; readonly startValue: number; readonly endValue: number;
    readonly samples: readonly (readonly number[])[]; readonly weights: readonly number[];
  }[];
}

t.test('speedscope', async (t) => {
  const samples = await plainSamples(await demo());
  const file = JSON.parse(await exportedText('speedscope', [inputOf(await demo())], { inlines: false })) as Speedscope;
  t.same([file.$schema, file.exporter, file.profiles.length], ['https://www.speedscope.app/file-format-schema.json', 'perfts test', 1]);
  const [profile] = file.profiles;
  t.same([profile!.type, profile!.name, profile!.unit, profile!.startValue], ['sampled', 'python3.13 30191', 'nanoseconds', 0]);
  t.equal(profile!.samples.length, profile!.weights.length);
  t.equal(profile!.endValue, samples.reduce((sum, { period }) => sum + period, 0));
  t.equal(profile!.endValue, profile!.weights.reduce((sum, weight) => sum + weight, 0));
  t.ok(profile!.samples.every((stack) => stack.every((frame) => file.shared.frames[frame] !== undefined)));
  t.ok(file.shared.frames.some(({ name, file: source }) => name === 'bill' && source === '/demo-run/shop.py'), 'a Python function and its file');
  // In order of time, and equal neighbours as one.
  const inOrder: string[] = [];
  for (const { names } of samples) {
    const line = names.map((name) => /^py::(.*?):/.exec(name)?.[1] ?? name).join(';');
    if (inOrder.at(-1) !== line) inOrder.push(line);
  }
  t.same(profile!.samples.map((stack) => stack.map((frame) => file.shared.frames[frame]!.name).join(';')), inOrder);
});

t.test('speedscope: a profile for each thread and event', async (t) => {
  const { profiles } = JSON.parse(await exportedText('speedscope', [inputOf(await plain('group'), { service: 'api' })])) as Speedscope;
  const samples = await plainSamples(await plain('group'));
  t.same(new Set(profiles.map(({ name }) => name)), new Set(samples.map(({ comm, pid, tid, event }) => `api: ${comm} ${pid === tid ? tid : `${pid}/${tid}`} (${event})`)));
  t.same(new Set(profiles.map(({ unit }) => unit)), new Set(['nanoseconds', 'none']));
});

/** RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)!.push(quoted === undefined ? bare! : quoted.replaceAll('""', '"'));
    if (end === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

t.test('CSV', async (t) => {
  const samples = await plainSamples(await demo());
  const [head, ...rows] = parseCsv(await exportedText('csv', [inputOf(await demo(), { service: 'a "b", c' }, 'perf,data')], { inlines: false }));
  t.same(head, ['recording', 'labels', 'time', 'event', 'period', 'pid', 'tid', 'comm', 'cpu', 'mode', 'function', 'module', 'file', 'end', 'stack']);
  t.equal(rows.length, samples.length);
  t.ok(rows.every((row) => row.length === head!.length));
  const at = (row: readonly string[], column: string): string => row[head!.indexOf(column)]!;
  t.same(rows.map((row) => [Number(at(row, 'period')), at(row, 'comm'), at(row, 'stack').split(';').length]), samples.map(({ period, comm, names }) => [period, comm, names.length]));
  const [first] = rows;
  t.same([at(first!, 'recording'), at(first!, 'labels'), at(first!, 'time'), at(first!, 'mode'), at(first!, 'function'), at(first!, 'end')], ['perf,data', 'service=a "b", c', '1943.070607808', 'kernel', 'page_cache_ra_unbounded', 'root']);
});

t.test('JSON lines', async (t) => {
  const samples = await plainSamples(await demo());
  const lines = (await exportedText('jsonl', [inputOf(await demo(), { service: 'api' })], { inlines: false })).trimEnd().split('\n');
  const objects = lines.map((line) => JSON.parse(line) as { readonly period: number; readonly labels: object; readonly stack: readonly { readonly function: string; readonly kind: string; readonly file?: string }[] });
  t.same(objects.map(({ period, stack }) => [period, stack.length]), samples.map(({ period, names }) => [period, names.length]));
  t.same(objects[0]!.labels, { service: 'api' });
  const python = objects.flatMap(({ stack }) => stack).filter(({ kind }) => kind === 'python');
  t.ok(python.length > 1000 && python.every(({ file }) => file !== undefined));
});

t.test('filters', async (t) => {
  const recording = await demo();
  const count = async (walk: Parameters<typeof exportedText>[2]): Promise<number> => (await exportedText('jsonl', [inputOf(recording)], walk)).split('\n').length - 1;
  t.equal(await count({}), 491);
  t.equal(await count({ comms: ['python3.13'], pids: [30191], tids: [30191], events: ['cpu-clock'] }), 491);
  t.equal(await count({ comms: ['other'] }), 0);
  t.equal(await count({ tids: [1] }), 0);
  const within = (from: bigint | undefined, to: bigint | undefined): { readonly time: TimeSpans } => ({ time: new TimeSpans([{ from, to }], recording.file.timeBase) });
  t.equal(await count(within(undefined, 1_943_070_607_808n)), 1);
  t.equal(await count(within(1_943_070_607_809n, undefined)), 490);
  await t.rejects(count({ events: ['cycles'] }), { code: 'PERFTS_USAGE' });
});

t.test("Python's own view is that of the flame graph, in every format", async (t) => {
  const { profile } = await (await demo()).profile({ detail: 'none' });
  const view = pythonView(weightedStacks(profile));
  const expected = new Map<string, number>();
  const { tallies } = profile.events[0]!;
  for (let row = 0; row < tallies.length; row++) {
    const names: string[] = [];
    for (let node = view.rows[0]![row]!; node > 0; node = view.stacks.parent[node]!) names.push(frameLabel(view.frames[view.stacks.frame[node]!]!));
    const line = ['python3.13', ...names.reverse()].join(';');
    expected.set(line, (expected.get(line) ?? 0) + tallies.samples[row]!);
  }
  const walk = { inlines: false, python: true };
  const lines = (await exportedText('collapsed', [inputOf(await demo())], walk, { annotate: false, python: true })).trimEnd().split('\n');
  t.same(new Map(lines.map((line) => /^(.*) (\d+)$/.exec(line)!.slice(1) as [string, string])), new Map([...expected].map(([line, samples]) => [line, String(samples)])));
  t.notMatch(lines.join('\n'), /_PyEval|Vectorcall/);
  const objects = (await exportedText('jsonl', [inputOf(await demo())], walk)).trimEnd().split('\n').map((line) => JSON.parse(line) as { readonly stack: readonly { readonly function: string; readonly file?: string }[] });
  const found = new Map<string, number>();
  for (const { stack } of objects) {
    const line = ['python3.13', ...stack.map((frame) => (frame.file === undefined ? frame.function : shown(`py::${frame.function}:${frame.file}`))).reverse()].join(';');
    found.set(line, (found.get(line) ?? 0) + 1);
  }
  t.same(found, expected, 'also where samples are written as they come');
});
