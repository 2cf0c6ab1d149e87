// Records alone: the ordered walk with every field of every record read, however the bytes come; dump as JSON; stats, tasks, header,
// evlist, buildid-list.

import { FeatureId } from '../../../src/perfdata/features/feature-id.ts';
import type { OrderOptions } from '../../../src/perfdata/ordered-records.ts';
import { RecordType, recordTypeName } from '../../../src/perfdata/record-types.ts';
import { readTracepoints } from '../../../src/perfdata/tracing/read-tracepoints.ts';
import { SampleView } from '../../../src/perfdata/sample-view.ts';
import { perform } from '../../../src/bytes/reading.ts';
import { Diagnostics } from '../../../src/bytes/diagnostics.ts';
import { RecordedTasks } from '../../../src/profile/recorded-tasks.ts';
import { hasBuildIdTable, recordedBuildIds, sampledBuildIds } from '../../../src/views/buildid-list.ts';
import { validate } from '../../../src/profile/validate.ts';
import { writeRecordingJson } from '../../../src/views/dump/recording-json.ts';
import { evlistLines } from '../../../src/views/evlist.ts';
import { headerLines } from '../../../src/views/header.ts';
import { RecordStats } from '../../../src/views/stats.ts';
import { TaskTree } from '../../../src/views/tasks.ts';
import { findingJson, findingLine, groupLines, summaryLine } from '../../../src/views/validate.ts';
import type { InputFiles } from '../inputs.ts';
import { openedRecords, opened, Sink, sourcesOf } from '../opened.ts';
import type { Random } from '../random.ts';
import { broken, type Target } from './target.ts';

function written(lines: Iterable<string>): void {
  const sink = new Sink();
  for (const line of lines) sink.write(line);
}

async function stats(files: InputFiles): Promise<void> {
  const recording = await opened(files);
  const counts = new RecordStats(recording.file);
  await counts.count(recording.orderedRecords({ fileOrder: true, withUnowned: true }));
  written(counts.lines());
}

async function tasks(files: InputFiles): Promise<void> {
  const recording = await opened(files);
  written(new TaskTree(await RecordedTasks.read(recording.file, recording.orderedRecords())).lines());
}

async function header(files: InputFiles, random: Random): Promise<void> {
  const recording = await opened(files);
  written(headerLines(recording.file, { full: !random.once(4) }));
}

async function evlist(files: InputFiles, random: Random): Promise<void> {
  const recording = await opened(files);
  const { file } = recording;
  if (file.container === 'pipe') {
    const records = recording.orderedRecords({ fileOrder: true });
    while (records.next() === true);
  }
  const options = { attrs: random.once(2), frequency: random.once(2), groups: random.once(2), traceFields: random.once(2) };
  written(evlistLines(file, options, options.traceFields ? await recording.tracepoints() : undefined));
}

async function buildIds(files: InputFiles, random: Random): Promise<void> {
  const recording = await opened(files);
  if (hasBuildIdTable(recording.file) && random.once(2)) written(recordedBuildIds(recording.file));
  else written(await sampledBuildIds(recording.pipeline({ maxStack: Infinity, keepExited: true })));
}

async function json(files: InputFiles, random: Random): Promise<void> {
  const sink = new Sink();
  await writeRecordingJson(await opened(files), { fileOrder: random.once(2), withBytes: random.once(2) }, (value) => sink.write(JSON.stringify(value)));
}

async function validated(files: InputFiles): Promise<void> {
  const sink = new Sink();
  const validation = await validate({ sources: sourcesOf(files) }, (finding) => sink.write(findingLine(finding) + findingJson(finding)));
  for (const group of validation.groups) for (const line of groupLines(group)) sink.write(line);
  sink.write(summaryLine(validation));
}

/** What a walk finds, as text. */
function walked(files: InputFiles, order: OrderOptions): string[] {
  const { file, records, diagnostics } = openedRecords(files, order);
  const sample = new SampleView(file.wide, file.timeBase, diagnostics);
  const lines: string[] = [];
  while (records.next() === true) {
    const { record, event, time, hasTime } = records;
    let sum = 0;
    for (let at = record.offset; at < record.end; at++) sum = (Math.imul(sum, 31) + record.bytes[at]!) | 0;
    let line = `${recordTypeName(record.type)} ${record.source}:${record.fileOffset} ${record.size} ${event} ${hasTime ? file.timeBase.exact(time) : '-'} ${sum}`;
    const owner = file.events.events[event];
    if (record.type === RecordType.Sample && owner !== undefined) line += sample.read(record, owner) ? ` ${file.wide.hex(sample.ip)} ${sample.fieldsEnd - record.offset}` : ' cut';
    lines.push(line);
  }
  // What has no time comes when it is read, and which of several files is read next the windows decide.
  return sourcesOf(files).length > 1 ? lines.sort() : lines;
}

/** The windows in which a file is read must not show. */
function windows(files: InputFiles, random: Random): void {
  const order = { fileOrder: random.once(3), withUnowned: random.once(2) };
  const whole = walked(files, order);
  const windowSize = random.pick([1, 7, 64, 256, 4096, 65_536]);
  const cut = walked(files, { ...order, windowSize });
  const at = whole.findIndex((line, i) => line !== cut[i]);
  if (at >= 0 || whole.length !== cut.length) {
    broken(`other records in other windows\nof ${windowSize} bytes: record ${at} of ${whole.length} is ${cut[at]} and not ${whole[at]}; ${cut.length} in all`);
  }
}

/** Everything that a program can ask of an open file. */
function everything(files: InputFiles): void {
  const { file, records, diagnostics } = openedRecords(files, {});
  while (records.next() === true);
  const { features } = file;
  for (let proto: object = Object.getPrototypeOf(features) as object; proto !== Object.prototype; proto = Object.getPrototypeOf(proto) as object) {
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(proto))) if (property.get !== undefined) void Reflect.get(features, name);
  }
  for (const id of features.ids()) if (id !== FeatureId.TracingData) features.payload(id);
  const read = perform(sourcesOf(files)[0]!, readTracepoints(features, new Diagnostics()));
  if (read instanceof Promise) broken('a promise over memory');
  for (const event of file.events.events) read?.format(event);
  diagnostics.all();
}

export const RECORD_TARGETS: readonly Target[] = [
  { name: 'windows', kind: 'recording', weight: 12, run: windows },
  { name: 'everything', kind: 'recording', weight: 6, run: everything },
  { name: 'stats', kind: 'recording', weight: 4, run: stats },
  { name: 'tasks', kind: 'recording', weight: 3, run: tasks },
  { name: 'header', kind: 'recording', weight: 5, run: header },
  { name: 'evlist', kind: 'recording', weight: 3, run: evlist },
  { name: 'buildid-list', kind: 'recording', weight: 3, run: buildIds },
  { name: 'dump-json', kind: 'recording', weight: 6, run: json },
  { name: 'validate', kind: 'recording', weight: 8, run: validated },
];
