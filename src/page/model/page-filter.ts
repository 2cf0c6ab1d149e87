// Which samples a view adds up, and how stacks are shown. Every view of the page is a sum under one such filter.

/** What limits and shapes all sums. */
export interface PageFilter {
  /** Index in PageData.events. */
  readonly event: number;
  /** Indices in PageData.threads; undefined: all. */
  readonly threads: ReadonlySet<number> | undefined;
  /** Numbers of CPUs, -1 for samples without one; undefined: all. */
  readonly cpus: ReadonlySet<number> | undefined;
  /** Ns since the first sample: from `from` on, before `to`. 0 and Infinity: all. */
  readonly from: number;
  readonly to: number;
  /** Stacks with a function that fits this one only. */
  readonly keep: RegExp | undefined;
  /** No stacks with a function that fits this one. */
  readonly drop: RegExp | undefined;
  /** Stacks as Python's developers know them (PageStacks.python). */
  readonly python: boolean;
  /** Frames of native code that are not shown belong to their callers, and so do the kernel's. */
  readonly native: boolean;
  readonly kernel: boolean;
  /** What counts: periods, or each sample as one. */
  readonly weight: 'period' | 'samples';
}

/** Everything of an event. */
export function wholeFilter(event: number): PageFilter {
  return { event, threads: undefined, cpus: undefined, from: 0, to: Infinity, keep: undefined, drop: undefined, python: false, native: true, kernel: true, weight: 'period' };
}
