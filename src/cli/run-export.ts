// What `perfts export` does: opens each recording, walks it, and writes one file of them.

import { PerftsError } from '../bytes/errors.ts';
import { Export } from '../formats/export.ts';
import { FORMATS } from '../formats/formats.ts';
import { DatasetFiles } from '../node/dataset-folder.ts';
import { FileSink, isSameFile, writtenWhole } from '../node/file-sink.ts';
import type { ByteSink } from '../perfdata/writer/byte-sink.ts';
import { qualityLines } from '../views/quality-text.ts';
import { waitLines } from '../views/waits-text.ts';
import { writeDamage, writeUnused } from './damage-lines.ts';
import { openInput, shownName } from './open-input.ts';
import type { ExportCommandOptions } from './options.ts';
import type { Output } from './output.ts';
import { Progress } from './progress.ts';
import { VERSION } from './version.ts';

/** A dataset has files of its own. */
const NOWHERE: ByteSink = { write: () => {} };

/** Runs the command; PerftsError for what cannot be done. */
export async function runExport(options: ExportCommandOptions, out: Output, err: Output): Promise<number> {
  if (options.dataset !== undefined) return await toDataset(options, options.dataset, err);
  const entry = FORMATS.find(({ name }) => name === options.format)!;
  if (options.output === '-' && entry.isBinary && out.isTerminal) throw new PerftsError('PERFTS_USAGE', `${entry.name} is not for a terminal: name a file with -o`);
  const format = await entry.load();
  const notes: string[] = [];
  return await toSink(options, out, async (sink) => {
    const made = new Export(format, { producer: `perfts ${VERSION}`, weight: options.weight, annotate: options.annotate, python: options.python, notes: () => notes }, sink);
    await addRecordings(options, made, notes, err);
    await made.finish();
  });
}

/** Adds a recording's files to a dataset. Those that were not finished are taken away. */
async function toDataset(options: ExportCommandOptions, folder: string, err: Output): Promise<number> {
  const { parquetDataset } = await import('../formats/parquet-dataset.ts');
  const files = new DatasetFiles(folder);
  try {
    const made = new Export(parquetDataset(files), { producer: `perfts ${VERSION}` }, NOWHERE);
    await addRecordings(options, made, [], err);
    await made.finish();
  } catch (error) {
    files.discard();
    throw error;
  }
  if (options.verbose > 0) err.write(`perfts: wrote ${files.written} files in ${folder}\n`);
  return 0;
}

/** Walks every recording. `notes`: gets what is said of the data. */
async function addRecordings(options: ExportCommandOptions, made: Export, notes: string[], err: Output): Promise<void> {
  const { maxStack, inline, python, events, comms, pids, tids, time, sources, derived, weightField } = options;
  for (const { input, labels } of sources) {
    const opened = await openInput({ ...options, input }, err);
    const { recording, modified } = opened;
    try {
      const progress = new Progress(err);
      const onProgress = (share: number): void => progress.update(`reading ${input}`, share, 1);
      try {
        await made.add({ recording, name: shownName(input), labels, modified }, { maxStack, inlines: inline, python, events, derived, weightField, comms, pids, tids, time: time && (await recording.timeSpans(time)), onProgress });
      } finally {
        progress.end();
      }
      const waits = made.waits.at(-1);
      const lines = [...qualityLines(made.quality.at(-1)!, recording.damage), ...(waits === undefined ? [] : waitLines(waits))];
      notes.push(...lines.map((line) => line.trim()));
      if (err.isTerminal || options.verbose > 0) for (const line of lines) err.write(`${line}\n`);
      else writeDamage(recording.damage, err);
      writeUnused(opened.unusedJitdumps, err);
    } finally {
      opened.close();
    }
  }
}

/** Has a file written. */
async function toSink({ output, sources }: ExportCommandOptions, out: Output, write: (sink: ByteSink) => Promise<void>): Promise<number> {
  if (output === '-') {
    await write({ write: (bytes) => out.writeBytes(bytes) });
    return 0;
  }
  const read = sources.find(({ input }) => isSameFile(output, input));
  const file = new FileSink(output, read?.input ?? '');
  await writtenWhole(file, () => write(file));
  return 0;
}
