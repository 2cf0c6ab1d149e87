// Whole walks: dump, script, report and annotate with stacks, symbols and call graphs, as the commands run them.

import { TextBuffer } from '../../../src/bytes/text-buffer.ts';
import { annotatedJson } from '../../../src/views/annotate/annotate-json.ts';
import { annotatedLines, type AnnotateViewOptions } from '../../../src/views/annotate/annotate-text.ts';
import { annotatedRows } from '../../../src/views/annotate/annotated-rows.ts';
import { Disassembler, type Syntax } from '../../../src/views/annotate/disassembler.ts';
import { SHOWN_KINDS, RecordLines, type ShownKind } from '../../../src/views/script/record-lines.ts';
import { FIELDS } from '../../../src/views/script/fields.ts';
import { DumpView } from '../../../src/views/dump/dump-view.ts';
import { qualityLines } from '../../../src/views/quality-text.ts';
import { parseSortKeys } from '../../../src/profile/report-keys.ts';
import { type CallGraphOptions, type ReportViewOptions } from '../../../src/views/report/options.ts';
import { writeReport } from '../../../src/views/report/report.ts';
import { ScriptView, type ScriptOptions } from '../../../src/views/script/script-view.ts';
import { StatRounds } from '../../../src/views/script/stat-rounds.ts';
import type { SourceOptions } from '../../../src/profile/source-table.ts';
import type { InputFiles } from '../inputs.ts';
import { opened, Sink } from '../opened.ts';
import type { Random } from '../random.ts';
import { broken, type Target } from './target.ts';

/** Of the buffer in which script and dump make their text. */
const TEXT_SIZE = 65_536;

function scriptOptions(random: Random): ScriptOptions {
  const fields = random.once(3) ? [{ type: '', mode: 'change' as const, fields: FIELDS.filter(() => random.once(3)).map((name) => ({ name, shown: random.once(3) })) }] : [];
  return { fields, nanoseconds: random.once(2), hideCallGraph: random.once(6), times: random.pick(['absolute', 'absolute', 'since-start', 'since-previous'] as const) };
}

/** Half of the time what debugging information says of the places, too. */
function sourceOptions(random: Random): SourceOptions | undefined {
  return random.once(2) ? { inlines: random.once(2), lines: true, byLine: random.once(2), otherwise: random.pick(['function', 'address'] as const) } : undefined;
}

async function dump(files: InputFiles, random: Random): Promise<void> {
  const recording = await opened(files);
  const { file } = recording;
  const sink = new Sink();
  const text = new TextBuffer((bytes) => sink.writeBytes(bytes), TEXT_SIZE);
  const tracepoints = await recording.tracepoints();
  const pipeline = recording.pipeline({ maxStack: Infinity, keepExited: false, source: sourceOptions(random) }, { withUnowned: true });
  const script = new ScriptView(file, pipeline.resolver, scriptOptions(random), text, tracepoints, pipeline.sources);
  const rounds = new StatRounds(file.events, (lines) => text.text(lines));
  const view = new DumpView(file, pipeline.resolver, script, text, () => 'input');
  view.begin();
  await pipeline.run({
    wantsFor: (record) => view.wantsFor(record),
    arrives: (record, event) => view.arrives(record, event),
    payload: (record) => view.payload(record, (source, offset, length) => recording.bytes(source, offset, length)),
    record: (record) => rounds.record(record),
    wants: (sample, raw, record) => script.wants(sample, raw, record),
    sample: (sample, raw, record) => view.sample(sample, raw, record),
  });
  text.flush();
}

async function script(files: InputFiles, random: Random): Promise<void> {
  const recording = await opened(files);
  const kinds = random.once(2) ? (Object.keys(SHOWN_KINDS) as ShownKind[]) : [];
  const sink = new Sink();
  const text = new TextBuffer((bytes) => sink.writeBytes(bytes), TEXT_SIZE);
  const pipeline = recording.pipeline({ maxStack: random.once(4) ? random.below(20) : Infinity, keepExited: false, source: sourceOptions(random) }, { fileOrder: random.once(6) });
  const view = new ScriptView(recording.file, pipeline.resolver, scriptOptions(random), text, await recording.tracepoints(), pipeline.sources);
  const rounds = new StatRounds(recording.file.events, (lines) => text.text(lines));
  const lines = kinds.length === 0 ? undefined : new RecordLines(pipeline, view, kinds, text);
  await pipeline.run({
    ...(lines !== undefined && { wantsFor: (record) => lines.wantsFor(record), arrives: (record, event) => lines.arrives(record, event) }),
    record: (record, _time, event) => {
      lines?.record(record, event);
      rounds.record(record);
    },
    wants: (sample, raw, record) => view.wants(sample, raw, record),
    sample: (sample, raw, record) => view.sample(sample, raw, record),
  });
  text.flush();
  for (const line of qualityLines(pipeline.quality.report(), recording.damage)) sink.write(line);
}

