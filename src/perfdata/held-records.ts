// Records held back for their turn (FORMAT 3.4; SPEC 6): their places in a queue, their bytes in blocks of the file, or put away where
// that is too much. ordered-records.ts says when they are due; here the next one of those is shown.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import { MAX_HELD_BYTES, MAX_HELD_OF_FILE, MAX_HELD_OF_FILES, MAX_HELD_RECORDS, MAX_KEPT_BYTES } from '../bytes/limits.ts';
import type { ByteSource } from '../bytes/source.ts';
import { RecordQueue } from './order.ts';
import { PutAwayRecords } from './put-away-records.ts';
import { BlockPool, type BlockStore } from './record-block.ts';
import type { RecordView } from './record-view.ts';

export interface HoldOptions {
  /** Most bytes of records held back in memory; MAX_HELD_BYTES by default. The others are read again when their turn comes. */
  readonly maxHeld?: number;
  /** Most records held back, wherever they are: 44 bytes each; MAX_HELD_RECORDS by default, of several files fewer. */
  readonly maxRecords?: number;
  /** Where records that were compressed go beyond `maxHeld`; without it, more of them are held in memory, MAX_KEPT_BYTES by default. */
  readonly makeStore?: (() => BlockStore) | undefined;
}

export class HeldRecords {
  readonly pool: BlockPool;
  readonly queue: RecordQueue = new RecordQueue();
  /** Of the record shown last. */
  event = -1;
  time = 0;
  readonly #putAway: PutAwayRecords;
  readonly #hasSeveral: boolean;
  readonly #maxHeld: number;
  readonly #maxKept: number;
  readonly #maxRecords: number;
  /** The block of the records shown last, and how many; the last of them is looked at until the next call. */
  #lentSlot = -1;
  #lentCount = 0;
  #isLentPutAway = false;

  constructor(sources: readonly ByteSource[], diagnostics: Diagnostics, options: HoldOptions) {
    this.pool = new BlockPool(options.makeStore);
    this.#putAway = new PutAwayRecords(sources, this.pool, diagnostics);
    this.#hasSeveral = sources.length > 1;
    this.#maxHeld = options.maxHeld ?? MAX_HELD_BYTES;
    this.#maxKept = options.maxHeld ?? MAX_KEPT_BYTES;
    const most = this.#hasSeveral ? Math.max(MAX_HELD_OF_FILE * sources.length, MAX_HELD_OF_FILES) : MAX_HELD_RECORDS;
    this.#maxRecords = options.maxRecords ?? Math.min(most, MAX_HELD_RECORDS);
  }

  get isDue(): boolean {
    return this.queue.head < this.queue.due;
  }

  /** Shows the next record that is due. A promise only where it must be read again, from a source that gives one. */
  show(record: RecordView): true | Promise<true> {
    const { head, columns } = this.queue;
    const slot = columns.slot[head]!;
    if (slot !== this.#lentSlot) this.#lend(slot, record);
    if (this.#isLentPutAway && !this.#putAway.has(head)) {
      const reading = this.#putAway.bringBack(this.queue, head);
      if (reading !== undefined) return reading.then(() => this.#present(record));
    }
    return this.#present(record);
  }

  #present(record: RecordView): true {
    const { queue } = this;
    const { time, offset, size, event } = queue.columns;
    const at = queue.head++;
    const start = this.#isLentPutAway ? this.#showPutAway(record, at, offset[at]!) : offset[at]!;
    this.#lentCount++;
    record.goTo(start, start + size[at]!);
    this.event = event[at]!;
    this.time = time[at]!;
    return true;
  }

  /** Goes to the block in which the next records that are due lie. */
  #lend(slot: number, record: RecordView): void {
    this.#giveBackLent();
    const block = this.pool.blocks[slot]!;
    this.#lentSlot = slot;
    this.#isLentPutAway = block.isPutAway;
    record.enter(block);
  }

  /** Of a block that was put away: its record lies among those that were brought back. Gives the place. */
  #showPutAway(record: RecordView, at: number, offset: number): number {
    const block = this.pool.blocks[this.#lentSlot]!;
    const place = this.#putAway.placeOf(at);
    record.bytes = this.#putAway.bytes;
    record.view = this.#putAway.view;
    if (!block.isDecompressed) record.fileBase = block.fileOffset + offset - place;
    record.plainBase = block.plainOffset + offset - place;
    return place;
  }

  #giveBackLent(): void {
    if (this.#lentSlot < 0) return;
    this.pool.release(this.pool.blocks[this.#lentSlot]!, this.#lentCount);
    this.#lentSlot = -1;
    this.#lentCount = 0;
  }

  /** All that was due has been shown and is done with: others may be added. */
  takeBack(): void {
    this.#giveBackLent();
    this.#putAway.clear();
  }

  /** Whether too much waits, though all is put away that can be. */
  isTooMuch(): boolean {
    const { pool, queue } = this;
    const waiting = queue.length - queue.head;
    if (pool.bytesHeld <= this.#maxHeld && waiting < this.#maxRecords) return false;
    const isKept = !pool.putAway(this.#maxHeld) && pool.bytesHeld > this.#maxKept;
    return waiting > 0 && (isKept || waiting >= this.#maxRecords);
  }

  /**
   * Makes the earlier half due, but of that only what is earlier than `complete`: the time up to which all sources were read. False where
   * that is nothing, and others must be read first; unless twice as many wait as may.
   */
  flushHalf(complete: number): boolean {
    const { queue } = this;
    if (!queue.flushHalf(complete)) {
      if (queue.length - queue.head < 2 * this.#maxRecords && this.pool.bytesHeld <= 2 * this.#maxKept) return false;
      queue.flushHalf(Infinity);
    }
    this.#settleTies();
    return true;
  }

  flushAll(): void {
    this.queue.flushAll();
    this.#settleTies();
  }

  #settleTies(): void {
    if (this.#hasSeveral) this.queue.settleTies((slot) => this.pool.blocks[slot]!.source);
  }
}
