// Stacks whose dump ended before their outermost frame: how they go on, from the processor's stack of calls (LBR, FORMAT 2.3.5), or from a
// whole stack of the same thread that was learnt before (known-stacks.ts).

import type { WideAddresses } from '../bytes/int64.ts';
import type { RecordView } from '../perfdata/record-view.ts';
import { BRANCH_SIZE, type SampleView } from '../perfdata/sample-view.ts';
import { StopReason } from '../unwind/stop-reason.ts';
import type { Unwinder } from '../unwind/unwinder.ts';
import { type KnownStacks, DOUBTFUL_JOIN } from './known-stacks.ts';
import { JOIN_DOUBTFUL, type ResolvedSample } from './resolved-sample.ts';
import { NEEDS_MODULE, type Resolver } from './resolver.ts';

/** Bytes of the longest call instruction, prefixes included. */
const LONGEST_CALL = 9;

/** Works on the sample that was unwound last. */
export class CutStacks {
  readonly #wide: WideAddresses;
  readonly #resolver: Resolver;
  readonly #raw: SampleView;
  readonly #sample: ResolvedSample;
  readonly #maxStack: number;

  constructor(wide: WideAddresses, resolver: Resolver, raw: SampleView, sample: ResolvedSample, maxStack: number) {
    this.#wide = wide;
    this.#resolver = resolver;
    this.#raw = raw;
    this.#sample = sample;
    this.#maxStack = maxStack;
  }

  /**
   * A stack that was cut goes on as the processor's stack of calls does, where that has the same calls up to there: the outermost two
   * frames at least, and each call at the instruction before the frame's return address. False: a module is needed.
   */
  followCallStack(record: RecordView, { addresses, count }: Unwinder): boolean {
    const raw = this.#raw;
    const sample = this.#sample;
    const wide = this.#wide;
    const callAt = (branch: number): number => wide.read(record.view, raw.branchOffset + branch * BRANCH_SIZE, record.littleEndian);
    const isCall = (frame: number, branch: number): boolean => {
      const distance = addresses[frame]! - callAt(branch);
      return distance >= 0 && distance < LONGEST_CALL;
    };
    let outermost = -1;
    for (let branch = 1; branch < raw.branchCount; branch++) {
      let run = 0;
      while (run < count - 1 && run <= branch && isCall(count - 1 - run, branch - run)) run++;
      // Up to the innermost call of one of the two, else they are about different stacks.
      if (run < 2 || (run < count - 1 && run <= branch)) continue;
      if (outermost >= 0) return true;
      outermost = branch;
    }
    if (outermost < 0) return true;
    for (let branch = outermost + 1; branch < raw.branchCount && sample.depth - sample.kernelDepth < this.#maxStack; branch++) {
      const address = callAt(branch);
      const location = this.#resolver.user(Math.floor(address / 4_294_967_296), address | 0);
      if (location === NEEDS_MODULE) return false;
      if (!Number.isSafeInteger(address)) break;
      sample.push(address, location);
      sample.fromBranches++;
    }
    return true;
  }

  /** Learns a whole stack, or joins one whose dump ended onto one that was learnt. False: a module is needed. */
  stitch(known: KnownStacks, unwinder: Unwinder, stop: StopReason): boolean {
    const raw = this.#raw;
    const sample = this.#sample;
    const { addresses, callerSps, count } = unwinder;
    if (stop !== StopReason.Root && stop !== StopReason.DumpExhausted) return true;
    const thread = known.threadNumber(raw.pid, raw.tid);
    if (stop === StopReason.Root) {
      if (known.isLearning) known.learn(thread, addresses, callerSps, count);
      return true;
    }
    const node = known.find(thread, addresses, callerSps, count);
    if (node < 0) {
      if (node === DOUBTFUL_JOIN) sample.joined = JOIN_DOUBTFUL;
      return true;
    }
    if (known.isLearning) {
      known.learn(thread, addresses, callerSps, count, node);
      return true;
    }
    for (let outer = known.parent[node]!, room = this.#maxStack - count; outer >= 0 && room > 0; outer = known.parent[outer]!, room--) {
      const address = known.address[outer]!;
      if (!Number.isSafeInteger(address)) break;
      const location = this.#resolver.user(Math.floor(address / 4_294_967_296), address | 0);
      if (location === NEEDS_MODULE) return false;
      sample.push(address, location);
      sample.joined++;
    }
    return true;
  }
}
