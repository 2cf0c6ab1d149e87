// What `perfts script` does: every sample with its stack, in time order, as it is found.

import type { SampleView } from '../perfdata/sample-view.ts';
import type { ResolvedSample } from '../profile/resolved-sample.ts';
import type { TimeSpans } from '../profile/time-spans.ts';
import { headerLines } from '../views/header.ts';
import { qualityLines } from '../views/quality-text.ts';
import { RecordLines } from '../views/script/record-lines.ts';
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
  try {
    if (options.header !== 'none') {
      for (const line of headerLines(recording.file, { full: options.headerDetails, fileTime: opened.modified })) out.write(`${line}\n`);
      if (options.header === 'only') return 0;
    }
    const tracepoints = await recording.tracepoints();
    const source = sourceOf(options, recording.file.events.events);
    const pipeline = recording.pipeline({ maxStack: options.maxStack ?? Infinity, keepExited: false, source }, {
      // perf's rounds put records in order; shown as they come, they do not.
      fileOrder: options.shownKinds.includes('round'),
    });
    const view = new ScriptView(recording.file, pipeline.resolver, options, text, tracepoints, pipeline.sources);
    const rounds = new StatRounds(recording.file.events, (lines) => text.text(lines));
    const lines = options.shownKinds.length === 0 ? undefined : new RecordLines(pipeline, view, options.shownKinds, text);
    const accepts = sampleFilter(options, options.time && (await recording.timeSpans(options.time)));
    const progress = new Progress(err);
    await pipeline.run({
      ...(lines !== undefined && { wantsFor: (record) => lines.wantsFor(record), arrives: (record, event) => lines.arrives(record, event) }),
      record: (record, _time, event) => {
        lines?.record(record, event);
        rounds.record(record);
      },
      ...(accepts !== undefined && { accepts }),
      wants: (sample, raw, record) => view.wants(sample, raw, record),
      sample: (sample, raw, record) => view.sample(sample, raw, record),
      progress: (share) => progress.update('reading the recording', share, 1),
    });
    progress.end();
    text.flush();
    out.flush();
    if (err.isTerminal || options.verbose > 0) for (const line of qualityLines(pipeline.quality.report(), recording.damage)) err.write(`${line}\n`);
    else writeDamage(recording.damage, err);
    writeUnused(opened.unusedJitdumps, err);
    return 0;
  } finally {
    text.flush();
    opened.close();
  }
}

/** --time, --comms, --pid, --tid, -C; undefined where every sample is shown. */
function sampleFilter(options: ScriptOptions, time: TimeSpans | undefined): ((sample: ResolvedSample, raw: SampleView) => boolean) | undefined {
  const { comms, pids, tids, cpus } = options;
  if (time === undefined && comms === undefined && pids === undefined && tids === undefined && cpus === undefined) return undefined;
  return (sample, raw) =>
    (time === undefined || !raw.hasTime || time.includes(raw.time)) &&
    (comms?.includes(sample.comm.text) ?? true) &&
    (pids?.includes(sample.thread.pid) ?? true) &&
    (tids?.includes(sample.thread.tid) ?? true) &&
    (cpus?.includes(raw.cpu) ?? true);
}
