// A recording inside a tarball, as `perf archive --all` packs it: the recording, and beside it `perf.symbols.tar.bz2` with a build-id cache.

import { Diagnostics } from '../bytes/diagnostics.ts';
import { PerftsError } from '../bytes/errors.ts';
import { baseName } from '../bytes/recorded-path.ts';
import { looksLikeRecording } from '../perfdata/perf-data-file.ts';
import type { TreeFile } from '../symbols/file-tree.ts';
import { TarFileTree } from './tar-file-tree.ts';

/** What a tarball holds. */
export interface PackedRecording {
  readonly file: TreeFile;
  /** The tarball, and those within it that hold symbols: whoever gets them closes them. */
  readonly tarball: TarFileTree;
  readonly caches: readonly TarFileTree[];
  /** What is wrong with them. */
  readonly diagnostics: Diagnostics;
}

/** Of a recording's first bytes. */
const START = 16;

/**
 * The recording in an open file that is a tarball; undefined where it is none: what it is then, others tell.
 * @throws PerftsError PERFTS_NOT_PERF_DATA with one line for a tarball without a recording.
 */
export async function packedRecordingIn(file: TreeFile, path: string): Promise<PackedRecording | undefined> {
  const diagnostics = new Diagnostics();
  const tarball = await TarFileTree.in(file, path, diagnostics);
  if (tarball === undefined) return undefined;
  const names = await tarball.files();
  const caches: TarFileTree[] = [];
  let recording: TreeFile | undefined;
  for (const name of names) {
    const member = await tarball.open(name);
    if (member === undefined) continue;
    if (/^perf\.symbols\.tar/.test(baseName(name))) {
      const cache = await TarFileTree.in(member, `${path}/${name}`, diagnostics);
      if (cache !== undefined) caches.push(cache);
    } else if (recording === undefined && looksLikeRecording((await member.read(0, START)).slice())) recording = member;
  }
  if (recording !== undefined) return { file: recording, tarball, caches, diagnostics };
  tarball.closeUnpacked();
  // Something else that is compressed.
  if (names.length === 0) return undefined;
  throw new PerftsError('PERFTS_NOT_PERF_DATA', `${path}: there is no recording in this tarball; if it is what perf archive made, give the recording, and this by --symbol-dir`);
}
