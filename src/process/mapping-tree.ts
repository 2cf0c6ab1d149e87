// Disjoint mappings by start, in a tree that is never changed: a change makes new nodes on the way to it and shares all others, so that
// a fork copies nothing, however much its parent has mapped, and each of many children may go on by itself. Balanced by weight: a
// subtree is at most three times as heavy as its sibling (Adams 1993).

import type { Mapping } from './mapping.ts';

export interface MappingNode {
  readonly mapping: Mapping;
  readonly size: number;
  readonly left: MappingNode | undefined;
  readonly right: MappingNode | undefined;
}

export type MappingTree = MappingNode | undefined;

/** A sibling may be so many times as heavy, and a grandchild so many times as heavy as its own sibling before two rotations are needed. */
const MOST = 3;
const MOST_INSIDE = 2;

/** The mapping that begins last at or before the address; it may end before it. */
export function lastFrom(tree: MappingTree, address: number): Mapping | undefined {
  let found: Mapping | undefined;
  for (let node = tree; node !== undefined; ) {
    if (node.mapping.start <= address) {
      found = node.mapping;
      node = node.right;
    } else node = node.left;
  }
  return found;
}

/** The mapping that begins last before the address. */
function lastBefore(tree: MappingTree, address: number): Mapping | undefined {
  let found: Mapping | undefined;
  for (let node = tree; node !== undefined; ) {
    if (node.mapping.start < address) {
      found = node.mapping;
      node = node.right;
    } else node = node.left;
  }
  return found;
}

/** The tree with a mapping put over whatever was there. */
export function withMapping(tree: MappingTree, mapping: Mapping): MappingTree {
  // What may reach over the new one's ends: the last that begins before its start, and the last that begins before its end.
  const first = lastBefore(tree, mapping.start);
  const last = lastBefore(tree, mapping.end);
  if (first === last && (first === undefined || first.end <= mapping.start)) return inserted(tree, mapping);
  let before = below(tree, mapping.start);
  if (first !== undefined && first.end > mapping.start) before = link(withoutLast(before), { ...first, end: mapping.start }, undefined);
  let after = from(tree, mapping.end);
  if (last !== undefined && last.end > mapping.end) {
    after = link(undefined, { ...last, start: mapping.end, pageOffset: last.pageOffset + (mapping.end - last.start) }, after);
  }
  return link(before, mapping, after);
}

/** One that lies where nothing was. */
function inserted(tree: MappingTree, mapping: Mapping): MappingNode {
  if (tree === undefined) return { mapping, size: 1, left: undefined, right: undefined };
  return mapping.start < tree.mapping.start
    ? balanced(inserted(tree.left, mapping), tree.mapping, tree.right)
    : balanced(tree.left, tree.mapping, inserted(tree.right, mapping));
}

/** In the order of their starts. */
export function* mappingsOf(tree: MappingTree): Generator<Mapping> {
  if (tree === undefined) return;
  yield* mappingsOf(tree.left);
  yield tree.mapping;
  yield* mappingsOf(tree.right);
}

function weightOf(tree: MappingTree): number {
  return tree === undefined ? 1 : tree.size + 1;
}

function isHeavy(tree: MappingTree, beside: MappingTree): boolean {
  return weightOf(tree) > MOST * weightOf(beside);
}

function node(left: MappingTree, mapping: Mapping, right: MappingTree): MappingNode {
  return { mapping, size: weightOf(left) + weightOf(right) - 1, left, right };
}

/** Those that begin before an address. */
function below(tree: MappingTree, address: number): MappingTree {
  if (tree === undefined) return undefined;
  return tree.mapping.start < address ? link(tree.left, tree.mapping, below(tree.right, address)) : below(tree.left, address);
}

/** Those that begin at or behind an address. */
function from(tree: MappingTree, address: number): MappingTree {
  if (tree === undefined) return undefined;
  return tree.mapping.start >= address ? link(from(tree.left, address), tree.mapping, tree.right) : from(tree.right, address);
}

function withoutLast(tree: MappingTree): MappingTree {
  if (tree === undefined) return undefined;
  return tree.right === undefined ? tree.left : balanced(tree.left, tree.mapping, withoutLast(tree.right));
}

/** Two trees of any weights with a mapping between them. */
function link(left: MappingTree, mapping: Mapping, right: MappingTree): MappingNode {
  if (left !== undefined && isHeavy(left, right)) return balanced(left.left, left.mapping, link(left.right, mapping, right));
  if (right !== undefined && isHeavy(right, left)) return balanced(link(left, mapping, right.left), right.mapping, right.right);
  return node(left, mapping, right);
}

/** Two trees of which one is a little too heavy. */
function balanced(left: MappingTree, mapping: Mapping, right: MappingTree): MappingNode {
  if (right !== undefined && isHeavy(right, left)) {
    const inner = right.left;
    if (inner === undefined || weightOf(inner) < MOST_INSIDE * weightOf(right.right)) return node(node(left, mapping, inner), right.mapping, right.right);
    return node(node(left, mapping, inner.left), inner.mapping, node(inner.right, right.mapping, right.right));
  }
  if (left !== undefined && isHeavy(left, right)) {
    const inner = left.right;
    if (inner === undefined || weightOf(inner) < MOST_INSIDE * weightOf(left.left)) return node(left.left, left.mapping, node(inner, mapping, right));
    return node(node(left.left, left.mapping, inner.left), inner.mapping, node(inner.right, mapping, right));
  }
  return node(left, mapping, right);
}
