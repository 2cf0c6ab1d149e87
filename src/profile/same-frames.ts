// Which frames of two recordings are the same one: flame graphs and `perfts diff` put them beside each other.

import { shortFile, type StackFrame } from './stack-frame.ts';

/**
 * The key of a frame: equal keys are one frame. Within a recording libraries are told apart; between two of them (`loosely`) versions
 * of a library are one, and the numbers in names of JIT files say nothing. `moved`: see movedFiles.
 */
export function keyOf(frame: StackFrame, loosely: boolean, moved?: ReadonlyMap<string, string>): string {
  if (frame.kind === 'python') {
    const file = shortFile(frame.file);
    return `python ${frame.name}\0${loosely ? (moved?.get(file) ?? file) : frame.file}`;
  }
  const library = frame.kind === 'jit' || frame.module === undefined ? '' : frame.module.shortName;
  return `${frame.kind} ${frame.name.startsWith('[') && loosely ? withoutVersion(frame.name) : frame.name}\0${loosely ? withoutVersion(library) : library}`;
}

/** `libblas.so.3.12.1` and `libblas.so.3`, `python3.13` and `python3.15` are one library. */
function withoutVersion(name: string): string {
  return name.replace(/[-.]?\d[\d.]*/g, '');
}

/**
 * The files of the second recording's Python functions that are files of the first one under another name (before.py and after.py): of
 * files that only one of them has, those with the most functions in common. By the second one's name the first one's.
 */
export function movedFiles(before: readonly StackFrame[], after: readonly StackFrame[]): ReadonlyMap<string, string> {
  const first = pythonFiles(before);
  const second = pythonFiles(after);
  const pairs: { readonly from: string; readonly to: string; readonly shared: number }[] = [];
  for (const [from, functions] of first) {
    if (second.has(from)) continue;
    for (const [to, others] of second) {
      if (first.has(to)) continue;
      let shared = 0;
      for (const name of functions) if (others.has(name)) shared++;
      if (shared > 0) pairs.push({ from, to, shared });
    }
  }
  const moved = new Map<string, string>();
  const taken = new Set<string>();
  for (const { from, to } of pairs.sort((a, b) => b.shared - a.shared)) {
    if (taken.has(from) || moved.has(to)) continue;
    taken.add(from);
    moved.set(to, from);
  }
  return moved;
}

/** By file its functions; `<module>` is in all of them and says nothing. */
function pythonFiles(frames: readonly StackFrame[]): Map<string, Set<string>> {
  const files = new Map<string, Set<string>>();
  for (const frame of frames) {
    if (frame.kind !== 'python' || frame.symbol === '') continue;
    const file = shortFile(frame.file);
    let known = files.get(file);
    if (known === undefined) files.set(file, (known = new Set<string>()));
    if (frame.name !== '<module>') known.add(frame.name);
  }
  return files;
}
