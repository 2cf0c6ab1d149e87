// Exports to paths, for programs in Node: a file is whole or not there, as with `perfts export`.

import { exportDataset, exportRecordings, type ExportFormatName, type ExportOptions } from '../formats/export-recordings.ts';
import type { ExportInput } from '../formats/export.ts';
import type { QualityReport } from '../profile/quality.ts';
import { DatasetFiles } from './dataset-folder.ts';
import { FileSink, writtenWhole } from './file-sink.ts';

/**
 * Recordings as one file at `output`, which is overwritten; taken away if it cannot be finished. Gives how good each one's data is.
 *
 * @throws PerftsError as `exportRecordings`, and PERFTS_NO_FILE where it cannot be written.
 */
export async function exportToFile(inputs: Iterable<ExportInput> | AsyncIterable<ExportInput>, format: ExportFormatName, output: string, options: ExportOptions = {}): Promise<readonly QualityReport[]> {
  const file = new FileSink(output, '');
  return await writtenWhole(file, () => exportRecordings(inputs, format, file, options));
}

/**
 * Recordings added to the dataset in a folder (docs/FLEET.md), in place of what an earlier export of the same ones wrote.
 *
 * @throws PerftsError as `exportDataset`, and PERFTS_NO_FILE where it cannot be written.
 */
export async function exportToDataset(inputs: Iterable<ExportInput> | AsyncIterable<ExportInput>, folder: string, options: ExportOptions = {}): Promise<readonly QualityReport[]> {
  const files = new DatasetFiles(folder);
  try {
    return await exportDataset(inputs, files, options);
  } catch (error) {
    files.discard();
    throw error;
  }
}
