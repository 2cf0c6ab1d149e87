// The samples that pass a filter, added up by the node of their stacks: one loop over columns, some milliseconds for a million.

import type { PageData } from '../data/page-data.ts';
import { lowerBound } from '../../bytes/sorted.ts';
import type { StackMasks } from './function-match.ts';
import type { PageFilter } from './page-filter.ts';

/** Sums by node of PageData.stacks, of samples that end there. */
export interface StackSums {
  /** Of what the filter counts: periods, or samples. */
  readonly weight: Float64Array;
  readonly samples: Float64Array;
  readonly totalWeight: number;
  readonly totalSamples: number;
}

/** Which samples, as loops want it: by index from `start` to before `end`, by column. */
export interface SampleRange {
  readonly start: number;
  readonly end: number;
  /** By thread, and by CPU + 1: 1 where it counts. */
  readonly threads: Uint8Array;
  readonly cpus: Uint8Array;
  /** By node: 1 where the stack counts; undefined: all. */
  readonly stacks: Uint8Array | undefined;
}

/** CPUs by number from -1 on, so many at most: the column has 16 bits. */
const CPUS = 32_769;

/** The filter as tables. `times` off: of all times. */
export function sampleRange(data: PageData, filter: PageFilter, masks: StackMasks, times = true): SampleRange {
  const { samples } = data;
  const threads = new Uint8Array(data.threads.length).fill(filter.threads === undefined ? 1 : 0);
  const cpus = new Uint8Array(CPUS).fill(filter.cpus === undefined ? 1 : 0);
  for (const thread of filter.threads ?? []) threads[thread] = 1;
  for (const cpu of filter.cpus ?? []) cpus[cpu + 1] = 1;
  return {
    start: times && filter.from > 0 ? lowerBound(samples.time, samples.length, filter.from) : 0,
    end: times && filter.to < Infinity ? lowerBound(samples.time, samples.length, filter.to) : samples.length,
    threads,
    cpus,
    stacks: stackMask(data, filter, masks),
  };
}

function stackMask(data: PageData, { keep, drop, python }: PageFilter, masks: StackMasks): Uint8Array | undefined {
  const kept = keep === undefined ? undefined : masks.of(keep, python);
  if (drop === undefined) return kept;
  const dropped = masks.of(drop, python);
  const mask = new Uint8Array(data.stacks.length);
  for (let node = 0; node < mask.length; node++) mask[node] = (kept === undefined ? 1 : kept[node]!) & (1 - dropped[node]!);
  return mask;
}

/** Periods that are all 0 say nothing: then samples count. */
export function countsSamples(data: PageData, { event, weight }: PageFilter): boolean {
  return weight === 'samples' || !((data.events[event]?.period ?? 0) > 0);
}

/** By stack as it is shown: recorded, or Python's view of it. */
export function stackSums(data: PageData, filter: PageFilter, range: SampleRange): StackSums {
  const { start, end, threads, cpus, stacks: mask } = range;
  const { thread, cpu, event, node: nodes, period } = data.samples;
  const samples = new Float64Array(data.stacks.length);
  const asSamples = countsSamples(data, filter);
  const weight = asSamples ? samples : new Float64Array(data.stacks.length);
  const view = filter.python ? data.stacks.python : undefined;
  let totalWeight = 0;
  let totalSamples = 0;
  for (let index = start; index < end; index++) {
    if (event[index] !== filter.event || threads[thread[index]!] !== 1 || cpus[cpu[index]! + 1] !== 1) continue;
    let node = nodes[index]!;
    if (mask !== undefined && mask[node] !== 1) continue;
    if (view !== undefined) node = view[node]!;
    samples[node]!++;
    totalSamples++;
    if (asSamples) continue;
    weight[node]! += period[index]!;
    totalWeight += period[index]!;
  }
  return { weight, samples, totalWeight: asSamples ? totalSamples : totalWeight, totalSamples };
}
