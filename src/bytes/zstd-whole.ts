// zstd contents whose size is known beforehand, as in a compressed section of an ELF file. fzstd gets the output buffer, and so never
// allocates the window that a frame's header claims; matches are copied within the output.

import { decompress } from 'fzstd';

/** Up to `size` bytes; empty where the stream is damaged. */
export function decompressZstd(stream: Uint8Array, size: number): Uint8Array {
  try {
    return decompress(stream, new Uint8Array(size));
  } catch {
    return new Uint8Array(0);
  }
}
