// Blocks: stretches of a file, or of what was compressed in it, that lie in memory while records in them are looked at or held back
// for their turn. Blocks whose records are all done are used again, so that reading a file of any length takes a few of them.

/** Bytes with the number of those who still need them. */
export class RecordBlock {
  readonly bytes: Uint8Array;
  readonly view: DataView;
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
  holds = 0;

  constructor(size: number, slot: number) {
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
    this.slot = slot;
  }

  /** Where the byte at an offset lies in the file. */
  fileOffsetOf(offset: number): number {
    return this.isDecompressed ? this.fileOffset : this.fileOffset + offset;
  }
}

/** Free blocks beyond this many are given back to the garbage collector. */
const MOST_FREE = 4;

export class BlockPool {
  /** By slot; undefined where a block was given back. */
  readonly blocks: (RecordBlock | undefined)[] = [];
  readonly #free: RecordBlock[] = [];
  readonly #freeSlots: number[] = [];
  /** Bytes in all blocks that are in use. */
  bytesInUse = 0;

  /** A block of at least `size` bytes, held once. */
  take(size: number): RecordBlock {
    let block: RecordBlock | undefined;
    for (let i = this.#free.length - 1; i >= 0; i--) {
      if (this.#free[i]!.bytes.length < size) continue;
      block = this.#free[i];
      this.#free.splice(i, 1);
      break;
    }
    if (block === undefined) {
      block = new RecordBlock(size, this.#freeSlots.pop() ?? this.blocks.length);
      this.blocks[block.slot] = block;
    }
    block.limit = 0;
    block.isDecompressed = false;
    block.holds = 1;
    this.bytesInUse += block.bytes.length;
    return block;
  }

  /** So many fewer need the block. */
  release(block: RecordBlock, count = 1): void {
    block.holds -= count;
    if (block.holds > 0) return;
    this.bytesInUse -= block.bytes.length;
    if (this.#free.length < MOST_FREE) {
      this.#free.push(block);
      return;
    }
    this.blocks[block.slot] = undefined;
    this.#freeSlots.push(block.slot);
  }
}
