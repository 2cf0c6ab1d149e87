// Long computations in slices, so that a page goes on answering meanwhile.

import type { Sliced } from './frame-tree.ts';

/** Ms of one slice: shorter than two pictures of a screen. */
const SLICE = 24;

/** Lets the page do what it has to do. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Runs to the end, with pauses; undefined once `isWanted` says no. */
export async function sliced<T>(work: Sliced<T>, isWanted: () => boolean): Promise<T | undefined> {
  let until = performance.now() + SLICE;
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    if (performance.now() < until) continue;
    await pause();
    if (!isWanted()) return undefined;
    until = performance.now() + SLICE;
  }
}

/** Runs to the end at once: of what takes some milliseconds. */
export function atOnce<T>(work: Sliced<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}
