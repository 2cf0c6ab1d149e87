// Compressed recordings (FORMAT 1.6): kernel records are collected and written as COMPRESSED records, perf's own stay as they are.
// COMPRESSED, not COMPRESSED2: every perf since 5.2 reads it, also the newest. Without a compressor the records hold zstd blocks of raw
// bytes: valid and as long as before; every reader of compressed files is tested by them. With one, each record holds a frame of its own.

import { MAX_RECORD_SIZE } from '../../bytes/limits.ts';
import { FeatureId } from '../features/feature-id.ts';
import { FIRST_USER_TYPE, RecordType } from '../record-types.ts';
import { ByteBuilder, recordBytes } from './byte-builder.ts';
import type { Compression, ZstdCompressor } from './compression.ts';
import type { RecordingWriter, WrittenEvent, WrittenFeatures } from './recording-writer.ts';

/** Most plain bytes collected for a compressor: what perf reserves for them holds twice that. */
const COLLECTED = 262_144;
/** Most bytes of zstd in one record. */
const MOST_IN_RECORD = MAX_RECORD_SIZE - 8 - 7;
const BLOCK_HEADER = 3;
/** Magic; then: no checksum, no content size; a window of 128 KiB. */
const FRAME_HEADER = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38);

export class CompressingWriter implements RecordingWriter {
  readonly littleEndian: boolean;
  readonly #writer: RecordingWriter;
  readonly #compression: Compression;
  readonly #plain: Uint8Array;
  #length = 0;
  #isFrameOpen = false;

  constructor(writer: RecordingWriter, compression: Compression) {
    this.#writer = writer;
    this.#compression = compression;
    this.littleEndian = writer.littleEndian;
    this.#plain = new Uint8Array(compression.compressor === undefined ? MOST_IN_RECORD - FRAME_HEADER.length - BLOCK_HEADER : COLLECTED);
  }

  get leftOut(): readonly number[] {
    return this.#writer.leftOut;
  }

  begin(events: readonly WrittenEvent[], features: WrittenFeatures): void {
    this.#writer.begin(events, this.#described(features));
  }

  record(bytes: Uint8Array): void {
    const type = new DataView(bytes.buffer, bytes.byteOffset, 8).getUint32(0, this.littleEndian);
    if (type >= FIRST_USER_TYPE) {
      this.#flush();
      this.#writer.record(bytes);
      return;
    }
    // Records may straddle COMPRESSED records.
    for (let at = 0; at < bytes.length; ) {
      const count = Math.min(bytes.length - at, this.#plain.length - this.#length);
      this.#plain.set(bytes.subarray(at, at + count), this.#length);
      this.#length += count;
      at += count;
      if (this.#length === this.#plain.length) this.#flush();
    }
  }

  payload(bytes: Uint8Array): void {
    this.#writer.payload(bytes);
  }

  finish(events: readonly WrittenEvent[], features: WrittenFeatures): void {
    this.#flush();
    this.#writer.finish(events, this.#described(features));
  }

  #described(features: WrittenFeatures): WrittenFeatures {
    return new Map(features).set(FeatureId.Compressed, this.#compression.feature(this.littleEndian));
  }

  #flush(): void {
    const plain = this.#plain.subarray(0, this.#length);
    this.#length = 0;
    if (plain.length === 0) return;
    const { compressor } = this.#compression;
    if (compressor === undefined) this.#putRaw(plain);
    else this.#putFrame(plain, compressor);
  }

  #putFrame(plain: Uint8Array, compressor: ZstdCompressor): void {
    const frame = compressor(plain);
    if (frame.length <= MOST_IN_RECORD) return this.#put(plain.length, frame);
    const middle = plain.length >>> 1;
    this.#putFrame(plain.subarray(0, middle), compressor);
    this.#putFrame(plain.subarray(middle), compressor);
  }

  /** One block of raw bytes, in the one frame of the recording, which perf never ends either. */
  #putRaw(plain: Uint8Array): void {
    const header = plain.length * 8; // the last two bits of its size's place: not the last block, raw
    const frameHeader = this.#isFrameOpen ? new Uint8Array(0) : FRAME_HEADER;
    this.#isFrameOpen = true;
    const block = new ByteBuilder(true).raw(frameHeader).u8(header & 0xff).u16(header >>> 8).raw(plain);
    this.#put(plain.length, block.bytes());
  }

  #put(plainLength: number, packed: Uint8Array): void {
    this.#compression.add(plainLength, packed.length);
    this.#writer.record(recordBytes(this.littleEndian, RecordType.Compressed, 0, (body) => body.raw(packed)));
  }
}
