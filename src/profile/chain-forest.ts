// The call chains of a histogram's rows as prefix trees, in columns: one tree for each row of sampled functions, of all chains of
// its samples (FORMAT 3.8, "Building"). A child has a higher number than its parent, so every total is one loop from the end.
// The rows of callers need no trees of their own: theirs are branches of these.

import { grown } from '../bytes/sorted.ts';
import type { Tallies } from './profile.ts';
import type { StackTable } from './stack-table.ts';

/** `caller`: from the outermost frame inwards, as stacks are kept. `callee`: from the sampled function outwards. */
export type ChainOrder = 'caller' | 'callee';

const NONE = -1;

export class ChainForest {
  length = 0;
  /** Of each node; NONE (-1) for the root of a tree. */
  parent: Int32Array = new Int32Array(1024);
  /** Index in the FrameTable; -1 for the root of a tree, which stands for the empty chain. */
  frame: Int32Array = new Int32Array(1024);
  /** Period of the chains that run through the node. Of a root: of all chains, empty ones excepted. */
  period: Float64Array = new Float64Array(1024);
  /** Number of samples whose chains run through the node. */
  samples: Float64Array = new Float64Array(1024);
  /** Frames in the longest chain from here on, this one included. */
  height: Int32Array = new Int32Array(1024);
  /** The first tally, in order of time, whose chain runs through the node. */
  firstTally: Int32Array = new Int32Array(1024);
  firstChild: Int32Array = new Int32Array(0);
  nextSibling: Int32Array = new Int32Array(0);
  readonly #stacks: StackTable;
  readonly #order: ChainOrder;
  // Node of this forest for a node of the stacks, valid where the mark is the present tree's root + 1.
  readonly #nodeOf: Int32Array;
  readonly #mark: Int32Array;
  #path: Int32Array = new Int32Array(256);
  // Order callee: open addressing over (parent, frame), 0 is empty, else node + 1.
  #slots: Int32Array = new Int32Array(0);

  constructor(stacks: StackTable, order: ChainOrder) {
    this.#stacks = stacks;
    this.#order = order;
    const inOrder = order === 'caller';
    this.#nodeOf = new Int32Array(inOrder ? stacks.length : 0);
    this.#mark = new Int32Array(inOrder ? stacks.length : 0);
    if (!inOrder) this.#slots = new Int32Array(4096);
  }

  /** Begins the tree of a row and returns its root; `add` then fills it. */
  begin(tally: number): number {
    return this.#append(NONE, -1, tally);
  }

  /** Adds the chain of a tally to the tree begun last. Tallies of one tree come in ascending order. */
  add(root: number, tallies: Tallies, tally: number): void {
    const stack = tallies.stack[tally]!;
    if (stack === 0) return;
    const end = this.#order === 'caller' ? this.#addInwards(root, stack, tally) : this.#addOutwards(root, stack, tally);
    this.period[end]! += tallies.period[tally]!;
    this.samples[end]! += tallies.samples[tally]!;
  }

  /** Walks up to the first node that the tree has already, then makes what is missing below it. */
  #addInwards(root: number, stack: number, tally: number): number {
    const { parent, frame } = this.#stacks;
    const mark = root + 1;
    let length = 0;
    let at = stack;
    while (at !== 0 && this.#mark[at] !== mark) {
      if (length === this.#path.length) this.#path = grown(this.#path);
      this.#path[length++] = at;
      at = parent[at]!;
    }
    let node = at === 0 ? root : this.#nodeOf[at]!;
    while (length > 0) {
      const next = this.#path[--length]!;
      node = this.#append(node, frame[next]!, tally);
      this.#nodeOf[next] = node;
      this.#mark[next] = mark;
    }
    return node;
  }

  #addOutwards(root: number, stack: number, tally: number): number {
    const { parent, frame } = this.#stacks;
    let node = root;
    for (let at = stack; at !== 0; at = parent[at]!) node = this.#child(node, frame[at]!, tally);
    return node;
  }

  #child(parent: number, frame: number, tally: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash(parent, frame) & mask;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const node = this.#slots[slot]! - 1;
      if (this.parent[node] === parent && this.frame[node] === frame) return node;
    }
    const node = this.#append(parent, frame, tally);
    this.#slots[slot] = node + 1;
    if (this.length * 2 > this.#slots.length) this.#growSlots();
    return node;
  }

  #growSlots(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let node = 0; node < this.length; node++) {
      if (this.parent[node] === NONE) continue;
      let slot = hash(this.parent[node]!, this.frame[node]!) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = node + 1;
    }
    this.#slots = slots;
  }

  #append(parent: number, frame: number, tally: number): number {
    if (this.length === this.parent.length) {
      this.parent = grown(this.parent);
      this.frame = grown(this.frame);
      this.period = grown(this.period);
      this.samples = grown(this.samples);
      this.height = grown(this.height);
      this.firstTally = grown(this.firstTally);
    }
    const node = this.length++;
    this.parent[node] = parent;
    this.frame[node] = frame;
    this.firstTally[node] = tally;
    return node;
  }

  /** Frames from the root of the tree to the node, this one included. */
  depthOf(node: number): number {
    let depth = 0;
    for (let at = this.parent[node]!; at >= 0; at = this.parent[at]!) depth++;
    return depth;
  }

  /** To be called once, when all trees are filled: totals, heights, lists of children. */
  finish(): void {
    this.firstChild = new Int32Array(this.length).fill(NONE);
    this.nextSibling = new Int32Array(this.length).fill(NONE);
    for (let node = this.length - 1; node >= 0; node--) {
      const parent = this.parent[node]!;
      const height = this.frame[node] === -1 ? this.height[node]! : ++this.height[node]!;
      if (parent === NONE) continue;
      this.period[parent]! += this.period[node]!;
      this.samples[parent]! += this.samples[node]!;
      if (height > this.height[parent]!) this.height[parent] = height;
      this.nextSibling[node] = this.firstChild[parent]!;
      this.firstChild[parent] = node;
    }
  }
}

function hash(parent: number, frame: number): number {
  const mixed = Math.imul(parent, 0x9e3779b1) ^ Math.imul(frame, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
