// Whole stacks with Python's own view beside them (ExportWalk.python `both`): each distinct stack is noted as its frames when it is first met,
// and all are folded together in the end.

import { grown } from '../bytes/sorted.ts';
import type { Pipeline } from '../profile/pipeline.ts';
import type { ResolvedSample } from '../profile/resolved-sample.ts';
import type { StackTable } from '../profile/stack-table.ts';
import type { CodeTable } from './code-table.ts';
import { PythonStacks } from './python-stacks.ts';

export class BothViews {
  readonly #python: PythonStacks;
  readonly #stacks: StackTable;
  /** By node of the export's tree: the node of the same stack as frames; 0 where it is not the whole stack of a sample. */
  #frames = new Int32Array(1024);
  /** The nodes that are. */
  readonly #noted: number[] = [];

  constructor(pipeline: Pipeline, code: CodeTable, stacks: StackTable) {
    this.#python = new PythonStacks(pipeline, code, stacks);
    this.#stacks = stacks;
  }

  /** `node` is the whole stack of a sample: its `depth` outer ends, or its own address alone where that is 0. */
  note(node: number, { locations, leaf }: ResolvedSample, depth: number): void {
    if (node === 0) return;
    while (node >= this.#frames.length) this.#frames = grown(this.#frames);
    if (this.#frames[node] !== 0) return;
    let last = depth === 0 ? this.#python.under(0, leaf) : 0;
    for (let i = depth - 1; i >= 0; i--) last = this.#python.under(last, locations[i]!);
    this.#frames[node] = last;
    this.#noted.push(node);
  }

  /** See ExportTables.pythonNodes. */
  nodes(): Int32Array | undefined {
    const folded = this.#python.foldedAll(this.#noted.map((node) => this.#frames[node]!));
    if (folded === undefined) return undefined;
    const nodes = new Int32Array(this.#stacks.length);
    this.#noted.forEach((node, i) => (nodes[node] = folded[i]! < 0 ? node : folded[i]!));
    return nodes;
  }
}
