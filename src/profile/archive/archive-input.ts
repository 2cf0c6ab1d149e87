// An archive as what a recording is opened with, for programs that have its bytes and no files: a page, a test.

import { Diagnostics } from '../../bytes/diagnostics.ts';
import type { ByteSource } from '../../bytes/source.ts';
import { run } from '../../bytes/waiting.ts';
import { Archive } from '../../symbols/archive/archive.ts';
import type { RecordingInput } from '../recording.ts';

/**
 * Opens an archive (docs/ARCHIVE.md): `Recording.open(await openArchive(source))`. Its bytes are read as they are needed.
 * @throws PerftsError PERFTS_NOT_PERF_DATA with one line for what is none, is cut short, or comes from a later version.
 */
export async function openArchive(source: ByteSource, name = 'archive'): Promise<RecordingInput> {
  const diagnostics = new Diagnostics();
  const archive = await run(Archive.open(source, name, diagnostics));
  const sources = await run(archive.openRecording());
  return {
    sources,
    trees: [archive.tree],
    kallsyms: await archive.openKallsyms(),
    diagnostics,
    openJitdump: (path) => archive.openJitdump(path),
    openPerfMap: (pid) => archive.openPerfMap(pid),
    listPerfMaps: () => archive.listPerfMaps(),
  };
}
