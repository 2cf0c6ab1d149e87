// What `perfts dump` and `perfts script -D` do: every record in its turn, its bytes and its fields, and samples with their stacks; or the
// recording and its records alone, as JSON.

import { openRecording } from '../node/open-recording.ts';
import { DumpView } from '../views/dump/dump-view.ts';
import { writeRecordingJson } from '../views/dump/recording-json.ts';
import { headerLines } from '../views/header.ts';
import { ScriptView } from '../views/script/script-view.ts';
import { StatRounds } from '../views/script/stat-rounds.ts';
import { writeDamage } from './damage-lines.ts';
import { openInput } from './open-input.ts';
import type { JsonDumpOptions, ScriptOptions } from './options.ts';
import { textOf, type Output } from './output.ts';
import { sourceOf } from './script-source.ts';

/** Text as perf's. */
export async function runDump(options: ScriptOptions, out: Output, err: Output): Promise<number> {
  const opened = await openInput(options, err);
  const { recording } = opened;
  const text = textOf(out);
  try {
    const { file } = recording;
    if (options.header !== 'none') {
      for (const line of headerLines(file, { full: options.headerDetails, fileTime: opened.modified })) out.write(`${line}\n`);
      if (options.header === 'only') return 0;
    }
    const tracepoints = await recording.tracepoints();
    const source = sourceOf(options, file.events.events);
    const pipeline = recording.pipeline({ maxStack: options.maxStack ?? Infinity, keepExited: false, source }, { withUnowned: true, fileOrder: options.fileOrder });
    const script = new ScriptView(file, pipeline.resolver, options, text, tracepoints, pipeline.sources);
    const rounds = new StatRounds(file.events, (lines) => text.text(lines));
    const view = new DumpView(file, pipeline.resolver, script, text, sourceNames(options.input, file.container === 'pipe'));
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
    out.flush();
    writeDamage(recording.damage, err);
    return 0;
  } finally {
    text.flush();
    opened.close();
  }
}

/** One line of JSON for what the recording is and for each record. Nothing is resolved. */
export async function runJsonDump(options: JsonDumpOptions, out: Output, err: Output): Promise<number> {
  const { recording, close } = await openRecording(options.input);
  try {
    await writeRecordingJson(recording, options, (value) => out.write(`${JSON.stringify(value)}\n`));
    out.flush();
    writeDamage(recording.damage, err);
    return 0;
  } finally {
    close();
  }
}

/** A recording's file as typed, of a directory the file in it; perf calls every stream `pipe`. */
function sourceNames(input: string, isPipe: boolean): (source: number) => string {
  if (isPipe) return () => 'pipe';
  return (source) => (source === 0 ? input : `${input}/data.${source - 1}`);
}
