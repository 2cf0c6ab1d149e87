// Opening a recording by its path, with everything that belongs to it found by the rules of open-recording-files.ts, or out of an archive.

import { statSync } from 'node:fs';
import { PerftsError } from '../bytes/errors.ts';
import type { PerfDataFile } from '../perfdata/perf-data-file.ts';
import { Recording } from '../profile/recording.ts';
import type { RecordingInput } from '../profile/recording.ts';
import { join } from 'node:path';
import { archiveIn } from './open-archive.ts';
import { packedRecordingIn } from './packed-recording.ts';
import { openSources, RecordingFiles, type RecordingFileOptions } from './open-recording-files.ts';
import type { MachineIdentity } from './recording-machine.ts';

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
 * Opens a file, the directory of `perf record --threads`, an archive (`perfts archive`, `perf archive --all`), or `-` for standard input.
 * @throws PerftsError PERFTS_NO_FILE or PERFTS_NOT_PERF_DATA, with one plain line.
 */
export async function openRecording(path: string, options: OpenOptions = {}): Promise<OpenedRecording> {
  const { files, input, modified } = await openInputFiles(path, options);
  try {
    const recording = await Recording.open(input);
    files.recordedOn(recordedMachineOf(recording.file));
    return {
      recording,
      modified,
      get unusedJitdumps() {
        return files.unusedJitdumps;
      },
      close: () => files.close(),
    };
  } catch (error) {
    files.close();
    throw named(error, path);
  }
}

/** Which machine a recording says that it comes from. */
export function recordedMachineOf({ features }: PerfDataFile): MachineIdentity {
  const kernel = features.buildIds?.find(({ filename }) => filename.startsWith('[kernel.kallsyms]'));
  return { hostName: features.hostname ?? '', release: features.osRelease ?? '', kernelBuildId: kernel?.buildId ?? '' };
}

/** The files of a recording, and what the core wants to know of them. */
export interface InputFiles {
  readonly files: RecordingFiles;
  readonly input: RecordingInput;
  /** What the recording's own files are called: '' for the only one, `data`, `data.0` … of a directory. */
  readonly names: readonly string[];
  readonly modified: Date | undefined;
  readonly isArchive: boolean;
}

/** @throws PerftsError as openRecording does. */
export async function openInputFiles(path: string, options: OpenOptions = {}): Promise<InputFiles> {
  const opened = openSources(path);
  try {
    const [only] = opened;
    const archive = only === undefined || opened.length > 1 ? undefined : archiveIn(only.file, path);
    const packed = only === undefined || opened.length > 1 || archive !== undefined ? undefined : await packedRecordingIn(only.file, path);
    const files = new RecordingFiles(path, options, opened, archive, packed);
    const input: RecordingInput = {
      sources: files.sources,
      trees: files.trees,
      caches: files.caches,
      more: files.more,
      kallsyms: files.kallsyms,
      vmlinux: files.vmlinux,
      kernelModules: options.kernelModules,
      vdso: files.vdso,
      demangle: options.demangle ?? true,
      diagnostics: files.diagnostics,
      openJitdump: (recorded) => files.openJitdump(recorded),
      openPerfMap: (pid) => files.openPerfMap(pid),
      listPerfMaps: () => files.listPerfMaps(),
      makeStore: () => files.makeStore(),
    };
    const isFolder = path !== '-' && statSync(path).isDirectory();
    const names = archive?.names ?? opened.map(({ name }) => (isFolder && name === '' ? 'data' : name));
    const modified = archive !== undefined ? archive.modified : path === '-' ? undefined : modifiedAt(path);
    return { files, input, names, modified, isArchive: archive !== undefined };
  } catch (error) {
    for (const { file } of opened) file.close?.();
    throw error;
  }
}

function named(error: unknown, path: string): unknown {
  return error instanceof PerftsError && error.code === 'PERFTS_NOT_PERF_DATA' ? new PerftsError(error.code, `${path}: ${error.message}`) : error;
}

/** Of a directory: when the file with its header was. */
function modifiedAt(path: string): Date {
  const stats = statSync(path);
  return stats.isDirectory() ? statSync(join(path, 'data')).mtime : stats.mtime;
}
