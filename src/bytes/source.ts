// Where bytes come from. The core knows nothing but this interface; node/ makes one of a file, a page makes one of a Blob.

/**
 * Random access to bytes. `read` may give fewer bytes at the end of the source, never more.
 * The bytes are a view that is valid until the next `read` of the same source: copy what is kept.
 * A promise only where the medium forces one: callers await promises only (bytes/reading.ts), so that a file on disk never costs a tick.
 */
export interface ByteSource {
  /** In bytes. */
  readonly size: number;
  read(offset: number, length: number): Uint8Array | Promise<Uint8Array>;
  /**
   * Fills `into` from `offset` on and gives the number of bytes that were there. Optional: the stream of records uses it
   * to read into its own windows without a copy.
   */
  readInto?(into: Uint8Array, offset: number): number | Promise<number>;
}

/** Bytes that are in memory already. */
export class MemorySource implements ByteSource {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get size(): number {
    return this.#bytes.length;
  }

  read(offset: number, length: number): Uint8Array {
    const start = Math.min(Math.max(offset, 0), this.#bytes.length);
    return this.#bytes.subarray(start, Math.min(start + Math.max(length, 0), this.#bytes.length));
  }
}
