// One recording under one filter: all sums that the page's views show, made of PageData, so that every view has the same numbers.
// Trees are made once for each shape and kept; a change of the filter only adds up again.

import type { PageData } from '../data/page-data.ts';
import { ColumnPool } from './column-pool.ts';
import { StackMasks } from './function-match.ts';
import { callerTree, sampledNodes, sampledTree, type FrameTree, type Sliced } from './frame-tree.ts';
import { functionSums, type FunctionSums } from './function-sums.ts';
import { functionHeat, sameFunctions, type FunctionHeat } from './heat.ts';
import type { PageFilter } from './page-filter.ts';
import { countsSamples, sampledStacks, sampleRange, stackSums, type SampledStacks, type StackSums } from './sample-sums.ts';
import { atOnce, sliced } from './slices.ts';
import { kindShares, kindsOfNodes, type KindShare } from './time-shares.ts';
import { timeline, type Timeline } from './timeline.ts';
import { treeSums, type TreeSums } from './tree-sums.ts';

/** Trees that are kept: shapes that somebody switches between. */
const MOST_TREES = 4;

/** What the views show. */
export interface Shown {
  readonly filter: PageFilter;
  /** Whether weights are samples. */
  readonly asSamples: boolean;
  readonly stacks: StackSums;
  /** Outermost functions first. */
  readonly callers: FrameTree;
  readonly callerSums: TreeSums;
  /** As the flame graph has it: the same, or sampled functions first. */
  readonly flame: FrameTree;
  readonly flameSums: TreeSums;
  readonly functions: FunctionSums;
  readonly shares: readonly KindShare[];
}

export class PageModel {
  readonly data: PageData;
  readonly #masks: StackMasks;
  readonly #kinds: Uint8Array;
  #sampledStacks: SampledStacks | undefined;
  readonly #trees = new Map<string, FrameTree>();
  readonly #pool = new ColumnPool();
  #asked = 0;

  constructor(data: PageData) {
    this.data = data;
    this.#masks = new StackMasks(data);
    this.#kinds = kindsOfNodes(data);
  }

  /** Made by the first sums, usually. */
  get #sampled(): SampledStacks {
    return (this.#sampledStacks ??= atOnce(sampledStacks(this.data)));
  }

  /** The sums under a filter; undefined where another filter was asked for meanwhile. */
  async show(filter: PageFilter, sampledFirst: boolean): Promise<Shown | undefined> {
    const { data } = this;
    const asked = ++this.#asked;
    const isWanted = (): boolean => asked === this.#asked;
    this.#sampledStacks ??= await sliced(sampledStacks(data), isWanted);
    if (this.#sampledStacks === undefined) return undefined;
    const shape = `${filter.native} ${filter.kernel}`;
    const callers = this.#trees.get(shape) ?? this.#keep(shape, await sliced(callerTree(data, filter), isWanted));
    if (callers === undefined) return undefined;
    let flame: FrameTree | undefined = callers;
    if (sampledFirst) {
      const turned = `${shape} ${filter.python} sampled first`;
      flame = this.#trees.get(turned) ?? this.#keep(turned, await sliced(sampledTree(data, callers, sampledNodes(data, this.#sampled.node, filter.python)), isWanted));
      if (flame === undefined) return undefined;
    }
    return await sliced(this.#sums(filter, callers, flame), isWanted);
  }

  /** Sums that no view shows any more: their columns are used again. */
  release({ stacks, callerSums, flameSums }: Shown): void {
    this.#pool.give([stacks.weight, stacks.samples, ...[callerSums, flameSums].flatMap(({ self, total, selfSamples, totalSamples }) => [self, total, selfSamples, totalSamples])]);
  }

  /** Each step some milliseconds for a million samples. */
  *#sums(filter: PageFilter, callers: FrameTree, flame: FrameTree): Sliced<Shown> {
    const { data } = this;
    const { take } = this.#pool;
    const stacks = yield* stackSums(data, this.#sampled, filter, sampleRange(data, this.#sampled, filter, this.#masks), take);
    yield;
    const callerSums = treeSums(callers, stacks, take);
    yield;
    const flameSums = flame === callers ? callerSums : treeSums(flame, stacks, take);
    yield;
    const functions = functionSums(data, callers, callerSums);
    yield;
    return { filter, asSamples: countsSamples(data, filter), stacks, callers, callerSums, flame, flameSums, functions, shares: kindShares(data, this.#kinds, stacks) };
  }

  /** Samples over time under a filter, whatever its range. */
  timeline(filter: PageFilter, by: 'thread' | 'cpu', bins: number): Timeline {
    return timeline(this.data, this.#sampled, filter, sampleRange(this.data, this.#sampled, filter, this.#masks, false), this.#kinds, by, bins);
  }

  /** Lines and instructions of a function: of recorded stacks, which alone know them. */
  heat(filter: PageFilter, fn: number): FunctionHeat {
    const recorded = { ...filter, python: false };
    return functionHeat(this.data, atOnce(stackSums(this.data, this.#sampled, recorded, sampleRange(this.data, this.#sampled, filter, this.#masks))), sameFunctions(this.data, fn));
  }

  #keep(key: string, tree: FrameTree | undefined): FrameTree | undefined {
    if (tree === undefined) return undefined;
    if (this.#trees.size >= MOST_TREES) this.#trees.delete(this.#trees.keys().next().value!);
    this.#trees.set(key, tree);
    return tree;
  }
}
