// A member of a zip file as a source of bytes that can be read anywhere. It was deflated in blocks that know nothing of each other, one
// after another in one stream (each but the last ends in an empty stored block, as zlib's full flush leaves it): to ordinary tools it is a deflated member
// like any other, and who knows where the blocks begin inflates only those that are asked for. Some are kept.

import type { Diagnostics } from '../diagnostics.ts';
import type { ByteSource } from '../source.ts';
import { run, settled } from '../waiting.ts';
import type { Waiting } from '../waiting.ts';
import type { InflateCodec } from './zip-format.ts';

/** Where the blocks of a member are. */
export interface Blocks {
  /** Bytes of each block, but for the last. */
  readonly blockSize: number;
  /** In the archive; one more than there are blocks: the end of the last. */
  readonly offsets: Float64Array;
  /** Of what each block holds. */
  readonly crcs: Uint32Array;
}

/** Blocks that stay inflated; the reader of a recording goes through four at a time. */
const KEPT_BLOCKS = 8;

export class BlockSource implements ByteSource {
  readonly size: number;
  readonly #archive: ByteSource;
  readonly #blocks: Blocks;
  readonly #codec: InflateCodec;
  readonly #diagnostics: Diagnostics;
  /** The one used last is last. */
  readonly #kept = new Map<number, Uint8Array>();
  /** Those of them of which somebody has a view. */
  readonly #lent = new Set<Uint8Array>();
  /** A block that nobody needs any more. Fresh memory costs a browser several times what inflating does. */
  #room: Uint8Array | undefined;

  /** `diagnostics` speaks of the member: offsets are those of its contents. */
  constructor(archive: ByteSource, size: number, blocks: Blocks, codec: InflateCodec, diagnostics: Diagnostics) {
    this.#archive = archive;
    this.size = size;
    this.#blocks = blocks;
    this.#codec = codec;
    this.#diagnostics = diagnostics;
  }

  read(offset: number, length: number): Uint8Array | Promise<Uint8Array> {
    return run(this.#read(offset, length));
  }

  readInto(into: Uint8Array, offset: number): number | Promise<number> {
    return run(this.#readInto(into, offset));
  }

  *#read(offset: number, length: number): Waiting<Uint8Array> {
    const start = Math.min(Math.max(offset, 0), this.size);
    const end = Math.min(start + Math.max(length, 0), this.size);
    const { blockSize } = this.#blocks;
    const first = Math.floor(start / blockSize);
    if (end <= (first + 1) * blockSize) {
      if (end <= start) return NOTHING;
      const block = yield* this.#block(first);
      // What it holds is never written again: the view lasts.
      this.#lent.add(block);
      return block.subarray(start - first * blockSize, end - first * blockSize);
    }
    const bytes = new Uint8Array(end - start);
    return bytes.subarray(0, yield* this.#readInto(bytes, start));
  }

  *#readInto(into: Uint8Array, offset: number): Waiting<number> {
    const { blockSize } = this.#blocks;
    let done = 0;
    while (done < into.length && offset + done < this.size) {
      const at = offset + done;
      const number = Math.floor(at / blockSize);
      const piece = (yield* this.#block(number)).subarray(at - number * blockSize, at - number * blockSize + into.length - done);
      // A block that is damaged is shorter: what lies behind it cannot be told from what is missing.
      if (piece.length === 0) break;
      into.set(piece, done);
      done += piece.length;
    }
    return done;
  }

  *#block(number: number): Waiting<Uint8Array> {
    const known = this.#kept.get(number);
    if (known !== undefined) {
      this.#kept.delete(number);
      this.#kept.set(number, known);
      return known;
    }
    const { blockSize, offsets, crcs } = this.#blocks;
    const start = offsets[number]!;
    const compressed = yield* settled(this.#archive.read(start, offsets[number + 1]! - start));
    const size = Math.min(blockSize, this.size - number * blockSize);
    const room = this.#room;
    this.#room = undefined;
    let bytes = this.#codec.inflate(compressed, size, room);
    if (bytes.length < size || this.#codec.crc32(bytes) !== crcs[number]) {
      this.#diagnostics.damaged('archive-block', number * blockSize, 'what the archive holds of it is damaged');
      // Bytes behind it keep their places.
      if (bytes.length < size) {
        const padded = new Uint8Array(size);
        padded.set(bytes);
        bytes = padded;
      }
    }
    if (this.#kept.size >= KEPT_BLOCKS) {
      const [oldest, old] = this.#kept.entries().next().value!;
      this.#kept.delete(oldest);
      if (!this.#lent.delete(old)) this.#room = old;
    }
    this.#kept.set(number, bytes);
    return bytes;
  }
}

const NOTHING = new Uint8Array(0);
