// Where written recordings go. node/ makes one of a file or of standard output, a page one of memory.

import { grown } from '../../bytes/sorted.ts';

/** Takes bytes in order. They may be changed by the caller after the call: what is kept is copied. */
export interface ByteSink {
  write(bytes: Uint8Array): void;
  /** Changes bytes written before. Absent where that is impossible (a pipe): then only the pipe form can be written. */
  writeAt?(offset: number, bytes: Uint8Array): void;
}

/** A folder to write a directory's files in: `data`, `data.0`, `data.1` … Each is asked for once, and stays open until the end. */
export interface SinkFolder {
  file(name: string): ByteSink;
}

/** Keeps everything in memory. */
export class MemorySink implements ByteSink {
  #bytes: Uint8Array = new Uint8Array(1 << 16);
  #length = 0;

  write(bytes: Uint8Array): void {
    const end = this.#length + bytes.length;
    while (end > this.#bytes.length) this.#bytes = grown(this.#bytes);
    this.#bytes.set(bytes, this.#length);
    this.#length = end;
  }

  writeAt(offset: number, bytes: Uint8Array): void {
    this.#bytes.set(bytes, offset);
  }

  /** A view of what was written so far. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}
