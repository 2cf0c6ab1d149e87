// Samples over time, by thread or by CPU and by kind of code: what the strips of the timeline draw. All times, whatever range is selected.

import type { PageData } from '../data/page-data.ts';
import type { PageFilter } from './page-filter.ts';
import { countsSamples, type SampledStacks, type SampleRange } from './sample-sums.ts';

/** Strips beyond these are added up in one. */
export const MOST_LANES = 200;
/** Kinds of code (CodeKind). */
export const KINDS_OF_CODE = 5;

/** A strip. */
export interface Lane {
  /** Indices of threads (all names of one thread), or numbers of CPUs. */
  readonly members: readonly number[];
  readonly weight: number;
  readonly samples: number;
}

export interface Timeline {
  /** Ns since the first sample, at the end of the last bin. */
  readonly end: number;
  readonly bins: number;
  /** The heaviest first; where there are too many, the last one is all others. */
  readonly lanes: readonly Lane[];
  /** Whether the last lane is all others. */
  readonly isCut: boolean;
  /** Weights: of lane l, bin b and kind k at (l * bins + b) * KINDS_OF_CODE + k. */
  readonly weights: Float64Array;
  /** The largest weight of one bin of one lane. */
  readonly most: number;
}

/** What belongs to one strip: threads by process and number, under whatever names; or CPUs. `range` has all times. */
export function timeline(data: PageData, sampled: SampledStacks, filter: PageFilter, range: SampleRange, kinds: Uint8Array, by: 'thread' | 'cpu', bins: number): Timeline {
  const { samples } = data;
  const { length, time, event, thread, cpu, period } = samples;
  const { ofSample } = sampled;
  const { event: wanted } = filter;
  const { threads, cpus, stacks } = range;
  const kindOf = Uint8Array.from(sampled.node, (node) => kinds[node]!);
  const laneOf = by === 'thread' ? lanesOfThreads(data) : Int32Array.from({ length: 32_769 }, (_, index) => index);
  const column = by === 'thread' ? thread : cpu;
  const shift = by === 'thread' ? 0 : 1;
  const asSamples = countsSamples(data, filter);
  const end = length === 0 ? 0 : time[length - 1]! + 1;
  const weights = new Float64Array(laneOf.length);
  const counts = new Float64Array(laneOf.length);
  const passes = (index: number): boolean => event[index] === wanted && threads[thread[index]!] === 1 && cpus[cpu[index]! + 1] === 1 && stacks[ofSample[index]!] === 1;
  for (let index = 0; index < length; index++) {
    if (!passes(index)) continue;
    const lane = laneOf[column[index]! + shift]!;
    counts[lane]!++;
    weights[lane]! += asSamples ? 1 : period[index]!;
  }
  const used = [...counts.keys()].filter((lane) => counts[lane]! > 0).sort((a, b) => weights[b]! - weights[a]! || a - b);
  // CPUs have an order that people know.
  if (by === 'cpu' && used.length <= MOST_LANES) used.sort((a, b) => a - b);
  const shown = used.length > MOST_LANES ? used.slice(0, MOST_LANES - 1) : used;
  const row = new Int32Array(laneOf.length).fill(shown.length);
  shown.forEach((lane, index) => (row[lane] = index));
  const lanes = shown.map((lane) => ({ members: membersOf(laneOf, lane, shift), weight: weights[lane]!, samples: counts[lane]! }));
  const others = used.slice(shown.length);
  if (others.length > 0) lanes.push({ members: others.flatMap((lane) => membersOf(laneOf, lane, shift)), weight: others.reduce((sum, lane) => sum + weights[lane]!, 0), samples: others.reduce((sum, lane) => sum + counts[lane]!, 0) });
  const made = new Float64Array(lanes.length * bins * KINDS_OF_CODE);
  const scale = end === 0 ? 0 : bins / end;
  for (let index = 0; index < length; index++) {
    if (!passes(index)) continue;
    const bin = Math.min(bins - 1, Math.floor(time[index]! * scale));
    made[(row[laneOf[column[index]! + shift]!]! * bins + bin) * KINDS_OF_CODE + kindOf[ofSample[index]!]!]! += asSamples ? 1 : period[index]!;
  }
  let most = 0;
  for (let at = 0; at < made.length; at += KINDS_OF_CODE) most = Math.max(most, made[at]! + made[at + 1]! + made[at + 2]! + made[at + 3]! + made[at + 4]!);
  return { end, bins, lanes, isCut: others.length > 0, weights: made, most };
}

/** By thread the first one with the same numbers: a thread that changes its name stays one. */
function lanesOfThreads({ threads }: PageData): Int32Array {
  const first = new Map<string, number>();
  return Int32Array.from(threads, ({ pid, tid }, index) => {
    const key = `${pid}/${tid}`;
    const known = first.get(key);
    if (known === undefined) first.set(key, index);
    return known ?? index;
  });
}

function membersOf(laneOf: Int32Array, lane: number, shift: number): number[] {
  if (shift === 1) return [lane - 1];
  const members: number[] = [];
  laneOf.forEach((of, index) => {
    if (of === lane) members.push(index);
  });
  return members;
}
