// Inflating, deflating and checksums by Node's zlib, several times as fast as our own, which pages use.

import { createHash } from 'node:crypto';
import * as zlib from 'node:zlib';
import { crc32 } from '../bytes/crc32.ts';
import { inflate } from '../bytes/inflate.ts';
import type { DeflateCodec } from '../bytes/zip/zip-writer.ts';
import type { InflateCodec } from '../bytes/zip/zip-format.ts';

/** zlib's own best; from here on its time doubles for a percent. */
const LEVEL = 6;

/** Node 20.15 and 22.2 have one of their own. */
const checksum: (bytes: Uint8Array, previous?: number) => number = typeof zlib.crc32 === 'function' ? (bytes, previous) => zlib.crc32(bytes, previous) : crc32;

export const NODE_CODEC: InflateCodec & DeflateCodec = {
  crc32: checksum,
  inflate: (bytes, size) => {
    if (size === 0) return new Uint8Array(0);
    try {
      const all = zlib.inflateRawSync(bytes, { maxOutputLength: size, chunkSize: Math.max(zlib.constants.Z_MIN_CHUNK, size), finishFlush: zlib.constants.Z_SYNC_FLUSH });
      return new Uint8Array(all.buffer, all.byteOffset, all.length);
    } catch {
      // Damaged, or longer than it should be: ours gives what there is.
      return inflate(bytes, size);
    }
  },
  deflate: (bytes, isLast) => zlib.deflateRawSync(bytes, { level: LEVEL, chunkSize: bytes.length + 4096, finishFlush: isLast ? zlib.constants.Z_FINISH : zlib.constants.Z_FULL_FLUSH }),
  hash: () => {
    const hash = createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest('hex') };
  },
};
