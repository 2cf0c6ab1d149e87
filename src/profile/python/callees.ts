// What a Python function spends its time on, out of Python's own view: each sample with the function on its stack counts once, for what
// the innermost of its calls to itself has called. So the shares add up to the function's own total, recursion or not.
//
//   <module>  fib  fib  fib  int.__add__         one sample of fib, for int.__add__

import { frameLabel } from '../stack-frame.ts';
import type { PythonStacks } from './python-view.ts';

/** A function that was called, or the function itself between calls. */
export interface PythonCallee {
  /** As in flame graphs: `run_dummy (before.py)`. */
  readonly name: string;
  readonly isSelf: boolean;
  readonly samples: number;
  readonly period: number;
}

export interface PythonCallees {
  readonly name: string;
  /** Of its source. */
  readonly file: string;
  readonly event: string;
  readonly samples: number;
  readonly period: number;
  /** Of all samples of the event. */
  readonly total: { readonly samples: number; readonly period: number };
  /** By period, the largest first. */
  readonly callees: readonly PythonCallee[];
}

/** Of each Python function that `isWanted`, for each event in which it has samples. */
export function pythonCallees(stacks: PythonStacks, isWanted: (name: string, symbol: string) => boolean): PythonCallees[] {
  const { frames, profile, stacks: tree } = stacks;
  const found: PythonCallees[] = [];
  for (const [number, target] of frames.entries()) {
    if (target.kind !== 'python' || !isWanted(target.name, target.symbol)) continue;
    // Of each node: -1 outside of the function, the function's own number in itself, else what it called.
    const callee = new Int32Array(tree.length).fill(-1);
    for (let node = 1; node < tree.length; node++) {
      const outer = callee[tree.parent[node]!]!;
      callee[node] = tree.frame[node] === number ? number : outer === number ? tree.frame[node]! : outer;
    }
    for (const [event, { name, samples, period, tallies }] of profile.events.entries()) {
      const sums = new Map<number, { samples: number; period: number }>();
      for (const [row, node] of stacks.rows[event]!.entries()) {
        const called = callee[node]!;
        if (called < 0) continue;
        const sum = sums.get(called) ?? { samples: 0, period: 0 };
        sum.samples += tallies.samples[row]!;
        sum.period += tallies.period[row]!;
        sums.set(called, sum);
      }
      if (sums.size === 0) continue;
      const callees = [...sums].map(([called, sum]) => ({ name: frameLabel(frames[called]!), isSelf: called === number, ...sum })).sort((a, b) => b.period - a.period || (a.name < b.name ? -1 : 1));
      const total = (what: 'samples' | 'period'): number => callees.reduce((sum, one) => sum + one[what], 0);
      found.push({ name: target.name, file: target.file, event: name, samples: total('samples'), period: total('period'), total: { samples, period }, callees });
    }
  }
  return found;
}
