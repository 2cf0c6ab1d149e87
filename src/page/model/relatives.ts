// Callers and callees of one function, added up over all its stacks, level by level as they are opened. Where a function is on a stack
// several times, its callees are those below the outermost, its callers those above the innermost: each stack counts once, with all of it.

import type { FrameTree } from './frame-tree.ts';
import type { TreeSums } from './tree-sums.ts';

/** Nodes of a FrameTree that are one row of a tree of callers or callees, and what each of them counts. */
export interface Relative {
  /** Twice a function's index, plus 1 for an inlined call (FrameTree.frame). */
  readonly frame: number;
  readonly weight: number;
  readonly samples: number;
  readonly nodes: Int32Array;
  readonly weights: Float64Array;
  readonly samplesOf: Float64Array;
}

interface Gathered {
  weight: number;
  samples: number;
  readonly nodes: number[];
  readonly weights: number[];
  readonly samplesOf: number[];
}

/** Where callees start: the outermost nodes of a function. */
export function calleesRoot(tree: FrameTree, sums: TreeSums, fn: number): Relative {
  const gathered = gatheredNothing();
  for (let node = 1; node < tree.length; node++) {
    if (tree.frame[node]! >> 1 === fn && tree.outermost[node] === 1 && sums.totalSamples[node]! > 0) add(gathered, node, sums.total[node]!, sums.totalSamples[node]!);
  }
  return relative(2 * fn, gathered);
}

/** Where callers start: the innermost nodes, each with what no other one below it has. */
export function callersRoot(tree: FrameTree, sums: TreeSums, fn: number): Relative {
  const { length, parent, frame } = tree;
  // By node: the nearest one with the function, itself or above; 0 for none.
  const nearest = new Int32Array(length);
  const weight = new Float64Array(length);
  const samples = new Float64Array(length);
  for (let node = 1; node < length; node++) {
    const above = nearest[parent[node]!]!;
    if (frame[node]! >> 1 !== fn) {
      nearest[node] = above;
      continue;
    }
    nearest[node] = node;
    weight[node] = sums.total[node]!;
    samples[node] = sums.totalSamples[node]!;
    if (above === 0) continue;
    weight[above]! -= sums.total[node]!;
    samples[above]! -= sums.totalSamples[node]!;
  }
  const gathered = gatheredNothing();
  for (let node = 1; node < length; node++) if (samples[node]! > 0) add(gathered, node, weight[node]!, samples[node]!);
  return relative(2 * fn, gathered);
}

/** What a row's functions called; the largest first. */
export function calleesOf({ firstChild, children, frame }: FrameTree, sums: TreeSums, { nodes }: Relative): Relative[] {
  const found = new Map<number, Gathered>();
  for (const node of nodes) {
    for (let index = firstChild[node]!; index < firstChild[node + 1]!; index++) {
      const child = children[index]!;
      if (sums.totalSamples[child]! > 0) add(of(found, frame[child]!), child, sums.total[child]!, sums.totalSamples[child]!);
    }
  }
  return sorted(found);
}

/** What called a row's functions; the largest first. */
export function callersOf({ parent, frame }: FrameTree, { nodes, weights, samplesOf }: Relative): Relative[] {
  const found = new Map<number, Gathered>();
  nodes.forEach((node, index) => {
    const above = parent[node]!;
    if (above !== 0) add(of(found, frame[above]!), above, weights[index]!, samplesOf[index]!);
  });
  return sorted(found);
}

function gatheredNothing(): Gathered {
  return { weight: 0, samples: 0, nodes: [], weights: [], samplesOf: [] };
}

function of(found: Map<number, Gathered>, frame: number): Gathered {
  let gathered = found.get(frame);
  if (gathered === undefined) found.set(frame, (gathered = gatheredNothing()));
  return gathered;
}

function add(gathered: Gathered, node: number, weight: number, samples: number): void {
  gathered.weight += weight;
  gathered.samples += samples;
  gathered.nodes.push(node);
  gathered.weights.push(weight);
  gathered.samplesOf.push(samples);
}

function sorted(found: Map<number, Gathered>): Relative[] {
  return [...found].map(([frame, gathered]) => relative(frame, gathered)).sort((a, b) => b.weight - a.weight || b.samples - a.samples || a.frame - b.frame);
}

function relative(frame: number, { weight, samples, nodes, weights, samplesOf }: Gathered): Relative {
  return { frame, weight, samples, nodes: Int32Array.from(nodes), weights: Float64Array.from(weights), samplesOf: Float64Array.from(samplesOf) };
}
