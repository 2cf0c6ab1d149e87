// Stacks by functions instead of places, as flame graphs and trees show them: a prefix tree in columns, made once for each way of showing
// (what is hidden, which end is the root), whatever the samples weigh. Node 0 is the root; a child has a higher number than its parent.

import { CodeKind } from '../../formats/code-table.ts';
import { StackTable } from '../../profile/stack-table.ts';
import type { PageData } from '../data/page-data.ts';

/** Nodes between two looks at the clock. */
const STEP = 16_384;

/** What of a stack is shown. */
export interface TreeShape {
  readonly native: boolean;
  readonly kernel: boolean;
}

export interface FrameTree {
  readonly length: number;
  readonly parent: Int32Array;
  /** Twice the index of the function in PageData.functions, one more where it was inlined into its caller; of node 0 nothing. */
  readonly frame: Int32Array;
  readonly depth: Int32Array;
  /** By node of PageData.stacks the node here at which such a stack ends; -1 where the tree does not have it. */
  readonly ends: Int32Array;
  /** Children of node n: `children` from `firstChild[n]` to before `firstChild[n + 1]`. */
  readonly firstChild: Int32Array;
  readonly children: Int32Array;
  /** 1 where no node above has the same function: what counts a function once a stack. */
  readonly outermost: Uint8Array;
}

/** A computation in slices: it can be left at each `yield`. */
export type Sliced<T> = Generator<undefined, T>;

/** The tree with the outermost functions first. */
export function* callerTree(data: PageData, { native, kernel }: TreeShape): Sliced<FrameTree> {
  const { functions, places, stacks } = data;
  const hidden = new Uint8Array(functions.length);
  functions.forEach(({ kind }, index) => {
    if ((!kernel && kind === CodeKind.Kernel) || (!native && (kind === CodeKind.Native || kind === CodeKind.Unknown))) hidden[index] = 1;
  });
  const table = new StackTable();
  const ends = new Int32Array(stacks.length);
  for (let node = 1; node < stacks.length; node++) {
    if (node % STEP === 0) yield;
    const place = stacks.place[node]!;
    const fn = places.function[place]!;
    const above = ends[stacks.parent[node]!]!;
    ends[node] = hidden[fn] === 1 ? above : table.child(above, 2 * fn + (places.outer[place]! >= 0 ? 1 : 0));
  }
  return yield* finished(table, ends, functions.length);
}

/** The tree with the sampled functions first, of the stacks at the nodes that `isEnd` marks. */
export function* sampledTree(data: PageData, callers: FrameTree, isEnd: Uint8Array): Sliced<FrameTree> {
  const table = new StackTable();
  const turned = new Int32Array(callers.length).fill(-1);
  const ends = new Int32Array(data.stacks.length).fill(-1);
  let steps = 0;
  for (let node = 0; node < ends.length; node++) {
    if (isEnd[node] !== 1) continue;
    const from = callers.ends[node]!;
    if (turned[from]! < 0) {
      let end = 0;
      for (let at = from; at !== 0; at = callers.parent[at]!) {
        end = table.child(end, callers.frame[at]!);
        if (++steps % STEP === 0) yield;
      }
      turned[from] = end;
    }
    ends[node] = turned[from]!;
  }
  return yield* finished(table, ends, data.functions.length);
}

/** Marks the nodes at which samples end, as they are shown. */
export function sampledNodes({ stacks }: PageData, nodes: Int32Array, python: boolean): Uint8Array {
  const isEnd = new Uint8Array(stacks.length);
  const view = python ? stacks.python : undefined;
  for (const node of nodes) isEnd[view === undefined ? node : view[node]!] = 1;
  return isEnd;
}

function* finished(table: StackTable, ends: Int32Array, functions: number): Sliced<FrameTree> {
  const { length } = table;
  const [parent, frame, depth] = [table.parent.slice(0, length), table.frame.slice(0, length), table.depth.slice(0, length)];
  const firstChild = new Int32Array(length + 1);
  for (let node = 1; node < length; node++) firstChild[parent[node]! + 1]!++;
  for (let node = 0; node < length; node++) firstChild[node + 1]! += firstChild[node]!;
  const next = firstChild.slice();
  const children = new Int32Array(length - 1);
  for (let node = 1; node < length; node++) children[next[parent[node]!]!++] = node;
  yield;
  const outermost = yield* outermostNodes({ length, parent, frame, firstChild, children }, functions);
  return { length, parent, frame, depth, ends, firstChild, children, outermost };
}

/** Depth first, counting how often each function is on the way from the root. */
function* outermostNodes({ length, parent, frame, firstChild, children }: Pick<FrameTree, 'length' | 'parent' | 'frame' | 'firstChild' | 'children'>, functions: number): Sliced<Uint8Array> {
  const outermost = new Uint8Array(length);
  const open = new Int32Array(functions);
  const at = firstChild.slice(0, length);
  let node = 0;
  for (let steps = 1; ; steps++) {
    if (steps % STEP === 0) yield;
    const index = at[node]!++;
    if (index < firstChild[node + 1]!) {
      node = children[index]!;
      if (open[frame[node]! >> 1]!++ === 0) outermost[node] = 1;
    } else if (node === 0) {
      return outermost;
    } else {
      open[frame[node]! >> 1]!--;
      node = parent[node]!;
    }
  }
}
