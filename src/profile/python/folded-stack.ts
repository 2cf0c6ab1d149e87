// Python's own view of one stack at a time, for what is written as samples come: exports and script. Folding looks at one stack alone,
// whatever others there are, so that it is that of the whole recording's view.

import type { FrameTable } from '../frame-table.ts';
import type { Profile } from '../profile.ts';
import type { StackFrame } from '../stack-frame.ts';
import { StackTable } from '../stack-table.ts';
import type { WideAddresses } from '../../bytes/int64.ts';
import { partOf } from './interpreter.ts';
import { pythonView } from './python-view.ts';

/** A frame of the view. */
export interface FoldedFrame {
  readonly frame: StackFrame;
  /** Which frame of the whole stack it is, or stands for; -1 where it stands for the interpreter or the kernel's entry as a whole. */
  readonly index: number;
}

export class StackFolder {
  readonly #profile: Profile;

  constructor(frames: FrameTable, wide: WideAddresses) {
    this.#profile = profileOfSamples(frames, wide, 1);
  }

  /** What is left of a stack; both outermost first. */
  fold(whole: readonly StackFrame[]): FoldedFrame[] {
    const stacks = new StackTable();
    let last = 0;
    whole.forEach((_, index) => (last = stacks.child(last, index)));
    const view = pythonView({ profile: this.#profile, frames: whole, stacks, rows: [Int32Array.of(last)] });
    const left: StackFrame[] = [];
    for (let node = view.rows[0]![0]!; node > 0; node = view.stacks.parent[node]!) left.push(view.frames[view.stacks.frame[node]!]!);
    left.reverse();
    // Frames stay in their order, and of several that would have the same name it is the outermost that stays.
    let from = 0;
    return left.map((frame) => {
      const found = whole.findIndex((one, index) => index >= from && stands(frame, one));
      if (found >= 0) from = found + 1;
      return { frame, index: found };
    });
  }
}

/** Whether a frame of the view is this one of the whole stack. */
function stands(frame: StackFrame, one: StackFrame): boolean {
  if (frame === one) return true;
  if (frame.module !== one.module || frame.kind !== one.kind || frame.file !== one.file) return false;
  const { role, name } = partOf(one);
  return (frame.name === one.name && frame.symbol === one.symbol) || (name === frame.name && (role === 'python' || role === 'work' || role === 'kernel'));
}

/** Of so many samples, of which the view asks only whether they wait. */
export function profileOfSamples(frames: FrameTable, wide: WideAddresses, length: number): Profile {
  const tallies = { length, thread: new Int32Array(length), leaf: new Int32Array(length), mode: new Uint8Array(length), stack: new Int32Array(length), comm: new Int32Array(length), samples: new Float64Array(length), period: new Float64Array(length) };
  return {
    events: [{ name: '', hasChains: true, leader: 0, samples: length, period: length, tallies }],
    frames,
    stacks: new StackTable(),
    wide,
    threads: [{ pid: 1, tid: 1, comm: 0 }],
    comms: [''],
    lostSamples: 0,
    fromPipe: false,
  };
}
