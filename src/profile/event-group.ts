// The rows of events that were counted together, side by side (FORMAT 3.8, "Groups"): those of the leader, and those that only other
// members have, with zeros in the leader's place.

import type { Histogram } from './histogram.ts';
import type { GroupRow } from './row-order.ts';
import type { RowSums } from './histogram.ts';

const NOTHING: RowSums = { self: 0, total: 0, samples: 0 };
/** More places than a recording has frames. */
const TASK_STEP = 2 ** 27;

/** The members' histograms, the leader's first, made with one RowIdentity. */
export function groupRows(members: readonly Histogram[]): GroupRow[] {
  const [leader] = members;
  if (leader === undefined) return [];
  if (members.length === 1) return leader.rows.map((row) => ({ row, sums: [row] }));
  const found = new Map<number, { row: GroupRow['row']; sums: RowSums[] }>();
  for (const [index, member] of members.entries()) {
    for (const row of member.rows) {
      const key = row.task * TASK_STEP + row.place;
      let group = found.get(key);
      if (group === undefined) {
        const shown = index === 0 ? row : { ...row, depth: 0, chains: { root: -1, nodes: [] } };
        group = { row: shown, sums: members.map(() => NOTHING) };
        found.set(key, group);
      }
      group.sums[index] = row;
    }
  }
  return [...found.values()];
}
