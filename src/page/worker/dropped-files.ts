// What was dropped on the page, sorted by what each file is: by its first bytes, and by its name where these say nothing (perf maps, the data
// files of a recording's directory, source).

import type { ByteSource } from '../../bytes/source.ts';
import { looksLikeBzip2 } from '../../bytes/bzip2.ts';
import { looksLikeTar } from '../../bytes/tar/tar-index.ts';
import { looksLikeZip } from '../../bytes/zip/zip-directory.ts';
import { JITDUMP_MAGIC } from '../../jit/jitdump-records.ts';
import { looksLikeRecording } from '../../perfdata/perf-data-file.ts';

/** A file of the user. */
export interface DroppedFile {
  /** Without folders. */
  readonly name: string;
  /** Below the folder that was chosen, where one was; else the name. */
  readonly path: string;
  /** When it was written last. */
  readonly modified: Date;
  readonly source: ByteSource;
}

/** A tarball, and how it is packed. */
export interface DroppedTarball {
  readonly file: DroppedFile;
  readonly packing: 'none' | 'gzip' | 'bzip2';
}

/** A jitdump, and the process id in its header; -1 where it is cut before that. */
export interface DroppedJitdump {
  readonly file: DroppedFile;
  readonly pid: number;
}

export interface SortedFiles {
  readonly recordings: readonly DroppedFile[];
  /** `data.0`, `data.1` … of a directory, in order. */
  readonly parts: readonly DroppedFile[];
  readonly archives: readonly DroppedFile[];
  readonly tarballs: readonly DroppedTarball[];
  readonly elf: readonly DroppedFile[];
  readonly jitdumps: readonly DroppedJitdump[];
  /** By process id. */
  readonly perfMaps: ReadonlyMap<number, DroppedFile>;
  readonly kallsyms: DroppedFile | undefined;
  /** Source, or anything else. */
  readonly others: readonly DroppedFile[];
}

/** Enough for the header of a tar file. */
const FIRST = 512;
const ELF_MAGIC = 0x7f45_4c46;
/** A jitdump's process id, and where its header ends. */
const PID_AT = 20;
const JITDUMP_HEADER = 24;

export async function sortFiles(files: readonly DroppedFile[]): Promise<SortedFiles> {
  const recordings: DroppedFile[] = [];
  const parts: { file: DroppedFile; number: number }[] = [];
  const archives: DroppedFile[] = [];
  const tarballs: DroppedTarball[] = [];
  const elf: DroppedFile[] = [];
  const jitdumps: DroppedJitdump[] = [];
  const perfMaps = new Map<number, DroppedFile>();
  const others: DroppedFile[] = [];
  let kallsyms: DroppedFile | undefined;
  for (const file of files) {
    const first = (await file.source.read(0, FIRST)).slice();
    const view = new DataView(first.buffer);
    const magic = first.length >= 4 ? view.getUint32(0) : 0;
    const map = /^perf-(\d{1,10})\.map$/i.exec(file.name)?.[1];
    const part = /^data\.(\d{1,6})$/.exec(file.name)?.[1];
    const packing = packingOf(first);
    if (looksLikeRecording(first)) recordings.push(file);
    else if (looksLikeZip(first)) archives.push(file);
    else if (magic === ELF_MAGIC) elf.push(file);
    else if (isJitdump(first) || /^jit-\d+\.dump$/i.test(file.name)) jitdumps.push({ file, pid: pidOf(first) });
    else if (map !== undefined) perfMaps.set(Number(map), file);
    else if (/^kallsyms/.test(file.name)) kallsyms ??= file;
    else if (part !== undefined) parts.push({ file, number: Number(part) });
    else if (packing !== undefined) tarballs.push({ file, packing });
    else others.push(file);
  }
  parts.sort((a, b) => a.number - b.number);
  return { recordings, parts: parts.map(({ file }) => file), archives, tarballs, elf, jitdumps, perfMaps, kallsyms, others };
}

function packingOf(first: Uint8Array): DroppedTarball['packing'] | undefined {
  if (looksLikeBzip2(first)) return 'bzip2';
  if (first[0] === 0x1f && first[1] === 0x8b) return 'gzip';
  return looksLikeTar(first) ? 'none' : undefined;
}

function isJitdump(first: Uint8Array): boolean {
  if (first.length < 4) return false;
  const view = new DataView(first.buffer);
  return view.getUint32(0, true) === JITDUMP_MAGIC || view.getUint32(0, false) === JITDUMP_MAGIC;
}

function pidOf(first: Uint8Array): number {
  if (first.length < JITDUMP_HEADER || !isJitdump(first)) return -1;
  const view = new DataView(first.buffer);
  return view.getUint32(PID_AT, view.getUint32(0, true) === JITDUMP_MAGIC);
}
