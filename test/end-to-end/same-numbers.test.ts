// Whatever shows a recording shows the same numbers: the text report, the terminal browser, the page and the exports. Ten recordings, every
// event: what was sampled in each function, and what ran through it, by file and name.

import { join } from 'node:path';
import t from 'tap';
import { ReportRows } from '../../src/cli/terminal/report-rows.ts';
import { Export } from '../../src/formats/export.ts';
import { FORMATS } from '../../src/formats/formats.ts';
import { openRecording } from '../../src/node/open-recording.ts';
import { makePageData } from '../../src/page/data/make-page-data.ts';
import { wholeFilter } from '../../src/page/model/page-filter.ts';
import { PageModel } from '../../src/page/model/page-model.ts';
import { MemorySink } from '../../src/perfdata/writer/byte-sink.ts';
import type { Recording } from '../../src/profile/recording.ts';
import { planOf } from '../../src/views/report/options.ts';
import { reportTables } from '../../src/views/report/report.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';
import { perfts } from './command.ts';

const RECORDINGS = [
  'demo/demo.perfts', 'report/recorded-inlines.data', 'report/recorded-kprobe.data', 'report/recorded-latency.data', 'report/recorded-sched_stat.data',
  'twins/a64-c.data', 'twins/a64-py315.data', 'twins/lock.data', 'twins/s390-python.data', 'unwind/a64-signal.perfts',
];

/** Periods by event, file and name of the function; of places without a name by their file alone. */
type Sums = Map<string, number>;

const keyOf = (event: string, module: string, symbol: string): string => `${event}\t${module}\t${symbol}`;
const UNMAPPED = '[unknown]';

function add(sums: Sums, key: string, period: number): void {
  sums.set(key, (sums.get(key) ?? 0) + period);
}

/** In an order of its own, without what has nothing. */
const sorted = (sums: Sums): [string, number][] => [...sums].filter(([, period]) => period !== 0).sort(([a], [b]) => (a < b ? -1 : 1));

/** Of functions with a name: places without one are many rows in one view and one in another. */
const named = (sums: Sums): Sums => new Map([...sums].filter(([key]) => !key.endsWith('\t')));

/** Own periods of `perfts report`'s text. */
async function ofText(path: string): Promise<Sums> {
  const { out } = await perfts('report', '--stdio', '--no-inline', '-g', 'none', '--no-children', '-F', 'period,dso,sym', '-t', '|', path);
  const sums: Sums = new Map();
  let event = '';
  for (const line of out.split('\n')) {
    event = /^# Samples: .* of event '(.*)'$/.exec(line)?.[1] ?? event;
    const cells = line.split('|').map((cell) => cell.trim());
    if (line.startsWith('#') || cells.length < 3) continue;
    const symbol = cells[2]!.slice('[.] '.length);
    add(sums, keyOf(event, cells[1]!, /^0x[0-9a-f]+$/.test(symbol) ? '' : symbol), Number(cells[0]));
  }
  return sums;
}

/** Of the rows that the terminal browser walks through. */
async function ofTerminal(recording: Recording): Promise<{ own: Sums; total: Sums }> {
  const { profile } = await recording.profile({ detail: 'none', inlines: false });
  const [own, total]: [Sums, Sums] = [new Map(), new Map()];
  const plan = planOf(profile, { sort: ['dso', 'symbol'], children: true, callGraph: 'none' });
  for (const { members, table } of reportTables(profile, plan)) {
    for (const { row, sums } of new ReportRows(profile, plan, table()).shown) {
      const key = keyOf(members[0]!.name, profile.frames.moduleName(row.frame) ?? UNMAPPED, profile.frames.name(row.frame));
      add(own, key, sums[0]!.self);
      add(total, key, sums[0]!.total);
    }
  }
  return { own, total };
}

/** Of the page's table of functions. */
async function ofPage(recording: Recording): Promise<{ own: Sums; total: Sums }> {
  const model = new PageModel(await makePageData(recording, { name: 'perf.data', inlines: false, sources: false }));
  const { events, functions, modules } = model.data;
  const [own, total]: [Sums, Sums] = [new Map(), new Map()];
  for (const [index, event] of events.entries()) {
    const shown = await model.show(wholeFilter(index), false);
    for (const [number, { module, symbol }] of functions.entries()) {
      const key = keyOf(event.name, modules[module]?.name ?? UNMAPPED, symbol);
      add(own, key, shown!.functions.self[number]!);
      add(total, key, shown!.functions.total[number]!);
    }
  }
  return { own, total };
}

interface JsonSample {
  readonly event: string;
  readonly period: number;
  readonly stack: readonly JsonFrame[];
}

interface JsonFrame {
  readonly function: string;
  readonly module?: string;
  readonly file?: string;
  readonly kind: string;
}

/** Exports name functions for people; the symbol that it was. */
function symbolOf({ function: name, file, kind }: JsonFrame): string {
  if (/^\[.*\]$/.test(name)) return '';
  return kind === 'python' ? `py::${name}:${file ?? ''}` : name;
}

/** Of an export that writes every sample. */
async function ofExport(recording: Recording): Promise<{ own: Sums; total: Sums }> {
  const sink = new MemorySink();
  const made = new Export(await FORMATS.find(({ name }) => name === 'jsonl')!.load(), { producer: 'perfts test' }, sink);
  await made.add({ recording, name: 'perf.data', labels: new Map() }, { inlines: false });
  await made.finish();
  const [own, total]: [Sums, Sums] = [new Map(), new Map()];
  for (const line of new TextDecoder().decode(sink.bytes).split('\n')) {
    if (line === '') continue;
    const { event, period, stack } = JSON.parse(line) as JsonSample;
    const keys = stack.map((frame) => keyOf(event, frame.module ?? UNMAPPED, symbolOf(frame)));
    if (keys.length > 0) add(own, keys[0]!, period);
    for (const key of new Set(keys)) add(total, key, period);
  }
  return { own, total };
}

t.test('the text, the terminal, the page and an export have the same numbers', async (t) => {
  t.setTimeout(120_000);
  for (const file of RECORDINGS) {
    const path = join(PROJECT_ROOT, 'testdata', file);
    const opened = await openRecording(path);
    const terminal = await ofTerminal(opened.recording);
    const page = await ofPage(opened.recording);
    const exported = await ofExport(opened.recording);
    opened.close();
    t.ok(terminal.own.size > 0, file);
    t.same(sorted(await ofText(path)), sorted(terminal.own), `${file}: text and terminal`);
    t.same(sorted(page.own), sorted(terminal.own), `${file}: page and terminal`);
    t.same(sorted(exported.own), sorted(terminal.own), `${file}: export and terminal`);
    t.same(sorted(named(page.total)), sorted(named(terminal.total)), `${file}: page and terminal, with callees`);
    t.same(sorted(named(exported.total)), sorted(named(terminal.total)), `${file}: export and terminal, with callees`);
  }
});
