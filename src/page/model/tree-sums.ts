// What the nodes of a frame tree weigh under a filter, and what is found by a search in it.

import { freshColumn, type TakeColumn } from './column-pool.ts';
import type { FrameTree } from './frame-tree.ts';
import type { StackSums } from './sample-sums.ts';

/** By node of a FrameTree. */
export interface TreeSums {
  /** Of stacks that end here. */
  readonly self: Float64Array;
  readonly selfSamples: Float64Array;
  /** Of stacks that run through here; of node 0: all. */
  readonly total: Float64Array;
  readonly totalSamples: Float64Array;
}

/** Adds up; where samples are what counts, both pairs of columns are one. */
export function treeSums({ length, parent, ends }: FrameTree, sums: StackSums, take: TakeColumn = freshColumn): TreeSums {
  const samples = columns(length, parent, ends, sums.samples, take);
  const weight = sums.weight === sums.samples ? samples : columns(length, parent, ends, sums.weight, take);
  return { self: weight.self, total: weight.total, selfSamples: samples.self, totalSamples: samples.total };
}

function columns(length: number, parent: Int32Array, ends: Int32Array, own: Float64Array, take: TakeColumn): { self: Float64Array; total: Float64Array } {
  const self = take(length);
  for (let node = 0; node < own.length; node++) if (own[node] !== 0 && ends[node]! >= 0) self[ends[node]!]! += own[node]!;
  const total = take(length);
  total.set(self);
  for (let node = length - 1; node > 0; node--) total[parent[node]!]! += total[node]!;
  return { self, total };
}

/** What a search finds. */
export interface SearchResult {
  /** Nodes with a weight whose function fits. */
  readonly frames: number;
  /** Weight of the stacks that run through such a node, each counted once. */
  readonly weight: number;
}

/** Of the part of the tree at and below `root`. */
export function searchTree(tree: FrameTree, total: Float64Array, functions: Uint8Array, root: number): SearchResult {
  const { length, parent, frame } = tree;
  // 1: in the part; 3: and under a function that fits.
  const state = new Uint8Array(length);
  let frames = 0;
  let weight = 0;
  state[root] = 1;
  if (root !== 0 && functions[frame[root]! >> 1] === 1) {
    state[root] = 3;
    frames = 1;
    weight = total[root]!;
  }
  for (let node = root + 1; node < length; node++) {
    const above = state[parent[node]!]!;
    if (above === 0 || !(total[node]! > 0)) continue;
    state[node] = above;
    if (functions[frame[node]! >> 1] !== 1) continue;
    frames++;
    if (above === 1) weight += total[node]!;
    state[node] = 3;
  }
  return { frames, weight };
}
