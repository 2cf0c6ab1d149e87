// zstd streams that arrive piece by piece and are never closed (FORMAT 1.6; SPEC 1.4; RFC 8878). Written for that: what a piece makes is
// there at once, pieces may be cut anywhere, and memory follows what was made, not the window that a frame's header claims. Checksums are
// not compared; dictionaries are none of perf's.

import { MAX_ZSTD_OUTPUT, MAX_ZSTD_WINDOW } from './limits.ts';
import { ZstdError } from './zstd/bits.ts';
import { BEHIND_BLOCK, Blocks, type BlockHeader, bodySize, readBlockHeader } from './zstd/blocks.ts';
import { MOST_IN_BLOCK } from './zstd/literals.ts';

/** A decoder of one stream. */
export interface ZstdStream {
  /** What a piece makes; valid until the next call. Throws on damage: then the decoder is of no further use. */
  push(piece: Uint8Array): Uint8Array;
}

const FRAME_MAGIC = 0xfd2fb528;
const MOST_HEADER = 18;
/** Of the output at first. */
const FIRST_ROOM = 1 << 18;

/** Whether bytes begin with a zstd frame. */
export function beginsZstdFrame(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd;
}

const Part = { FrameHeader: 0, BlockHeader: 1, Body: 2, Checksum: 3, SkippableSize: 4, SkippableBody: 5 } as const;
type PartNumber = (typeof Part)[keyof typeof Part];

/** The portable decoder: no native code, any run time. */
export class PortableZstdStream implements ZstdStream {
  /** What one piece may make. */
  readonly #most: number;
  /** What is read, and how much of it is there. */
  #part: PartNumber = Part.FrameHeader;
  readonly #unit: Uint8Array = new Uint8Array(MOST_IN_BLOCK + BEHIND_BLOCK);
  #have = 0;
  #skip = 0;
  #block: BlockHeader = { isLast: false, kind: 0, size: 0 };
  readonly #blocks: Blocks = new Blocks();
  #hasChecksum = false;
  #window = 0;
  /** What was made, as much of it as may be referred to; the frame's part begins at `#frameStart`. */
  #out: Uint8Array = new Uint8Array(FIRST_ROOM);
  #length = 0;
  #frameStart = 0;
  /** Where that of this piece begins. */
  #pieceStart = 0;

  /** `most`: bytes that one piece may make; what a ring buffer can hold by default. */
  constructor(most: number = MAX_ZSTD_OUTPUT) {
    this.#most = most;
  }

