// From a resolved sample to a node of the export's tree of stacks.

import { FrameFlag } from '../profile/frame-table.ts';
import type { Pipeline } from '../profile/pipeline.ts';
import { StackSource, type ResolvedSample } from '../profile/resolved-sample.ts';
import type { StackTable } from '../profile/stack-table.ts';
import type { CodeTable } from './code-table.ts';
import { PlaceMaker } from './place-maker.ts';

export class StackMaker {
  readonly #pipeline: Pipeline;
  readonly #stacks: StackTable;
  readonly #places: PlaceMaker;
  // The stack before, from the outermost location: most begin like it (STYLE 3.11).
  #locations = new Int32Array(256);
  #nodes = new Int32Array(256);
  #depth = 0;

  constructor(pipeline: Pipeline, code: CodeTable, stacks: StackTable, byAddress: boolean) {
    this.#pipeline = pipeline;
    this.#stacks = stacks;
    this.#places = new PlaceMaker(pipeline, code, byAddress);
  }

  /** The node of a sample's stack; of its own address alone where none was recorded, 0 where that is missing too. */
  nodeOf(sample: ResolvedSample): number {
    const { locations } = sample;
    const depth = this.#usefulDepth(sample);
    if (depth === 0) return sample.leaf < 0 ? 0 : this.#under(0, sample.leaf);
    if (depth > this.#locations.length) {
      this.#locations = new Int32Array(depth * 2);
      this.#nodes = new Int32Array(depth * 2);
      this.#depth = 0;
    }
    const shared = Math.min(depth, this.#depth);
    let i = 0;
    while (i < shared && this.#locations[i] === locations[depth - 1 - i]) i++;
    let node = i === 0 ? 0 : this.#nodes[i - 1]!;
    for (; i < depth; i++) {
      const location = locations[depth - 1 - i]!;
      node = this.#under(node, location);
      this.#locations[i] = location;
      this.#nodes[i] = node;
    }
    this.#depth = depth;
    return node;
  }

  /**
   * Without what chains of frame pointers have behind their end: addresses of no code (DESIGN 13). The innermost frame of the program
   * stays, whatever it is.
   */
  #usefulDepth({ source, depth, kernelDepth, locations }: ResolvedSample): number {
    if (source !== StackSource.FramePointers) return depth;
    const { locations: table, frames } = this.#pipeline.resolver;
    let end = depth;
    while (end - 1 > kernelDepth) {
      const location = locations[end - 1]!;
      if (table.module[location]! >= 0 || (frames.flags[table.frame[location]!]! & FrameFlag.NamelessJit) !== 0) break;
      end--;
    }
    return end;
  }

  #under(node: number, location: number): number {
    const all = this.#places;
    all.need(location);
    const end = all.end[location]!;
    for (let i = all.start[location]!; i < end; i++) node = this.#stacks.child(node, all.places[i]!);
    return node;
  }
}
