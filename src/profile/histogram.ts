// The rows of a report: the samples of an event added up by sort keys, each to the function in which it was taken and, on demand, to
// every caller in its chain (FORMAT 3.8, "--children"). Works on tallies: equal samples make the same rows as one after the other.

import { ChainForest } from './chain-forest.ts';
import type { ChainOrder } from './chain-forest.ts';
import type { ChainStart } from './call-tree.ts';
import { CpuMode } from './profile.ts';
import type { Profile, ProfileEvent } from './profile.ts';
import { RowIdentity } from './row-identity.ts';
import type { SortKey } from './report-keys.ts';
import type { SampleValue } from './sample-values.ts';
import { markRejected, type SampleFilter } from './tally-filter.ts';
import { TripleTable } from './triple-table.ts';
import { valueOf } from './value-keys.ts';

const TWO_32 = 4_294_967_296;

export interface HistogramOptions {
  readonly keys: readonly SortKey[];
  /** Whether callers get rows and a share of the period ("children"). */
  readonly children: boolean;
  /** Direction of chains: which frame of a chain comes first, and so where a caller's rest of the chain lies. */
  readonly order: ChainOrder;
  /**
   * Rows with a smaller own period need no chains when callers have no rows (nothing of them would be shown). Infinity: no chains
   * at all. In units of the event's period.
   */
  readonly chainsFrom: number;
  readonly filter: SampleFilter;
  /** By node of Profile.stacks: the caller that the key parent tells rows apart by (parents.ts); undefined where it is no key. */
  readonly parents?: Int32Array | undefined;
  /** Further sums that rows are to have, in this order. */
  readonly extras?: readonly ExtraSum[];
}

/** Sums of the samples taken in the function itself: of their periods by CpuMode; of their weights (sample-values.ts) times their number. */
export type ExtraSum = 'kernel' | 'user' | 'guestKernel' | 'guestUser' | 'weight' | 'instructionLatency' | 'weight3';

const MODE_OF: Readonly<Record<Exclude<ExtraSum, SampleValue>, number>> = {
  kernel: CpuMode.Kernel, user: CpuMode.User, guestKernel: CpuMode.GuestKernel, guestUser: CpuMode.GuestUser,
};

/** Of one event. */
export interface RowSums {
  /** Period of the samples taken in the function itself. */
  readonly self: number;
  /** Period of the samples taken in it or below it; equals `self` where callers have no rows. */
  readonly total: number;
  /** Number of samples taken in the function itself. */
  readonly samples: number;
  /** As `self` and `total`, of latency (Profile.latency); 0 where the profile has none. */
  readonly selfLatency: number;
  readonly totalLatency: number;
  /** Those of HistogramOptions.extras; undefined where none were asked for. */
  readonly extras?: readonly number[] | undefined;
}

export interface HistogramRow extends RowSums {
  /** What the row is, to keep rows of several events together. */
  readonly task: number;
  readonly place: number;
  /** Frame of the sample, or of the chain, that made the row. */
  readonly frame: number;
  /** The address to be shown where the frame has no symbol: within the file for sampled functions, in memory for callers. */
  readonly address: number;
  /** Thread, command name and detail (Tallies.detail) of the sample that made the row. */
  readonly thread: number;
  readonly comm: number;
  readonly detail: number;
  /** Its parent: a frame, or -1. */
  readonly parent: number;
  /** `k`, `.`, `g`, `u` or `H` (FORMAT 3.6). */
  readonly level: string;
  /** That sample's tally, and which frame of its chain it was: 0 is the sampled function. Rows sort by the two as they were made. */
  readonly maker: number;
  readonly makerFrame: number;
  /** Frames in the longest of its chains. */
  readonly depth: number;
  readonly chains: ChainStart;
}

export interface Histogram {
  readonly event: ProfileEvent;
  readonly rows: readonly HistogramRow[];
  /** The chains of the rows; undefined where none were asked for. */
  readonly forest: ChainForest | undefined;
  /** What passes the filter. */
  readonly shownSamples: number;
  readonly shownPeriod: number;
  readonly shownLatency: number;
}

