// zstd contents whose size is known beforehand, as in a compressed section of an ELF file.

import { PortableZstdStream } from './zstd.ts';

/** Up to `size` bytes; empty where the stream is damaged or makes more. */
export function decompressZstd(stream: Uint8Array, size: number): Uint8Array {
  try {
    return new PortableZstdStream(size).push(stream);
  } catch {
    return new Uint8Array(0);
  }
}
