// Recordings written again in memory, in each form that convert knows, and what is in a recording, to compare: for the tests of twins and
// round trips, and for bench/perf-reads-twins.ts.

import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { readBuildIdRecords } from '../../src/perfdata/records/build-id.ts';
import { MemorySink } from '../../src/perfdata/writer/byte-sink.ts';
import { FeatureId } from '../../src/perfdata/features/feature-id.ts';
import { isReadable } from '../../src/perfdata/features/readable.ts';
import { RecordType, recordTypeName } from '../../src/perfdata/record-types.ts';
import { convertRecording, type ConvertOptions } from '../../src/profile/convert/convert-recording.ts';
import type { Recording } from '../../src/profile/recording.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';
import { openInMemory, type Parts } from './in-memory.ts';

const MOST_IN_PIPE = 65_535 - 16;

/** The files of a recording: one, or a directory's `data` and its `data.N`. */
export type Files = readonly Uint8Array[];

export const FORMS = ['rewritten', 'swapped', 'pipe', 'compressed', 'directory'] as const;
export type Form = (typeof FORMS)[number];

/** A recording in another form. */
export async function twinOf(files: Files, form: Form, options: Partial<ConvertOptions> = {}): Promise<Files> {
  return await written(await openFiles(files), form, options);
}

export async function openFiles(files: Files): Promise<Recording> {
  return await openInMemory(partsOf(files, {}));
}

export function partsOf(files: Files, parts: Omit<Parts, 'recording'>): Parts {
  return { ...parts, recording: files[0]!, more: files.slice(1) };
}

/** `rewritten`: in the container that it came in. */
export async function written(recording: Recording, form: Form, options: Partial<ConvertOptions> = {}): Promise<Files> {
  const container = options.container ?? (form === 'pipe' || form === 'directory' ? form : form === 'compressed' ? 'file' : recording.fileCount > 1 ? 'directory' : recording.file.container);
  const littleEndian = form === 'swapped' ? !recording.file.littleEndian : undefined;
  const sinks: MemorySink[] = [];
  const sink = (): MemorySink => {
    sinks.push(new MemorySink());
    return sinks.at(-1)!;
  };
  await convertRecording(recording, { littleEndian, compress: form === 'compressed', ...options, container }, container === 'directory' ? { file: sink } : sink());
  return sinks.map(({ bytes }) => bytes.slice());
}

/** What is in a recording, but for what only says how it is packed. */
export interface Contents {
  /** All records one behind the other, and the bytes that follow them outside their size. */
  readonly records: Uint8Array;
  /** Where each begins. */
  readonly starts: readonly number[];
  /** Those that can be read: others are not written again. */
  readonly features: ReadonlyMap<number, Uint8Array>;
  readonly events: readonly string[];
  readonly damage: readonly string[];
  readonly container: 'file' | 'pipe' | 'directory';
  readonly littleEndian: boolean;
}

/** What a container says in its own way. The build ids that a pipe says first are a feature in files. */
const OF_CONTAINER: readonly number[] = [RecordType.Compressed, RecordType.Compressed2, RecordType.HeaderAttr, RecordType.HeaderFeature, RecordType.HeaderTracingData];

