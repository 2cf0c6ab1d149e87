// Where the time of a Python program went, in one line: `Python 32.8 %, built-in functions 41.1 %, libsqlite3.so.3 15.1 %, kernel 3.3 %`.
// Built-in functions are those in the interpreter's own file: `sorted`, `list.append`, the json scanner where it is built in.

import { isInterpreterFile } from '../profile/python/interpreter.ts';
import type { PythonStacks } from '../profile/python/python-view.ts';
import { timeSplit, type TimeShare } from '../profile/python/time-split.ts';
import { percentOf } from './counted.ts';

/** Libraries beyond these are added up. */
const MOST = 5;

/** One line for each event that has samples: `Time of cpu-clock: Python …`. */
export function pythonTimeLines(python: PythonStacks): string[] {
  return python.profile.events.flatMap(({ name, samples }, event) => (samples === 0 ? [] : [`Time of ${name}: ${timeSplitLine(timeSplit(python, event))}.`]));
}

/** The parts of timeSplit, Python first, then the largest. */
export function timeSplitLine(shares: readonly TimeShare[]): string {
  const total = shares.reduce((sum, { weight }) => sum + weight, 0);
  if (total <= 0) return 'no time';
  const libraries = shares.filter(({ what }) => what === 'native');
  const shown = [...shares.filter(({ what }) => what === 'python'), ...libraries.slice(0, MOST)];
  const parts = shown.map(({ what, library, weight }): [string, number] => [what === 'python' ? 'Python' : isInterpreterFile(library) ? 'built-in functions' : library, weight]);
  const rest = libraries.slice(MOST).reduce((sum, { weight }) => sum + weight, 0);
  if (rest > 0) parts.push(['other libraries', rest]);
  for (const { what, weight } of shares) if (what === 'kernel' || what === 'waiting') parts.push([what, weight]);
  return parts.map(([name, weight]) => `${name} ${percentOf(weight, total)}`).join(', ');
}
