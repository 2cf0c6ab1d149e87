// A file that the browser holds, as bytes anywhere in it. A worker reads it at once (FileReaderSync), so that nothing of the library waits;
// elsewhere each read is a promise. Each read goes through several processes of the browser, and costs much more than its bytes: small ones, of
// which tables in ELF files have many, are served from blocks that are kept, and whoever reads on from where it stopped gets much at once.

import type { ByteSource } from '../../bytes/source.ts';

/** What workers have beyond pages; the types of the DOM do not tell. */
interface SyncReader {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}
declare const FileReaderSync: { new (): SyncReader } | undefined;

const BLOCK = 1 << 18;
/** What is read at once of a file that is read from its beginning to its end (32 MiB: 187 MB in 0.4 of the time that 1 MiB takes). */
const AHEAD = 1 << 25;
/** Blocks that are kept. */
const KEPT = 8;
/** Why a browser does not read: the file was removed or changed since it was dropped. */
const GONE = 'it cannot be read any more: it was changed or removed';

export class BlobSource implements ByteSource {
  readonly size: number;
  readonly #name: string;
  readonly #blob: Blob;
  readonly #reader: SyncReader | undefined;
  /** By number, the one used last at the end. */
  readonly #blocks = new Map<number, Uint8Array>();
  #ahead: Uint8Array = new Uint8Array(0);
  #aheadStart = 0;
  /** Where the last large read ended. */
  #next = -1;

  /** `name` is for people. */
  constructor(name: string, blob: Blob) {
    this.#name = name;
    this.#blob = blob;
    this.size = blob.size;
    this.#reader = typeof FileReaderSync === 'undefined' ? undefined : new FileReaderSync();
  }

  /** @throws Error of one line where the file is not there any more. */
  read(offset: number, length: number): Uint8Array | Promise<Uint8Array> {
    const start = Math.min(Math.max(offset, 0), this.size);
    const end = Math.min(start + Math.max(length, 0), this.size);
    if (start === end) return new Uint8Array(0);
    if (start >= this.#aheadStart && end <= this.#aheadStart + this.#ahead.length) return this.#fromAhead(start, end);
    const number = Math.floor(start / BLOCK);
    const blockStart = number * BLOCK;
    if (end > blockStart + BLOCK) return this.#large(start, end);
    const known = this.#blocks.get(number);
    if (known !== undefined) {
      this.#blocks.delete(number);
      this.#blocks.set(number, known);
      return known.subarray(start - blockStart, end - blockStart);
    }
    const block = this.#slice(blockStart, Math.min(blockStart + BLOCK, this.size));
    return block instanceof Promise
      ? block.then((bytes) => this.#keep(number, bytes).subarray(start - blockStart, end - blockStart))
      : this.#keep(number, block).subarray(start - blockStart, end - blockStart);
  }

  #large(start: number, end: number): Uint8Array | Promise<Uint8Array> {
    const isOnward = start === this.#next;
    this.#next = end;
    if (!isOnward || end - start >= AHEAD) return this.#slice(start, end);
    const bytes = this.#slice(start, Math.min(start + AHEAD, this.size));
    const take = (more: Uint8Array): Uint8Array => {
      this.#ahead = more;
      this.#aheadStart = start;
      return this.#fromAhead(start, end);
    };
    return bytes instanceof Promise ? bytes.then(take) : take(bytes);
  }

  #fromAhead(start: number, end: number): Uint8Array {
    this.#next = end;
    return this.#ahead.subarray(start - this.#aheadStart, end - this.#aheadStart);
  }

  #slice(start: number, end: number): Uint8Array | Promise<Uint8Array> {
    const part = this.#blob.slice(start, end);
    if (this.#reader === undefined) return part.arrayBuffer().then((bytes) => new Uint8Array(bytes), () => this.#gone());
    try {
      return new Uint8Array(this.#reader.readAsArrayBuffer(part));
    } catch {
      return this.#gone();
    }
  }

  #keep(number: number, bytes: Uint8Array): Uint8Array {
    // A map is in the order in which it was filled: the first is the oldest.
    if (this.#blocks.size >= KEPT) this.#blocks.delete(this.#blocks.keys().next().value!);
    this.#blocks.set(number, bytes);
    return bytes;
  }

  #gone(): never {
    throw new Error(`${this.#name}: ${GONE}`);
  }
}
