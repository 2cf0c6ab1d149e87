// How a written recording is compressed, for all of its files together, and the feature that says so (FORMAT 1.3, 1.6).

import { ByteBuilder } from './byte-builder.ts';

/** Makes one whole zstd frame of some bytes. */
export type ZstdCompressor = (bytes: Uint8Array) => Uint8Array;

/** What perf reserves for the plain bytes of one COMPRESSED record: its default ring buffer. */
const RING_BUFFER = 528_384;
const VERSION = 1;
const TYPE_ZSTD = 1;

export class Compression {
  /** Undefined: blocks of raw bytes. */
  readonly compressor: ZstdCompressor | undefined;
  readonly level: number;
  #plainBytes = 0;
  #packedBytes = 0;

  /** `level`: what the compressor works at; it is only said. */
  constructor(compressor?: ZstdCompressor, level: number = 1) {
    this.compressor = compressor;
    this.level = level;
  }

  add(plainBytes: number, packedBytes: number): void {
    this.#plainBytes += plainBytes;
    this.#packedBytes += packedBytes;
  }

  /** The payload of COMPRESSED: version, type, level, ratio, ring buffer. */
  feature(littleEndian: boolean): Uint8Array {
    const ratio = this.#packedBytes === 0 ? 1 : Math.max(Math.round(this.#plainBytes / this.#packedBytes), 1);
    return new ByteBuilder(littleEndian).u32(VERSION).u32(TYPE_ZSTD).u32(this.level).u32(ratio).u32(RING_BUFFER).bytes();
  }
}
