// Recordings beside each other, function by function: the first is the baseline, each other one is held against it. Functions are the same
// by what is shown of them, since addresses, modules and processes are others each time.

import { shortFile, type StackFrame } from './stack-frame.ts';
import { countLimits, deviationsFor, differenceLimits, type Limits, shareLimits } from './uncertainty.ts';
import type { WeightedStacks } from './weighted-stacks.ts';

/** What tells rows apart. */
export type ComparedKey = 'comm' | 'dso' | 'symbol';

/**
 * What is compared: `share` of all of each recording, whatever its length; `samples`, or `period` (of clocks nanoseconds), where the
 * recordings are of the same piece of work.
 */
export type ComparedBy = 'share' | 'samples' | 'period';

export interface ComparisonOptions {
  readonly keys: readonly ComparedKey[];
  readonly by: ComparedBy;
  /** Also the time of callees counts, each function once a stack. */
  readonly children: boolean;
  /** 0 to 1, exclusively: that no row's interval is wrong. */
  readonly confidence: number;
}

/** One recording: its stacks, and which event of it. */
export interface Compared {
  readonly stacks: WeightedStacks;
  readonly event: number;
  /** Python's files that have another name in the baseline: that name, by the one here, without folders. */
  readonly moved?: ReadonlyMap<string, string>;
}

/** A function in one recording. */
export interface ComparedSide {
  readonly samples: number;
  readonly period: number;
  /** Of all of the recording, 0 to 1, by period. */
  readonly share: number;
}

/** What has become of a function. Units are those of ComparedBy; shares are 0 to 1. */
export interface Change {
  readonly delta: number;
  /** Of the two values; NaN where the baseline has none. */
  readonly ratio: number;
  readonly limits: Limits;
  /** That it is more than chance: zero lies outside the limits. */
  readonly isCertain: boolean;
}

export interface ComparedRow {
  readonly comm: string;
  readonly dso: string;
  readonly symbol: string;
  readonly isKernel: boolean;
  /** By recording. */
  readonly sides: readonly ComparedSide[];
  /** By recording after the baseline. */
  readonly changes: readonly Change[];
}

export interface Comparison {
  /** Of each recording the samples and periods of all its rows together. */
  readonly totals: readonly { readonly samples: number; readonly period: number }[];
  readonly rows: readonly ComparedRow[];
}

interface RowSum {
  readonly comm: string;
  readonly dso: string;
  readonly symbol: string;
  readonly isKernel: boolean;
  readonly samples: Float64Array;
  readonly period: Float64Array;
}

/** `recordings`: two or more. */
export function compareRecordings(recordings: readonly Compared[], options: ComparisonOptions): Comparison {
  const sums = new Map<string, RowSum>();
  const totals = recordings.map((recording, side) => addSide(sums, recordings.length, side, recording, options));
  const deviations = deviationsFor(options.confidence, sums.size);
  const rows = [...sums.values()].map(({ samples, period, ...names }): ComparedRow => {
    const sides = totals.map((total, side) => ({ samples: samples[side]!, period: period[side]!, share: total.period === 0 ? 0 : period[side]! / total.period }));
    const changes = sides.slice(1).map((after, index) => changeOf(sides[0]!, totals[0]!.samples, after, totals[index + 1]!.samples, options.by, deviations));
    return { ...names, sides, changes };
  });
  return { totals, rows };
}

/** Adds a recording's rows; gives its totals. */
function addSide(sums: Map<string, RowSum>, count: number, side: number, { stacks: weighted, event, moved }: Compared, options: ComparisonOptions): { samples: number; period: number } {
  const { stacks, frames, profile } = weighted;
  const { tallies } = profile.events[event]!;
  const total = { samples: 0, period: 0 };
  const named = frames.map((frame) => namesOf(frame, options.keys, moved));
  // The row a stack was counted for last: a function that calls itself counts once.
  const countedFor = new Map<RowSum, number>();
  const sumOf = (frame: number, comm: string): RowSum => {
    const names = named[frame] ?? NOWHERE;
    const key = `${comm}\0${names.dso}\0${names.symbol}\0${names.isKernel}`;
    let sum = sums.get(key);
    if (sum === undefined) sums.set(key, (sum = { comm, ...names, samples: new Float64Array(count), period: new Float64Array(count) }));
    return sum;
  };
  for (let row = 0; row < tallies.length; row++) {
    const samples = tallies.samples[row]!;
    const period = tallies.period[row]!;
    const comm = options.keys.includes('comm') ? profile.comms[tallies.comm[row]!]! : '';
    total.samples += samples;
    total.period += period;
    let node = weighted.rows[event]![row]!;
    do {
      const sum = sumOf(node === 0 ? -1 : stacks.frame[node]!, comm);
      if (countedFor.get(sum) !== row) {
        sum.samples[side]! += samples;
        sum.period[side]! += period;
      }
      if (!options.children) break;
      countedFor.set(sum, row);
      node = stacks.parent[node]!;
    } while (node !== 0);
  }
  return total;
}

const NOWHERE = { dso: '[unknown]', symbol: '[unknown]', isKernel: false };

/** What is shown of a frame; '' for what no key asks for. */
function namesOf(frame: StackFrame, keys: readonly ComparedKey[], moved: ReadonlyMap<string, string> | undefined): Pick<ComparedRow, 'dso' | 'symbol' | 'isKernel'> {
  const bySymbol = keys.includes('symbol');
  const file = shortFile(frame.file);
  const symbol = frame.kind === 'python' && file !== '' ? `${frame.name} (${moved?.get(file) ?? file})` : frame.name;
  return { dso: keys.includes('dso') ? dsoOf(frame) : '', symbol: bySymbol ? symbol : '', isKernel: bySymbol && frame.kind === 'kernel' };
}

/** Jitdumps and perf maps are called by the process that wrote them, which is another each time. */
function dsoOf({ module }: StackFrame): string {
  if (module === undefined) return '[unknown]';
  return module.kind === 'jitdump' || module.kind === 'anonymous' || /^jitted-\d+-\d+\.so$/.test(module.shortName) ? '[jit]' : module.shortName;
}

function changeOf(before: ComparedSide, allBefore: number, after: ComparedSide, allAfter: number, by: ComparedBy, deviations: number): Change {
  const from = valueOf(before, by);
  const to = valueOf(after, by);
  const limits =
    by === 'share'
      ? differenceLimits(from, limitsOfShare(from, allBefore, deviations), to, limitsOfShare(to, allAfter, deviations))
      : differenceLimits(from, limitsOfCount(from, before.samples, deviations), to, limitsOfCount(to, after.samples, deviations));
  return { delta: to - from, ratio: from === 0 ? NaN : to / from, limits, isCertain: limits.low > 0 || limits.high < 0 };
}

/** A function in its unit. */
export function valueOf(side: ComparedSide, by: ComparedBy): number {
  return side[by];
}

function limitsOfShare(share: number, all: number, deviations: number): Limits {
  return all === 0 ? { low: 0, high: 1 } : shareLimits(share, all, deviations);
}

/** Periods are worth what their samples are worth, whose number is what chance decides. */
function limitsOfCount(value: number, samples: number, deviations: number): Limits {
  const { low, high } = countLimits(samples, deviations);
  const each = samples === 0 ? 0 : value / samples;
  return { low: low * each, high: high * each };
}
