// The order of a report's rows (FORMAT 3.8, "Grouping key and order"): first by the sort keys (the order in which perf merges equal
// rows), then by what the columns say, through a red-black tree, whose shape decides where the comparison is not transitive.

import { isWide } from '../bytes/int64.ts';
import { compareByDifference } from './address-order.ts';
import type { Module } from '../process/module.ts';
import type { ChainOrder } from './chain-forest.ts';
import type { HistogramRow, RowSums } from './histogram.ts';
import { BranchFlag, detailOf, lineOf } from './profile.ts';
import type { Profile } from './profile.ts';
import { redBlackOrder } from './red-black-order.ts';
import { isBranchKey } from './report-keys.ts';
import { cyclesOf, placeOf, withoutNumbers } from './row-identity.ts';
import type { BranchKey, SortKey, ValueKey } from './report-keys.ts';
import { compareValues, valueOf } from './value-keys.ts';

/** Numbers of a row by which rows are compared; `total` is the column Children, and there is one for Latency. */
export type SumKey = 'total' | 'self' | 'samples' | 'period' | 'totalLatency' | 'selfLatency' | ExtraKey;

/** One of RowSums.extras, by its index. */
export type ExtraKey = `extra ${number}`;

const SUM_KEYS: readonly string[] = ['total', 'self', 'samples', 'period', 'totalLatency', 'selfLatency'] satisfies SumKey[];
const EXTRA_KEY = /^extra (\d+)$/;

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
  /** The events of a group by whose sums rows are sorted, the most important first; all of them, from the first, if left out. */
  readonly members?: readonly number[];
}

type Compare = (a: number, b: number) => number;

const FLAG_OF = {
  mispredict: BranchFlag.Mispredicted | BranchFlag.Predicted,
  in_tx: BranchFlag.InTransaction,
  abort: BranchFlag.Abort,
} as const;

/** The rows as perf shows them from top to bottom. */
export function orderedRows(profile: Profile, rows: readonly GroupRow[], options: RowOrderOptions): GroupRow[] {
  const columns = new Columns(profile, rows);
  const collapse = allOf(options.keys.map((key) => (key === 'symbol' ? columns.bySymbol(options.keys.includes('dso')) : columns.byKey(key, 1))));
  const show = allOf(options.by.flatMap((key) => (isSum(key) ? columns.bySum(key, options.depthOrder, options.members) : columns.byKey(key, -1))));
  const given = rows.map((_, index) => index);
  const hasFlags = options.keys.some((key) => key in FLAG_OF);
  const isOrder = !hasFlags && (options.keys.includes('dso') || !options.keys.includes('symbol')) && !columns.differencesWrap();
  const collapsed = isOrder ? given.sort(collapse) : columns.asMerged(collapse, options.keys.includes('comm'));
  return throughTree(collapsed, show).map((index) => rows[index]!);
}

function allOf(compares: readonly Compare[]): Compare {
  return (a, b) => {
    for (let i = 0; i < compares.length; i++) {
      const order = compares[i]!(a, b);
      if (order !== 0) return order;
    }
    return 0;
  };
}

function throughTree(rows: readonly number[], compare: Compare): number[] {
  return Array.from(redBlackOrder(rows.length, (a, b) => compare(rows[a]!, rows[b]!) < 0), (index) => rows[index]!);
}

function isSum(key: SortKey | SumKey): key is SumKey {
  return SUM_KEYS.includes(key) || EXTRA_KEY.test(key);
}

/** What rows are compared by, looked up once; rows are indices. */
class Columns {
  readonly #profile: Profile;
  readonly #rows: readonly GroupRow[];
  readonly #named: Uint8Array;
  readonly #names: (string | undefined)[];
  readonly #dso: Float64Array;

  constructor(profile: Profile, rows: readonly GroupRow[]) {
    this.#profile = profile;
    this.#rows = rows;
    const { frames } = profile;
    this.#named = Uint8Array.from(rows, ({ row }) => (frames.symbol[row.frame]! < 0 ? 0 : 1));
    this.#names = rows.map(() => undefined);
    this.#dso = ranks(rows.map(({ row }) => sortedName(frames.modules[frames.module[row.frame]!])));
  }

