// The rows of events that were counted together, side by side (FORMAT 3.8, "Groups"): those of the leader, and those that only other
// members have, with zeros in the leader's place.

import type { Histogram, RowSums } from './histogram.ts';
import type { GroupRow } from './row-order.ts';
import { TripleTable } from './triple-table.ts';

/**
 * By which members of a group rows are sorted, for `--group-sort-idx`: first by the event of that number, from 0, then by the others but the
 * leader; by the leader alone where there is no such event. `shown`: the group's events that have rows, as numbers in it.
 */
export function sortMembers(index: number, size: number, shown: readonly number[]): number[] {
  if (index === 0) return shown.map((_, position) => position);
  if (index < 0 || index >= size) return [0];
  const others = shown.filter((member) => member !== 0 && member !== index);
  return [index, ...others].map((member) => shown.indexOf(member)).filter((position) => position >= 0);
}

const NOTHING: RowSums = { self: 0, total: 0, samples: 0, selfLatency: 0, totalLatency: 0 };

/** The members' histograms, the leader's first, made with one RowIdentity. */
export function groupRows(members: readonly Histogram[]): GroupRow[] {
  const [leader] = members;
  if (leader === undefined) return [];
  if (members.length === 1) return leader.rows.map((row) => ({ row, sums: [row] }));
  const indexOf = new TripleTable();
  const groups: { row: GroupRow['row']; sums: RowSums[] }[] = [];
  for (const [index, member] of members.entries()) {
    for (const row of member.rows) {
      const at = indexOf.find(row.task, row.place, 0, groups.length);
      if (at === groups.length) {
        const shown = index === 0 ? row : { ...row, depth: 0, chains: { root: -1, nodes: [] } };
        groups.push({ row: shown, sums: members.map(() => NOTHING) });
      }
      groups[at]!.sums[index] = row;
    }
  }
  return groups;
}
