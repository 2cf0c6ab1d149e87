// The groups of events as GROUP_DESC says them (FORMAT 1.3, feature 17; SPEC 3.3), so that each event is in one at most.

import type { EventGroup } from './features.ts';

/** In the order of their leaders, without those that overlap one before; members beyond the last of `events` events are cut. */
export function disjointGroups(groups: readonly EventGroup[], events: number): EventGroup[] {
  const disjoint: EventGroup[] = [];
  let free = 0;
  for (const group of groups.toSorted((a, b) => a.leader - b.leader)) {
    const end = Math.min(group.leader + group.members, events);
    if (group.leader < free || end <= group.leader) continue;
    disjoint.push({ ...group, members: end - group.leader });
    free = end;
  }
  return disjoint;
}