  /** `different`: what flags compare as that are not the same, which have no order. */
  byKey(key: SortKey, different: 1 | -1): Compare {
    const { threads, comms } = this.#profile;
    switch (key) {
      case 'comm':
        return ascending(ranks(this.#rows.map(({ row }) => comms[row.comm] ?? '')));
      case 'pid':
      case 'tid':
        return ascending(this.#column((row) => threads[row.thread]?.tid ?? -1));
      case 'tgid':
        return ascending(this.#column((row) => threads[row.thread]?.pid ?? -1));
      case 'dso':
        return ascending(this.#dso);
      case 'symbol':
        return (a, b) => this.#compareNames(a, b);
      case 'trace':
        return ascending(ranks(this.#rows.map(({ row }) => this.#profile.traces?.[detailOf(this.#profile, row.detail)])));
      case 'srcline':
        return ascending(ranks(this.#rows.map(({ row }) => lineOf(this.#profile, row.frame)?.text)));
      case 'srcfile':
        return ascending(ranks(this.#rows.map(({ row }) => lineOf(this.#profile, row.frame)?.file)));
      case 'comm_nodigit':
        return ascending(ranks(this.#rows.map(({ row }) => withoutNumbers(comms[row.comm] ?? ''))));
      case 'parent':
        return ascending(ranks(this.#rows.map(({ row }) => (row.parent < 0 ? undefined : this.#profile.frames.name(row.parent)))));
      case 'symbol_size':
        return ascending(this.#column((row) => this.#sizeOf(row.frame)));
      default:
        return isBranchKey(key) ? this.#byBranch(key, different) : this.#byValue(key);
    }
  }

  #sizeOf(frame: number): number {
    const { frames } = this.#profile;
    return frames.symbol[frame]! < 0 ? 0 : frames.end[frame]! - frames.start[frame]!;
  }

  #byValue(key: ValueKey): Compare {
    if (key === 'dso_daddr') return this.#byFile((row) => valueOf(this.#profile, 'dataFrame', row.detail));
    if (key === 'symoff') {
      const offset = this.#column((row) => valueOf(this.#profile, 'offset', row.detail));
      return (a, b) => this.#compareNames(a, b) || offset[b]! - offset[a]!;
    }
    const compare = compareValues(this.#profile, key);
    const detail = Int32Array.from(this.#rows, ({ row }) => row.detail);
    return (a, b) => compare(detail[a]!, detail[b]!);
  }

  /** As perf does it: files from the last letter to the first, and among flags the one that came last at the top. */
  #byBranch(key: BranchKey, different: 1 | -1): Compare {
    const { branches } = this.#profile;
    if (branches === undefined) return () => 0;
    const { from, to, flags } = branches;
    switch (key) {
      case 'dso_from':
        return this.#byFile((row) => from[detailOf(this.#profile, row.detail)]!);
      case 'dso_to':
        return this.#byFile((row) => to[detailOf(this.#profile, row.detail)]!);
      case 'symbol_from':
        return this.#byRange(from);
      case 'symbol_to':
        return this.#byRange(to);
      case 'addr_from':
      case 'addr_to': {
        const address = this.#column((row) => Number(placeOf(this.#profile, key, detailOf(this.#profile, row.detail))));
        const byFile = this.#byBranch(key === 'addr_from' ? 'dso_from' : 'dso_to', different);
        return (a, b) => byFile(a, b) || compareByDifference(this.#profile.wide, address[a]!, address[b]!);
      }
      case 'srcline_from':
      case 'srcline_to':
        return ascending(ranks(this.#rows.map(({ row }) => String(placeOf(this.#profile, key, detailOf(this.#profile, row.detail))))));
      case 'cycles':
        return ascending(this.#column((row) => -cyclesOf(flags[detailOf(this.#profile, row.detail)]!)));
      default: {
        const flag = this.#column((row) => flags[detailOf(this.#profile, row.detail)]! & FLAG_OF[key]);
        return (a, b) => (flag[a] === flag[b] ? 0 : different);
      }
    }
  }

  #byFile(frameOf: (row: HistogramRow) => number): Compare {
    const { frames } = this.#profile;
    const rank = ranks(this.#rows.map(({ row }) => sortedName(frames.modules[frames.module[frameOf(row)]!])));
    return (a, b) => rank[b]! - rank[a]!;
  }

  /** Functions by their range, before addresses. */
  #byRange(frameOf: Int32Array): Compare {
    const { frames, wide } = this.#profile;
    const frame = Int32Array.from(this.#rows, ({ row }) => frameOf[detailOf(this.#profile, row.detail)]!);
    return (a, b) => {
      const [left, right] = [frame[a]!, frame[b]!];
      const isNamed = frames.symbol[left]! >= 0;
      if (isNamed !== frames.symbol[right]! >= 0) return isNamed ? -1 : 1;
      if (!isNamed) return compareByDifference(wide, frames.address[left]!, frames.address[right]!);
      return compareByDifference(wide, frames.start[left]!, frames.start[right]!) || compareByDifference(wide, frames.end[left]!, frames.end[right]!);
    };
  }

  #column(value: (row: HistogramRow) => number): Float64Array {
    return Float64Array.from(this.#rows, ({ row }) => value(row));
  }

  /** By name, what has none last. */
  #compareNames(a: number, b: number): number {
    if (this.#named[a] === 0 || this.#named[b] === 0) return this.#named[b]! - this.#named[a]!;
    const left = this.#name(a);
    const right = this.#name(b);
    return left === right ? 0 : left < right ? -1 : 1;
  }

  #name(row: number): string {
    return (this.#names[row] ??= this.#profile.frames.name(this.#rows[row]!.row.frame));
  }

  /** Larger first; with a tie of `total` within a thread a caller comes above its callee. Latency follows its period. */
  bySum(key: SumKey, depthOrder: ChainOrder | undefined, order?: readonly number[]): Compare[] {
    const members = order ?? Array.from({ length: this.#rows[0]?.sums.length ?? 0 }, (_, member) => member);
    const column = (member: number): Float64Array => Float64Array.from(this.#rows, ({ sums }) => -sumOf(sums[member]!, key));
    if (key !== 'total' && key !== 'totalLatency') return members.map((member) => ascending(column(member)));
    const total = ascending(column(0));
    if (depthOrder === undefined) return [total];
    const thread = this.#column((row) => row.thread);
    const depth = this.#column((row) => (depthOrder === 'caller' ? -row.depth : row.depth));
    return [total, (a, b) => (thread[a] === thread[b] ? depth[a]! - depth[b]! : 0)];
  }

  /** Stage 1: functions by their range, before addresses without a function; by the file first unless that is a key, or neither is a function. */
  bySymbol(dsoIsKey: boolean): Compare {
    const { frames, wide } = this.#profile;
    const start = this.#column((row) => (frames.symbol[row.frame]! < 0 ? row.address : frames.start[row.frame]!));
    const end = this.#column((row) => frames.end[row.frame]!);
    const dso = this.#dso;
    const named = this.#named;
    return (a, b) => {
      if (named[a] === 0 && named[b] === 0) return compareByDifference(wide, start[a]!, start[b]!);
      if (!dsoIsKey && dso[a] !== dso[b]) return dso[a]! - dso[b]!;
      if (named[a] !== named[b]) return named[b]! - named[a]!;
      // What was inlined into a function has that function's range.
      return compareByDifference(wide, start[a]!, start[b]!) || compareByDifference(wide, end[a]!, end[b]!) || this.#compareNames(b, a);
    };
  }

  /**
   * Addresses more than 2^63 apart compare the wrong way round, and without the file as a key functions are compared by it and
   * addresses are not. Then the order is that of the trees in which perf keeps the rows: one filled as the samples come, from which,
   * if command names are a key, a second one is filled.
   */
  asMerged(compare: Compare, again: boolean): number[] {
    const made = this.#rows.map((_, index) => index);
    made.sort((a, b) => {
      const [left, right] = [this.#rows[a]!.row, this.#rows[b]!.row];
      return left.maker - right.maker || left.makerFrame - right.makerFrame;
    });
    const once = throughTree(made, compare);
    return again ? throughTree(once, compare) : once;
  }

  differencesWrap(): boolean {
    const { wide } = this.#profile;
    let lowest = 0n;
    let highest = 0n;
    for (const [index, { row }] of this.#rows.entries()) {
      if (this.#named[index] === 1 || !isWide(row.address)) continue;
      const address = wide.exact(row.address);
      if (address < lowest) lowest = address;
      if (address > highest) highest = address;
    }
    // The others are within 2^52 of zero.
    return highest - lowest >= 2n ** 63n - 2n ** 53n;
  }
}

function sumOf(sums: RowSums, key: SumKey): number {
  switch (key) {
    case 'period':
      return sums.self;
    case 'total':
    case 'self':
    case 'samples':
    case 'totalLatency':
    case 'selfLatency':
      return sums[key];
    default:
      return sums.extras?.[Number(EXTRA_KEY.exec(key)?.[1])] ?? 0;
  }
}

/** Code named by a perf map stands where perf's name for it would put it, so that rows are in the same order as perf's. */
function sortedName(module: Module | undefined): string | undefined {
  const pid = module?.kind === 'anonymous' ? /^perf-(\d+)\.map$/.exec(module.shortName)?.[1] : undefined;
  return pid === undefined ? module?.shortName : `[JIT] tid ${pid}`;
}

function ascending(values: Float64Array): Compare {
  return (a, b) => values[a]! - values[b]!;
}

/** Numbers that compare as the texts do; what is missing comes last. */
function ranks(texts: readonly (string | undefined)[]): Float64Array {
  const rankOf = new Map<string | undefined, number>();
  const distinct = [...new Set(texts)].filter((text) => text !== undefined).sort((a, b) => (a < b ? -1 : 1));
  for (const text of distinct) rankOf.set(text, rankOf.size);
  return Float64Array.from(texts, (text) => rankOf.get(text) ?? distinct.length);
}
