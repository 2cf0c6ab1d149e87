// What is said of a frame of the flame graph: in its tooltip, in the line below, and to screen readers.

import { CodeKind } from '../../formats/code-table.ts';
import { visible } from '../../views/flamegraph/svg-text.ts';
import type { FrameTree } from '../model/frame-tree.ts';
import type { StackSums } from '../model/sample-sums.ts';
import { samplesText, shareText, weightText } from './amounts.ts';
import { KIND_WORDS } from './colours.ts';
import type { Session } from './session.ts';

export interface FrameWords {
  readonly name: string;
  /** `Python, app.py:12`; '' for the root. */
  readonly place: string;
  /** `172 samples, 35.0 %, 172 ms`. */
  readonly total: string;
  readonly self: string;
}

/** Of a node of the flame graph's tree. */
export function frameWords(session: Session, node: number): FrameWords {
  const { flame, flameSums, asSamples } = session.shown!;
  const { unit } = session;
  const amount = (weight: number, samples: number): string => `${samplesText(samples)}, ${shareText(weight, flameSums.total[0]!)}${asSamples ? '' : `, ${weightText(weight, unit)}`}`;
  const total = amount(flameSums.total[node]!, flameSums.totalSamples[node]!);
  const self = flameSums.selfSamples[node] === 0 ? 'none' : amount(flameSums.self[node]!, flameSums.selfSamples[node]!);
  if (node === 0) return { name: 'all', place: '', total, self };
  const fn = flame.frame[node]! >> 1;
  return { name: session.label(fn), place: placeWords(session, fn, (flame.frame[node]! & 1) === 1, flame === session.shown!.callers ? hottestLine(session, node, fn) : 0), total, self };
}

/** The kind of a function, its module, and its source. */
export function placeWords(session: Session, fn: number, isInlined: boolean, line: number): string {
  const { kind, file } = session.data.functions[fn]!;
  const module = kind === CodeKind.Python ? '' : session.moduleOf(fn);
  const source = file === '' ? '' : `${visible(file)}${line > 0 ? `:${line}` : ''}`;
  return [`${KIND_WORDS[kind]!}${isInlined ? ', inlined' : ''}`, module, source].filter((word) => word !== '').join(' · ');
}

/** The line, among the places that a frame is made of, through which most stacks run; 0 where none is known. */
function hottestLine({ data: { stacks, places }, shown }: Session, node: number, fn: number): number {
  const { callers, stacks: sums } = shown!;
  const { start, nodes } = nodesOf(callers);
  const weights = new Map<number, number>();
  for (let index = start[node]!; index < start[node + 1]!; index++) {
    const place = stacks.place[nodes[index]!]!;
    const line = places.line[place]!;
    // Hidden frames lie in their caller's node.
    if (line > 0 && places.function[place] === fn) weights.set(line, (weights.get(line) ?? 0) + totalsOf(sums, stacks.parent)[nodes[index]!]!);
  }
  let best = 0;
  for (const [line, weight] of weights) if (weight > (weights.get(best) ?? 0)) best = line;
  return best;
}

/** By node of the stacks: samples that run through it; made when they are first asked for. */
const TOTALS = new WeakMap<StackSums, Float64Array>();
/** By node of a tree the nodes of the stacks that are it: `nodes` from `start[n]` to before `start[n + 1]`. */
const NODES = new WeakMap<FrameTree, { readonly start: Int32Array; readonly nodes: Int32Array }>();

function totalsOf(sums: StackSums, parent: Int32Array): Float64Array {
  let totals = TOTALS.get(sums);
  if (totals === undefined) {
    totals = sums.samples.slice();
    for (let node = totals.length - 1; node > 0; node--) totals[parent[node]!]! += totals[node]!;
    TOTALS.set(sums, totals);
  }
  return totals;
}

function nodesOf(tree: FrameTree): { readonly start: Int32Array; readonly nodes: Int32Array } {
  let made = NODES.get(tree);
  if (made === undefined) {
    const { length, ends } = tree;
    const start = new Int32Array(length + 1);
    for (const node of ends) start[node + 1]!++;
    for (let node = 0; node < length; node++) start[node + 1]! += start[node]!;
    const next = start.slice();
    const nodes = new Int32Array(ends.length);
    ends.forEach((node, at) => (nodes[next[node]!++] = at));
    NODES.set(tree, (made = { start, nodes }));
  }
  return made;
}
