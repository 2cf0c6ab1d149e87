// The call chains of a histogram's rows as prefix trees, in columns: one tree for each row of sampled functions, of all chains of
// its samples (FORMAT 3.8, "Building"). A child has a higher number than its parent, so every total is one loop from the end.
// The rows of callers need no trees of their own: theirs are branches of these.
// Most of a report's time is spent here, in loops that run once: columns are held in locals, since such loops begin uncompiled.

import { mixed } from '../bytes/mixing.ts';
import type { Tallies } from './profile.ts';
import type { StackTable } from './stack-table.ts';

/** `caller`: from the outermost frame inwards, as stacks are kept. `callee`: from the sampled function outwards. */
export type ChainOrder = 'caller' | 'callee';

const NONE = -1;

export class ChainForest {
  length = 0;
  /** Of each node; NONE (-1) for the root of a tree. */
  parent: Int32Array = new Int32Array(0);
  /** Index in the FrameTable, of the first frame where a node is a run; -1 for the root of a tree, which stands for the empty chain. */
  frame: Int32Array = new Int32Array(0);
  /** Period of the chains that run through the node. Of a root: of all chains, empty ones excepted. */
  period: Float64Array = new Float64Array(0);
  /** Likewise of latency; empty where the tallies have none. */
  latency: Float64Array = new Float64Array(0);
  /** Number of samples whose chains run through the node. */
  samples: Float64Array = new Float64Array(0);
  /** The first tally, in order of time, whose chain runs through the node. */
  firstTally: Int32Array = new Int32Array(0);
  /** Frames in the longest chain from here on, this one included; not to be used where nodes are runs. */
  height: Int32Array = new Int32Array(0);
  firstChild: Int32Array = new Int32Array(0);
  nextSibling: Int32Array = new Int32Array(0);
  readonly #stacks: StackTable;
  readonly #tallies: Tallies;
  readonly #order: ChainOrder;
  // Where nodes are runs: of each node of the stacks the first of its run, and of each node of this forest the last one's stack.
  readonly #inRuns: boolean;
  #runStart: Int32Array | undefined;
  #runEnd: Int32Array = new Int32Array(0);
  // Order caller: node of this forest for a node of the stacks, of the present tree if it is not below that tree's root.
  readonly #nodeOf: Int32Array;
  #path: Int32Array = new Int32Array(0);
  // Order callee: open addressing over (parent, frame); 0 is empty, else node + 1.
  #slots: Int32Array = new Int32Array(0);

  /**
   * With `inRuns`, frames between which no stack branches off or ends are one node, which saves most of them; that is of no use
   * where a chain may begin at any frame. Only in order `caller`.
   */
  constructor(stacks: StackTable, tallies: Tallies, order: ChainOrder, inRuns: boolean) {
    this.#stacks = stacks;
    this.#tallies = tallies;
    this.#order = order;
    this.#inRuns = inRuns && order === 'caller';
    this.#nodeOf = new Int32Array(order === 'caller' ? stacks.length : 0).fill(NONE);
  }

