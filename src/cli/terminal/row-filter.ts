// Which rows of a report are in sight: those of the thread or the file that was zoomed into, with a word in their symbol, and of a share
// that is not too small. As in perf's browser rows are left out, and those that stay keep their numbers; the options --comms, --dsos and
// --symbols leave out samples.

import type { Profile } from '../../profile/profile.ts';
import type { SortKey } from '../../profile/report-keys.ts';
import type { GroupRow } from '../../profile/row-order.ts';
import { nameOf } from '../../views/report/cells.ts';

/** By thread where rows are told apart by threads, else by command. */
export interface ThreadZoom {
  readonly by: 'tid' | 'tgid' | 'comm';
  readonly value: number | string;
  /** `sh`, `sh(4242)`. */
  readonly label: string;
}

export interface RowFilter {
  readonly thread: ThreadZoom | undefined;
  /** Short name of a file; `[unknown]` for what lies in none. */
  readonly dso: string | undefined;
  /** Part of a symbol; '': any. */
  readonly symbol: string;
  /** Percent of the whole. */
  readonly limit: number;
}

export const NOT_MAPPED = '[unknown]';

export function dsoOf({ frames }: Profile, { row }: GroupRow): string {
  return frames.moduleName(row.frame) ?? NOT_MAPPED;
}

/** How a zoom into a row's thread would tell it from others; undefined where rows are not told apart so. */
export function threadOf(profile: Profile, keys: readonly SortKey[], { row }: GroupRow): ThreadZoom | undefined {
  const comm = profile.comms[row.comm] ?? '';
  const thread = profile.threads[row.thread];
  if (keys.includes('tid') || keys.includes('pid')) return { by: 'tid', value: thread?.tid ?? -1, label: `${comm}(${thread?.tid ?? -1})` };
  if (keys.includes('comm')) return { by: 'comm', value: comm, label: comm };
  if (keys.includes('tgid')) return { by: 'tgid', value: thread?.pid ?? -1, label: `${comm}(${thread?.pid ?? -1})` };
  return undefined;
}

/** Whether a row's thread, file and symbol fit; the limit is the caller's. */
export function fits(profile: Profile, { thread, dso, symbol }: RowFilter, row: GroupRow): boolean {
  if (dso !== undefined && dsoOf(profile, row) !== dso) return false;
  if (thread !== undefined && !isOfThread(profile, thread, row)) return false;
  return symbol === '' || (profile.frames.symbol[row.row.frame]! >= 0 && nameOf(profile, row.row.frame).includes(symbol));
}

function isOfThread(profile: Profile, { by, value }: ThreadZoom, { row }: GroupRow): boolean {
  if (by === 'comm') return (profile.comms[row.comm] ?? '') === value;
  const thread = profile.threads[row.thread];
  return (by === 'tid' ? thread?.tid : thread?.pid) === value;
}
