// Finds the call that holds an address among many side by side. Their ranges may overlap, and then the first call counts, as it would
// if they were gone through one after another.

import { upperBound } from '../bytes/sorted.ts';

export class SiblingIndex {
  /** Where ranges begin and end, ascending; up to the next point all addresses are of the same call, or of none (-1). */
  readonly #points: Float64Array;
  readonly #call: Int32Array;

  /** Ranges by call, in the order of the calls. None is empty. */
  constructor(low: readonly number[], high: readonly number[], calls: readonly number[]) {
    const points = (this.#points = new Float64Array(2 * calls.length));
    points.set(low);
    points.set(high, calls.length);
    // Of equal points the last one is found, always.
    points.sort();
    const call = (this.#call = new Int32Array(points.length).fill(-1));
    // The next stretch from each one on that has no call yet: stretches that have one are gone over once, not once for each range.
    const next = Int32Array.from({ length: points.length + 1 }, (_, index) => index);
    const free = (from: number): number => {
      let at = from;
      while (next[at] !== at) at = next[at] = next[next[at]!]!;
      return at;
    };
    const placeOf = (address: number): number => upperBound(points, points.length, address) - 1;
    for (const [i, number] of calls.entries()) {
      const end = placeOf(high[i]!);
      for (let at = free(placeOf(low[i]!)); at < end; at = free(at)) {
        call[at] = number;
        next[at] = at + 1;
      }
    }
  }

  find(address: number): number {
    const at = upperBound(this.#points, this.#points.length, address) - 1;
    return at < 0 ? -1 : this.#call[at]!;
  }
}
