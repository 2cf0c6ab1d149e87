// From a resolved sample to a node of the export's tree of stacks.

import type { Pipeline } from '../profile/pipeline.ts';
import type { ResolvedSample } from '../profile/resolved-sample.ts';
import type { StackTable } from '../profile/stack-table.ts';
import { usefulDepth } from '../profile/weighted-stacks.ts';
import type { CodeTable } from './code-table.ts';
import { BothViews } from './both-views.ts';
import { PlaceMaker } from './place-maker.ts';
import { PythonStacks } from './python-stacks.ts';

export class StackMaker {
  readonly #pipeline: Pipeline;
  readonly #stacks: StackTable;
  readonly #places: PlaceMaker;
  readonly #python: PythonStacks | undefined;
  readonly #beside: BothViews | undefined;
  // The stack before, from the outermost location: most begin like it (STYLE 3.11).
  #locations = new Int32Array(256);
  #nodes = new Int32Array(256);
  #depth = 0;

  /** `python`: stacks are folded to Python's own view of them; `both`: they are whole, and that view is made in the end. */
  constructor(pipeline: Pipeline, code: CodeTable, stacks: StackTable, byAddress: boolean, python: boolean | 'both') {
    this.#pipeline = pipeline;
    this.#stacks = stacks;
    this.#places = new PlaceMaker(pipeline, code, byAddress);
    this.#python = python === true ? new PythonStacks(pipeline, code, stacks) : undefined;
    this.#beside = python === 'both' ? new BothViews(pipeline, code, stacks) : undefined;
  }

  /** The node of a sample's stack; of its own address alone where none was recorded, 0 where that is missing too. */
  nodeOf(sample: ResolvedSample): number {
    const node = this.#wholeOf(sample);
    if (this.#beside !== undefined) this.#beside.note(node, sample, usefulDepth(sample, this.#pipeline.resolver));
    return this.#python === undefined ? node : this.#python.folded(node);
  }

  /** Of `both`: see ExportTables.pythonNodes. */
  pythonNodes(): Int32Array | undefined {
    return this.#beside?.nodes();
  }

  #wholeOf(sample: ResolvedSample): number {
    const { locations } = sample;
    const depth = usefulDepth(sample, this.#pipeline.resolver);
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

  #under(node: number, location: number): number {
    if (this.#python !== undefined) return this.#python.under(node, location);
    const all = this.#places;
    all.need(location);
    const end = all.end[location]!;
    for (let i = all.start[location]!; i < end; i++) node = this.#stacks.child(node, all.places[i]!);
    return node;
  }
}
