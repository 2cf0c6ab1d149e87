// What a flame graph writes on a frame.

import { frameLabel, type FrameKind, type StackFrame } from '../../profile/stack-frame.ts';

/** `task`: a level of commands, processes or threads. */
export type FlameKind = FrameKind | 'task';

export interface FlameFrame {
  readonly kind: FlameKind;
  /** `run_dummy (before.py)`, `list_contains`. Any characters. */
  readonly label: string;
  /** Where it is: the library, or Python's file with its path; '' where that says nothing more. */
  readonly place: string;
}

/** What is drawn for a frame. */
export function flameFrame(frame: StackFrame): FlameFrame {
  const place = frame.kind === 'python' ? (frame.line > 0 ? `${frame.file}:${frame.line}` : frame.file) : (frame.module?.shortName ?? '');
  return { kind: frame.kind, label: frameLabel(frame), place: frame.name === `[${place}]` || frame.name === place ? '' : place };
}
