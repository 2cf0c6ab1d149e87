// A copy of a resolved sample, for as long as its thread waits: the place of the wait that begins with it. Used again and again.

import type { ResolvedSample } from '../resolved-sample.ts';

/** What is copied: all but event, period and the places of the stack. */
type Held = Pick<
  ResolvedSample,
  | 'thread' | 'comm' | 'mode' | 'ip' | 'leaf' | 'depth' | 'kernelDepth' | 'hasStack' | 'source' | 'stop' | 'guesses' | 'joined' | 'fromBranches' | 'dumpSize'
  | 'dumpAsked' | 'stackStart' | 'stackEnd'
>;

export class HeldSample {
  /** Of the sample, in ns since the recording's TimeBase. */
  time = 0;
  /** Whether it is filled: the stack of a sample may come later than the sample. */
  isFilled = false;
  #addresses = new Float64Array(32);
  #locations = new Int32Array(32);
  #of: Held | undefined;

  fill(sample: ResolvedSample): void {
    const { depth } = sample;
    if (this.#addresses.length < depth) {
      this.#addresses = new Float64Array(depth * 2);
      this.#locations = new Int32Array(depth * 2);
    }
    this.#addresses.set(sample.addresses.subarray(0, depth));
    this.#locations.set(sample.locations.subarray(0, depth));
    this.#of ??= heldOf(sample);
    copy(sample, this.#of);
    this.isFilled = true;
  }

  /** Makes `sample` what was held. */
  restore(sample: ResolvedSample): void {
    const of = this.#of!;
    sample.reserve(of.depth);
    sample.addresses.set(this.#addresses.subarray(0, of.depth));
    sample.locations.set(this.#locations.subarray(0, of.depth));
    copy(of, sample);
  }
}

function heldOf({ thread, comm, mode, ip, leaf, depth, kernelDepth, hasStack, source, stop, guesses, joined, fromBranches, dumpSize, dumpAsked, stackStart, stackEnd }: ResolvedSample): Held {
  return { thread, comm, mode, ip, leaf, depth, kernelDepth, hasStack, source, stop, guesses, joined, fromBranches, dumpSize, dumpAsked, stackStart, stackEnd };
}

function copy(from: Held, to: Held): void {
  to.thread = from.thread;
  to.comm = from.comm;
  to.mode = from.mode;
  to.ip = from.ip;
  to.leaf = from.leaf;
  to.depth = from.depth;
  to.kernelDepth = from.kernelDepth;
  to.hasStack = from.hasStack;
  to.source = from.source;
  to.stop = from.stop;
  to.guesses = from.guesses;
  to.joined = from.joined;
  to.fromBranches = from.fromBranches;
  to.dumpSize = from.dumpSize;
  to.dumpAsked = from.dumpAsked;
  to.stackStart = from.stackStart;
  to.stackEnd = from.stackEnd;
}
