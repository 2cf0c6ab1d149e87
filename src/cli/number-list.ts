// Lists of numbers on a command line: `--pid 12,34`, `-C 0,2-3`.

import { PerftsError } from '../bytes/errors.ts';

/** More than any machine has CPUs; keeps `0-4000000000` from making a list. */
const MAX_RANGE = 65_536;

/** The numbers of a list with ranges; `option` is named in the error. */
export function parseNumberList(option: string, text: string): number[] {
  const numbers: number[] = [];
  for (const part of text.split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part.trim());
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? match?.[1]);
    if (match === null || last < first || last - first >= MAX_RANGE) {
      throw new PerftsError('PERFTS_USAGE', `${option} takes numbers separated by commas, and ranges, not '${text}'`);
    }
    for (let number = first; number <= last; number++) numbers.push(number);
  }
  return numbers;
}