const SORTS: readonly string[] = ['comm,dso,sym', 'sym', 'pid,tid,comm', 'dso', 'tgid,sym,dso', 'srcline', 'srcfile,sym'];
const BRANCH_SORTS: readonly string[] = ['dso_from,dso_to', 'symbol_from,symbol_to,mispredict', 'cycles,in_tx,abort'];

async function report(files: InputFiles, random: Random): Promise<void> {
  const recording = await opened(files);
  const hasBranches = recording.file.events.events.some((event) => event.hasBranchStack);
  const detail = random.pick([undefined, undefined, 'none', 'trace', ...(hasBranches ? (['branches', 'branches'] as const) : [])] as const);
  const { profile, quality } = await recording.profile({ detail, inlines: random.once(2), lines: random.once(2) });
  const graph: CallGraphOptions = {
    mode: random.pick(['graph', 'fractal', 'flat', 'folded'] as const), minPercent: random.pick([0, 0.5, 5]), order: random.pick(['caller', 'callee'] as const),
    value: random.pick(['percent', 'period', 'count'] as const), printLimit: random.pick([0, 1, 5]),
  };
  const options: ReportViewOptions = {
    ...(random.once(2) && { usualCallGraph: graph }),
    ...(random.once(2) && { children: random.once(2) }),
    ...(random.once(2) && { sort: parseSortKeys(random.pick(detail === 'branches' ? BRANCH_SORTS : SORTS)) }),
    showSamples: random.once(2), showPeriod: random.once(2), percentLimit: random.pick([0, 0, 1]),
  };
  const sink = new Sink();
  writeReport(profile, options, (text) => sink.write(text));
  for (const line of qualityLines(quality, recording.damage)) sink.write(line);
}

/** Functions that are shown of an input. */
const ANNOTATED = 20;
const disassemblers = new Map<Syntax, Promise<Disassembler | undefined>>();

/** Every function that has samples, by its instructions: each sample is in a row. */
async function annotate(files: InputFiles, random: Random): Promise<void> {
  const recording = await opened(files);
  const syntax = random.pick(['att', 'intel'] as const);
  if (!disassemblers.has(syntax)) disassemblers.set(syntax, Disassembler.load(syntax));
  const disassembler = random.once(8) ? undefined : await disassemblers.get(syntax);
  const annotation = await recording.annotate();
  const sink = new Sink();
  const view: AnnotateViewOptions = {
    column: random.pick(['percent', 'samples', 'period'] as const), percentType: random.pick(['local-period', 'local-hits', 'global-period', 'global-hits'] as const),
    lineSummary: random.once(2), fullPaths: random.once(2), color: random.once(2),
  };
  for (const fn of annotation.functions.filter(({ counts }) => counts.length > 0).slice(0, ANNOTATED)) {
    const annotated = await annotatedRows(annotation, fn, disassembler, random.once(2));
    for (const [i, { samples }] of fn.counts.entries()) {
      const inRows = annotated.rows.reduce((sum, row) => sum + row.samples[i]!, 0);
      if (inRows !== samples) broken(`${fn.frame.symbol}: ${inRows} of ${samples} samples in its rows`);
    }
    for (const line of annotatedLines(annotation, annotated, view)) sink.write(line);
    sink.write(JSON.stringify(annotatedJson(annotation, annotated)));
  }
  annotation.close();
}

async function samples(files: InputFiles): Promise<void> {
  const recording = await opened(files);
  for await (const { frames, time } of recording.samples()) void [frames.length, time];
}

/** Inlined calls and source lines of all frames, by name. */
async function sourceLines(files: InputFiles): Promise<void> {
  const recording = await opened(files);
  const { profile } = await recording.profile({ inlines: true, lines: true });
  const sink = new Sink();
  writeReport(profile, { sort: parseSortKeys('srcfile,srcline,sym'), showSamples: false, showPeriod: false, percentLimit: 0 }, (text) => sink.write(text));
}

export const VIEW_TARGETS: readonly Target[] = [
  { name: 'dump', kind: 'recording', weight: 8, run: dump },
  { name: 'script', kind: 'recording', weight: 12, run: script },
  { name: 'report', kind: 'recording', weight: 12, run: report },
  { name: 'source-lines', kind: 'recording', weight: 4, run: sourceLines },
  { name: 'annotate', kind: 'recording', weight: 4, run: annotate },
  { name: 'samples', kind: 'recording', weight: 2, run: samples },
];
