// Making an archive of a recording by its path: everything that opening it here would find goes in (open-recording-files.ts).

import { MemorySource } from '../bytes/source.ts';
import type { ByteSource } from '../bytes/source.ts';
import { archiveRecording } from '../profile/archive/archive-recording.ts';
import type { ArchiveContents, MadeArchive } from '../profile/archive/archive-recording.ts';
import { NotedInput } from '../profile/archive/noted-input.ts';
import { Recording } from '../profile/recording.ts';
import { FileSink, writtenWhole } from './file-sink.ts';
import { openFile } from './file-source.ts';
import { openInputFiles, recordedMachineOf, type OpenOptions } from './open-recording.ts';
import { NODE_CODEC } from './zip-codec.ts';
import type { Damage } from '../bytes/diagnostics.ts';

/** Where files are, what goes in, and who says so. */
export interface MakeArchiveOptions extends OpenOptions, ArchiveContents {
  /** What the manifest calls the program that made it; `perfts` if left out. */
  readonly createdBy?: string | undefined;
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** An archive that was written. */
export interface MadeArchiveFile extends MadeArchive {
  /** What was wrong with the recording or missing, as far as the walk met it. */
  readonly damage: readonly Damage[];
}

/**
 * Writes the archive of a recording (docs/ARCHIVE.md) to a file. A file that was not finished is taken away.
 * @throws PerftsError with one plain line where something cannot be opened or written.
 */
export async function makeArchive(path: string, output: string, options: MakeArchiveOptions = {}): Promise<MadeArchiveFile> {
  const { files, input, names, modified } = await openInputFiles(path, options);
  try {
    const kernel = { ...input };
    const noted = new NotedInput(kernel);
    const recording = await Recording.open(noted);
    const isHere = files.recordedOn(recordedMachineOf(recording.file));
    if (isHere && kernel.kallsyms === undefined) kernel.kallsyms = runningKallsyms();
    const sink = new FileSink(output, path);
    const { createdBy = 'perfts', lines, code, all, onProgress } = options;
    const made = await writtenWhole(sink, () => archiveRecording(recording, noted, sink, NODE_CODEC, { createdBy, names, modified, lines, code, all, onProgress }));
    return { ...made, damage: recording.damage };
  } finally {
    files.close();
  }
}

/** The kernel's own symbols; undefined where it hides its addresses from us. */
function runningKallsyms(): ByteSource | undefined {
  try {
    const source = openFile('/proc/kallsyms');
    const bytes = source.read(0, source.size).slice();
    const first = new TextDecoder().decode(bytes.subarray(0, 4096)).split('\n');
    return first.some((line) => /^0*[1-9a-f][0-9a-f]* /.test(line)) ? new MemorySource(bytes) : undefined;
  } catch {
    return undefined;
  }
}
