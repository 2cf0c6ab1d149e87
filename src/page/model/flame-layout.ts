// Where the frames of a flame graph lie: level by level, the heaviest to the left, nothing that is too narrow to be seen. Pixels and
// colours are the app's.

import type { FrameTree } from './frame-tree.ts';

/** Frames that are drawn, parents before children; in columns. */
export interface FlameLayout {
  readonly length: number;
  /** Node of the tree. */
  readonly node: Int32Array;
  /** 0 for the root of the whole tree. */
  readonly level: Int32Array;
  /** From 0 to the width that was asked for. */
  readonly x: Float64Array;
  readonly width: Float64Array;
  /** Levels with a frame. */
  readonly levels: number;
  /** Index of the frame that fills the width: the node that was zoomed into. Frames before it are its callers. */
  readonly zoomed: number;
  /** Index of the first frame on each level, and behind the last. Frames of a level follow each other from left to right. */
  readonly levelStarts: Int32Array;
}

/** `root` fills `width`; frames narrower than `least` are left out, with all above them. */
export function flameLayout(tree: FrameTree, total: Float64Array, root: number, width: number, least: number): FlameLayout {
  const { parent, firstChild, children } = tree;
  const columns = { node: [] as number[], level: [] as number[], x: [] as number[], width: [] as number[] };
  const push = (node: number, level: number, x: number, wide: number): void => {
    columns.node.push(node);
    columns.level.push(level);
    columns.x.push(x);
    columns.width.push(wide);
  };
  const callers: number[] = [];
  for (let node = root; node !== 0; ) callers.push((node = parent[node]!));
  callers.reverse().forEach((node, level) => push(node, level, 0, width));
  push(root, callers.length, 0, width);
  const levelStarts = callers.map((_, level) => level);
  const scale = total[root]! > 0 ? width / total[root]! : 0;
  const order: number[] = [];
  let level = callers.length;
  for (let start = callers.length; start < columns.node.length && scale > 0; level++) {
    levelStarts.push(start);
    const end = columns.node.length;
    for (let index = start; index < end; index++) {
      const node = columns.node[index]!;
      order.length = 0;
      for (let at = firstChild[node]!; at < firstChild[node + 1]!; at++) if (total[children[at]!]! * scale >= least && total[children[at]!]! > 0) order.push(children[at]!);
      if (order.length > 1) order.sort((a, b) => total[b]! - total[a]! || a - b);
      let x = columns.x[index]!;
      for (const child of order) {
        const wide = total[child]! * scale;
        push(child, level + 1, x, wide);
        x += wide;
      }
    }
    start = end;
  }
  if (scale === 0) levelStarts.push(callers.length);
  const length = columns.node.length;
  const levels = columns.level[length - 1]! + 1;
  levelStarts.length = levels;
  levelStarts.push(length);
  return { length, node: Int32Array.from(columns.node), level: Int32Array.from(columns.level), x: Float64Array.from(columns.x), width: Float64Array.from(columns.width), levels, zoomed: callers.length, levelStarts: Int32Array.from(levelStarts) };
}

/** The index of the frame at a level and a distance from the left, or -1. */
export function frameAt({ levels, levelStarts, x, width }: FlameLayout, level: number, at: number): number {
  if (level < 0 || level >= levels) return -1;
  let low = levelStarts[level]!;
  let high = levelStarts[level + 1]! - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    if (at < x[middle]!) high = middle - 1;
    else if (at >= x[middle]! + width[middle]!) low = middle + 1;
    else return middle;
  }
  return -1;
}
