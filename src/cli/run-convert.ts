// What `perfts convert` does: opens, writes, and says how much.

import * as zlib from 'node:zlib';
import { FEATURE_NAMES } from '../perfdata/features/feature-id.ts';
import type { ZstdCompressor } from '../perfdata/writer/compression.ts';
import { DirectorySink } from '../node/directory-sink.ts';
import { FileSink, writtenWhole } from '../node/file-sink.ts';
import { openRecording } from '../node/open-recording.ts';
import { type ConvertOptions, convertRecording, type Written } from '../profile/convert/convert-recording.ts';
import type { OutputForm, OutputPlace } from '../profile/convert/recording-output.ts';
import type { Recording } from '../profile/recording.ts';
import { writeDamage } from './damage-lines.ts';
import type { ConvertCommandOptions, FileOptions } from './options.ts';
import type { Output } from './output.ts';
import { Progress } from './progress.ts';

/** Runs the command; PerftsError for what cannot be done. */
export async function runConvert(options: ConvertCommandOptions, out: Output, err: Output): Promise<number> {
  return await writeRecording(options, options.output, options.container, out, err, async (recording, place, onProgress) => {
    const { container, compress, byteOrder, time, pids, events } = options;
    const littleEndian = byteOrder === undefined ? undefined : byteOrder === 'little';
    const form: ConvertOptions = { container, compress, compressor: zstdCompressor(), littleEndian, cut: { time: time && (await recording.timeSpans(time)), pids, events }, onProgress };
    if (!options.anonymize) return await convertRecording(recording, form, place);
    return await (await import('../profile/convert/anonymize.ts')).anonymizeRecording(recording, form, place);
  });
}

/** Opens a recording, has something written from it, and closes all. A file that was not finished is taken away. */
export async function writeRecording(
  options: FileOptions, path: string, container: OutputForm['container'], out: Output, err: Output,
  write: (recording: Recording, place: OutputPlace, onProgress: (share: number) => void) => Promise<Written>,
): Promise<number> {
  const { input, symfs, jitdumps } = options;
  const { recording, close } = await openRecording(input, { symfs, jitdumps });
  try {
    const progress = new Progress(err);
    const file = path === '-' ? undefined : container === 'directory' ? new DirectorySink(path, input) : new FileSink(path, input);
    const place: OutputPlace = file ?? { write: (bytes) => out.writeBytes(bytes) };
    const work = (): Promise<Written> => write(recording, place, (share) => progress.update('writing', share, 1));
    const written = await (file === undefined ? work() : writtenWhole(file, work));
    out.flush();
    progress.end();
    writeDamage(recording.damage, err);
    for (const id of written.leftOut) err.write(`perfts: ${FEATURE_NAMES[id] ?? `feature ${id}`} is left out: a ${container} cannot hold it\n`);
    if (options.verbose > 0) err.write(`perfts: wrote ${written.records} records, ${written.samples} of them samples\n`);
    return 0;
  } finally {
    close();
  }
}

/** Node's own, where it has one (22.15 and later). */
function zstdCompressor(): ZstdCompressor | undefined {
  const found: unknown = 'zstdCompressSync' in zlib ? zlib.zstdCompressSync : undefined;
  return typeof found === 'function' ? (found as ZstdCompressor) : undefined;
}
