// One column of the text report: what columns.ts and branch-columns.ts make, and report.ts writes.

import type { GroupRow } from '../../profile/row-order.ts';

export interface Column {
  readonly title: string;
  readonly width: number;
  readonly alignsRight: boolean;
  cell(row: GroupRow): string;
}

/** What 100 percent are. */
export interface Whole {
  readonly period: number;
  readonly latency: number;
}
