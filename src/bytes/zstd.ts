// zstd streams that arrive piece by piece and are never closed (FORMAT 1.6; SPEC 1.4), over fzstd. What a hostile piece can ask for
// is bounded before fzstd sees it: the window that a frame's header claims, the work (fzstd moves its whole window for every block,
// also for one that says nothing), and the output of one piece.

import { Decompress } from 'fzstd';
import { MAX_ZSTD_OUTPUT, MAX_ZSTD_WINDOW, MAX_ZSTD_WORK } from './limits.ts';

/** A decoder of one stream. */
export interface ZstdStream {
  /** What a piece makes; valid until the next call. Throws on damage: then the decoder is of no further use. */
  push(piece: Uint8Array): Uint8Array;
}

const FRAME_MAGIC = 0xfd2fb528;
/** Block_Maximum_Size of RFC 8878. */
const MAX_BLOCK = 131_072;
/** Blocks in one piece: perf flushes it as a whole, so that all but the last are full, up to MAX_ZSTD_OUTPUT. */
const MAX_BLOCKS = 1_024;
/** Bytes of window moved for a byte made: 1 024 with full blocks and the largest window. */
const WORK_FOR_A_BYTE = 4_096;

/** Whether bytes begin with a zstd frame. */
export function beginsZstdFrame(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd;
}

/** The portable decoder: 50 to 120 MB/s. */
export class PortableZstdStream implements ZstdStream {
  readonly #frames = new FrameCheck();
  readonly #decoder: Decompress;
  #output: Uint8Array = new Uint8Array(1 << 18);
  #length = 0;
  /** Bytes made so far. */
  #total = 0;

  constructor() {
    this.#decoder = new Decompress((block) => this.#take(block));
  }

  push(piece: Uint8Array): Uint8Array {
    this.#length = 0;
    this.#frames.check(piece, this.#total);
    // Never `final`: perf flushes its frame and does not end it. A copy, since fzstd keeps what is left of a block that is not whole,
    // and the caller's bytes will be others then.
    if (piece.length > 0) this.#decoder.push(piece.slice());
    return this.#output.subarray(0, this.#length);
  }

