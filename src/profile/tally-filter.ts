// Which samples a report adds up: those of some commands, files, functions, tasks. Decided by row of the tallies, once for each of the
// things that it asks for.

import type { Profile, ProfileEvent } from './profile.ts';
import type { RowIdentity } from './row-identity.ts';
import { valueOf } from './value-keys.ts';

/** Plain data. Samples that fit everything given make rows; the others only count in the event's totals. */
export interface SampleFilter {
  readonly comms?: readonly string[];
  /** Short names or paths. */
  readonly dsos?: readonly string[];
  readonly symbols?: readonly string[];
  readonly pids?: readonly number[];
  readonly tids?: readonly number[];
  /** Of profiles with the value `socket`, `parallelism` (sample-values.ts). */
  readonly sockets?: readonly number[];
  readonly parallelism?: readonly number[];
  /** Only samples that have the caller that is looked for (HistogramOptions.parents). */
  readonly withParent?: boolean;
}

/** -1 for every tally that the filter rejects: by its thread, by the file or function in which it was taken, or by what it says itself. */
export function markRejected(profile: Profile, { tallies }: ProfileEvent, filter: SampleFilter, parents: Int32Array | undefined, identity: RowIdentity, rows: Int32Array): void {
  if (!isFiltering(filter)) return;
  const { comms, dsos, symbols, pids, tids, sockets, parallelism, withParent } = filter;
  const { frames, threads } = profile;
  const isPlaceRejected = remembered((frame) => {
    const module = frames.modules[frames.module[frame]!];
    return (
      (dsos !== undefined && !(module !== undefined && (dsos.includes(module.shortName) || dsos.includes(module.path)))) ||
      (symbols !== undefined && !(frames.symbol[frame]! >= 0 && symbols.includes(frames.name(frame))))
    );
  });
  const isThreadRejected = remembered((thread) => {
    const who = threads[thread];
    return (pids !== undefined && !pids.includes(who?.pid ?? -1)) || (tids !== undefined && !tids.includes(who?.tid ?? -1));
  });
  const isCommRejected = remembered((comm) => comms !== undefined && !comms.includes(profile.comms[comm] ?? ''));
  const isDetailRejected = remembered(
    (detail) =>
      (sockets !== undefined && !sockets.includes(valueOf(profile, 'socket', detail))) || (parallelism !== undefined && !parallelism.includes(valueOf(profile, 'parallelism', detail))),
  );
  for (let tally = 0; tally < tallies.length; tally++) {
    const isRejected =
      isPlaceRejected(identity.frameOf(tallies.leaf[tally]!)) ||
      isThreadRejected(tallies.thread[tally]!) ||
      isCommRejected(tallies.comm[tally]!) ||
      (tallies.detail !== undefined && isDetailRejected(tallies.detail[tally]!)) ||
      (withParent === true && (parents === undefined || parents[tallies.stack[tally]!]! < 0));
    if (isRejected) rows[tally] = -1;
  }
}

function remembered(answer: (number: number) => boolean): (number: number) => boolean {
  const known = new Map<number, boolean>();
  return (number) => {
    let is = known.get(number);
    if (is === undefined) known.set(number, (is = answer(number)));
    return is;
  };
}

/** Whether any sample may be rejected. */
export function isFiltering(filter: SampleFilter): boolean {
  return Object.values(filter).some((wanted) => wanted !== undefined && wanted !== false);
}
