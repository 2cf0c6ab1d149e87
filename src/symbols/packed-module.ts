// Kernel modules as distributions install them: `.ko.xz`, `.ko.zst`, `.ko.gz`. What a file is, its first bytes say; it is unpacked whole, in
// memory, since nothing of it can be read otherwise.

import { inflate } from '../bytes/inflate.ts';
import { MAX_KERNEL_MODULE } from '../bytes/limits.ts';
import { MemorySource } from '../bytes/source.ts';
import { settled } from '../bytes/waiting.ts';
import type { Waiting } from '../bytes/waiting.ts';
import { decodeXz } from '../bytes/xz.ts';
import { beginsZstdFrame } from '../bytes/zstd.ts';
import { decompressZstd } from '../bytes/zstd-whole.ts';
import type { TreeFile } from './file-tree.ts';

/** What the names of packed modules end in. */
export const PACKED_ENDINGS: readonly string[] = ['', '.xz', '.zst', '.gz'];

/** Deflate makes at most 1 032 bytes of one. */
const DEFLATE_RATIO = 1_032;
const GZIP_HEADER = 10;
const GZIP_TRAILER = 8;

/** The file itself where it is not packed; else what was packed, and the file is closed. Empty where it cannot be unpacked. */
export function* unpackedModule(file: TreeFile): Waiting<TreeFile> {
  const first = (yield* settled(file.read(0, 6))).slice();
  const isXz = first[0] === 0xfd && first[1] === 0x37 && first[2] === 0x7a;
  const isZstd = beginsZstdFrame(first);
  const isGzip = first[0] === 0x1f && first[1] === 0x8b;
  if (!isXz && !isZstd && !isGzip) return file;
  const packed = file.size > MAX_KERNEL_MODULE ? new Uint8Array(0) : yield* wholeOf(file);
  file.close?.();
  const bytes = isXz ? decodeXz(packed, MAX_KERNEL_MODULE) : isZstd ? decompressZstd(packed, MAX_KERNEL_MODULE) : gunzip(packed);
  return new MemorySource(bytes ?? new Uint8Array(0));
}

function* wholeOf(file: TreeFile): Waiting<Uint8Array> {
  const bytes = new Uint8Array(file.size);
  for (let at = 0; at < bytes.length; ) {
    const piece = yield* settled(file.read(at, bytes.length - at));
    if (piece.length === 0) return bytes.subarray(0, at);
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** RFC 1952: a header of ten bytes, what its flags announce, deflate, checksum and size. Of one member. */
function gunzip(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length < GZIP_HEADER + GZIP_TRAILER) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = view.getUint32(bytes.length - 4, true);
  if (size > MAX_KERNEL_MODULE || size > bytes.length * DEFLATE_RATIO) return undefined;
  const flags = bytes[3]!;
  let at = GZIP_HEADER;
  if ((flags & 4) !== 0) at += 2 + view.getUint16(at, true);
  // A name, a comment: up to a zero each.
  for (const flag of [8, 16]) if ((flags & flag) !== 0) at = bytes.indexOf(0, at) + 1 || bytes.length;
  if ((flags & 2) !== 0) at += 2;
  return inflate(bytes.subarray(Math.min(at, bytes.length), bytes.length - GZIP_TRAILER), size);
}
