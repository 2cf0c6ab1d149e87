// Where the time of a Python program goes: Python code, C code by library, the kernel, waiting. By the innermost frame of the Python view.

import type { PythonStacks } from './python-view.ts';

/** One part of the whole; the parts of an event add up to all its rows. */
export interface TimeShare {
  readonly what: 'python' | 'native' | 'kernel' | 'waiting';
  /** Of native code the library, for the interpreter's own built-in functions its file: `libblas.so.3`, `python3.14`; else ''. */
  readonly library: string;
  readonly samples: number;
  /** Sum of the periods. */
  readonly weight: number;
}

/** The parts of an event, largest first; `accepts`: of which rows, all if left out. */
export function timeSplit({ profile, frames, stacks, rows, waiting }: PythonStacks, event: number, accepts?: (row: number) => boolean): TimeShare[] {
  const { tallies } = profile.events[event]!;
  const shares = new Map<string, { -readonly [K in keyof TimeShare]: TimeShare[K] }>();
  for (let row = 0; row < tallies.length; row++) {
    if (accepts !== undefined && !accepts(row)) continue;
    const node = rows[event]![row]!;
    const frame = node === 0 ? undefined : frames[stacks.frame[node]!]!;
    const what = waiting[event]![row] === 1 ? 'waiting' : frame?.kind === 'python' || frame?.kind === 'kernel' ? frame.kind : 'native';
    const library = what === 'native' ? (frame?.module?.shortName ?? '[unknown]') : '';
    const key = `${what} ${library}`;
    let share = shares.get(key);
    if (share === undefined) shares.set(key, (share = { what, library, samples: 0, weight: 0 }));
    share.samples += tallies.samples[row]!;
    share.weight += tallies.period[row]!;
  }
  return [...shares.values()].sort((a, b) => b.weight - a.weight || b.samples - a.samples);
}
