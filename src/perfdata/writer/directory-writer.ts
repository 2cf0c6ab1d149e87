// The directory form, as `perf record --threads` lays it out (FORMAT 1.5): `data` is a file with the events, the features and what perf
// wrote itself; what came through the kernel's ring buffers lies in `data.0`, `data.1` …, compressed each for itself.

import { MAX_DIRECTORY_FILES } from '../../bytes/limits.ts';
import { FeatureId } from '../features/feature-id.ts';
import { ByteBuilder } from './byte-builder.ts';
import type { SinkFolder } from './byte-sink.ts';
import { CompressingWriter } from './compressing-writer.ts';
import type { Compression } from './compression.ts';
import { FileWriter } from './file-writer.ts';
import type { RecordingWriter, WrittenEvent, WrittenFeatures } from './recording-writer.ts';
import { StreamWriter } from './stream-writer.ts';

/** A directory with `data.N`. */
const VERSION = 1;

export class DirectoryWriter implements RecordingWriter {
  readonly littleEndian: boolean;
  readonly #folder: SinkFolder;
  readonly #compression: Compression | undefined;
  readonly #data: FileWriter;
  readonly #streams: RecordingWriter[] = [];
  /** Of each ring buffer that was seen, the place of its file in `#streams`. */
  readonly #places = new Map<number, number>();
  #last: RecordingWriter;

  /** Without `compression` records are written as they are. */
  constructor(folder: SinkFolder, littleEndian: boolean, compression?: Compression) {
    this.#folder = folder;
    this.littleEndian = littleEndian;
    this.#compression = compression;
    this.#data = new FileWriter(folder.file('data'), littleEndian);
    this.#last = this.#data;
  }

  get leftOut(): readonly number[] {
    return this.#data.leftOut;
  }

  begin(events: readonly WrittenEvent[], features: WrittenFeatures): void {
    this.#data.begin(events, this.#described(features));
  }

  record(bytes: Uint8Array, ringBuffer: number = -1): void {
    this.#last = ringBuffer < 0 ? this.#data : this.#streams[this.#places.get(ringBuffer) ?? this.#place(ringBuffer)]!;
    this.#last.record(bytes);
  }

  payload(bytes: Uint8Array): void {
    this.#last.payload(bytes);
  }

  finish(events: readonly WrittenEvent[], features: WrittenFeatures): void {
    for (const stream of this.#streams) stream.finish([], new Map());
    this.#data.finish(events, this.#described(features));
  }

  /** The numbers of ring buffers come out of the recording, and files are dear: a new one for each number as it turns up, up to a limit. */
  #place(ringBuffer: number): number {
    const place = this.#places.size % MAX_DIRECTORY_FILES;
    this.#places.set(ringBuffer, place);
    if (place === this.#streams.length) {
      const stream = new StreamWriter(this.#folder.file(`data.${place}`), this.littleEndian);
      this.#streams.push(this.#compression === undefined ? stream : new CompressingWriter(stream, this.#compression));
    }
    return place;
  }

  #described(features: WrittenFeatures): WrittenFeatures {
    const described = new Map(features).set(FeatureId.DirFormat, new ByteBuilder(this.littleEndian).u64(VERSION).bytes());
    return this.#compression === undefined ? described : described.set(FeatureId.Compressed, this.#compression.feature(this.littleEndian));
  }
}