  #take(block: Uint8Array): void {
    const length = this.#length + block.length;
    if (length > MAX_ZSTD_OUTPUT) throw new RangeError(`one piece makes more than ${MAX_ZSTD_OUTPUT} bytes`);
    if (length > this.#output.length) {
      const larger = new Uint8Array(Math.max(this.#output.length * 2, length));
      larger.set(this.#output.subarray(0, this.#length));
      this.#output = larger;
    }
    this.#output.set(block, this.#length);
    this.#length = length;
    this.#total += block.length;
  }
}

const Part = { FrameHeader: 0, BlockHeader: 1, Body: 2, Checksum: 3, SkippableSize: 4, SkippableBody: 5 } as const;
type PartNumber = (typeof Part)[keyof typeof Part];

/**
 * Follows the frames and blocks of a stream (RFC 8878, 3.1), wherever pieces are cut, only to see each frame's header before
 * anybody allocates what it claims.
 */
class FrameCheck {
  #part: PartNumber = Part.FrameHeader;
  readonly #pending: Uint8Array = new Uint8Array(18);
  #have = 0;
  #skip = 0;
  #lastBlock = false;
  #hasChecksum = false;
  #window = 0;
  #work = 0;
  /** In this piece. */
  #blocks = 0;

  /** Throws where a frame claims a window above MAX_ZSTD_WINDOW or is no frame, and where blocks take work but make nothing. */
  check(piece: Uint8Array, made: number): void {
    let at = 0;
    this.#blocks = 0;
    if (this.#work > MAX_ZSTD_WORK && this.#work > WORK_FOR_A_BYTE * made) throw new RangeError('a zstd stream of empty blocks');
    while (at < piece.length) {
      if (this.#part === Part.Body || this.#part === Part.SkippableBody) {
        const step = Math.min(this.#skip, piece.length - at);
        at += step;
        this.#skip -= step;
        if (this.#skip === 0) this.#afterBody();
        continue;
      }
      this.#pending[this.#have++] = piece[at++]!;
      if (this.#have === this.#needed()) this.#whole();
    }
  }

  /** How many bytes the part that is being collected has, as far as is known yet. */
  #needed(): number {
    if (this.#part === Part.BlockHeader) return 3;
    if (this.#part !== Part.FrameHeader) return 4;
    if (this.#have < 5 || this.#isSkippable()) return this.#isSkippable() && this.#have >= 4 ? 4 : 5;
    return frameHeaderSize(this.#pending[4]!);
  }

  #isSkippable(): boolean {
    const bytes = this.#pending;
    return this.#have >= 4 && (bytes[0]! & 0xf0) === 0x50 && bytes[1] === 0x2a && bytes[2] === 0x4d && bytes[3] === 0x18;
  }

  #whole(): void {
    const bytes = this.#pending;
    const view = new DataView(bytes.buffer);
    const skippable = this.#isSkippable();
    this.#have = 0;
    if (this.#part === Part.FrameHeader) {
      if (skippable) this.#part = Part.SkippableSize;
      else {
        this.#window = windowOf(view);
        if (this.#window > MAX_ZSTD_WINDOW) throw new RangeError(`a zstd frame claims a window of ${this.#window} bytes`);
        this.#hasChecksum = (bytes[4]! & 4) !== 0;
        this.#part = Part.BlockHeader;
      }
    } else if (this.#part === Part.BlockHeader) {
      const header = bytes[0]! | (bytes[1]! << 8) | (bytes[2]! << 16);
      this.#lastBlock = (header & 1) === 1;
      const isRunLength = ((header >>> 1) & 3) === 1;
      if (header >>> 3 > MAX_BLOCK) throw new RangeError('a zstd block is longer than any');
      this.#skip = isRunLength ? 1 : header >>> 3;
      this.#work += this.#window;
      if (++this.#blocks > MAX_BLOCKS) throw new RangeError('one piece has more zstd blocks than it may make bytes');
      this.#part = Part.Body;
      if (this.#skip === 0) this.#afterBody();
    } else if (this.#part === Part.SkippableSize) {
      this.#skip = view.getUint32(0, true);
      this.#part = Part.SkippableBody;
      if (this.#skip === 0) this.#afterBody();
    } else this.#part = Part.FrameHeader;
  }

  #afterBody(): void {
    if (this.#part === Part.SkippableBody) this.#part = Part.FrameHeader;
    else if (!this.#lastBlock) this.#part = Part.BlockHeader;
    else this.#part = this.#hasChecksum ? Part.Checksum : Part.FrameHeader;
  }
}

function frameHeaderSize(descriptor: number): number {
  const single = (descriptor >>> 5) & 1;
  const dictionary = [0, 1, 2, 4][descriptor & 3]!;
  const contentFlag = descriptor >>> 6;
  const contentSize = contentFlag === 0 ? single : 1 << contentFlag;
  return 5 + (1 - single) + dictionary + contentSize;
}

/** The window that a frame's header claims, in bytes. */
function windowOf(header: DataView): number {
  if (header.getUint32(0, true) !== FRAME_MAGIC) throw new RangeError('not a zstd frame');
  const descriptor = header.getUint8(4);
  if ((descriptor & 0x20) === 0) {
    const field = header.getUint8(5);
    const base = 2 ** (10 + (field >>> 3));
    return base + (base / 8) * (field & 7);
  }
  // One segment: the window is the content, whose size stands after the dictionary's id.
  const at = 5 + [0, 1, 2, 4][descriptor & 3]!;
  const flag = descriptor >>> 6;
  if (flag === 0) return header.getUint8(at);
  if (flag === 1) return header.getUint16(at, true) + 256;
  return header.getUint32(at, true) + (flag === 3 ? header.getUint32(at + 4, true) * 2 ** 32 : 0);
}
