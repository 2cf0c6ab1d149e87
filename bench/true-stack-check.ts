// Whether an unwound stack is the true one that programs/true-stack.c noted. Exact return addresses, not only functions: of each
// function that made a note, the next frame must be where the note says that it returns to.
//
//   frames, leaf first:   leaf+5   small+7   many+40   (libc)   sorting+80   all+9   run+3   main+1 …
//   notes, last first:             small     many               sorting      all     run

/** One note: a function's address and its return address; of SIGNALLED the second is the address that was interrupted. */
export interface Note {
  readonly caller: number;
  readonly name: string;
}

/** The name of a note that says: here a signal came. */
export const SIGNALLED = '(signal)';
/** In place of a function's name: the code that handlers return to. */
export const TRAMPOLINE = '(trampoline)';

/** 'equal' also with one frame that is just being entered or left: the innermost, or the one that a signal interrupted. */
export type Verdict = 'equal' | 'equal, one being entered or left' | `${string} differs`;

/**
 * `frames`: addresses, leaf first, callers' one below the return address. `functionOf` names the functions that make notes, by an
 * address in them, and the trampoline; it is undefined for all other code. `notes` outermost first.
 */
export function checkStack(frames: readonly number[], notes: readonly Note[], functionOf: (address: number) => string | undefined): Verdict {
  let top = notes.length - 1;
  let isPartial = false;
  for (let i = 0; i < frames.length; i++) {
    const isBelowSignal = i > 0 && functionOf(frames[i - 1]!) === TRAMPOLINE;
    let note = notes[top];
    if (isBelowSignal && note?.name === SIGNALLED) {
      if (frames[i] !== note.caller) return `interrupted address ${hex(frames[i]!)} for ${hex(note.caller)} differs`;
      note = notes[--top];
    }
    const name = functionOf(frames[i]!);
    if (name === undefined || name === TRAMPOLINE) continue;
    const next = frames[i + 1] ?? NaN;
    const isCaller = note !== undefined && (next === note.caller - 1 || (next === note.caller && functionOf(next) === TRAMPOLINE));
    if (note !== undefined && note.name === name && isCaller) top--;
    else if (i === 0 || isBelowSignal) isPartial = true;
    else return `frame ${i}, ${name} called from ${hex(next)}, for ${note === undefined ? 'none' : `${note.name} called from ${hex(note.caller - 1)}`} differs`;
  }
  if (top >= 0) return `end of the stack before ${notes[top]!.name} differs`;
  return isPartial ? 'equal, one being entered or left' : 'equal';
}

function hex(address: number): string {
  return address.toString(16);
}