export async function contentsOf(files: Files, order: 'file' | 'time' = 'file'): Promise<Contents> {
  const recording = await openFiles(files);
  const { file } = recording;
  const sink = new MemorySink();
  const starts: number[] = [];
  const late: { readonly time: number; readonly bytes: Uint8Array }[] = [];
  const records = recording.orderedRecords({ fileOrder: order === 'file', withUnowned: true });
  while (await records.next()) {
    const { record } = records;
    const { type, size } = record;
    if (OF_CONTAINER.includes(type) || (order === 'time' && type === RecordType.FinishedRound)) continue;
    const isInPrelude = file.container === 'pipe' && record.source === 0 && record.fileOffset < file.preludeEnd;
    if (isInPrelude && (type === RecordType.HeaderBuildId || type === RecordType.EventUpdate)) continue;
    if (order === 'time' && records.hasTime) {
      late.push({ time: records.time, bytes: record.bytes.slice(record.offset, record.end) });
      continue;
    }
    starts.push(sink.bytes.length);
    sink.write(record.bytes.subarray(record.offset, record.end));
    if (type !== RecordType.Auxtrace || size < 16) continue;
    sink.write(await recording.bytes(record.source, record.fileOffset + size, Number(record.view.getBigUint64(record.offset + 8, record.littleEndian))));
  }
  // Those without a time have no place among the others that a directory could keep, those of one moment on several CPUs no order.
  late.sort((a, b) => a.time - b.time || Buffer.compare(a.bytes, b.bytes));
  for (const { bytes } of late) {
    starts.push(sink.bytes.length);
    sink.write(bytes);
  }
  // What a file without records is given, lest its length of 0 says that its writer was killed.
  if (starts.length === 1 && isFinishedRound(sink.bytes, file.littleEndian)) starts.length = 0;
  const features = new Map<number, Uint8Array>();
  const hasTracepoints = (await recording.tracepoints()) !== undefined;
  for (const id of file.features.ids()) {
    if (id === FeatureId.Compressed || id === FeatureId.DirFormat || !isReadable(file.features, id)) continue;
    if (id === FeatureId.TracingData && !hasTracepoints) continue;
    const place = file.features.section(id);
    features.set(id, file.features.payload(id) ?? (await recording.bytes(0, place?.offset ?? 0, place?.size ?? 0)));
  }
  const events = file.events.events.map(({ attr, ids, name, unit, scale, cpus }) =>
    `${name} ${ids.join()} ${unit} ${scale} ${cpus.join()} ${JSON.stringify({ ...attr, bytes: 0, size: 0 }, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))}`);
  return { records: starts.length === 0 ? new Uint8Array(0) : sink.bytes, starts, features, events, damage: recording.damage.map(({ code }) => code), container: recording.fileCount > 1 ? 'directory' : file.container, littleEndian: file.littleEndian };
}

function isFinishedRound(record: Uint8Array, littleEndian: boolean): boolean {
  return new DataView(record.buffer, record.byteOffset).getUint32(0, littleEndian) === RecordType.FinishedRound;
}

/**
 * In what a recording that was written differs from the one that was read, in words; none where it says the same. It may say
 * the names of events and the places of traces where they were not said together before, and need not say that there are no build
 * ids. A pipe has no places in a file, and no room for a feature of more than 64 KiB.
 */
export function differences(one: Contents, other: Contents, options: { readonly swapped?: boolean } = {}): string[] {
  const found: string[] = [];
  if (options.swapped !== true && !sameBytes(one.records, other.records)) found.push(firstDifference(one, other));
  if (one.starts.length !== other.starts.length) found.push(`${one.starts.length} records, and ${other.starts.length}`);
  for (let i = 0; i < Math.max(one.events.length, other.events.length); i++) {
    if (one.events[i] !== other.events[i]) found.push(`event ${i}: ${one.events[i]}, and ${other.events[i]}`);
  }
  for (const id of new Set([...one.features.keys(), ...other.features.keys()])) {
    const [a, b] = [one.features.get(id), other.features.get(id)];
    if (((id === FeatureId.EventDesc || id === FeatureId.Auxtrace) && a === undefined) || (id === FeatureId.BuildId && (a ?? b)?.length === 0)) continue;
    if (a !== undefined && b === undefined && other.container === 'pipe' && (id === FeatureId.Auxtrace || a.length > MOST_IN_PIPE)) continue;
    if (a === undefined || b === undefined) found.push(`feature ${id} is in one of them`);
    else if (options.swapped !== true && !sameFeature(id, a, b, one.littleEndian)) found.push(`feature ${id}: ${a.length} bytes, and ${b.length}`);
  }
  const known = one.events.length === 0 ? [...one.damage, 'no-events'] : one.damage;
  for (const code of other.damage) if (!known.includes(code)) found.push(`damage: ${code}`);
  return found;
}

