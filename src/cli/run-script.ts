// What `perfts script` does: every sample with its stack, in time order, as it is found.

import { PerftsError } from '../bytes/errors.ts';
import { EventFiles } from '../node/event-files.ts';
import type { Annotation } from '../profile/annotation.ts';
import type { Resolver } from '../profile/resolver.ts';
import { Disassembler, NO_DISASSEMBLER } from '../views/annotate/disassembler.ts';
import { headerLines } from '../views/header.ts';
import { qualityLines } from '../views/quality-text.ts';
import { CodeColumns } from '../views/script/code-columns.ts';
import { showsField } from '../views/script/fields.ts';
import { RecordLines } from '../views/script/record-lines.ts';
import { switchFilter } from '../profile/event-switches.ts';
import { taskFilter } from '../profile/sample-choice.ts';
import { placeFilter } from '../views/script/place-filter.ts';
import { ScriptView } from '../views/script/script-view.ts';
import { StatRounds } from '../views/script/stat-rounds.ts';
import { writeDamage, writeUnused } from './damage-lines.ts';
import { openInput } from './open-input.ts';
import type { ScriptOptions } from './options.ts';
import { textOf, type Output } from './output.ts';
import { Progress } from './progress.ts';
import { sourceOf } from './script-source.ts';

/** Runs the command; PerftsError for what cannot be done. */
export async function runScript(options: ScriptOptions, out: Output, err: Output): Promise<number> {
  const opened = await openInput(options, err);
  const { recording } = opened;
  const text = textOf(out);
  let eventFiles: EventFiles | undefined;
  try {
    if (options.header !== 'none') {
      for (const line of headerLines(recording.file, { full: options.headerDetails, fileTime: opened.modified })) out.write(`${line}\n`);
      if (options.header === 'only') return 0;
    }
    const tracepoints = await recording.tracepoints();
    const source = sourceOf(options, recording.file.events.events);
    const { pipeline, annotation } = recording.annotatedWalk({ maxStack: options.maxStack ?? Infinity, keepExited: false, source }, {
      // perf's rounds put records in order; shown as they come, they do not.
      fileOrder: options.shownKinds.includes('round'),
    });
    const view = new ScriptView(recording.file, pipeline.resolver, options, text, tracepoints, pipeline.sources);
    const code = await codeColumns(options, annotation, pipeline.resolver);
    view.code = code?.columns;
    const rounds = new StatRounds(recording.file.events, (lines) => text.text(lines));
    const lines = options.shownKinds.length === 0 ? undefined : new RecordLines(pipeline, view, options.shownKinds, text);
    const accepts = taskFilter(recording.file, options, options.time && (await recording.timeSpans(options.time)));
    const isShown = placeFilter(pipeline.resolver, options);
    const isOn = switchFilter(recording.file, options.switches);
    const files = (eventFiles = options.perEvent ? new EventFiles(options.input) : undefined);
    const progress = new Progress(err);
    await pipeline.run({
      ...(lines !== undefined && { wantsFor: (record) => lines.wantsFor(record), arrives: (record, event) => lines.arrives(record, event) }),
      record: (record, _time, event) => {
        lines?.record(record, event);
        rounds.record(record);
      },
      ...(accepts !== undefined && { accepts }),
      ...(code !== undefined && { prepare: (sample) => code.columns.prepare(sample) }),
      wants: (sample, raw, record) => view.wants(sample, raw, record),
      sample: (sample, raw, record) => {
        if ((isShown !== undefined && !isShown(sample)) || (isOn !== undefined && !isOn(sample.event))) return;
        if (files !== undefined) view.writeTo(files.textFor(recording.file.events.events[sample.event]!.name));
        view.sample(sample, raw, record);
        if (files !== undefined) view.writeTo(text);
      },
      progress: (share) => progress.update('reading the recording', share, 1),
    });
    progress.end();
    code?.close();
    text.flush();
    for (const { path, size, samples } of files?.close() ?? []) out.write(`[ perfts script: Wrote ${(size / 1_048_576).toFixed(3)} MB ${path} (${samples} samples) ]\n`);
    out.flush();
    if (err.isTerminal || options.verbose > 0) for (const line of qualityLines(pipeline.quality.report(), recording.damage)) err.write(`${line}\n`);
    else writeDamage(recording.damage, err);
    writeUnused(opened.unusedJitdumps, err);
    return 0;
  } finally {
    text.flush();
    eventFiles?.close();
    opened.close();
  }
}

/** What shows instructions and source lines, where fields ask for them. */
async function codeColumns({ fields }: ScriptOptions, annotation: () => Annotation, resolver: Resolver): Promise<{ readonly columns: CodeColumns; close(): void } | undefined> {
  const [length, bytes, text, source] = (['insnlen', 'insn', 'disasm', 'srccode'] as const).map((field) => showsField(fields, field));
  if (!length && !bytes && !text && !source) return undefined;
  const disassembler = length || bytes || text ? await Disassembler.load('att') : undefined;
  if (disassembler === undefined && (length || bytes || text)) throw new PerftsError('PERFTS_USAGE', NO_DISASSEMBLER);
  const made = annotation();
  return { columns: new CodeColumns(made, resolver, disassembler, { length: length!, bytes: bytes!, text: text!, source: source! }), close: () => made.close() };
}
