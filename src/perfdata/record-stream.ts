// Records one after the other, as they lie in one file (FORMAT 1.4 to 1.7, 2.0; SPEC 1.4, 1.6, 4.1): windows of the file in blocks,
// records that straddle windows, payloads that follow a record, compressed records and what is in them, torn ends.
//
//   file      |  window 1      |  window 2      |          A record that straddles the border is copied to the front of the
//   records   [a][b][COMP][c][ d  ][e]                     next block, so every record lies whole in one block.
//   plain             [x][y][ z                            z goes on in the next COMPRESSED record of the same file.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import { readUnsigned64 } from '../bytes/int64.ts';
import { MAX_RECORD_SIZE, MAX_ZSTD_RATIO, MAX_ZSTD_RESTARTS, MAX_ZSTD_UNPAID } from '../bytes/limits.ts';
import type { ByteSource } from '../bytes/source.ts';
import { PortableZstdStream, type ZstdStream, beginsZstdFrame } from '../bytes/zstd.ts';
import { dataSizeBehind, isLongRecord } from './data-behind.ts';
import type { BlockPool, RecordBlock } from './record-block.ts';
import { RecordType } from './record-types.ts';
import { REACH, isLikelyHeader, nextLikelyRecord, nextWholeChain } from './resync.ts';

export interface RecordStreamOptions {
  /** Bytes to read at a time. */
  readonly windowSize: number;
  /** Makes the decoder of compressed records. */
  readonly zstd: (() => ZstdStream) | undefined;
}

const HEADER_SIZE = 8;
/** What was compressed gets blocks of at least this size, so that they can be used again; but a few records have one of their own. */
const SMALL_BLOCK = 1 << 18;
const TINY_BLOCK = 1 << 13;

export class RecordStream {
  readonly #source: ByteSource;
  readonly #index: number;
  readonly #littleEndian: boolean;
  readonly #pool: BlockPool;
  readonly #diagnostics: Diagnostics;
  readonly #options: RecordStreamOptions;

  /** Where the current record lies. Hold the block (`holds++`) to keep it beyond the next call of `next`. */
  block: RecordBlock;
  offset = 0;
  end = 0;
  type = 0;

  /** Where the next record begins, if it is whole, and where the bytes of the block that may be read end. `sample-scan.ts` moves on in it. */
  position = 0;
  limit = 0;
  /** The file's bytes up to here are in blocks; from `#fileEnd` on there are no records. */
  #filePosition: number;
  readonly #fileEnd: number;
  /** Nothing came of the last window. */
  #isExhausted = false;
  /** A compressed record was shown; what is in it comes next. */
  #isCompressed = false;
  /** After damage, until a place is found that looks like a record; `#isSearched`: not in this block. */
  #isLost = false;
  #isSearched = false;
  #zstd: ZstdStream | undefined;
  #zstdFailures = 0;
  /** Of all compressed records: bytes that were read and made. */
  #packedBytes = 0;
  #plainBytes = 0;
  /** How often a frame began while another was not ended. */
  #zstdFrames = 0;
  /** While reading what was compressed: the file's block, and where to go on in it. */
  #outer: RecordBlock | undefined;
  #outerNext = 0;
  /** The beginning of a record whose rest is in the next compressed record. */
  #carry: Uint8Array = new Uint8Array(0);
  #carryLength = 0;
  /** Where the compressed record lies in which it begins. */
  #carryPlace = 0;
  /** What is decompressed now begins with it. */
  #isCarriedOn = false;
  /** Bytes that the compressed records made so far. */
  #plainLength = 0;