function firstDifference(one: Contents, other: Contents): string {
  let i = 0;
  const record = ({ records, starts }: Contents): Uint8Array => records.subarray(starts[i]!, starts[i + 1] ?? records.length);
  while (i < one.starts.length && i < other.starts.length && sameBytes(record(one), record(other))) i++;
  const words = (contents: Contents): string => {
    if (i >= contents.starts.length) return 'the end';
    const bytes = record(contents);
    const type = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    return `${recordTypeName(type > 65_535 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, false) : type)} ${Buffer.from(bytes.subarray(0, 96)).toString('hex')}`;
  };
  return `record ${i}: ${words(one)}, and ${words(other)}`;
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && Buffer.compare(one, other) === 0;
}

/** The index of traces says places in the file, which are others; in a pipe, formats and build ids are padded to 8. */
function sameFeature(id: number, one: Uint8Array, other: Uint8Array, littleEndian: boolean): boolean {
  if (id === FeatureId.BuildId) return buildIds(one, littleEndian) === buildIds(other, littleEndian);
  // simpleperf leaves the count away.
  if (id === FeatureId.Auxtrace) return one.length === other.length || one.length + 8 === other.length;
  if (id !== FeatureId.TracingData) return sameBytes(one, other);
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return long.length - short.length < 8 && sameBytes(short, long.subarray(0, short.length)) && long.subarray(short.length).every((byte) => byte === 0);
}

function buildIds(payload: Uint8Array, littleEndian: boolean): string {
  return JSON.stringify(readBuildIdRecords(payload, littleEndian, new Diagnostics()));
}

/** A recording that is read, written in each form, read, written back as it was, and read again: in words, all that was lost. */
export async function lossesOf(files: Files): Promise<string[]> {
  const inFileOrder = await contentsOf(files);
  const inTime = await contentsOf(files, 'time');
  const losses: string[] = [];
  for (const form of FORMS) {
    const twin = await twinOf(files, form);
    // Files of a directory lie side by side: what was in one, or comes to be in one, has the order of time.
    const isApart = form === 'directory' || (files.length > 1 && form !== 'rewritten' && form !== 'swapped');
    const [original, order] = isApart ? ([inTime, 'time'] as const) : ([inFileOrder, 'file'] as const);
    const isSwapped = form === 'swapped';
    losses.push(...differences(original, await contentsOf(twin, order), { swapped: isSwapped }).map((words) => `${form}: ${words}`));
    if (form === 'rewritten') continue;
    const back = isSwapped ? await twinOf(twin, 'swapped') : await twinOf(twin, 'rewritten', { container: inFileOrder.container });
    losses.push(...differences(original, await contentsOf(back, order)).map((words) => `${form} and back: ${words}`));
  }
  return losses;
}

/** The files of a recording on disk. */
export function filesAt(path: string): Files {
  if (!statSync(path).isDirectory()) return [new Uint8Array(readFileSync(path))];
  const numbers = readdirSync(path).map((name) => /^data\.(\d+)$/.exec(name)?.[1]).filter((number) => number !== undefined);
  numbers.sort((a, b) => Number(a) - Number(b));
  return ['data', ...numbers.map((number) => `data.${number}`)].map((name) => new Uint8Array(readFileSync(join(path, name))));
}

/** Puts a recording on disk, as a file or, where there are several, as a directory. */
export function putFiles(path: string, files: Files, isDirectory: boolean = files.length > 1): void {
  if (!isDirectory) return writeFileSync(path, files[0]!);
  mkdirSync(path, { recursive: true });
  for (const [index, bytes] of files.entries()) writeFileSync(join(path, index === 0 ? 'data' : `data.${index - 1}`), bytes);
}

const cache = process.env['PERFTS_CORPUS_CACHE'] ?? join(homedir(), '.cache/perfts-corpus');

/** The unpacked recordings of the corpus by name, with their folders; none where there is no corpus. */
export function corpusCases(): [name: string, folder: string][] {
  if (!existsSync(join(PROJECT_ROOT, '../shared/corpus')) || !existsSync(cache)) return [];
  const folders = readdirSync(cache).filter((name) => !/^(symfs|tree)-/.test(name) && existsSync(join(cache, name, 'perf.data')));
  return folders.map((folder) => [folder.replace(/-[0-9a-f]{16}$/, ''), join(cache, folder)]);
}
