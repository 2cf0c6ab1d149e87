// Blocks: stretches of a file, or of what was compressed in it, that lie in memory while records in them are looked at or held back
// for their turn. Blocks whose records are all done are used again, so that reading a file of any length takes a few of them. Where too
// many records are held back, blocks are put away: their bytes are given up, since they can be read again (put-away-records.ts).

import { MAX_HELD_BYTES } from '../bytes/limits.ts';

/** Where blocks that were decompressed are put away, for they cannot be read again from the recording. */
export interface BlockStore {
  write(bytes: Uint8Array, position: number): void;
  /** Fills `into` with what was written from `position` on; gives the number of bytes. */
  readInto(into: Uint8Array, position: number): number;
  /** Everything has come back. */
  close(): void;
}

const NOTHING = new Uint8Array(0);
const NOTHING_VIEW = new DataView(NOTHING.buffer);

/** Bytes with the number of those who still need them. */
export class RecordBlock {
  /** None where it was put away. */
  bytes: Uint8Array;
  view: DataView;
  /** Position in the pool's table. */
  readonly slot: number;
  /** Bytes from here on are not filled. */
  limit = 0;
  /** Where bytes[0] lies in the file; of what was compressed, where the COMPRESSED record lies. */
  fileOffset = 0;
  /** Made by decompression: all of it has one place in the file. */
  isDecompressed = false;
  /** Where bytes[0] of what was compressed lies in what the file's compressed records make together. */
  plainOffset = 0;
  /** Which source it came from. */
  source = 0;
  /** Records held back in it, and 1 for the stream while it reads in it. */
  holds = 1;
  /** Of what was decompressed and put away: where bytes[0] lies in the store. */
  storedAt = -1;

  constructor(bytes: Uint8Array, view: DataView, slot: number) {
    this.bytes = bytes;
    this.view = view;
    this.slot = slot;
  }

  get isPutAway(): boolean {
    return this.bytes === NOTHING;
  }

  /** Where the byte at an offset lies in the file. */
  fileOffsetOf(offset: number): number {
    return this.isDecompressed ? this.fileOffset : this.fileOffset + offset;
  }
}

/** Free buffers are kept while there are no more than these, or while they and what is held back come to less than MAX_HELD_BYTES. */
const FEW_FREE = 4;
/** Bytes of the smallest buffer that is kept: smaller ones cost less to make than to find again. */
const LEAST_KEPT = 16_384;

export class BlockPool {
  /** By slot; undefined where a block was given back. */
  readonly blocks: (RecordBlock | undefined)[] = [];
  /** Bytes in memory of blocks that no stream reads in any more. */
  bytesHeld = 0;
  readonly #free: DataView[] = [];
  #bytesFree = 0;
  readonly #freeSlots: number[] = [];
  /** What may be put away, in the order in which it was read. */
  readonly #closed = new Set<RecordBlock>();
  readonly #makeStore: (() => BlockStore) | undefined;
  #store: BlockStore | undefined;
  #storeEnd = 0;
  /** Places in the store that were given back, by their size: a power of two. */
  readonly #storeFree = new Map<number, number[]>();

  /** `makeStore` is asked when it is needed first; without one, what was decompressed stays in memory. */
  constructor(makeStore?: () => BlockStore) {
    this.#makeStore = makeStore;
  }

  /** A block of at least `size` bytes, held once: by a stream that calls `close` in the end. */
  take(size: number): RecordBlock {
    const view = this.#buffer(size);
    const slot = this.#freeSlots.pop() ?? this.blocks.length;
    const block = new RecordBlock(new Uint8Array(view.buffer), view, slot);
    this.blocks[slot] = block;
    return block;
  }

  #buffer(size: number): DataView {
    if (size < LEAST_KEPT) return new DataView(new ArrayBuffer(size));
    for (let i = this.#free.length - 1; i >= 0; i--) {
      const buffer = this.#free[i]!;
      if (buffer.byteLength < size) continue;
      this.#free.splice(i, 1);
      this.#bytesFree -= buffer.byteLength;
      return buffer;
    }
    return new DataView(new ArrayBuffer(size));
  }

  /** The garbage collector does not hurry to take buffers away: what can be used again is kept. */
  #giveBack(buffer: DataView): void {
    if (buffer.byteLength < LEAST_KEPT) return;
    if (this.#free.length >= FEW_FREE && this.bytesHeld + this.#bytesFree + buffer.byteLength > MAX_HELD_BYTES) return;
    this.#free.push(buffer);
    this.#bytesFree += buffer.byteLength;
  }

  /** The stream is done with a block. */
  close(block: RecordBlock): void {
    if (block.holds > 1) {
      this.bytesHeld += block.bytes.length;
      if (!block.isDecompressed || this.#makeStore !== undefined) this.#closed.add(block);
      block.holds--;
    } else this.#drop(block);
  }

  /** So many records of a block are done with. */
  release(block: RecordBlock, count: number): void {
    block.holds -= count;
    if (block.holds > 0) return;
    if (!block.isPutAway) this.bytesHeld -= block.bytes.length;
    this.#drop(block);
  }

  #drop(block: RecordBlock): void {
    if (!block.isPutAway) this.#giveBack(block.view);
    else if (block.storedAt >= 0) this.#placesOf(block.limit).push(block.storedAt);
    this.#closed.delete(block);
    this.blocks[block.slot] = undefined;
    this.#freeSlots.push(block.slot);
  }

  /** Puts away what was read last, and so comes last, until no more than `most` bytes are held. False where that is not possible. */
  putAway(most: number): boolean {
    if (this.bytesHeld <= most) return true;
    if (this.#closed.size === 0) return false;
    for (const block of [...this.#closed].reverse()) {
      this.#closed.delete(block);
      if (block.isDecompressed) this.#keep(block);
      this.bytesHeld -= block.bytes.length;
      this.#giveBack(block.view);
      block.bytes = NOTHING;
      block.view = NOTHING_VIEW;
      if (this.bytesHeld <= most) return true;
    }
    return false;
  }

  #keep(block: RecordBlock): void {
    this.#store ??= this.#makeStore!();
    let place = this.#placesOf(block.limit).pop();
    if (place === undefined) {
      place = this.#storeEnd;
      this.#storeEnd += sizeInStore(block.limit);
    }
    this.#store.write(block.bytes.subarray(0, block.limit), place);
    block.storedAt = place;
  }

  #placesOf(length: number): number[] {
    const size = sizeInStore(length);
    let places = this.#storeFree.get(size);
    if (places === undefined) this.#storeFree.set(size, (places = []));
    return places;
  }

  /** What was put into the store. */
  readStored(into: Uint8Array, position: number): number {
    return this.#store?.readInto(into, position) ?? 0;
  }

  /** Nothing is held any more, and nothing will be. */
  end(): void {
    this.#store?.close();
    this.#store = undefined;
  }
}

function sizeInStore(length: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(length, 1)));
}
