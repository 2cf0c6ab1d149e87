// The blocks of a zstd frame (RFC 8878, 3.1.1.2 and 3.1.1.3), each decoded behind what the frame has made before.

import { ZstdError } from './bits.ts';
import { Literals, MOST_IN_BLOCK } from './literals.ts';
import { Sequences } from './sequences.ts';

/** Readable bytes that must stand behind a block: bits are read four bytes at a time. */
export const BEHIND_BLOCK = 8;

const Kind = { Raw: 0, Run: 1, Compressed: 2 } as const;

/** A block's header, taken apart. */
export interface BlockHeader {
  readonly isLast: boolean;
  readonly kind: number;
  /** What it makes where it is a run, else its bytes. */
  readonly size: number;
}

export function readBlockHeader(bytes: Uint8Array): BlockHeader {
  const word = bytes[0]! | (bytes[1]! << 8) | (bytes[2]! << 16);
  const [kind, size] = [(word >>> 1) & 3, word >>> 3];
  if (size > MOST_IN_BLOCK) throw new ZstdError('a zstd block is longer than any');
  if (kind > Kind.Compressed) throw new ZstdError('a zstd block of an unknown type');
  return { isLast: (word & 1) === 1, kind, size };
}

/** The bytes of a block behind its header. */
export function bodySize({ kind, size }: BlockHeader): number {
  return kind === Kind.Run ? 1 : size;
}

/** Reused for all frames of a stream. */
export class Blocks {
  readonly #literals: Literals = new Literals();
  readonly #sequences: Sequences = new Sequences();

  /** A new frame begins. */
  reset(): void {
    this.#literals.reset();
    this.#sequences.reset();
  }

  /** Decodes a block whose body is bytes[0, bodySize), writes to `out` from `at` on, where there is room for MOST_IN_BLOCK, and gives the offset behind that. `floor`: where what it may refer to begins. */
  decode({ kind, size }: BlockHeader, bytes: Uint8Array, out: Uint8Array, at: number, floor: number): number {
    if (kind === Kind.Raw) out.set(bytes.subarray(0, size), at);
    else if (kind === Kind.Run) out.fill(bytes[0]!, at, at + size);
    else {
      const literals = this.#literals;
      return this.#sequences.run(bytes, literals.read(bytes, 0, size), size, literals, out, at, floor);
    }
    return at + size;
  }
}
