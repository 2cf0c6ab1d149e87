// Exports for programs: recordings in, a file of a format out. The command line does the same with progress and words for people
// (cli/run-export.ts).

import { PerftsError } from '../bytes/errors.ts';
import type { ByteSink } from '../perfdata/writer/byte-sink.ts';
import type { QualityReport } from '../profile/quality.ts';
import type { Recording } from '../profile/recording.ts';
import { Export, type ExportInput, type ExportWalk } from './export.ts';
import type { ExportFormat, FormatOptions } from './format.ts';
import { FORMATS } from './formats.ts';
import type { DatasetFolder } from './parquet-dataset.ts';

/** A format by its name: those of `EXPORT_FORMATS`. */
export type ExportFormatName = 'firefox' | 'pprof' | 'collapsed' | 'speedscope' | 'perfetto' | 'otlp' | 'csv' | 'jsonl' | 'parquet';

/** A format as a list of choices shows it. */
export interface ExportFormatInfo {
  readonly name: ExportFormatName;
  /** What reads it. */
  readonly summary: string;
  /** Whether it is other than text in UTF-8. */
  readonly isBinary: boolean;
}

/** Which samples, which of their frames, and what formats with a choice say of them. */
export interface ExportOptions extends Omit<ExportWalk, 'python'> {
  /** Stacks as Python's developers know them (docs/guides/python.md). */
  readonly python?: boolean | undefined;
  /** What one number for a sample is, in formats with one: 1, or its period. As the format usually has it otherwise. */
  readonly weight?: 'samples' | 'period' | undefined;
  /** Of collapsed stacks: names end in `_[k]` in the kernel, `_[j]` in code made at run time, `_[i]` where inlined. True by default. */
  readonly annotate?: boolean | undefined;
  /** Which program the file says that it is from, as `name version`. */
  readonly producer?: string | undefined;
  /** Lines for people on how the data is, for formats with room for them; asked in the end. */
  readonly notes?: (() => readonly string[]) | undefined;
}

/** Every format that `exportRecording` knows. */
export const EXPORT_FORMATS: readonly ExportFormatInfo[] = FORMATS.map(({ name, summary, isBinary }) => ({ name, summary, isBinary }));

/** A dataset's files are written to its folder. */
const NOWHERE: ByteSink = { write: () => {} };

/**
 * A recording as the bytes of one file, and how good its data is. What a file says of where it comes from is `about`'s. For large
 * recordings and several in one file `exportRecordings` is better: CSV and JSON lines may have many times the recording's size.
 *
 * @throws PerftsError PERFTS_USAGE for a format or an event that is not known, and for several events in a format of one.
 */
export async function exportRecording(
  recording: Recording, format: ExportFormatName, options: ExportOptions = {}, about: Partial<Omit<ExportInput, 'recording'>> = {},
): Promise<{ readonly bytes: Uint8Array; readonly quality: QualityReport }> {
  const pieces: Uint8Array[] = [];
  const input: ExportInput = { recording, name: 'perf.data', labels: new Map(), ...about };
  const [quality] = await exportRecordings([input], format, { write: (bytes) => pieces.push(bytes.slice()) }, options);
  return { bytes: new Uint8Array(await new Blob(pieces as Uint8Array<ArrayBuffer>[]).arrayBuffer()), quality: quality! };
}

/**
 * Recordings as one file, written to `sink` in order. Each is asked for when the one before is done, so that they can be opened one after the
 * other. Gives how good each one's data is.
 *
 * @throws PerftsError as `exportRecording`, and what `sink` throws.
 */
export async function exportRecordings(inputs: Iterable<ExportInput> | AsyncIterable<ExportInput>, format: ExportFormatName, sink: ByteSink, options: ExportOptions = {}): Promise<readonly QualityReport[]> {
  const entry = FORMATS.find(({ name }) => name === format);
  if (entry === undefined) throw new PerftsError('PERFTS_USAGE', `no format '${String(format)}': there are ${FORMATS.map(({ name }) => name).join(', ')}`);
  return await exported(inputs, await entry.load(), sink, options);
}

/**
 * Recordings as a part of a dataset of Parquet files (docs/FLEET.md). Each needs a label `service`, and must say when it was recorded: by its
 * own clock data, or by `modified`.
 *
 * @throws PerftsError PERFTS_NO_SAMPLES for a recording that does not say its day, and what `folder` throws; files that are not closed then
 * are not whole.
 */
export async function exportDataset(inputs: Iterable<ExportInput> | AsyncIterable<ExportInput>, folder: DatasetFolder, options: ExportOptions = {}): Promise<readonly QualityReport[]> {
  const { parquetDataset } = await import('./parquet-dataset.ts');
  return await exported(inputs, parquetDataset(folder), NOWHERE, options);
}

async function exported(inputs: Iterable<ExportInput> | AsyncIterable<ExportInput>, format: ExportFormat, sink: ByteSink, options: ExportOptions): Promise<readonly QualityReport[]> {
  const { weight, annotate, producer = 'perfts', notes, ...walk } = options;
  const formatOptions: FormatOptions = { producer, weight, annotate: annotate ?? true, python: walk.python, ...(notes !== undefined && { notes }) };
  const made = new Export(format, formatOptions, sink);
  for await (const input of inputs) await made.add(input, walk);
  await made.finish();
  return made.quality;
}
