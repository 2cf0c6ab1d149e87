// Recordings in archives (docs/ARCHIVE.md): whatever opens a recording by its path looks here first whether it is one.

import { Diagnostics } from '../bytes/diagnostics.ts';
import { PerftsError } from '../bytes/errors.ts';
import type { ByteSource } from '../bytes/source.ts';
import { run } from '../bytes/waiting.ts';
import { looksLikeZip } from '../bytes/zip/zip-directory.ts';
import { Archive } from '../symbols/archive/archive.ts';
import type { FileTree, TreeFile } from '../symbols/file-tree.ts';
import { NODE_CODEC } from './zip-codec.ts';

/** What of an archive a recording is opened with; over a file on disk nothing of it waits. */
export interface OpenedArchive {
  readonly archive: Archive;
  readonly sources: readonly ByteSource[];
  /** What `sources` are called: '' for the only one, `data`, `data.0` … of a directory. */
  readonly names: readonly string[];
  readonly tree: FileTree;
  readonly kallsyms: ByteSource | undefined;
  /** When the recording was written. */
  readonly modified: Date | undefined;
  readonly diagnostics: Diagnostics;
  openJitdump(path: string): ByteSource | undefined;
  openPerfMap(pid: number): ByteSource | undefined;
  listPerfMaps(): readonly number[];
}

/**
 * The archive that an open file is; undefined where it is something else.
 * @throws PerftsError PERFTS_NOT_PERF_DATA with one line for a zip file that is none, or is damaged beyond use.
 */
export function archiveIn(file: TreeFile, path: string): OpenedArchive | undefined {
  const first = file.read(0, 4);
  return first instanceof Promise || !looksLikeZip(first) ? undefined : openArchive(file, path);
}

/** @throws PerftsError PERFTS_NOT_PERF_DATA with one line. */
export function openArchive(file: ByteSource, path: string): OpenedArchive {
  const diagnostics = new Diagnostics();
  try {
    const archive = atOnce(run(Archive.open(file, path, diagnostics, NODE_CODEC)));
    const members = archive.recording;
    const sources = atOnce(run(archive.openRecording()));
    return {
      archive,
      sources,
      names: members.map((member) => member.path),
      tree: archive.tree,
      kallsyms: atOnce(archive.openKallsyms()),
      modified: members[0]?.modified,
      diagnostics,
      openJitdump: (recorded) => atOnce(archive.openJitdump(recorded)),
      openPerfMap: (pid) => atOnce(archive.openPerfMap(pid)),
      listPerfMaps: () => archive.listPerfMaps(),
    };
  } catch (error) {
    throw error instanceof PerftsError && error.code === 'PERFTS_NOT_PERF_DATA' ? new PerftsError(error.code, `${path}: ${error.message}`) : error;
  }
}

/** What a synchronous source gives is there at once. */
function atOnce<T>(value: T | Promise<T>): T {
  if (value instanceof Promise) throw new TypeError('a file on disk does not wait');
  return value;
}
