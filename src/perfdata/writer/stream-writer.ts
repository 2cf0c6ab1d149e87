// A file of a directory recording: records from its first byte to its last, in the byte order and with the events of `data` (FORMAT 1.5).

import type { ByteSink } from './byte-sink.ts';
import type { RecordingWriter } from './recording-writer.ts';

export class StreamWriter implements RecordingWriter {
  readonly littleEndian: boolean;
  readonly leftOut: readonly number[] = [];
  readonly #sink: ByteSink;

  constructor(sink: ByteSink, littleEndian: boolean) {
    this.#sink = sink;
    this.littleEndian = littleEndian;
  }

  begin(): void {}

  record(bytes: Uint8Array): void {
    this.#sink.write(bytes);
  }

  payload(bytes: Uint8Array): void {
    this.#sink.write(bytes);
  }

  finish(): void {}
}
