// What `perfts annotate` prints of a Python function: it has no instructions of its own, but what it calls has its cost.

import type { PythonCallees } from '../../profile/python/callees.ts';
import { printable } from '../printable.ts';

/** Lines with their ends. */
export function* calleesLines({ name, file, event, samples, period, total, callees }: PythonCallees): Generator<string, void, void> {
  const share = (part: number, whole: number): string => (whole === 0 ? 0 : (100 * part) / whole).toFixed(2).padStart(8);
  const heading = ` Percent |\tCallees of ${printable(name)} (${printable(file)}) for ${printable(event)} (${samples} samples, ${share(period, total.period).trim()}% of all)`;
  yield `${heading}\n${'-'.repeat(heading.length + 5)}\n`;
  for (const callee of callees) yield `${share(callee.period, period)} :   ${printable(callee.isSelf ? '[itself, in the interpreter]' : callee.name)}\n`;
  yield '\n';
}
