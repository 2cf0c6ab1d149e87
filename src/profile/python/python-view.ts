// The stacks of Python programs as their developer knows them: Python functions, the C function that each of them called, by its
// name in Python and one for every library it went on to, and one word for what the kernel did. What the interpreter does to run Python
// folds into the Python function that caused it (rules: interpreter.ts). Stacks without Python and its interpreter stay whole.
//
//   _start main … <module>  _PyEval… PyObject_Vectorcall  run_dummy  _PyEval… PySequence_Contains list_contains PyObject_RichCompare
//                 <module>                                run_dummy                               list.__contains__

import type { Profile } from '../profile.ts';
import type { StackFrame } from '../stack-frame.ts';
import { StackTable } from '../stack-table.ts';
import { DistinctFrames, type WeightedStacks } from '../weighted-stacks.ts';
import { isInterpreter, partOf, type Part, type Role } from './interpreter.ts';

/** Stacks for Python's developers; rows as in the stacks they were made of. */
export interface PythonStacks extends WeightedStacks {
  /** By event and row: 1 where the thread waits. */
  readonly waiting: readonly Uint8Array[];
}

/** What stands for the interpreter where no Python function does: while it starts and ends, and where functions have no names. */
const INTERPRETER: StackFrame = { kind: 'python', name: '[interpreter]', symbol: '', module: undefined, file: '', line: 0, start: 0, end: 0 };

/** The kernel, where nothing is known but that it was entered. */
const KERNEL_ENTRY: StackFrame = { kind: 'kernel', name: 'kernel entry', symbol: 'kernel entry', module: undefined, file: '', line: 0, start: 0, end: 0 };

/** Events that count time in which nothing runs. */
const OFF_CPU = /^(offcpu-|sched:sched_switch)/;

/** How far a stack has been folded, by node of the old tree. */
const Within = { Nothing: 0, Python: 1, Work: 2, Kernel: 3 } as const;

/** The Python view of some stacks. */
export function pythonView(from: WeightedStacks): PythonStacks {
  const parts = from.frames.map(partOf);
  const frames = new DistinctFrames();
  // Frames get numbers when they are first needed, so that those that fold leave nothing behind.
  const wholeNumber = numberedOnce(from.frames.length, (number) => frames.number(from.frames[number]!));
  const keptNumber = numberedOnce(from.frames.length, (number) => frames.number(named(from.frames[number]!, parts[number]!)));
  const { parent, frame, length } = from.stacks;
  const found = foundIn(from);
  const needed = neededForms(from, found);
  const stacks = new StackTable();
  const underInterpreter = needed[0]! & Form.Alone ? stacks.child(0, frames.number(INTERPRETER)) : 0;
  // Of each old node the new one in each form that is needed, and how far it has been folded.
  const wholeNodes = new Int32Array(length);
  const folded = new Int32Array(length);
  const alone = new Int32Array(length).fill(underInterpreter);
  const within = new Uint8Array(length);
  const library = new Int32Array(length).fill(-1);
  const waits = new Uint8Array(length);
  for (let node = 1; node < length; node++) {
    const outer = parent[node]!;
    const number = frame[node]!;
    const part = parts[number]!;
    waits[node] = waits[outer]! | (part.waits ? 1 : 0);
    if (needed[node]! & Form.Whole) wholeNodes[node] = stacks.child(wholeNodes[outer]!, wholeNumber(number));
    const own = from.frames[number]!.module?.id ?? -1;
    const isKept = stays(part.role, within[outer]!, library[outer]!, own);
    within[node] = isKept ? withinOf(part.role) : within[outer]!;
    library[node] = isKept ? (part.role === 'work' ? own : -1) : library[outer]!;
    if (needed[node]! & Form.Folded) folded[node] = isKept ? stacks.child(folded[outer]!, keptNumber(number)) : folded[outer]!;
    if (needed[node]! & Form.Alone) alone[node] = isKept ? stacks.child(alone[outer]!, keptNumber(number)) : alone[outer]!;
  }
  const inForm = [wholeNodes, folded, alone];
  const rows = from.rows.map((row) =>
    row.map((node) => {
      const form = formOf(found[node]!);
      const made = inForm[FORMS.indexOf(form)]![node]!;
      return node !== 0 && form !== Form.Whole && parts[frame[node]!]!.role === 'entry' ? stacks.child(made, frames.number(KERNEL_ENTRY)) : made;
    }),
  );
  const waiting = from.rows.map((row, event) => {
    const isOffCpu = OFF_CPU.test(from.profile.events[event]!.name);
    return Uint8Array.from(row, (node, index) => (isOffCpu || waits[node] === 1 || isIdle(from.profile, event, index) ? 1 : 0));
  });
  return { profile: from.profile, frames: frames.list, stacks, rows, waiting };
}

function numberedOnce(length: number, make: (number: number) => number): (number: number) => number {
  const made = new Int32Array(length).fill(-1);
  return (number) => (made[number]! < 0 ? (made[number] = make(number)) : made[number]!);
}

/** What a stack holds, all together. */
const Found = { Interpreter: 1, Function: 2 } as const;

/** What becomes of a stack: it stays whole, is folded, or is folded and stands under a frame for the interpreter. */
const Form = { Whole: 1, Folded: 2, Alone: 4 } as const;
const FORMS: readonly number[] = [Form.Whole, Form.Folded, Form.Alone];

function formOf(found: number): number {
  return found === 0 ? Form.Whole : (found & Found.Function) === 0 ? Form.Alone : Form.Folded;
}

/** Of each node what its stack holds, from the root to there. */
function foundIn({ frames, stacks }: WeightedStacks): Uint8Array {
  const found = frames.map((frame) => (frame.kind === 'python' ? Found.Function : isInterpreter(frame) ? Found.Interpreter : 0));
  const nodes = new Uint8Array(stacks.length);
  for (let node = 1; node < nodes.length; node++) nodes[node] = nodes[stacks.parent[node]!]! | found[stacks.frame[node]!]!;
  return nodes;
}

/** Of each node the forms of the stacks that run through it: the stack of a row alone says what it becomes. */
function neededForms({ stacks, rows }: WeightedStacks, found: Uint8Array): Uint8Array {
  const needed = new Uint8Array(stacks.length);
  for (const row of rows) for (const node of row) if (node !== 0) needed[node]! |= formOf(found[node]!);
  for (let node = stacks.length - 1; node > 0; node--) needed[stacks.parent[node]!]! |= needed[node]!;
  return needed;
}

/** Whether a frame stays, given what the stack is within so far. */
function stays(role: Role, within: number, library: number, own: number): boolean {
  switch (role) {
    case 'python':
      return true;
    case 'work':
      return within !== Within.Work || (library !== own && own >= 0);
    case 'kernel':
      return within !== Within.Kernel;
    default:
      return false;
  }
}

function withinOf(role: Role): number {
  return role === 'python' ? Within.Python : role === 'kernel' ? Within.Kernel : Within.Work;
}

/** The idle task of a processor. */
function isIdle({ events, threads }: Profile, event: number, row: number): boolean {
  return threads[events[event]!.tallies.thread[row]!]!.pid === 0;
}

/** A frame under its name in the view; its symbol is the same, so that functions stay apart. */
function named(frame: StackFrame, part: Part): StackFrame {
  if (part.name === frame.name) return frame;
  // Several functions of C may be one of Python: `list_sort` and `list_sort_impl`.
  return { ...frame, name: part.name, symbol: part.name, start: 0, end: 0 };
}
