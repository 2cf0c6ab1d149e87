// Samples added up for formats that hold one total a group and stack: the totals, the groups they are of, and from when to when all were taken.

import type { SampleRow } from './format.ts';
import { SampleGroups } from './groups.ts';
import { StackTotals } from './stack-totals.ts';
import { TimeSpan } from './time-span.ts';

export class SampleSums {
  readonly groups: SampleGroups = new SampleGroups(true);
  readonly totals: StackTotals = new StackTotals();
  readonly span: TimeSpan = new TimeSpan();

  add(row: SampleRow): void {
    this.span.take(row);
    this.totals.count(this.groups.of(row), row.stack, row.period);
  }
}
