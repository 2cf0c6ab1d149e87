// Long computations in slices, so that a page goes on answering meanwhile.

import type { Sliced } from './frame-tree.ts';

/** Ms of one slice: shorter than two pictures of a screen. */
const SLICE = 24;

/** Runs to the end, with pauses; undefined once `isWanted` says no. */
export async function sliced<T>(work: Sliced<T>, isWanted: () => boolean): Promise<T | undefined> {
  let until = performance.now() + SLICE;
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    if (performance.now() < until) continue;
    await new Promise((resolve) => setTimeout(resolve));
    if (!isWanted()) return undefined;
    until = performance.now() + SLICE;
  }
}