  /** Plants the tree of the chains of some tallies, given in ascending order, and returns its root. */
  plant(tallies: Int32Array): number {
    if (this.#inRuns) this.#runStart ??= runStarts(this.#stacks, this.#tallies);
    this.#reserve(tallies);
    const root = this.length++;
    this.parent[root] = NONE;
    this.frame[root] = -1;
    this.firstTally[root] = tallies[0] ?? 0;
    if (this.#order === 'caller') this.#plantInwards(root, tallies);
    else this.#plantOutwards(root, tallies);
    return root;
  }

  /** Room for the tree if no two of its chains had anything in common. */
  #reserve(tallies: Int32Array): void {
    const { depth } = this.#stacks;
    const { stack } = this.#tallies;
    let needed = this.length + 1;
    let deepest = 0;
    for (let i = 0; i < tallies.length; i++) {
      const frames = depth[stack[tallies[i]!]!]!;
      needed += frames;
      if (frames > deepest) deepest = frames;
    }
    if (this.#path.length < deepest) this.#path = new Int32Array(deepest);
    if (needed <= this.parent.length) return;
    // Rows share most of their chains: as a first guess, each node of the stacks twice.
    const size = Math.max(needed, this.parent.length * 2, this.#stacks.length * 2);
    this.parent = resized(this.parent, new Int32Array(size));
    this.frame = resized(this.frame, new Int32Array(size));
    this.period = resized(this.period, new Float64Array(size));
    this.samples = resized(this.samples, new Float64Array(size));
    if (this.#tallies.latency !== undefined) this.latency = resized(this.latency, new Float64Array(size));
    this.firstTally = resized(this.firstTally, new Int32Array(size));
    if (this.#inRuns) this.#runEnd = resized(this.#runEnd, new Int32Array(size));
  }

  /** Walks up each stack to the first node that the tree has already, then makes what is missing below it. */
  #plantInwards(root: number, tallies: Int32Array): void {
    const { parent: outer, frame: frameOf } = this.#stacks;
    const { stack, period, samples, latency } = this.#tallies;
    const [parents, frames, periods, counts, firsts] = [this.parent, this.frame, this.period, this.samples, this.firstTally];
    const latencies = this.latency;
    const [runStart, runEnds] = [this.#runStart, this.#runEnd];
    const nodeOf = this.#nodeOf;
    const path = this.#path;
    let length = this.length;
    for (let i = 0; i < tallies.length; i++) {
      const tally = tallies[i]!;
      let at = stack[tally]!;
      if (at === 0) continue;
      let missing = 0;
      while (at !== 0 && nodeOf[at]! < root) {
        path[missing++] = at;
        at = outer[runStart === undefined ? at : runStart[at]!]!;
      }
      let node = at === 0 ? root : nodeOf[at]!;
      while (missing > 0) {
        const next = path[--missing]!;
        parents[length] = node;
        if (runStart === undefined) frames[length] = frameOf[next]!;
        else {
          frames[length] = frameOf[runStart[next]!]!;
          runEnds[length] = next;
        }
        firsts[length] = tally;
        nodeOf[next] = length;
        node = length++;
      }
      periods[node]! += period[tally]!;
      counts[node]! += samples[tally]!;
      if (latency !== undefined) latencies[node]! += latency[tally]!;
    }
    this.length = length;
  }

  #plantOutwards(root: number, tallies: Int32Array): void {
    const { parent: outer, frame: frameOf } = this.#stacks;
    const { stack, period, samples, latency } = this.#tallies;
    for (let i = 0; i < tallies.length; i++) {
      const tally = tallies[i]!;
      let node = root;
      for (let at = stack[tally]!; at !== 0; at = outer[at]!) node = this.#child(node, frameOf[at]!, tally);
      if (node === root) continue;
      this.period[node]! += period[tally]!;
      this.samples[node]! += samples[tally]!;
      if (latency !== undefined) this.latency[node]! += latency[tally]!;
    }
  }

  #child(parent: number, frame: number, tally: number): number {
    if (this.length * 2 >= this.#slots.length) this.#growSlots();
    const mask = this.#slots.length - 1;
    let slot = mixed(parent, frame) & mask;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const node = this.#slots[slot]! - 1;
      if (this.parent[node] === parent && this.frame[node] === frame) return node;
    }
    const node = this.length++;
    this.parent[node] = parent;
    this.frame[node] = frame;
    this.firstTally[node] = tally;
    this.#slots[slot] = node + 1;
    return node;
  }

  #growSlots(): void {
    const slots = new Int32Array(Math.max(this.#slots.length * 4, 4096));
    const mask = slots.length - 1;
    const { parent, frame } = this;
    for (let node = 0; node < this.length; node++) {
      if (parent[node] === NONE) continue;
      let slot = mixed(parent[node]!, frame[node]!) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = node + 1;
    }
    this.#slots = slots;
  }

  /** To be called once, when all trees are planted: totals, heights, lists of children. */
  finish(): void {
    const count = this.length;
    const { parent, period, samples } = this;
    const height = new Int32Array(count);
    const firstChild = new Int32Array(count).fill(NONE);
    const nextSibling = new Int32Array(count).fill(NONE);
    for (let node = count - 1; node >= 0; node--) {
      const above = parent[node]!;
      if (above === NONE) continue;
      const frames = height[node]! + 1;
      height[node] = frames;
      if (frames > height[above]!) height[above] = frames;
      period[above]! += period[node]!;
      samples[above]! += samples[node]!;
      nextSibling[node] = firstChild[above]!;
      firstChild[above] = node;
    }
    if (this.#tallies.latency !== undefined) sumUp(parent, this.latency, count);
    this.height = height;
    this.firstChild = firstChild;
    this.nextSibling = nextSibling;
  }

  /** Appends the frames of a node, in chain order. */
  addFrames(node: number, to: number[]): void {
    if (this.#runStart === undefined) {
      to.push(this.frame[node]!);
      return;
    }
    const from = to.length;
    const end = this.#runEnd[node]!;
    const start = this.#runStart[end]!;
    for (let at = end; ; at = this.#stacks.parent[at]!) {
      to.push(this.#stacks.frame[at]!);
      if (at === start) break;
    }
    for (let low = from, high = to.length - 1; low < high; low++, high--) [to[low], to[high]] = [to[high]!, to[low]!];
  }
}

function sumUp(parent: Int32Array, column: Float64Array, count: number): void {
  for (let node = count - 1; node >= 0; node--) if (parent[node] !== NONE) column[parent[node]!]! += column[node]!;
}

/** Of each stack the outermost one of its run: none but the last of a run has several children, or a tally. */
function runStarts(stacks: StackTable, tallies: Tallies): Int32Array {
  const { parent, length } = stacks;
  // 0 or 1 child; 2: several, or a tally, or the root.
  const ways = new Uint8Array(length);
  ways[0] = 2;
  for (let tally = 0; tally < tallies.length; tally++) ways[tallies.stack[tally]!] = 2;
  for (let node = 1; node < length; node++) if (ways[parent[node]!]! < 2) ways[parent[node]!]!++;
  const starts = new Int32Array(length);
  for (let node = 1; node < length; node++) starts[node] = ways[parent[node]!] === 1 ? starts[parent[node]!]! : node;
  return starts;
}

function resized<T extends Int32Array | Float64Array>(column: T, larger: T): T {
  larger.set(column);
  return larger;
}
