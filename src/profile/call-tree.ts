// The call graph of one row (FORMAT 3.8, "Callchain print"): branches of the chain forest laid over each other, functions without a
// branching between them drawn together, small nodes left out, siblings in order.
// Nodes below the limit are counted and never opened, so the cost is that of what is shown.

import type { WideAddresses } from '../bytes/int64.ts';
import { compareUnsigned } from './address-order.ts';
import type { ChainForest } from './chain-forest.ts';
import { FrameFlag, type FrameTable } from './frame-table.ts';

/** A run of frames in which no chain branches off or ends. */
export interface CallNode {
  /** Indices in the FrameTable, in chain order; empty for the root of a graph. */
  readonly frames: readonly number[];
  /** Period and number of the samples whose chains run through the node. */
  readonly period: number;
  readonly samples: number;
  /** Of those, what ends here. */
  readonly ownPeriod: number;
  readonly ownSamples: number;
  /** Those that reach the limit, largest first. */
  readonly children: readonly CallNode[];
}

/**
 * Which nodes are kept. `periods`: those of at least so much; `ratio`: those of at least this part of what all siblings have
 * together (0.005 is half a percent), rounded up.
 */
export type CallTreeLimit = { readonly periods: number } | { readonly ratio: number };

/** Where a row's chains begin: at the root of its own tree, and at nodes in the trees of functions that it called. */
export interface ChainStart {
  /** Root of a tree of the forest, or -1. */
  readonly root: number;
  /** Nodes of the forest, each the first frame of its chains. */
  readonly nodes: readonly number[];
}

/** Nodes of the forest that are one node of the graph: same frame, same path. */
interface Merged {
  readonly frame: number;
  readonly members: number[];
  readonly period: number;
  readonly samples: number;
}

/** What hangs below a node: those that are kept, and the sums over all. */
interface Branches {
  readonly kept: Merged[];
  readonly count: number;
  readonly period: number;
  readonly samples: number;
}

/** A frame on the way of a run: the nodes of the forest it stands for, and where it stands in the run. */
interface Step {
  readonly members: readonly number[];
  readonly from: number;
}

interface Shared extends Step {
  readonly node: Growing;
}

/** Fewer nodes are laid over each other faster than they are looked up; */
const FEWEST_REMEMBERED = 8;
/** but not runs of more frames: each of their functions has a row, and follows the rest of the run again. */
const LONG_RUN = 64;
/** Bounds the memory for what is remembered, in nodes of the forest. */
const MOST_REMEMBERED = 131_072;

type Growing = { -readonly [K in keyof CallNode]: K extends 'children' | 'frames' ? (CallNode[K] extends readonly (infer T)[] ? T[] : never) : CallNode[K] };

export class CallTrees {
  readonly #frames: FrameTable;
  readonly #wide: WideAddresses;
  readonly #forest: ChainForest;
  readonly #limit: CallTreeLimit;
  /** Frames of which some stand for others; undefined where each stands for itself. */
  readonly #merged: Int32Array | undefined;
  // By frame, valid where the mark is that of the present merge: sums, and the index among the kept, or -1.
  readonly #period: Float64Array;
  readonly #samples: Float64Array;
  readonly #at: Int32Array;
  readonly #mark: Int32Array;
  #marks = 0;
  readonly #shared = new Map<number, Shared>();
  #remembered = 0;
  // The frames of the present merge.
  readonly #distinct: Int32Array;

  constructor(frames: FrameTable, wide: WideAddresses, forest: ChainForest, limit: CallTreeLimit) {
    this.#frames = frames;
    this.#wide = wide;
    this.#forest = forest;
    this.#limit = limit;
    this.#merged = frames.merged();
    this.#period = new Float64Array(frames.length);
    this.#samples = new Float64Array(frames.length);
    this.#distinct = new Int32Array(frames.length);
    this.#at = new Int32Array(frames.length);
    this.#mark = new Int32Array(frames.length);
  }

  /** The graph of a row. The root is no function: its children are where the chains begin. */
  of(start: ChainStart): CallNode {
    const top = this.#top(start);
    const root: Growing = { frames: [], period: top.period, samples: top.samples, ownPeriod: 0, ownSamples: 0, children: [] };
    const open: [Growing, Branches][] = [[root, top]];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [node, branches] = next;
      branches.kept.sort((a, b) => b.period - a.period || this.#compareSiblings(a.frame, b.frame));
      for (const merged of branches.kept) {
        const [child, below] = this.#run(merged);
        node.children.push(child);
        if (below !== undefined && below.kept.length > 0) open.push([child, below]);
      }
    }
    return root;
  }

