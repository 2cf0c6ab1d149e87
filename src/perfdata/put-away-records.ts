// Records whose blocks were put away (record-block.ts), brought back for their turn: as many as find room, each stretch of the file read
// once. Records that are due come from all over a round: read one by one they would take a system call each, block by block each block
// would be read again and again.
//
//   due, in the order of time   a1 b1 c1 a2 b2 c2 …         from three ring buffers, which the file has one behind the other
//   read, in the order of file  [a1 a2 …] [b1 b2 …] [c1 c2 …]

import type { Diagnostics } from '../bytes/diagnostics.ts';
import type { ByteSource } from '../bytes/source.ts';
import type { RecordQueue } from './order.ts';
import type { BlockPool, RecordBlock } from './record-block.ts';

/** Bytes of records that are brought back at a time. */
const ROOM = 1 << 22;
const MOST_RECORDS = 1 << 16;
/** Longest stretch that is read at once. */
const STRETCH = 1 << 18;

export class PutAwayRecords {
  readonly #sources: readonly ByteSource[];
  readonly #pool: BlockPool;
  readonly #diagnostics: Diagnostics;
  view: DataView = new DataView(new ArrayBuffer(0));
  bytes: Uint8Array = new Uint8Array(0);
  /** Those of the queue from #start to here are there, or in blocks that were never put away. Counts anew when more are brought back. */
  #start = 0;
  #end = 0;
  /** By position behind #start: where the record lies in `bytes`. */
  #places: Int32Array = new Int32Array(0);

  constructor(sources: readonly ByteSource[], pool: BlockPool, diagnostics: Diagnostics) {
    this.#sources = sources;
    this.#pool = pool;
    this.#diagnostics = diagnostics;
  }

  /** Forgets all: positions in the queue are new ones. */
  clear(): void {
    this.#end = this.#start = 0;
  }

  has(position: number): boolean {
    return position >= this.#start && position < this.#end;
  }

  /** Where the record at a position of the queue lies in `bytes`. */
  placeOf(position: number): number {
    return this.#places[position - this.#start]!;
  }

  /** Brings back the record at `from` of the queue, which is put away, and what is due behind it. A promise only where a source gives one. */
  bringBack(queue: RecordQueue, from: number): void | Promise<void> {
    const { slot, offset, size } = queue.columns;
    const { blocks } = this.#pool;
    const positions: number[] = [];
    let room = 0;
    let end = from;
    let isInOrder = true;
    for (; end < queue.due && room + size[end]! <= ROOM && positions.length < MOST_RECORDS; end++) {
      if (!blocks[slot[end]!]!.isPutAway) continue;
      const last = positions.at(-1);
      if (last !== undefined && (slot[last] === slot[end] ? offset[last]! > offset[end]! : slot[last]! > slot[end]!)) isInOrder = false;
      positions.push(end);
      room += size[end]!;
    }
    if (!isInOrder) positions.sort((a, b) => slot[a]! - slot[b]! || offset[a]! - offset[b]!);
    if (this.bytes.length < room) {
      this.bytes = new Uint8Array(Math.max(room, Math.min(2 * room, ROOM)));
      this.view = new DataView(this.bytes.buffer);
    }
    if (this.#places.length < end - from) this.#places = new Int32Array(2 * (end - from));
    this.#start = from;
    this.#end = end;
    return this.#readAll(queue, positions, 0, 0);
  }

  /** Reads the records at positions[first] and behind it to `place` and behind it. */
  #readAll(queue: RecordQueue, positions: readonly number[], first: number, place: number): void | Promise<void> {
    const { slot, offset, size } = queue.columns;
    let at = place;
    for (let i = first; i < positions.length; ) {
      const start = offset[positions[i]!]!;
      const begin = slot[positions[i]!]!;
      let end = start;
      for (; i < positions.length && slot[positions[i]!] === begin && offset[positions[i]!] === end && end - start < STRETCH; i++) {
        this.#places[positions[i]! - this.#start] = at + end - start;
        end += size[positions[i]!]!;
      }
      const next = i;
      const to = at + end - start;
      const got = this.#read(this.#pool.blocks[begin]!, start, at, to);
      if (typeof got !== 'number') {
        return got.then((count) => {
          this.#arrived(this.#pool.blocks[begin]!, start, at + count, to);
          return this.#readAll(queue, positions, next, to);
        });
      }
      this.#arrived(this.#pool.blocks[begin]!, start, at + got, to);
      at = to;
    }
  }

  /** Reads bytes[at, to) from an offset in a block; gives how many came. */
  #read(block: RecordBlock, offset: number, at: number, to: number): number | Promise<number> {
    const into = this.bytes.subarray(at, to);
    if (block.storedAt >= 0) return this.#pool.readStored(into, block.storedAt + offset);
    const source = this.#sources[block.source]!;
    const position = block.fileOffset + offset;
    if (source.readInto !== undefined) return source.readInto(into, position);
    const piece = source.read(position, to - at);
    if (!(piece instanceof Promise)) return put(into, piece);
    return piece.then((later) => put(into, later));
  }

  /** What is not there any more is zeros. */
  #arrived(block: RecordBlock, offset: number, from: number, to: number): void {
    if (from >= to) return;
    this.bytes.fill(0, from, to);
    this.#diagnostics.damaged('record-cut', block.fileOffsetOf(offset), 'The recording became shorter while it was read');
  }
}

function put(into: Uint8Array, piece: Uint8Array): number {
  into.set(piece);
  return piece.length;
}
