// Recordings beside each other, function by function: the first is the baseline, each other one is held against it. Functions are the same
// by what is shown of them, since addresses, modules and processes are others each time.

import { shortFile, type StackFrame } from './stack-frame.ts';
import type { ProfileThread } from './profile.ts';
import { countLimits, deviationsFor, differenceLimits, type Limits, shareLimits } from './uncertainty.ts';
import type { WeightedStacks } from './weighted-stacks.ts';

/** What tells rows apart. Source lines are there where the recordings were summed up with them. */
export type ComparedKey = 'comm' | 'dso' | 'symbol' | 'pid' | 'tid' | 'srcline' | 'srcfile';

/** Which rows there are; what is left out does not limit. */
export interface ComparedChoice {
  readonly comms?: readonly string[] | undefined;
  readonly pids?: readonly number[] | undefined;
  readonly tids?: readonly number[] | undefined;
  /** Short names or paths. */
  readonly dsos?: readonly string[] | undefined;
  readonly symbols?: readonly string[] | undefined;
  /** Shares are of what is chosen, not of all. */
  readonly isRelative?: boolean;
}

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
  readonly choice?: ComparedChoice | undefined;
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

/** What is shown of a row; '' for what no key asks for. */
export interface RowNames {
  readonly comm: string;
  readonly dso: string;
  readonly symbol: string;
  readonly isKernel: boolean;
  /** `4242:python3`. */
  readonly pid: string;
  readonly tid: string;
  /** `list.c:12`, and `list.c`. */
  readonly srcline: string;
  readonly srcfile: string;
}

export interface ComparedRow extends RowNames {
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

interface RowSum extends RowNames {
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
  const { keys, choice = {} } = options;
  // undefined: rows that are not wanted.
  const named = frames.map((frame) => (isChosen(frame, choice) ? namesOf(frame, keys, moved) : undefined));
  const nowhere = choice.dsos === undefined && choice.symbols === undefined ? NOWHERE : undefined;
  const [isComm, isPid, isTid] = [keys.includes('comm'), keys.includes('pid'), keys.includes('tid')];
  // The row a stack was counted for last: a function that calls itself counts once.
  const countedFor = new Map<RowSum, number>();
  const sumOf = (frame: number, comm: string, pid: string, tid: string): RowSum | undefined => {
    const names = frame < 0 ? nowhere : named[frame];
    if (names === undefined) return undefined;
    const key = `${comm}\0${names.dso}\0${names.symbol}\0${names.isKernel}\0${pid}\0${tid}\0${names.srcline}\0${names.srcfile}`;
    let sum = sums.get(key);
    if (sum === undefined) sums.set(key, (sum = { comm, pid, tid, ...names, samples: new Float64Array(count), period: new Float64Array(count) }));
    return sum;
  };
  /** Whether the sampled function itself is chosen. */
  const isInRow = (node: number): boolean => (node === 0 ? nowhere : named[stacks.frame[node]!]) !== undefined;
  for (let row = 0; row < tallies.length; row++) {
    const samples = tallies.samples[row]!;
    const period = tallies.period[row]!;
    const name = profile.comms[tallies.comm[row]!]!;
    const thread = profile.threads[tallies.thread[row]!]!;
    const isTaken = isTaskChosen(name, thread, choice);
    if (choice.isRelative !== true || (isTaken && isInRow(weighted.rows[event]![row]!))) {
      total.samples += samples;
      total.period += period;
    }
    if (!isTaken) continue;
    const [comm, pid, tid] = [isComm ? name : '', isPid ? `${thread.pid}:${name}` : '', isTid ? `${thread.tid}:${name}` : ''];
    let node = weighted.rows[event]![row]!;
    do {
      const sum = sumOf(node === 0 ? -1 : stacks.frame[node]!, comm, pid, tid);
      if (sum !== undefined && countedFor.get(sum) !== row) {
        sum.samples[side]! += samples;
        sum.period[side]! += period;
      }
      if (!options.children) break;
      if (sum !== undefined) countedFor.set(sum, row);
      node = stacks.parent[node]!;
    } while (node !== 0);
  }
  return total;
}

const NOWHERE: FrameNames = { dso: '[unknown]', symbol: '[unknown]', isKernel: false, srcline: '', srcfile: '' };

type FrameNames = Pick<RowNames, 'dso' | 'symbol' | 'isKernel' | 'srcline' | 'srcfile'>;

function isTaskChosen(comm: string, { pid, tid }: ProfileThread, { comms, pids, tids }: ComparedChoice): boolean {
  return (comms?.includes(comm) ?? true) && (pids?.includes(pid) ?? true) && (tids?.includes(tid) ?? true);
}

function isChosen({ module, name, symbol }: StackFrame, { dsos, symbols }: ComparedChoice): boolean {
  if (dsos !== undefined && (module === undefined || !(dsos.includes(module.shortName) || dsos.includes(module.path)))) return false;
  return symbols === undefined || symbols.includes(name) || (symbol !== '' && symbols.includes(symbol));
}

/** What is shown of a frame; '' for what no key asks for. */
function namesOf(frame: StackFrame, keys: readonly ComparedKey[], moved: ReadonlyMap<string, string> | undefined): FrameNames {
  const bySymbol = keys.includes('symbol');
  const file = shortFile(frame.file);
  const symbol = frame.kind === 'python' && file !== '' ? `${frame.name} (${moved?.get(file) ?? file})` : frame.name;
  return { dso: keys.includes('dso') ? dsoOf(frame) : '', symbol: bySymbol ? symbol : '', isKernel: bySymbol && frame.kind === 'kernel', ...sourceOf(frame, keys) };
}

function sourceOf({ file, line, module, name }: StackFrame, keys: readonly ComparedKey[]): Pick<RowNames, 'srcline' | 'srcfile'> {
  const known = file === '' || line === 0 ? '' : shortFile(file);
  const srcline = known === '' ? `${module?.shortName ?? '[unknown]'} ${name}` : `${known}:${line}`;
  return { srcline: keys.includes('srcline') ? srcline : '', srcfile: keys.includes('srcfile') ? known : '' };
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
      : differenceLimits(from, limitsOfCount(before, after, by, deviations), to, limitsOfCount(after, before, by, deviations));
  return { delta: to - from, ratio: from === 0 ? NaN : to / from, limits, isCertain: limits.low > 0 || limits.high < 0 };
}

/** A function in its unit. */
export function valueOf(side: ComparedSide, by: ComparedBy): number {
  return side[by];
}

function limitsOfShare(share: number, all: number, deviations: number): Limits {
  return all === 0 ? { low: 0, high: 1 } : shareLimits(share, all, deviations);
}

/** Periods are worth what their samples are worth, whose number is what chance decides; where there are none, those of the `other` side. */
function limitsOfCount(side: ComparedSide, other: ComparedSide, by: ComparedBy, deviations: number): Limits {
  const { low, high } = countLimits(side.samples, deviations);
  const typical = side.samples === 0 ? other : side;
  const each = typical.samples === 0 ? 0 : valueOf(typical, by) / typical.samples;
  return { low: low * each, high: high * each };
}