interface GrowingRow {
  /** Its place in the list of rows. */
  index: number;
  task: number;
  place: number;
  frame: number;
  address: number;
  thread: number;
  comm: number;
  detail: number;
  parent: number;
  extras: number[] | undefined;
  level: string;
  self: number;
  total: number;
  selfLatency: number;
  totalLatency: number;
  samples: number;
  depth: number;
  chains: { root: number; nodes: number[] };
  maker: number;
  makerFrame: number;
}

/** Adds up one event. `identity` may be shared by the events of a group, so that their rows can be told to be the same. */
export function histogramOf(profile: Profile, event: ProfileEvent, options: HistogramOptions, identity: RowIdentity): Histogram {
  return new Accounting(profile, event, options, identity).run();
}

class Accounting {
  readonly #profile: Profile;
  readonly #event: ProfileEvent;
  readonly #options: HistogramOptions;
  readonly #identity: RowIdentity;
  readonly #rows: GrowingRow[] = [];
  /** Row by tally, as an index; -1 where the filter rejects it. */
  readonly #leafRow: Int32Array;
  #shownSamples = 0;
  #shownPeriod = 0;
  #shownLatency = 0;

  constructor(profile: Profile, event: ProfileEvent, options: HistogramOptions, identity: RowIdentity) {
    this.#profile = profile;
    this.#event = event;
    this.#options = options;
    this.#identity = identity;
    this.#leafRow = new Int32Array(event.tallies.length);
    markRejected(profile, event, options.filter, options.parents, identity, this.#leafRow);
  }

  run(): Histogram {
    this.#countLeaves();
    let forest: ChainForest | undefined;
    if (this.#options.children || this.#options.chainsFrom !== Infinity) {
      forest = this.#plantForest();
      if (this.#options.children) this.#countCallers(forest);
    }
    return {
      event: this.#event,
      rows: this.#rows,
      forest,
      shownSamples: this.#shownSamples,
      shownPeriod: this.#shownPeriod,
      shownLatency: this.#shownLatency,
    };
  }

  #countLeaves(): void {
    const { tallies } = this.#event;
    const { detail: details, latency: latencies } = tallies;
    const { start } = this.#profile.frames;
    // The target of a branch is looked at as callers are.
    const isBranch = this.#profile.detail === 'branches';
    const { address: addresses } = this.#profile.frames;
    const { parents, extras = [] } = this.#options;
    const who = new TripleTable();
    const tasks: number[] = [];
    const indexOf = new TripleTable();
    for (let tally = 0; tally < tallies.length; tally++) {
      if (this.#leafRow[tally]! < 0) continue;
      const thread = tallies.thread[tally]!;
      const comm = tallies.comm[tally]!;
      const detail = details === undefined ? 0 : details[tally]!;
      const parent = parents === undefined ? -1 : parents[tallies.stack[tally]!]!;
      const known = who.find(thread, comm, detail + (parent + 1) * TWO_32, tasks.length);
      if (known === tasks.length) tasks.push(this.#identity.task(thread, comm, detail, parent));
      const task = tasks[known]!;
      const frame = this.#identity.frameOf(tallies.leaf[tally]!);
      const place = isBranch ? this.#identity.callerPlace(frame) : this.#identity.selfPlace(frame);
      const index = indexOf.find(task, place, 0, this.#rows.length);
      if (index === this.#rows.length) {
        const row = newRow(task, place, index);
        this.#make(row, tally, frame, isBranch ? addresses[frame]! : start[frame]!, levelOf(tallies.mode[tally]!));
        this.#rows.push(row);
      }
      this.#leafRow[tally] = index;
      const row = this.#rows[index]!;
      row.self += tallies.period[tally]!;
      row.total += tallies.period[tally]!;
      row.samples += tallies.samples[tally]!;
      if (latencies !== undefined) {
        row.selfLatency += latencies[tally]!;
        row.totalLatency += latencies[tally]!;
        this.#shownLatency += latencies[tally]!;
      }
      if (extras.length > 0) this.#countExtras(row, tally, extras);
      this.#shownSamples += tallies.samples[tally]!;
      this.#shownPeriod += tallies.period[tally]!;
    }
  }

  #countExtras(row: GrowingRow, tally: number, extras: readonly ExtraSum[]): void {
    const { tallies } = this.#event;
    const sums = (row.extras ??= extras.map(() => 0));
    for (let i = 0; i < extras.length; i++) {
      const extra = extras[i]!;
      if (extra === 'weight' || extra === 'instructionLatency' || extra === 'weight3') {
        sums[i]! += tallies.detail === undefined ? 0 : valueOf(this.#profile, extra, tallies.detail[tally]!) * tallies.samples[tally]!;
      } else if (tallies.mode[tally] === MODE_OF[extra]) sums[i]! += tallies.period[tally]!;
    }
  }

  #make(row: GrowingRow, tally: number, frame: number, address: number, level: string): void {
    const { tallies } = this.#event;
    row.maker = tally;
    row.makerFrame = 0;
    row.frame = frame;
    row.address = address;
    row.level = level;
    row.thread = tallies.thread[tally]!;
    row.comm = tallies.comm[tally]!;
    row.detail = tallies.detail === undefined ? 0 : tallies.detail[tally]!;
    row.parent = this.#options.parents === undefined ? -1 : this.#options.parents[tallies.stack[tally]!]!;
  }

  /** A tree for every row of sampled functions of which something may be shown. */
  #plantForest(): ChainForest {
    const { tallies } = this.#event;
    // Frames that are one in chains end their runs where one of them does.
    const inRuns = !this.#options.children && this.#profile.frames.merged() === undefined;
    const forest = new ChainForest(this.#profile.stacks, tallies, this.#options.order, inRuns);
    const leaves = this.#rows;
    const [sorted, ends] = talliesByRow(this.#leafRow, leaves.length);
    for (let index = 0; index < leaves.length; index++) {
      const row = leaves[index]!;
      if (!this.#options.children && row.self < this.#options.chainsFrom) continue;
      row.chains.root = forest.plant(sorted.subarray(index === 0 ? 0 : ends[index - 1]!, ends[index]!));
    }
    forest.finish();
    for (const row of leaves) if (row.chains.root >= 0) row.depth = forest.height[row.chains.root]!;
    return forest;
  }

  /** Walks every tree and gives each function, where it first stands in a chain, the period of the chains that run through it. */
  #countCallers(forest: ChainForest): void {
    const { firstChild, nextSibling, parent } = forest;
    const places = new Int32Array(forest.length);
    for (let node = 0; node < forest.length; node++) {
      if (forest.frame[node]! >= 0) places[node] = this.#identity.callerPlace(forest.frame[node]!);
    }
    // By place: the node on the way from the root that stands for it, + 1. And the row of the task, valid where the mark is theirs.
    const holder = new Int32Array(this.#identity.placeCount);
    const rowOf = new Int32Array(this.#identity.placeCount);
    const mark = new Int32Array(this.#identity.placeCount);
    const moduleOf = this.#profile.frames.module;
    const isMapped = (node: number): number => (moduleOf[forest.frame[node]!]! >= 0 ? 1 : 0);
    for (const leaves of byTask(this.#rows)) {
      const task = leaves[0]!.task;
      for (const leaf of leaves) {
        rowOf[leaf.place] = leaf.index;
        mark[leaf.place] = task + 1;
      }
      for (const leaf of leaves) {
        const { root } = leaf.chains;
        let node = firstChild[root]!;
        // Of the node: frames down to it, and how many of them lie in a mapping.
        let depth = 1;
        let mapped = node < 0 ? 0 : isMapped(node);
        while (node >= 0) {
          const place = places[node]!;
          // A place met again, and the sampled function's own, have counted these samples already.
          if (holder[place] === 0 && place !== leaf.place) {
            holder[place] = node + 1;
            if (mark[place] !== task + 1) {
              mark[place] = task + 1;
              rowOf[place] = this.#rows.length;
              this.#rows.push(newRow(task, place, this.#rows.length));
            }
            this.#countCaller(forest, node, depth, mapped > 0, this.#rows[rowOf[place]!]!);
          }
          if (firstChild[node]! >= 0) {
            node = firstChild[node]!;
            depth++;
            mapped += isMapped(node);
            continue;
          }
          for (;;) {
            if (holder[places[node]!] === node + 1) holder[places[node]!] = 0;
            mapped -= isMapped(node);
            if (nextSibling[node]! >= 0 || parent[node] === root) break;
            node = parent[node]!;
            depth--;
          }
          node = nextSibling[node]!;
          if (node >= 0) mapped += isMapped(node);
        }
      }
    }
  }

  /**
   * `depth`: frames down to the node; `isBelowMapped`: whether any of them lies in a mapping. perf 7.2 shows every caller as `[.]`, kernel
   * functions too (Q49). An address outside all mappings keeps the letter of the frame before it, and the first of a chain that of the sample.
   */
  #countCaller(forest: ChainForest, node: number, depth: number, isBelowMapped: boolean, row: GrowingRow): void {
    row.total += forest.period[node]!;
    if (this.#event.tallies.latency !== undefined) row.totalLatency += forest.latency[node]!;
    row.chains.nodes.push(node);
    if (forest.height[node]! > row.depth) row.depth = forest.height[node]!;
    const tally = forest.firstTally[node]!;
    if (tally < row.maker) {
      const frame = forest.frame[node]!;
      this.#make(row, tally, frame, this.#profile.frames.address[frame]!, isBelowMapped ? '.' : levelOf(this.#event.tallies.mode[tally]!));
      row.makerFrame = depth;
    }
  }
}

/** The tallies that have a row, those of row 0 first, ascending within a row; and where each row's end. */
function talliesByRow(rowOf: Int32Array, rows: number): [Int32Array, Int32Array] {
  const ends = new Int32Array(rows + 1);
  for (let tally = 0; tally < rowOf.length; tally++) if (rowOf[tally]! >= 0) ends[rowOf[tally]! + 1]!++;
  for (let row = 0; row < rows; row++) ends[row + 1]! += ends[row]!;
  const sorted = new Int32Array(rowOf.length);
  // Each entry begins as the start of its row, and is its end when all are placed.
  for (let tally = 0; tally < rowOf.length; tally++) if (rowOf[tally]! >= 0) sorted[ends[rowOf[tally]!]!++] = tally;
  return [sorted, ends];
}

/** The rows there are so far, those of each task together. */
function byTask(rows: readonly GrowingRow[]): GrowingRow[][] {
  const groups: GrowingRow[][] = [];
  const groupOf = new Map<number, GrowingRow[]>();
  for (const row of rows) {
    const known = groupOf.get(row.task);
    if (known !== undefined) known.push(row);
    else {
      const group = [row];
      groupOf.set(row.task, group);
      groups.push(group);
    }
  }
  return groups;
}

function newRow(task: number, place: number, index: number): GrowingRow {
  return {
    index,
    task,
    place,
    frame: -1,
    address: 0,
    thread: -1,
    comm: -1,
    detail: 0,
    parent: -1,
    extras: undefined,
    level: '.',
    self: 0,
    total: 0,
    selfLatency: 0,
    totalLatency: 0,
    samples: 0,
    depth: 0,
    chains: { root: -1, nodes: [] },
    maker: Infinity,
    makerFrame: 0,
  };
}

function levelOf(mode: number): string {
  switch (mode) {
    case CpuMode.Kernel:
      return 'k';
    case CpuMode.User:
      return '.';
    case CpuMode.GuestKernel:
      return 'g';
    case CpuMode.GuestUser:
      return 'u';
    default:
      return 'H';
  }
}
