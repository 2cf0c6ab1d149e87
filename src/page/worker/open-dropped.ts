// From dropped files to what the page shows: the recording among them is opened with all the others, by the same library as everywhere.

import { Diagnostics } from '../../bytes/diagnostics.ts';
import { PerftsError } from '../../bytes/errors.ts';
import { baseName } from '../../bytes/recorded-path.ts';
import { MemorySource, type ByteSource } from '../../bytes/source.ts';
import { openArchive } from '../../profile/archive/archive-input.ts';
import { Recording, type RecordingInput } from '../../profile/recording.ts';
import { withoutDeletedMark } from '../../symbols/file-tree.ts';
import { makePageData } from '../data/make-page-data.ts';
import type { PageData } from '../data/page-data.ts';
import type { PageProgress } from '../data/page-start.ts';
import { sortFiles, type DroppedFile, type SortedFiles } from './dropped-files.ts';
import { DroppedElfFiles, DroppedSources } from './dropped-trees.ts';
import { openTarball, type OpenedTarball } from './dropped-tarball.ts';

/** Bytes of an archive that is read at once. */
const MOST_AT_ONCE = 1 << 25;
/** Share of the work that finding the files takes. */
const SORTED = 0.02;
/** And the walk of the recording, behind that. */
const WALKED = 0.96;

/** @throws Error of one line for what cannot be opened. */
export async function openDropped(files: readonly DroppedFile[], progress: PageProgress): Promise<PageData> {
  progress('looking at the files', 0);
  const sorted = await sortFiles(files);
  const { input, file } = await inputOf(sorted);
  progress(`reading ${file.name}`, SORTED);
  const recording = await Recording.open(input).catch((error: unknown) => {
    throw error instanceof PerftsError ? new PerftsError(error.code, `${file.name}: ${error.message}`) : error;
  });
  return await makePageData(recording, {
    name: file.name,
    modified: file.modified,
    onProgress: (share) => progress(`reading ${file.name}`, SORTED + WALKED * share),
  });
}

/** What the recording is opened with. */
interface DroppedInput {
  readonly input: RecordingInput;
  readonly file: DroppedFile;
}

async function inputOf(sorted: SortedFiles): Promise<DroppedInput> {
  const diagnostics = new Diagnostics();
  const tarballs: { readonly file: DroppedFile; readonly opened: OpenedTarball }[] = [];
  for (const tarball of sorted.tarballs) tarballs.push({ file: tarball.file, opened: await openTarball(tarball, diagnostics) });
  const packed = tarballs.filter(({ opened }) => opened.recording !== undefined);
  const candidates = [...sorted.recordings, ...sorted.archives, ...packed.map(({ file }) => file)];
  const [file] = candidates;
  if (file === undefined) throw new Error(nothingText(sorted));
  if (candidates.length > 1) throw new Error(`one recording at a time, not ${candidates.length}: ${candidates.slice(0, 4).map(({ name }) => name).join(', ')}${candidates.length > 4 ? ' …' : ''}`);
  const archive = sorted.archives.includes(file) ? await openArchive(await inMemory(file.source), file.name) : undefined;
  const own = packed[0]?.opened.recording ?? file.source;
  const noted = archive?.diagnostics ?? diagnostics;
  const kallsyms = sorted.kallsyms?.source ?? archive?.kallsyms;
  const input: RecordingInput = {
    sources: archive?.sources ?? [own, ...sorted.parts.map(({ source }) => source)],
    trees: [...(archive?.trees ?? []), new DroppedSources(sorted.others)],
    caches: tarballs.flatMap(({ opened }) => opened.caches),
    more: { folders: [await DroppedElfFiles.of(sorted.elf, noted)] },
    kallsyms,
    diagnostics: noted,
    openJitdump: (path) => jitdumpOf(sorted, path) ?? archive?.openJitdump(path),
    openPerfMap: (pid) => sorted.perfMaps.get(pid)?.source ?? archive?.openPerfMap(pid),
    listPerfMaps: async () => [...sorted.perfMaps.keys(), ...((await archive?.listPerfMaps()) ?? []).filter((pid) => !sorted.perfMaps.has(pid))],
  };
  return { input, file };
}

/** An archive is read here and there, and each read of a file costs a browser more than its bytes: at once, unless it is large. */
async function inMemory(source: ByteSource): Promise<ByteSource> {
  return source.size > MOST_AT_ONCE ? source : new MemorySource((await source.read(0, source.size)).slice());
}

/** By its name, else by the process id in its header (JITDUMP 4: both are the writer's own). */
function jitdumpOf({ jitdumps }: SortedFiles, path: string): ByteSource | undefined {
  const name = baseName(withoutDeletedMark(path)).toLowerCase();
  const pid = Number(/^jit-(\d+)\.dump$/.exec(name)?.[1] ?? -2);
  const found = jitdumps.find(({ file }) => file.name.toLowerCase() === name) ?? jitdumps.find((one) => one.pid === pid);
  return found?.file.source;
}

function nothingText({ elf, jitdumps, tarballs, others, parts }: SortedFiles): string {
  const [other] = [...others, ...parts];
  if (tarballs.length > 0) return 'there is no recording in this tarball; if it is what perf archive made, drop the recording with it';
  if (elf.length + jitdumps.length > 0) return 'files that belong to a recording, but none: drop the perf.data with them';
  return other === undefined ? 'nothing was dropped' : `${other.name} is neither a recording (perf.data) nor an archive of one`;
}
