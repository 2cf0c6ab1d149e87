// A dropped tarball: what `perf archive` packs of a build-id cache, or, with --all, the recording with it. Compressed ones are unpacked into a
// Blob, which the browser keeps where it likes; how much that may become is bounded.

import { unpackBzip2 } from '../../bytes/bzip2.ts';
import type { Diagnostics } from '../../bytes/diagnostics.ts';
import { MAX_PAGE_TARBALL, MAX_TAR_RATIO, MAX_TAR_UNPAID } from '../../bytes/limits.ts';
import { baseName } from '../../bytes/recorded-path.ts';
import type { ByteSource } from '../../bytes/source.ts';
import { run } from '../../bytes/waiting.ts';
import { looksLikeRecording } from '../../perfdata/perf-data-file.ts';
import { TarTree } from '../../symbols/tar-tree.ts';
import { BlobSource } from './blob-source.ts';
import { sortFiles, type DroppedTarball } from './dropped-files.ts';

/** What tarballs hold. */
export interface OpenedTarball {
  readonly recording: ByteSource | undefined;
  /** Build-id caches. */
  readonly caches: readonly TarTree[];
}

/** Of a recording's first bytes. */
const START = 16;
const PIECE = 1 << 20;

export async function openTarball({ file, packing }: DroppedTarball, diagnostics: Diagnostics): Promise<OpenedTarball> {
  const { name, source } = file;
  const tree = await treeOf(name, source, packing, diagnostics);
  const caches = [tree];
  let recording: ByteSource | undefined;
  for (const path of tree.files) {
    const member = tree.open(path);
    if (member === undefined) continue;
    if (/^perf\.symbols\.tar/.test(baseName(path))) {
      const { tarballs } = await sortFiles([{ name: baseName(path), path, modified: file.modified, source: member }]);
      for (const inner of tarballs) caches.push(await treeOf(`${name}/${path}`, member, inner.packing, diagnostics));
    } else if (recording === undefined && looksLikeRecording((await member.read(0, START)).slice())) recording = member;
  }
  return { recording, caches };
}

async function treeOf(name: string, source: ByteSource, packing: DroppedTarball['packing'], diagnostics: Diagnostics): Promise<TarTree> {
  const own = diagnostics.of(name);
  return run(TarTree.of(name, packing === 'none' ? source : await unpacked(name, source, packing, own), own));
}

/** What cannot be unpacked is as good as the part that can. */
async function unpacked(name: string, source: ByteSource, packing: 'gzip' | 'bzip2', diagnostics: Diagnostics): Promise<ByteSource> {
  const most = Math.min(MAX_PAGE_TARBALL, Math.max(MAX_TAR_UNPAID, source.size * MAX_TAR_RATIO));
  const pieces: Blob[] = [];
  let size = 0;
  const take = (bytes: Uint8Array): boolean => {
    if (size + bytes.length > most) return false;
    pieces.push(new Blob([bytes.slice()]));
    size += bytes.length;
    return true;
  };
  const end = packing === 'bzip2' ? await run(unpackBzip2(source, take)) : await gunzip(source, take);
  if (end === 'stopped') diagnostics.damaged('tar-too-large', -1, `its ${source.size} bytes unpack to more than ${most}: the rest is not looked at`);
  else if (end === 'damaged') diagnostics.damaged('tar-packed', -1, `it is damaged or cut short: ${size} bytes of it could be unpacked`);
  return new BlobSource(name, new Blob(pieces));
}

async function gunzip(source: ByteSource, take: (bytes: Uint8Array) => boolean): Promise<'whole' | 'damaged' | 'stopped'> {
  let at = 0;
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: async (controller) => {
      const piece = (await source.read(at, PIECE)).slice();
      at += piece.length;
      if (piece.length === 0) controller.close();
      else controller.enqueue(piece);
    },
  });
  try {
    const reader = packed.pipeThrough(new DecompressionStream('gzip')).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return 'whole';
      if (!take(value)) {
        await reader.cancel();
        return 'stopped';
      }
    }
  } catch {
    return 'damaged';
  }
}
