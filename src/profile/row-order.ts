// The order of a report's rows (FORMAT 3.8, "Grouping key and order"): first by the sort keys (the order in which perf merges equal
// rows), then by what the columns say, through a red-black tree, whose shape decides where the comparison is not transitive.

import { isWide } from '../bytes/int64.ts';
import { compareByDifference } from './address-order.ts';
import type { ChainOrder } from './chain-forest.ts';
import type { HistogramRow, RowSums } from './histogram.ts';
import type { Profile } from './profile.ts';
import { redBlackOrder } from './red-black-order.ts';
import type { SortKey } from './row-identity.ts';

/** Numbers of a row by which rows are compared; `total` is the column Children. */
export type SumKey = 'total' | 'self' | 'samples' | 'period';

/** A row with its sums in every event of its group; `sums[0]` is the leader's, and the only one outside a group. */
export interface GroupRow {
  readonly row: HistogramRow;
  readonly sums: readonly RowSums[];
}

export interface RowOrderOptions {
  /** By which rows were told apart. */
  readonly keys: readonly SortKey[];
  /** By which they are sorted, the most important first. */
  readonly by: readonly (SortKey | SumKey)[];
  /** Direction of chains where a tie of `total` is broken by their depth; undefined where chains are not in use. */
  readonly depthOrder: ChainOrder | undefined;
}

/** What is compared, looked up once. */
interface Sortable extends GroupRow {
  readonly comm: string;
  readonly pid: number;
  readonly tid: number;
  /** undefined: no mapping. */
  readonly dso: string | undefined;
  /** undefined: no symbol. */
  readonly name: string | undefined;
}

/** The rows as perf shows them from top to bottom. */
export function orderedRows(profile: Profile, rows: readonly GroupRow[], options: RowOrderOptions): GroupRow[] {
  const { keys, by, depthOrder } = options;
  const sortable = rows.map((row) => sortableOf(profile, row));
  const compare = (a: Sortable, b: Sortable): number => compareCollapsed(profile, a, b, keys);
  const collapsed = differencesWrap(profile, sortable) ? asMerged(sortable, compare) : sortable.sort(compare);
  return throughTree(collapsed, (a, b) => compareShown(a, b, by, depthOrder));
}

function throughTree(rows: readonly Sortable[], compare: (a: Sortable, b: Sortable) => number): Sortable[] {
  return Array.from(redBlackOrder(rows.length, (a, b) => compare(rows[a]!, rows[b]!) < 0), (index) => rows[index]!);
}

/**
 * Addresses more than 2^63 apart compare the wrong way round, and the order becomes that of the trees in which perf keeps the rows:
 * one filled as the samples come, from which a second one is filled.
 */
function asMerged(rows: readonly Sortable[], compare: (a: Sortable, b: Sortable) => number): Sortable[] {
  const made = rows.toSorted((a, b) => a.row.maker - b.row.maker || a.row.makerFrame - b.row.makerFrame);
  return throughTree(throughTree(made, compare), compare);
}

function differencesWrap({ wide }: Profile, rows: readonly Sortable[]): boolean {
  let lowest = 0n;
  let highest = 0n;
  for (const { row, name } of rows) {
    if (name !== undefined || !isWide(row.address)) continue;
    const address = wide.exact(row.address);
    if (address < lowest) lowest = address;
    if (address > highest) highest = address;
  }
  // The others are within 2^52 of zero.
  return highest - lowest >= 2n ** 63n - 2n ** 53n;
}

function sortableOf(profile: Profile, { row, sums }: GroupRow): Sortable {
  const { frames } = profile;
  const who = profile.threads[row.thread];
  return {
    row,
    sums,
    comm: profile.comms[row.comm] ?? '',
    pid: who?.pid ?? -1,
    tid: who?.tid ?? -1,
    dso: frames.moduleName(row.frame),
    name: frames.symbol[row.frame]! < 0 ? undefined : frames.name(row.frame),
  };
}

/** Stage 1. Different rows never compare equal. */
function compareCollapsed(profile: Profile, a: Sortable, b: Sortable, keys: readonly SortKey[]): number {
  for (const key of keys) {
    const order = key === 'symbol' ? compareSymbols(profile, a, b, keys.includes('dso')) : compareKey(a, b, key);
    if (order !== 0) return order;
  }
  return 0;
}

function compareSymbols(profile: Profile, a: Sortable, b: Sortable, dsoIsKey: boolean): number {
  const { frames, wide } = profile;
  if (a.name === undefined && b.name === undefined) return compareByDifference(wide, a.row.address, b.row.address);
  if (!dsoIsKey) {
    const order = compareTexts(a.dso, b.dso);
    if (order !== 0) return order;
  }
  if (a.name === undefined) return 1;
  if (b.name === undefined) return -1;
  return (
    compareByDifference(wide, frames.start[a.row.frame]!, frames.start[b.row.frame]!) ||
    compareByDifference(wide, frames.end[a.row.frame]!, frames.end[b.row.frame]!)
  );
}

/** Stage 2. */
function compareShown(a: Sortable, b: Sortable, by: readonly (SortKey | SumKey)[], depthOrder: ChainOrder | undefined): number {
  for (const key of by) {
    const order = isSum(key) ? compareSums(a, b, key, depthOrder) : compareKey(a, b, key);
    if (order !== 0) return order;
  }
  return 0;
}

function isSum(key: SortKey | SumKey): key is SumKey {
  return key === 'total' || key === 'self' || key === 'samples' || key === 'period';
}

/** Larger first. */
function compareSums(a: Sortable, b: Sortable, key: SumKey, depthOrder: ChainOrder | undefined): number {
  const column = key === 'period' ? 'self' : key;
  if (key === 'total') {
    const order = b.sums[0]!.total - a.sums[0]!.total;
    if (order !== 0 || depthOrder === undefined || a.row.thread !== b.row.thread) return order;
    // A caller above its callee.
    return depthOrder === 'caller' ? b.row.depth - a.row.depth : a.row.depth - b.row.depth;
  }
  for (let event = 0; event < a.sums.length; event++) {
    const order = b.sums[event]![column] - a.sums[event]![column];
    if (order !== 0) return order;
  }
  return 0;
}

function compareKey(a: Sortable, b: Sortable, key: SortKey): number {
  switch (key) {
    case 'comm':
      return compareTexts(a.comm, b.comm);
    case 'pid':
    case 'tid':
      return a.tid - b.tid;
    case 'tgid':
      return a.pid - b.pid;
    case 'dso':
      return compareTexts(a.dso, b.dso);
    case 'symbol':
      return compareTexts(a.name, b.name);
  }
}

/** What is missing comes last. */
function compareTexts(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return a < b ? -1 : 1;
}
