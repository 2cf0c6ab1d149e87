// What flame graphs, exports and the page read: the resolved stacks of a profile as one prefix tree of frames for people
// (stack-frame.ts), with weights by event and thread. Made of a Profile, which may have been summed up with inlined calls and lines.
//
//   profile.events[e].tallies   row 0   row 1   row 2 …     thread, comm, samples, period of each
//   rows[e]                     node 7  node 4  node 7 …    node of `stacks`: the row's stack
//
// Unlike script and report it leaves out what is no frame: the outermost user frames that lie in no code (DESIGN 13).

import type { ResolvedSample } from './resolved-sample.ts';
import type { Resolver } from './resolver.ts';
import { FrameFlag, type FrameTable } from './frame-table.ts';
import { lineOf, type Profile } from './profile.ts';
import { stackFrame, type StackFrame } from './stack-frame.ts';
import { StackTable } from './stack-table.ts';

/** Stacks with their weights. Whoever changes stacks (python/python-view.ts) makes another one of it, with the same rows. */
export interface WeightedStacks {
  /** Threads, command names, events; of each row of an event's tallies its thread, comm, samples and period. */
  readonly profile: Profile;
  /** Distinct frames; what StackTable.frame counts. */
  readonly frames: readonly StackFrame[];
  /** From the outermost frame to the innermost. */
  readonly stacks: StackTable;
  /** By event, by row of its tallies: node of `stacks`; 0 where nothing at all is known of the place. */
  readonly rows: readonly Int32Array[];
}

/**
 * The stacks of a profile. A row without a chain is the frame of its address alone. For recordings of branches sum them up with
 * detail `none`: branches have no stacks.
 */
export function weightedStacks(profile: Profile): WeightedStacks {
  const { frames: table } = profile;
  const frames = new DistinctFrames();
  const numbers = new Int32Array(table.length).fill(-1);
  const numberOf = (frame: number): number => {
    if (numbers[frame]! < 0) numbers[frame] = frames.number(stackFrame(table, frame, lineOf(profile, frame)));
    return numbers[frame]!;
  };
  const stacks = new StackTable();
  const { parent, frame, length } = profile.stacks;
  const nodes = new Int32Array(length);
  for (let node = 1; node < length; node++) {
    const outer = nodes[parent[node]!]!;
    nodes[node] = outer === 0 && isStray(table, frame[node]!) ? 0 : stacks.child(outer, numberOf(frame[node]!));
  }
  const rows = profile.events.map(({ tallies }) => {
    const row = new Int32Array(tallies.length);
    for (let i = 0; i < row.length; i++) {
      const node = nodes[tallies.stack[i]!]!;
      const leaf = tallies.stack[i] === 0 ? tallies.leaf[i]! : frame[tallies.stack[i]!]!;
      row[i] = node !== 0 || leaf < 0 ? node : stacks.child(0, numberOf(leaf));
    }
    return row;
  });
  return { profile, frames: frames.list, stacks, rows };
}

/** Frames by what they show: nameless places of a module are one, and so are calls inlined into different functions. */
export class DistinctFrames {
  readonly list: StackFrame[] = [];
  readonly #numbers = new Map<string, number>();

  /** The number of an equal frame, which may be this one. */
  number(frame: StackFrame): number {
    const key = `${frame.kind} ${frame.module?.id ?? -1} ${frame.line} ${frame.file.length} ${frame.file}${frame.name}\0${frame.symbol}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.list.length);
    return this.list.push(frame) - 1;
  }
}

/** What a period counts: nanoseconds for clocks, else occurrences of the event. */
export function unitOf(event: string): 'nanoseconds' | 'count' {
  return /^(cpu-clock|task-clock|wall-clock|offcpu-(time|sleeping|blocked|runnable))\b/.test(event) ? 'nanoseconds' : 'count';
}

/** An address of a user that lies in no code: where a chain of frame pointers has gone astray. */
export function isStray(frames: FrameTable, frame: number): boolean {
  if (frames.symbol[frame]! >= 0 || (frames.flags[frame]! & (FrameFlag.Kernel | FrameFlag.NamelessJit)) !== 0) return false;
  return (frames.module[frame]! < 0 && frames.address[frame]! >= 0) || (frames.flags[frame]! & FrameFlag.NoCode) !== 0;
}

/** How deep a sample's stack is without such addresses, which lie outermost (DESIGN 13). One frame stays. */
export function usefulDepth({ depth, kernelDepth, locations }: ResolvedSample, { locations: table, frames }: Resolver): number {
  let end = depth;
  while (end > 1 && end > kernelDepth && isStray(frames, table.frame[locations[end - 1]!]!)) end--;
  return end;
}
