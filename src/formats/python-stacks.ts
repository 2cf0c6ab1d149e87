// Python's own view in exports (profile/python/): each stack is folded when it is first met, so that formats written as samples come have it too.

import type { Pipeline } from '../profile/pipeline.ts';
import { isInterpreter } from '../profile/python/interpreter.ts';
import { profileOfSamples, StackFolder } from '../profile/python/folded-stack.ts';
import { pythonView } from '../profile/python/python-view.ts';
import { stackFrame, type StackFrame } from '../profile/stack-frame.ts';
import { StackTable } from '../profile/stack-table.ts';
import { CodeKind, type CodeTable } from './code-table.ts';
import { codeKind, moduleNumber } from './frame-code.ts';
import { functionKey } from './place-maker.ts';
import { wellFormed } from './well-formed.ts';

export class PythonStacks {
  readonly #pipeline: Pipeline;
  readonly #code: CodeTable;
  readonly #stacks: StackTable;
  readonly #folder: StackFolder;
  /** Whole stacks, of frames of the recording's table. */
  readonly #whole = new StackTable();
  /** By node of these: the node of the export's tree + 1. */
  readonly #folded: number[] = [];

  constructor(pipeline: Pipeline, code: CodeTable, stacks: StackTable) {
    this.#pipeline = pipeline;
    this.#code = code;
    this.#stacks = stacks;
    this.#folder = new StackFolder(pipeline.resolver.frames, pipeline.file.wide);
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
    return this.#folder.fold(path).reduce((outer, { frame: kept }) => this.#stacks.child(outer, this.#placeOf(kept)), 0);
  }

  /**
   * The nodes of the export's tree for many nodes of the tree of whole stacks, made together; -1 for stacks that hold nothing of Python's.
   * Undefined where none does.
   */
  foldedAll(nodes: readonly number[]): readonly number[] | undefined {
    const { frames } = this.#pipeline.resolver;
    const { parent, frame, length } = this.#whole;
    const shown = Array.from({ length: frames.length }, (_, number) => stackFrame(frames, number));
    const isPython = shown.map((one) => one.kind === 'python' || isInterpreter(one));
    const holds = new Uint8Array(length);
    for (let node = 1; node < length; node++) holds[node] = holds[parent[node]!]! | (isPython[frame[node]!]! ? 1 : 0);
    const rows = Int32Array.from(nodes.filter((node) => holds[node] === 1));
    if (rows.length === 0) return undefined;
    const view = pythonView({ profile: profileOfSamples(frames, this.#pipeline.file.wide, rows.length), frames: shown, stacks: this.#whole, rows: [rows] });
    const places = view.frames.map((one) => this.#placeOf(one));
    const made = new Int32Array(view.stacks.length);
    for (let node = 1; node < made.length; node++) made[node] = this.#stacks.child(made[view.stacks.parent[node]!]!, places[view.stacks.frame[node]!]!);
    let row = 0;
    return nodes.map((node) => (holds[node] === 1 ? made[view.rows[0]![row++]!]! : -1));
  }

  #placeOf(frame: StackFrame): number {
    const code = this.#code;
    const name = wellFormed(frame.name);
    const file = wellFormed(frame.file);
    const module = moduleNumber(code, frame.module);
    const kind = codeKind(frame);
    const symbol = wellFormed(frame.symbol);
    // Beside whole stacks a function that the view leaves as it is is the same.
    const whole = frame.kind === 'inlined' || symbol === '' ? undefined : code.knownFunction(functionKey(kind, module, frame.start, symbol));
    const key = kind === CodeKind.Python ? `view p ${name}\0${file}` : `view ${kind} ${module} ${name}`;
    return code.place(whole ?? code.functionOf(key, () => ({ name, symbol, file, module, kind })), -1, 0, -1);
  }
}
