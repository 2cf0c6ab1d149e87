// Python's own view in exports (profile/python/): each stack is folded when it is first met, so that formats written as samples come have it too.
// Folding looks at one stack alone, whatever others there are.

import type { Pipeline } from '../profile/pipeline.ts';
import type { Profile } from '../profile/profile.ts';
import { pythonView } from '../profile/python/python-view.ts';
import { stackFrame, type StackFrame } from '../profile/stack-frame.ts';
import { StackTable } from '../profile/stack-table.ts';
import { CodeKind, type CodeTable } from './code-table.ts';
import { codeKind, moduleNumber } from './frame-code.ts';
import { wellFormed } from './well-formed.ts';

export class PythonStacks {
  readonly #pipeline: Pipeline;
  readonly #code: CodeTable;
  readonly #stacks: StackTable;
  readonly #profile: Profile;
  /** Whole stacks, of frames of the recording's table. */
  readonly #whole = new StackTable();
  /** By node of these: the node of the export's tree + 1. */
  readonly #folded: number[] = [];

  constructor(pipeline: Pipeline, code: CodeTable, stacks: StackTable) {
    this.#pipeline = pipeline;
    this.#code = code;
    this.#stacks = stacks;
    this.#profile = profileOfOne(pipeline);
  }

  /** The node, in a tree of whole stacks, of what lies under `node` at a location. */
  under(node: number, location: number): number {
    const { sources, resolver } = this.#pipeline;
    if (sources === undefined) return this.#whole.child(node, resolver.locations.frame[location]!);
    for (let entry = sources.first[location + 1]! - 1; entry >= sources.first[location]!; entry--) node = this.#whole.child(node, sources.frame[entry]!);
    return node;
  }

  /** The node of the export's tree for a node of the tree of whole stacks. */
  folded(node: number): number {
    return (this.#folded[node] ??= this.#fold(node));
  }

  #fold(node: number): number {
    const { frames } = this.#pipeline.resolver;
    const path: StackFrame[] = [];
    for (let next = node; next > 0; next = this.#whole.parent[next]!) path.push(stackFrame(frames, this.#whole.frame[next]!));
    path.reverse();
    const stacks = new StackTable();
    let last = 0;
    path.forEach((_, index) => (last = stacks.child(last, index)));
    const view = pythonView({ profile: this.#profile, frames: path, stacks, rows: [Int32Array.of(last)] });
    const left: number[] = [];
    for (let next = view.rows[0]![0]!; next > 0; next = view.stacks.parent[next]!) left.push(this.#placeOf(view.frames[view.stacks.frame[next]!]!));
    return left.reduceRight((outer, place) => this.#stacks.child(outer, place), 0);
  }

  #placeOf(frame: StackFrame): number {
    const code = this.#code;
    const name = wellFormed(frame.name);
    const file = wellFormed(frame.file);
    const module = moduleNumber(code, frame.module);
    const kind = codeKind(frame);
    const key = kind === CodeKind.Python ? `view p ${name}\0${file}` : `view ${kind} ${module} ${name}`;
    return code.place(code.functionOf(key, () => ({ name, symbol: wellFormed(frame.symbol), file, module, kind })), -1, 0, -1);
  }
}

/** Of one sample, of which the view asks only whether it waits. */
function profileOfOne({ resolver, file }: Pipeline): Profile {
  const tallies = { length: 1, thread: new Int32Array(1), leaf: new Int32Array(1), mode: new Uint8Array(1), stack: new Int32Array(1), comm: new Int32Array(1), samples: new Float64Array(1), period: new Float64Array(1) };
  return {
    events: [{ name: '', hasChains: true, leader: 0, samples: 1, period: 1, tallies }],
    frames: resolver.frames,
    stacks: new StackTable(),
    wide: file.wide,
    threads: [{ pid: 1, tid: 1, comm: 0 }],
    comms: [''],
    lostSamples: 0,
    fromPipe: false,
  };
}