  /** Follows a node inwards as long as every chain goes on to the same frame. What hangs below is undefined where it is done already. */
  #run(first: Merged): [Growing, Branches | undefined] {
    const frames: number[] = [];
    const steps: Step[] = [];
    for (let at = first; ; ) {
      const known = this.#known(at.members);
      if (known !== undefined) {
        const { frames: more, ...rest } = known.node;
        const node: Growing = { ...rest, frames: frames.concat(more.slice(known.from)) };
        this.#remember(steps, node);
        return [node, undefined];
      }
      steps.push({ members: at.members, from: frames.length });
      this.#forest.addFrames(at.members[0]!, frames);
      const below = this.#below(at.members);
      const next = below.kept[0];
      if (below.count === 1 && next !== undefined && below.samples === at.samples) {
        at = next;
        continue;
      }
      const node: Growing = {
        frames,
        period: first.period,
        samples: first.samples,
        ownPeriod: at.period - below.period,
        ownSamples: at.samples - below.samples,
        children: [],
      };
      this.#remember(steps, node);
      return [node, below];
    }
  }

  /**
   * The graph of a function that is always called the same way is a part of its caller's, met before: what hangs below the same
   * nodes of the forest is the same.
   */
  #known(members: readonly number[]): Shared | undefined {
    const shared = this.#shared.get(members[0]!);
    if (shared === undefined || shared.members.length !== members.length) return undefined;
    for (let i = 1; i < members.length; i++) if (shared.members[i] !== members[i]) return undefined;
    return shared;
  }

  #remember(steps: readonly Step[], node: Growing): void {
    for (const { members, from } of steps) {
      if ((members.length < FEWEST_REMEMBERED && steps.length < LONG_RUN) || this.#remembered > MOST_REMEMBERED) continue;
      this.#remembered += members.length;
      this.#shared.set(members[0]!, { members, node, from });
    }
  }

  #top(start: ChainStart): Branches {
    const { firstChild, nextSibling } = this.#forest;
    const heads = start.nodes.slice();
    if (start.root >= 0) for (let child = firstChild[start.root]!; child >= 0; child = nextSibling[child]!) heads.push(child);
    const marks = ++this.#marks;
    let count = 0;
    for (let i = 0; i < heads.length; i++) count = this.#count(heads[i]!, marks, count);
    const branches = this.#branches(count);
    if (branches.kept.length > 0) for (let i = 0; i < heads.length; i++) this.#keep(heads[i]!, branches.kept);
    return branches;
  }

  #below(members: readonly number[]): Branches {
    const { firstChild, nextSibling } = this.#forest;
    const marks = ++this.#marks;
    let count = 0;
    for (let i = 0; i < members.length; i++) {
      for (let child = firstChild[members[i]!]!; child >= 0; child = nextSibling[child]!) count = this.#count(child, marks, count);
    }
    const branches = this.#branches(count);
    if (branches.kept.length === 0) return branches;
    for (let i = 0; i < members.length; i++) {
      for (let child = firstChild[members[i]!]!; child >= 0; child = nextSibling[child]!) this.#keep(child, branches.kept);
    }
    return branches;
  }

  #frameOf(node: number): number {
    const frame = this.#forest.frame[node]!;
    return this.#merged === undefined ? frame : this.#merged[frame]!;
  }

  /** Adds a node to the sums of its frame. Returns how many frames there are now. */
  #count(node: number, marks: number, count: number): number {
    const frame = this.#frameOf(node);
    if (this.#mark[frame] === marks) {
      this.#period[frame]! += this.#forest.period[node]!;
      this.#samples[frame]! += this.#forest.samples[node]!;
      return count;
    }
    this.#mark[frame] = marks;
    this.#period[frame] = this.#forest.period[node]!;
    this.#samples[frame] = this.#forest.samples[node]!;
    this.#distinct[count] = frame;
    return count + 1;
  }

  /** The frames that reach the limit, without their nodes yet, and the sums over all. */
  #branches(count: number): Branches {
    let period = 0;
    let samples = 0;
    for (let i = 0; i < count; i++) {
      period += this.#period[this.#distinct[i]!]!;
      samples += this.#samples[this.#distinct[i]!]!;
    }
    const least = 'periods' in this.#limit ? this.#limit.periods : Math.ceil(period * this.#limit.ratio);
    const kept: Merged[] = [];
    for (let i = 0; i < count; i++) {
      const frame = this.#distinct[i]!;
      const isKept = this.#period[frame]! >= least;
      this.#at[frame] = isKept ? kept.length : -1;
      if (isKept) kept.push({ frame, members: [], period: this.#period[frame]!, samples: this.#samples[frame]! });
    }
    return { kept, count, period, samples };
  }

  #keep(node: number, kept: readonly Merged[]): void {
    const at = this.#at[this.#frameOf(node)]!;
    if (at >= 0) kept[at]!.members.push(node);
  }

  /**
   * Siblings of equal period: perf compares pointers, which grow with the order in which modules were made; within a module the
   * higher symbol first, or the higher address where one has no symbol. Inlined functions go by their names, the last one first.
   */
  #compareSiblings(a: number, b: number): number {
    const { module, symbol, start, address, flags } = this.#frames;
    if (symbol[a]! >= 0 && symbol[b]! >= 0 && ((flags[a]! | flags[b]!) & FrameFlag.Inlined) !== 0) {
      const [left, right] = [this.#frames.name(a), this.#frames.name(b)];
      return left === right ? 0 : left < right ? 1 : -1;
    }
    if (module[a] !== module[b]) return module[b]! - module[a]!;
    if (symbol[a]! >= 0 && symbol[b]! >= 0) return start[b]! - start[a]!;
    return compareUnsigned(this.#wide, address[b]!, address[a]!);
  }

  /**
   * Modes flat and folded: the paths (from the root) of all nodes in which chains end with at least `periods`, largest first.
   * Equal ones stand in the order of a walk in which children come before their parent.
   */
  endings(root: CallNode, periods: number): CallNode[][] {
    const found: CallNode[][] = [];
    const path: CallNode[] = [root];
    const pending: CallNode[][] = [this.#inTieOrder(root.children)];
    while (pending.length > 0) {
      const next = pending[pending.length - 1]!.pop();
      if (next !== undefined) {
        path.push(next);
        pending.push(this.#inTieOrder(next.children));
        continue;
      }
      pending.pop();
      const node = path.pop()!;
      if (node.ownPeriod > 0 && node.ownPeriod >= periods && node !== root) found.push([...path.slice(1), node]);
    }
    return found.sort((a, b) => b[b.length - 1]!.ownPeriod - a[a.length - 1]!.ownPeriod);
  }

  /** To be taken from the end. */
  #inTieOrder(children: readonly CallNode[]): CallNode[] {
    return [...children].sort((a, b) => -this.#compareSiblings(a.frames[0]!, b.frames[0]!));
  }
}
