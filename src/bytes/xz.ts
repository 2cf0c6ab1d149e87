// .xz files: a header, blocks of LZMA2, an index that is not needed to read from the front. Without the filters for machine
// code, which nobody applies to the small symbol tables that this is for. Checksums are not compared.

import { decodeLzma2 } from './lzma2.ts';

const MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];
const STREAM_HEADER = 12;
const LZMA2 = 0x21;
/** Bytes of a block's checksum by type. */
const CHECK_SIZES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];

/** The content of an .xz file of at most `limit` bytes; undefined for what is none, or cannot be decompressed whole. */
export function decodeXz(bytes: Uint8Array, limit: number): Uint8Array | undefined {
  if (bytes.length < STREAM_HEADER || MAGIC.some((byte, i) => bytes[i] !== byte)) return undefined;
  const checkSize = CHECK_SIZES[bytes[7]! & 0xf]!;
  const parts: Uint8Array[] = [];
  let size = 0;
  let position = STREAM_HEADER;
  // A block begins with its header's size, the index with a zero.
  while (position < bytes.length && bytes[position] !== 0) {
    const headerSize = (bytes[position]! + 1) * 4;
    if (!hasLzma2Only(bytes, position, headerSize)) return undefined;
    const block = decodeLzma2(bytes, position + headerSize, limit - size);
    if (!block.complete) return undefined;
    parts.push(block.bytes);
    size += block.bytes.length;
    position = position + headerSize + Math.ceil((block.end - position - headerSize) / 4) * 4 + checkSize;
  }
  if (position >= bytes.length) return undefined;
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whether a block's only filter is LZMA2. */
function hasLzma2Only(bytes: Uint8Array, start: number, headerSize: number): boolean {
  const flags = bytes[start + 1];
  if (flags === undefined || (flags & 0x3f) !== 0) return false;
  let at = start + 2;
  for (const present of [flags & 0x40, flags & 0x80]) {
    if (present === 0) continue;
    // Compressed and uncompressed size, 7 bits a byte.
    while (at < start + headerSize && (bytes[at]! & 0x80) !== 0) at++;
    at++;
  }
  return at < start + headerSize && bytes[at] === LZMA2;
}