  push(piece: Uint8Array): Uint8Array {
    this.#dropOld();
    this.#pieceStart = this.#length;
    for (let at = 0; at < piece.length; ) {
      if (this.#part === Part.SkippableBody) {
        const step = Math.min(this.#skip, piece.length - at);
        at += step;
        this.#skip -= step;
        if (this.#skip === 0) this.#begin(Part.FrameHeader);
        continue;
      }
      const needed = this.#needed();
      const step = Math.min(needed - this.#have, piece.length - at);
      this.#unit.set(piece.subarray(at, at + step), this.#have);
      this.#have += step;
      at += step;
      if (this.#have === this.#needed()) this.#whole();
    }
    return this.#out.subarray(this.#pieceStart, this.#length);
  }

  #begin(part: PartNumber): void {
    this.#part = part;
    this.#have = 0;
  }

  /** How many bytes the part at hand has, as far as is known yet. */
  #needed(): number {
    if (this.#part === Part.BlockHeader) return 3;
    if (this.#part === Part.Body) return bodySize(this.#block);
    if (this.#part !== Part.FrameHeader) return 4;
    if (this.#have < 4) return 4;
    if (this.#isSkippable()) return 4;
    return this.#have < 5 ? 5 : frameHeaderSize(this.#unit[4]!);
  }

  #isSkippable(): boolean {
    const bytes = this.#unit;
    return (bytes[0]! & 0xf0) === 0x50 && bytes[1] === 0x2a && bytes[2] === 0x4d && bytes[3] === 0x18;
  }

  #whole(): void {
    switch (this.#part) {
      case Part.FrameHeader:
        this.#beginFrame();
        break;
      case Part.BlockHeader:
        this.#block = readBlockHeader(this.#unit);
        this.#begin(Part.Body);
        if (bodySize(this.#block) === 0) this.#endBlock();
        break;
      case Part.Body:
        this.#endBlock();
        break;
      case Part.SkippableSize: {
        const unit = this.#unit;
        this.#skip = (unit[0]! | (unit[1]! << 8) | (unit[2]! << 16) | (unit[3]! << 24)) >>> 0;
        this.#begin(this.#skip === 0 ? Part.FrameHeader : Part.SkippableBody);
        break;
      }
      default:
        this.#begin(Part.FrameHeader);
    }
  }

  #beginFrame(): void {
    if (this.#isSkippable()) return this.#begin(Part.SkippableSize);
    const header = new DataView(this.#unit.buffer, 0, MOST_HEADER);
    this.#window = windowOf(header);
    if (this.#window > MAX_ZSTD_WINDOW) throw new ZstdError(`a zstd frame claims a window of ${this.#window} bytes`);
    this.#hasChecksum = (this.#unit[4]! & 4) !== 0;
    this.#frameStart = this.#length;
    this.#blocks.reset();
    this.#begin(Part.BlockHeader);
  }

  #endBlock(): void {
    this.#makeRoom();
    const before = this.#length;
    const floor = Math.max(this.#frameStart, before - this.#window);
    this.#length = this.#blocks.decode(this.#block, this.#unit, this.#out, before, floor);
    if (this.#length - this.#pieceStart > this.#most) throw new ZstdError(`one piece makes more than ${this.#most} bytes`);
    if (this.#block.isLast) this.#begin(this.#hasChecksum ? Part.Checksum : Part.FrameHeader);
    else this.#begin(Part.BlockHeader);
  }

  /** Room for one more block. */
  #makeRoom(): void {
    if (this.#length + MOST_IN_BLOCK <= this.#out.length) return;
    const larger = new Uint8Array(Math.max(this.#out.length * 2, this.#length + MOST_IN_BLOCK));
    larger.set(this.#out.subarray(0, this.#length));
    this.#out = larger;
  }

  /** Moves what may still be referred to to the front, when that is no more than what is dropped. */
  #dropOld(): void {
    const kept = this.#part === Part.FrameHeader ? 0 : Math.min(this.#length - this.#frameStart, this.#window);
    const dropped = this.#length - kept;
    if (dropped < Math.max(kept, FIRST_ROOM / 2)) return;
    this.#out.copyWithin(0, dropped, this.#length);
    this.#length = kept;
    this.#frameStart = Math.max(this.#frameStart - dropped, 0);
  }
}

function frameHeaderSize(descriptor: number): number {
  const single = (descriptor >>> 5) & 1;
  const contentFlag = descriptor >>> 6;
  const contentSize = contentFlag === 0 ? single : 1 << contentFlag;
  return 5 + (1 - single) + dictionarySize(descriptor) + contentSize;
}

/** Of the dictionary's number. */
function dictionarySize(descriptor: number): number {
  return [0, 1, 2, 4][descriptor & 3]!;
}

/** The window that a frame's header claims, in bytes. */
function windowOf(header: DataView): number {
  if (header.getUint32(0, true) !== FRAME_MAGIC) throw new ZstdError('not a zstd frame');
  const descriptor = header.getUint8(4);
  if ((descriptor & 8) !== 0) throw new ZstdError('a zstd frame of an unknown kind');
  if ((descriptor & 0x20) === 0) {
    const field = header.getUint8(5);
    const base = 2 ** (10 + (field >>> 3));
    return base + (base / 8) * (field & 7);
  }
  // One segment: the window is the content, whose size stands after the dictionary's id.
  const at = 5 + dictionarySize(descriptor);
  const flag = descriptor >>> 6;
  if (flag === 0) return header.getUint8(at);
  if (flag === 1) return header.getUint16(at, true) + 256;
  return header.getUint32(at, true) + (flag === 3 ? header.getUint32(at + 4, true) * 2 ** 32 : 0);
}
