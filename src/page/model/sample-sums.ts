// The samples that pass a filter, added up by the node of their stacks: one loop over columns, some milliseconds for a million.

import type { PageData } from '../data/page-data.ts';
import { lowerBound } from '../../bytes/sorted.ts';
import { freshColumn, type TakeColumn } from './column-pool.ts';
import type { StackMasks } from './function-match.ts';
import type { Sliced } from './frame-tree.ts';
import type { PageFilter } from './page-filter.ts';

/** Samples between two looks at the clock: some milliseconds. */
const STEP = 524_288;

/** Sums by node of PageData.stacks, of samples that end there. */
export interface StackSums {
  /** Of what the filter counts: periods, or samples. */
  readonly weight: Float64Array;
  readonly samples: Float64Array;
  readonly totalWeight: number;
  readonly totalSamples: number;
}

/** The stacks at whose ends there are samples: few beside all nodes, so that loops over samples stay in a small part of memory. */
export interface SampledStacks {
  readonly length: number;
  /** Their nodes in PageData.stacks. */
  readonly node: Int32Array;
  /** By sample: which of them. */
  readonly ofSample: Int32Array;
}

/** In steps. */
export function* sampledStacks({ samples, stacks }: PageData): Sliced<SampledStacks> {
  const number = new Int32Array(stacks.length).fill(-1);
  const node = new Int32Array(Math.min(samples.length, stacks.length));
  const ofSample = new Int32Array(samples.length);
  let length = 0;
  for (let from = 0; from < samples.length; from += STEP) {
    length = numberStacks(samples.node.subarray(from, from + STEP), number, node, length, ofSample.subarray(from, from + STEP));
    yield;
  }
  return { length, node: node.slice(0, length), ofSample };
}

/** Of some samples; gives how many stacks there are now. */
function numberStacks(nodes: Int32Array, number: Int32Array, node: Int32Array, known: number, ofSample: Int32Array): number {
  let length = known;
  for (let index = 0; index < nodes.length; index++) {
    const at = nodes[index]!;
    if (number[at]! < 0) {
      node[length] = at;
      number[at] = length++;
    }
    ofSample[index] = number[at]!;
  }
  return length;
}

/** Which samples, as loops want it: by index from `start` to before `end`, by column. */
export interface SampleRange {
  readonly start: number;
  readonly end: number;
  /** By thread, and by CPU + 1: 1 where it counts. */
  readonly threads: Uint8Array;
  readonly cpus: Uint8Array;
  /** By number of SampledStacks: 1 where the stack counts. */
  readonly stacks: Uint8Array;
}

/** CPUs by number from -1 on, so many at most: the column has 16 bits. */
const CPUS = 32_769;

/** The filter as tables. `times` off: of all times. */
export function sampleRange(data: PageData, sampled: SampledStacks, filter: PageFilter, masks: StackMasks, times = true): SampleRange {
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
    stacks: stackMask(sampled, filter, masks),
  };
}

function stackMask({ length, node }: SampledStacks, { keep, drop, python }: PageFilter, masks: StackMasks): Uint8Array {
  const mask = new Uint8Array(length).fill(1);
  const kept = keep === undefined ? undefined : masks.of(keep, python);
  const dropped = drop === undefined ? undefined : masks.of(drop, python);
  for (let at = 0; at < length; at++) if (kept?.[node[at]!] === 0 || dropped?.[node[at]!] === 1) mask[at] = 0;
  return mask;
}

/** Periods that are all 0 say nothing: then samples count. */
export function countsSamples(data: PageData, { event, weight }: PageFilter): boolean {
  return weight === 'samples' || !((data.events[event]?.period ?? 0) > 0);
}

/** By stack as it is shown: recorded, or Python's view of it. In steps. */
export function* stackSums(data: PageData, sampled: SampledStacks, filter: PageFilter, range: SampleRange, take: TakeColumn = freshColumn): Sliced<StackSums> {
  const { length, node } = sampled;
  const counts = new Float64Array(length);
  const periods = new Float64Array(length);
  for (let from = range.start; from < range.end; from += STEP) {
    addSamples(data, sampled, filter.event, { ...range, start: from, end: Math.min(from + STEP, range.end) }, counts, periods);
    yield;
  }
  const asSamples = countsSamples(data, filter);
  const view = filter.python ? data.stacks.python : undefined;
  const samples = take(data.stacks.length);
  const weight = asSamples ? samples : take(data.stacks.length);
  let totalWeight = 0;
  let totalSamples = 0;
  for (let stack = 0; stack < length; stack++) {
    const at = view === undefined ? node[stack]! : view[node[stack]!]!;
    samples[at]! += counts[stack]!;
    totalSamples += counts[stack]!;
    if (asSamples) continue;
    weight[at]! += periods[stack]!;
    totalWeight += periods[stack]!;
  }
  return { weight, samples, totalWeight: asSamples ? totalSamples : totalWeight, totalSamples };
}

function addSamples({ samples }: PageData, { ofSample }: SampledStacks, wanted: number, range: SampleRange, counts: Float64Array, periods: Float64Array): void {
  const { start, end, threads, cpus, stacks: mask } = range;
  const { thread, cpu, event, period } = samples;
  for (let index = start; index < end; index++) {
    if (event[index] !== wanted || threads[thread[index]!] !== 1 || cpus[cpu[index]! + 1] !== 1) continue;
    const stack = ofSample[index]!;
    if (mask[stack] !== 1) continue;
    counts[stack]!++;
    periods[stack]! += period[index]!;
  }
}