  /** Reads [start, end) of a source. `index` is the number the blocks get. */
  constructor(
    source: ByteSource, index: number, start: number, end: number, littleEndian: boolean, pool: BlockPool, diagnostics: Diagnostics,
    options: RecordStreamOptions,
  ) {
    this.#source = source;
    this.#index = index;
    this.#littleEndian = littleEndian;
    this.#pool = pool;
    this.#diagnostics = diagnostics;
    this.#options = options;
    this.#filePosition = start;
    this.#fileEnd = Math.min(end, source.size);
    this.block = pool.take(this.#blockSize());
    this.block.fileOffset = start;
    this.block.source = index;
  }

  /** Goes to the next record; false at the end. A promise only where the source gives one. */
  next(): boolean | Promise<boolean> {
    const offset = this.position;
    if (offset + HEADER_SIZE <= this.limit) {
      const view = this.block.view;
      const size = view.getUint16(offset + 6, this.#littleEndian);
      const end = offset + size;
      if (size >= HEADER_SIZE && end <= this.limit) {
        const type = view.getUint32(offset, this.#littleEndian);
        this.offset = offset;
        this.end = end;
        this.type = type;
        this.position = end;
        if (type >= RecordType.HeaderTracingData) return this.#userRecord(view, offset, end, type);
        if (type !== 0) return true;
        this.#loseCurrent(offset);
      }
    }
    return this.#more();
  }

  /** Whether the next record is in the block already, so that `next` reads nothing. */
  get hasNext(): boolean {
    const { position, limit } = this;
    return position + HEADER_SIZE <= limit && position + this.block.view.getUint16(position + 6, this.#littleEndian) <= limit;
  }

  /** Where the current record lies in its file. */
  get fileOffset(): number {
    return this.block.fileOffsetOf(this.offset);
  }

  /** A window, but no more than there is, and before it what is left of a record. */
  #blockSize(): number {
    return Math.min(this.#options.windowSize, Math.max(this.#source.size, 0)) + MAX_RECORD_SIZE + 1;
  }

  /** Records of perf's own that say something to the reader of the stream itself. */
  #userRecord(view: DataView, offset: number, end: number, type: number): boolean | Promise<boolean> {
    const fileBlock = this.#outer === undefined;
    if (type === RecordType.Compressed || type === RecordType.Compressed2) {
      if (fileBlock) {
        // So that `next` comes by `#more`.
        this.#isCompressed = true;
        this.limit = 0;
      } else this.#diagnostics.damaged('compressed-twice', this.fileOffset, 'A compressed record lies within a compressed record');
    } else if (type === RecordType.Auxtrace || type === RecordType.HeaderTracingData) {
      this.position = end + dataSizeBehind(view, offset, end, this.#littleEndian);
    } else if (isLongRecord(view, offset, this.#littleEndian)) {
      return this.#showLong(offset);
    } else if (type > RecordType.SchedstatDomain && !isLikelyHeader(view, offset, this.#littleEndian)) {
      this.#loseCurrent(offset);
      return this.#more();
    }
    return true;
  }

  /** A record of more than 64 KiB: its header is shown, the rest follows it. */
  #showLong(offset: number): true {
    const { view } = this.block;
    this.offset = offset;
    this.end = offset + HEADER_SIZE;
    this.type = view.getUint32(offset, this.#littleEndian);
    this.position = this.end + dataSizeBehind(view, offset, this.end, this.#littleEndian);
    return true;
  }

  /** There is no whole record at `position`, or none that looks like one: gets on until there is. */
  #more(): boolean | Promise<boolean> {
    if (!this.#isCompressed) {
      if (this.#isLong()) return this.#showLong(this.position);
      if (this.#isImpossible()) this.#lose();
    }
    for (;;) {
      if (this.#isCompressed) {
        this.#isCompressed = false;
        this.limit = this.block.limit;
        this.#decompress();
      } else if (this.#isLost && !this.#isSearched) this.#search();
      else if (this.#outer !== undefined) this.#leaveDecompressed(this.#outer);
      else {
        const count = this.#readWindow();
        if (typeof count !== 'number') return count.then((number) => (this.#arrived(number) ? this.#goOn() : this.#finish()));
        if (!this.#arrived(count)) return this.#finish();
      }
      if (this.#isNextWhole()) return this.next();
    }
  }

  /** After a window that had to be waited for. */
  #goOn(): boolean | Promise<boolean> {
    return this.#isNextWhole() ? this.next() : this.#more();
  }

  /** Whether `next` can show what lies at `position`. A header with an impossible size begins the search for a better one. */
  #isNextWhole(): boolean {
    if (this.#isLost || this.#isCompressed || this.position + HEADER_SIZE > this.limit) return false;
    if (this.#isLong()) return true;
    if (this.#isImpossible()) this.#lose();
    return !this.#isLost && this.position + this.block.view.getUint16(this.position + 6, this.#littleEndian) <= this.limit;
  }

  #isLong(): boolean {
    return !this.#isLost && this.position + HEADER_SIZE <= this.limit && isLongRecord(this.block.view, this.position, this.#littleEndian);
  }

  #isImpossible(): boolean {
    return this.position + HEADER_SIZE <= this.limit && this.block.view.getUint16(this.position + 6, this.#littleEndian) < HEADER_SIZE;
  }

  /** Whether what lies at `position` is no header, whatever its size. */
  #isNone(): boolean {
    const { view } = this.block;
    const type = view.getUint32(this.position, this.#littleEndian);
    return type === 0 || (type > RecordType.SchedstatDomain && !isLikelyHeader(view, this.position, this.#littleEndian));
  }

  /** At the end of the file: the last record says that it goes on, but is followed by others. Then it lies, and they are read. */
  #isTooLong(): boolean {
    if (this.#isLost || this.position + HEADER_SIZE > this.limit) return false;
    const found = nextWholeChain(this.block.view, this.position + 1, this.limit, this.#littleEndian);
    if (found < 0) return false;
    if (this.#isNone()) this.#lose();
    else this.#lose('record-size', 'A record that says that it is longer than it is; reading goes on within it');
    this.position = found;
    this.#isLost = false;
    return true;
  }

  /** Gets the next window; what is left of this one moves to its front. The number of bytes that came. */
  #readWindow(): number | Promise<number> {
    const old = this.block;
    const left = Math.max(this.limit - this.position, 0);
    if (this.position > this.limit) this.#filePosition += this.position - this.limit;
    // At least what the record at hand needs, so that one window is enough for it.
    const needed = this.#isLost ? REACH - left : left < HEADER_SIZE ? HEADER_SIZE - left : old.view.getUint16(this.position + 6, this.#littleEndian) - left;
    const length = Math.min(Math.max(this.#options.windowSize, needed), this.#fileEnd - this.#filePosition);
    if (length <= 0) return 0;
    const block = old.holds === 1 ? old : this.#pool.take(this.#blockSize());
    if (block === old) block.bytes.copyWithin(0, this.position, this.limit);
    else {
      block.bytes.set(old.bytes.subarray(this.limit - left, this.limit));
      this.#pool.close(old);
    }
    block.source = this.#index;
    block.fileOffset = this.#filePosition - left;
    block.limit = left;
    this.block = block;
    this.position = 0;
    this.limit = left;
    return this.#fill(block.bytes, left, left + length);
  }

  /** Fills bytes[from, to) from the file; fewer come only at its end. */
  #fill(bytes: Uint8Array, from: number, to: number): number | Promise<number> {
    const source = this.#source;
    let filled = from;
    while (filled < to) {
      const position = this.#filePosition + filled - from;
      if (source.readInto === undefined) {
        const piece = source.read(position, to - filled);
        if (piece instanceof Promise) return piece.then((later) => this.#filledLater(bytes, from, filled, to, putInto(bytes, filled, later)));
        const count = putInto(bytes, filled, piece);
        if (count === 0) break;
        filled += count;
      } else {
        const count = source.readInto(bytes.subarray(filled, to), position);
        if (typeof count !== 'number') return count.then((later) => this.#filledLater(bytes, from, filled, to, later));
        if (count === 0) break;
        filled += count;
      }
    }
    return filled - from;
  }

  async #filledLater(bytes: Uint8Array, from: number, filled: number, to: number, count: number): Promise<number> {
    let at = filled + count;
    let last = count;
    while (at < to && last > 0) {
      const position = this.#filePosition + at - from;
      last = this.#source.readInto === undefined
        ? putInto(bytes, at, await this.#source.read(position, to - at))
        : await this.#source.readInto(bytes.subarray(at, to), position);
      at += last;
    }
    return at - from;
  }

  /** False where that was all, and nothing else can be made of it. */
  #arrived(count: number): boolean {
    if (count === 0 && this.#isLost && !this.#isAtEnd) {
      // A file that is shorter than it was: what was not decided yet now is.
      this.#isExhausted = true;
      this.#isSearched = false;
      return true;
    }
    this.#filePosition += count;
    this.limit += count;
    this.block.limit = this.limit;
    this.#isSearched = false;
    return count > 0 || this.#isTooLong();
  }

  /** Whether all bytes of the file are in the block. */
  get #isAtEnd(): boolean {
    return this.#isExhausted || this.#filePosition >= this.#fileEnd;
  }

  #finish(): false {
    const left = this.limit - this.position;
    if (left >= HEADER_SIZE && !this.#isLost && this.#isNone()) this.#lose();
    else if (left > 0 && !this.#isLost) {
      this.#diagnostics.damaged('record-cut', this.block.fileOffsetOf(this.position), 'The recording ends within a record');
    } else if (left < 0) {
      this.#diagnostics.damaged('payload-cut', this.fileOffset, 'The recording ends within the data that follow a record');
    }
    if (this.#carryLength > 0) {
      this.#diagnostics.damaged('compressed-record-cut', this.#carryPlace, 'The compressed records end within a record');
    }
    this.#carryLength = 0;
    this.#isLost = false;
    this.position = this.limit;
    return false;
  }

  /** Decodes the current record; what it makes is read next, in a block of its own. */
  #decompress(): void {
    const { bytes, view } = this.block;
    let start = this.offset + HEADER_SIZE;
    let end = this.end;
    if (this.type === RecordType.Compressed2) {
      const size = start + 8 <= end ? readUnsigned64(view, start, this.#littleEndian) : Infinity;
      start += 8;
      if (size > end - start) {
        this.#diagnostics.damaged('compressed-size', this.fileOffset, 'A compressed record says that it is longer than it is');
      } else end = start + size;
    }
    const plain = start < end ? this.#decode(bytes.subarray(start, end)) : undefined;
    if (plain === undefined) return;
    const length = this.#carryLength + plain.length;
    const block = this.#pool.take(length < TINY_BLOCK ? length + 1 : Math.max(2 ** Math.ceil(Math.log2(length + 1)), SMALL_BLOCK));
    block.bytes.set(this.#carry.subarray(0, this.#carryLength));
    block.bytes.set(plain, this.#carryLength);
    block.limit = length;
    block.isDecompressed = true;
    block.fileOffset = this.fileOffset;
    block.plainOffset = this.#plainLength - this.#carryLength;
    block.source = this.#index;
    this.#plainLength += plain.length;
    this.#isCarriedOn = this.#carryLength > 0;
    this.#carryLength = 0;
    this.#outer = this.block;
    this.#outerNext = this.position;
    this.block = block;
    this.position = 0;
    this.limit = length;
  }

  /** After an error the stream is lost until a new frame begins, as perf begins one when it had an error itself. */
  #decode(piece: Uint8Array): Uint8Array | undefined {
    if (this.#zstdFailures > 0 && this.#zstd === undefined && (this.#zstdFailures > MAX_ZSTD_RESTARTS || !beginsZstdFrame(piece))) return undefined;
    const isFresh = this.#zstd === undefined;
    try {
      this.#zstd ??= this.#options.zstd?.() ?? new PortableZstdStream();
      const plain = this.#zstd.push(piece);
      this.#packedBytes += piece.length;
      this.#plainBytes += plain.length;
      if (this.#plainBytes <= MAX_ZSTD_UNPAID || this.#plainBytes <= this.#packedBytes * MAX_ZSTD_RATIO) return plain;
      this.#zstdFailures = MAX_ZSTD_RESTARTS;
      throw new RangeError('they make too much of too little');
    } catch (error) {
      // A frame may begin though the one before was not ended: its magic number is no block that the old one could go on with.
      if (!isFresh && beginsZstdFrame(piece) && this.#zstdFrames++ < MAX_ZSTD_RESTARTS) {
        this.#zstd = undefined;
        return this.#decode(piece);
      }
      const reason = error instanceof Error ? error.message : String(error);
      this.#diagnostics.damaged('zstd', this.fileOffset, `Compressed records cannot be decompressed from here on: ${reason}`);
      this.#zstd = undefined;
      this.#zstdFailures++;
      this.#carryLength = 0;
      return undefined;
    }
  }

  /** Back to the file's block; what is left of a record waits for the next compressed one. */
  #leaveDecompressed(outer: RecordBlock): void {
    const left = Math.max(this.limit - this.position, 0);
    if (left > this.#carry.length) this.#carry = new Uint8Array(MAX_RECORD_SIZE + left);
    this.#carry.set(this.block.bytes.subarray(this.limit - left, this.limit));
    // A record may take more than two pieces.
    if (this.position > 0 || !this.#isCarriedOn) this.#carryPlace = this.block.fileOffset;
    this.#carryLength = left;
    this.#pool.close(this.block);
    this.block = outer;
    this.position = this.#outerNext;
    this.limit = outer.limit;
    this.#outer = undefined;
  }

  /** The record just taken is none. */
  #loseCurrent(offset: number): void {
    this.position = offset;
    this.#lose();
  }

  /** What lies at `position` is no record: `#search` goes on behind it. */
  #lose(code: string = 'not-a-record', message: string = 'Bytes that are no record; reading goes on at the next one'): void {
    this.#diagnostics.damaged(code, this.block.fileOffsetOf(this.position), message);
    this.#isLost = true;
    this.#isSearched = false;
    this.position++;
  }

  /** Looks for a record in what is there of the block; keeps the last bytes, in which one may begin. */
  #search(): void {
    const found = nextLikelyRecord(this.block.view, this.position, this.limit, this.#littleEndian, this.#outer !== undefined || this.#isAtEnd);
    if (found >= 0) {
      this.position = found;
      this.#isLost = false;
      return;
    }
    this.#isSearched = true;
    if (this.#outer === undefined) this.position = ~found;
    else {
      this.position = this.limit;
      this.#isLost = false;
    }
  }
}

function putInto(bytes: Uint8Array, offset: number, piece: Uint8Array): number {
  bytes.set(piece, offset);
  return piece.length;
}
