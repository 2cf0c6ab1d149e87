// Which events of a profile are shown, and which of them side by side: `--event`, `--group`, `--no-group`. Everything else of the profile stays.

import { PerftsError } from '../bytes/errors.ts';
import type { Profile, ProfileEvent } from './profile.ts';

/** The event that a name means: the one of that name, or with modifiers behind it (`cycles` is `cycles:u` too). */
export function eventCalled(asked: string, names: readonly string[]): string | undefined {
  return names.includes(asked) ? asked : names.find((name) => name.startsWith(`${asked}:`));
}

/** A profile of these events alone, in its own order. Throws PERFTS_USAGE for a name that no event has. */
export function withEvents(profile: Profile, asked: readonly string[]): Profile {
  const names = profile.events.map(({ name }) => name);
  const wanted = asked.map((name) => {
    const called = eventCalled(name, names);
    if (called === undefined) throw new PerftsError('PERFTS_USAGE', `no event is called '${name}': the recording has ${names.join(', ')}`);
    return called;
  });
  const kept = profile.events.flatMap((event, index) => (wanted.includes(event.name) ? [index] : []));
  const events = kept.map((index): ProfileEvent => {
    const event = profile.events[index]!;
    // Where the leader is left out, the first one that stays takes its place.
    const leader = kept.findIndex((other) => profile.events[other]!.leader === event.leader);
    const groupName = profile.events[event.leader]?.groupName;
    return { ...event, leader, ...(groupName !== undefined && { groupName }) };
  });
  return { ...profile, events };
}

/**
 * `all`: all events are one group, unless some were recorded as one, as perf's --group has it. `none`: each stands alone. Latency, stacks
 * and the rest do not change.
 */
export function regrouped(profile: Profile, how: 'all' | 'none'): Profile {
  const { events } = profile;
  if (how === 'none') return { ...profile, events: events.map((event, leader) => ({ ...event, leader })) };
  if (events.length < 2 || events.some(({ leader }, index) => leader !== index)) return profile;
  return { ...profile, events: events.map((event) => ({ ...event, leader: 0 })), isForcedGroup: true };
}
