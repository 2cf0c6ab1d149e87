// What `perfts dump` and `perfts script -D` do: every record in its turn, its bytes and its fields, and samples with their stacks; or the
// records alone, as JSON.

import { openRecording } from '../node/open-recording.ts';
import { DumpView } from '../views/dump/dump-view.ts';
import { RecordJson } from '../views/dump/record-json.ts';
import { headerLines } from '../views/header.ts';
import { ScriptView } from '../views/script/script-view.ts';
import { StatRounds } from '../views/script/stat-rounds.ts';
import { writeDamage } from './damage-lines.ts';
import { openInput } from './open-input.ts';
import type { ScriptOptions } from './options.ts';
import type { Output } from './output.ts';

/** Text as perf's. */
export async function runDump(options: ScriptOptions, out: Output, err: Output): Promise<number> {
  const opened = await openInput(options);
  const { recording } = opened;
  try {
    const { file } = recording;
    if (options.header !== 'none') {
      for (const line of headerLines(file, { full: options.headerDetails, fileTime: opened.modified })) out.write(`${line}\n`);
      if (options.header === 'only') return 0;
    }
    const tracepoints = await recording.tracepoints();
    const pipeline = recording.pipeline({ maxStack: options.maxStack ?? Infinity, keepExited: false }, { withUnowned: true });
    const script = new ScriptView(file, pipeline.resolver, options, (text) => view.text(text), tracepoints);
    const rounds = new StatRounds(file.events, (text) => view.text(text));
    const view: DumpView = new DumpView(file, pipeline.resolver, script, out, sourceNames(options.input, file.container === 'pipe'));
    view.begin();
    await pipeline.run({
      wantsFor: (record) => view.wantsFor(record),
      arrives: (record, event) => view.arrives(record, event),
      record: (record) => rounds.record(record),
      wants: (sample, raw, record) => script.wants(sample, raw, record),
      sample: (sample, raw, record) => view.sample(sample, raw, record),
    });
    view.finish();
    out.flush();
    writeDamage(recording.damage, err);
    return 0;
  } finally {
    opened.close();
  }
}

/** One line of JSON for each record, in their order in time. Nothing is resolved. */
export async function runJsonDump(options: ScriptOptions, out: Output, err: Output): Promise<number> {
  const { recording, close } = await openRecording(options.input);
  try {
    const records = recording.orderedRecords({ withUnowned: true });
    const json = new RecordJson(recording.file);
    for (let more = records.next(); typeof more === 'boolean' ? more : await more; more = records.next()) {
      out.write(`${json.line(records.record, records.event)}\n`);
    }
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
