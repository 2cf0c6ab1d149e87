// One sample with everything found out about it. Reused: valid until the next one, copy what is kept.

import type { Comm, Thread } from '../process/thread.ts';
import { STOP_REASON_NAMES, type StopReason } from '../unwind/stop-reason.ts';
import { grown } from '../bytes/sorted.ts';

/** Where the user part of a stack comes from. */
export const StackSource = {
  /** The sample has none: no call chain was recorded, or the thread was in the kernel only. */
  None: 0,
  /** The chain that the kernel walked by frame pointers. */
  FramePointers: 1,
  /** Unwound here from registers and stack dump. */
  Unwound: 2,
} as const;
export type StackSource = (typeof StackSource)[keyof typeof StackSource];

/** In place of a number of joined frames: several stacks would fit, and they differ. */
export const JOIN_DOUBTFUL = -1;

export class ResolvedSample {
  /** Index of the event. */
  event = 0;
  thread!: Thread;
  /** The command's name when the sample was taken. */
  comm!: Comm;
  /** CpuMode of the record (profile.ts). */
  mode = 0;
  /** The sampled address, and its location (profile/location-table.ts); -1 where the sample has no IP field. */
  ip = 0;
  leaf = -1;
  period = 0;
  /** Addresses and locations of the stack, leaf first: kernel frames, then user frames. Empty if no chain was recorded. */
  addresses: Float64Array = new Float64Array(256);
  locations: Int32Array = new Int32Array(256);
  depth = 0;
  /** How many of them are kernel frames. */
  kernelDepth = 0;
  /** Whether the event records stacks at all. */
  hasStack = false;
  source: StackSource = StackSource.None;
  /** Why the unwinder stopped; meaningful where `source` is Unwound. */
  stop!: StopReason;
  /** What the unwinder guessed on its way: bits of GuessKind (unwind/guess.ts); meaningful where `source` is Unwound. */
  guesses = 0;
  /** Of a stack whose dump ended, with --stitch: how many frames at its outer end are those of another sample; 0, or JOIN_DOUBTFUL. */
  joined = 0;
  /** Of an unwound stack that was cut: how many frames at its outer end are from the processor's stack of calls (LBR). */
  fromBranches = 0;
  /** Bytes of stack in the sample: valid ones, and as many as were asked for. 0 where there is no dump. */
  dumpSize = 0;
  dumpAsked = 0;
  /** Where the dump begins, an address; and where a stack that came to the root ends. */
  stackStart = 0;
  stackEnd = 0;

  /** Room for that many frames. */
  reserve(depth: number): void {
    while (this.addresses.length < depth) {
      this.addresses = grown(this.addresses);
      this.locations = grown(this.locations);
    }
  }

  /** Puts a frame between others. */
  insert(index: number, address: number, location: number): void {
    this.push(address, location);
    this.addresses.copyWithin(index + 1, index, this.depth - 1);
    this.locations.copyWithin(index + 1, index, this.depth - 1);
    this.addresses[index] = address;
    this.locations[index] = location;
  }

  /** Adds a frame further out. */
  push(address: number, location: number): void {
    if (this.depth === this.addresses.length) {
      this.addresses = grown(this.addresses);
      this.locations = grown(this.locations);
    }
    this.addresses[this.depth] = address;
    this.locations[this.depth++] = location;
  }
}

/** Why the stack ends, for people and exports: 'root' where it is whole, 'joined' where its outer end is another sample's; undefined where it was not unwound. */
export function stackEnd({ source, stop, joined }: ResolvedSample): string | undefined {
  return source !== StackSource.Unwound ? undefined : joined > 0 ? 'joined' : STOP_REASON_NAMES[stop];
}

/** How many frames of a sample's stack, at its outer end, are another sample's. */
export function joinedFrames({ source, joined }: ResolvedSample): number {
  return source === StackSource.Unwound ? Math.max(0, joined) : 0;
}
