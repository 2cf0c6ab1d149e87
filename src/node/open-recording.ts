// Opening a recording by its path, with everything that belongs to it found by the rules of open-recording-files.ts.

import { statSync } from 'node:fs';
import { PerftsError } from '../bytes/errors.ts';
import { Recording } from '../profile/recording.ts';
import { join } from 'node:path';
import { openRecordingFiles, type RecordingFileOptions } from './open-recording-files.ts';

/** Where files are, and how names are shown. */
export interface OpenOptions extends RecordingFileOptions {
  /** C++ and Rust names readable; true if left out. */
  readonly demangle?: boolean;
}

/** A recording with open files. */
export interface OpenedRecording {
  readonly recording: Recording;
  /** When the file was written last; undefined for standard input. */
  readonly modified: Date | undefined;
  /** Jitdumps that were named and that no process of the recording wrote, as far as it was walked. */
  readonly unusedJitdumps: readonly string[];
  /** Closes the files: the recording cannot be walked any more. */
  close(): void;
}

/**
 * Opens a file, the directory of `perf record --threads`, or `-` for standard input.
 * @throws PerftsError PERFTS_NO_FILE or PERFTS_NOT_PERF_DATA, with one plain line.
 */
export async function openRecording(path: string, options: OpenOptions = {}): Promise<OpenedRecording> {
  const files = openRecordingFiles(path, options);
  try {
    const recording = await Recording.open({
      sources: files.sources,
      trees: files.trees,
      caches: files.caches,
      kallsyms: files.kallsyms,
      vdso: files.vdso,
      demangle: options.demangle ?? true,
      openJitdump: (recorded) => files.openJitdump(recorded),
      openPerfMap: (pid) => files.openPerfMap(pid),
      listPerfMaps: () => files.listPerfMaps(),
      makeStore: () => files.makeStore(),
    });
    const { features } = recording.file;
    const kernel = features.buildIds?.find(({ filename }) => filename.startsWith('[kernel.kallsyms]'));
    files.recordedOn({ hostName: features.hostname ?? '', release: features.osRelease ?? '', kernelBuildId: kernel?.buildId ?? '' });
    return {
      recording,
      modified: path === '-' ? undefined : modifiedAt(path),
      get unusedJitdumps() {
        return files.unusedJitdumps;
      },
      close: () => files.close(),
    };
  } catch (error) {
    files.close();
    throw error instanceof PerftsError && error.code === 'PERFTS_NOT_PERF_DATA' ? new PerftsError(error.code, `${path}: ${error.message}`) : error;
  }
}

/** Of a directory: when the file with its header was. */
function modifiedAt(path: string): Date {
  const stats = statSync(path);
  return stats.isDirectory() ? statSync(join(path, 'data')).mtime : stats.mtime;
}
