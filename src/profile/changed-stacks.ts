// Profiles whose stacks are shown otherwise than they were recorded: without what nothing names (perf's --hide-unresolved), or ending in
// functions whose callees are of no interest (--ignore-callees). Made of a whole profile, by distinct stacks, and so as good as free.

import { detailOf } from './profile.ts';
import type { Profile, ProfileEvent } from './profile.ts';
import { StackTable } from './stack-table.ts';
import { TallyTable } from './tally-table.ts';

/** Samples taken in code without a name are left out, as if they were not there; so are such frames of the others' stacks. */
export function hideUnresolved(profile: Profile): Profile {
  const { frames, branches } = profile;
  const { parent, frame, length } = profile.stacks;
  const isNamed = (frame: number): boolean => frame >= 0 && frames.symbol[frame]! >= 0;
  const stacks = new StackTable();
  const nodes = new Int32Array(length);
  for (let node = 1; node < length; node++) {
    const outer = nodes[parent[node]!]!;
    nodes[node] = isNamed(frame[node]!) ? stacks.child(outer, frame[node]!) : outer;
  }
  return changed(profile, stacks, ({ tallies }, row) => {
    const leaf = tallies.leaf[row]!;
    if (!isNamed(leaf)) return undefined;
    if (branches !== undefined && !isNamed(branches.from[detailOf(profile, tallies.detail![row]!)]!)) return undefined;
    return { leaf, stack: nodes[tallies.stack[row]!]! };
  });
}

/**
 * What functions call whose name fits belongs to themselves: of several in a stack the outermost counts. perf forgets callers instead where
 * these come first in chains (docs/PERF-DIFFERENCES.md).
 */
export function ignoreCallees(profile: Profile, name: RegExp): Profile {
  const { frames } = profile;
  const { parent, frame, length } = profile.stacks;
  const fits = new Int8Array(frames.length);
  const isMeant = (frame: number): boolean => {
    if (fits[frame] === 0) fits[frame] = frames.symbol[frame]! >= 0 && name.test(frames.name(frame)) ? 1 : -1;
    return fits[frame]! > 0;
  };
  // Where the stack of a node ends now.
  const ends = Int32Array.from({ length }, (_, node) => node);
  const isCut = new Uint8Array(length);
  for (let node = 1; node < length; node++) {
    const outer = parent[node]!;
    if (isCut[outer] === 1) {
      ends[node] = ends[outer]!;
      isCut[node] = 1;
    } else if (isMeant(frame[node]!)) isCut[node] = 1;
  }
  return changed(profile, profile.stacks, ({ tallies }, row) => {
    const stack = tallies.stack[row]!;
    return { leaf: ends[stack] === stack ? tallies.leaf[row]! : frame[ends[stack]!]!, stack: ends[stack]! };
  });
}

/** The profile with other leaves and stacks, without the samples for which there is no place. */
function changed(profile: Profile, stacks: Profile['stacks'], placeOf: (event: ProfileEvent, row: number) => { readonly leaf: number; readonly stack: number } | undefined): Profile {
  const events = profile.events.map((event) => {
    const { tallies } = event;
    const table = new TallyTable(tallies.detail !== undefined, tallies.latency !== undefined);
    let { samples, period, latency = 0 } = event;
    for (let row = 0; row < tallies.length; row++) {
      const place = placeOf(event, row);
      const share = tallies.latency === undefined ? 0 : tallies.latency[row]!;
      if (place === undefined) {
        samples -= tallies.samples[row]!;
        period -= tallies.period[row]!;
        latency -= share;
        continue;
      }
      const detail = tallies.detail === undefined ? 0 : tallies.detail[row]!;
      table.countMany(tallies.thread[row]!, tallies.comm[row]!, place.leaf, tallies.mode[row]!, place.stack, tallies.period[row]!, tallies.samples[row]!, detail, share);
    }
    return { ...event, samples: Math.max(0, samples), period, latency, tallies: table };
  });
  return { ...profile, events, stacks };
}
