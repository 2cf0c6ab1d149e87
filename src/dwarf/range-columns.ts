// Ranges of addresses with a number each, in columns: searched by address once they are in order. Ranges may lie in one another, as a
// nested function's in those of its unit, or overlap, as where the linker folded equal functions.

import { grown, upperBound } from '../bytes/sorted.ts';

export class RangeColumns {
  length = 0;
  low: Float64Array = new Float64Array(16);
  /** One past the last byte. */
  high: Float64Array = new Float64Array(16);
  id: Float64Array = new Float64Array(16);
  /** The nearest earlier range that reaches beyond the start, or -1; undefined where no ranges overlap. */
  #enclosing: Int32Array | undefined;

  /** Empty ranges are left out. */
  add(low: number, high: number, id: number): void {
    if (!(low < high)) return;
    if (this.length === this.low.length) {
      this.low = grown(this.low);
      this.high = grown(this.high);
      this.id = grown(this.id);
    }
    const at = this.length++;
    this.low[at] = low;
    this.high[at] = high;
    this.id[at] = id;
  }

  /** To be called when all ranges are there, before the first `find`. Of equal starts the longer range comes first. */
  finish(): void {
    const { length, low, high, id } = this;
    let isSorted = true;
    for (let i = 1; i < length && isSorted; i++) isSorted = low[i - 1]! < low[i]! || (low[i - 1] === low[i] && high[i - 1]! >= high[i]!);
    const order = Uint32Array.from({ length }, (_, index) => index);
    if (!isSorted) order.sort((a, b) => low[a]! - low[b]! || high[b]! - high[a]! || a - b);
    this.low = Float64Array.from(order, (index) => low[index]!);
    this.high = Float64Array.from(order, (index) => high[index]!);
    this.id = Float64Array.from(order, (index) => id[index]!);
    this.#enclosing = enclosingOf(this.low, this.high);
  }

  /** The number of the innermost range that holds the address, or -1. */
  find(address: number): number {
    const { low, high, id } = this;
    let at = upperBound(low, this.length, address) - 1;
    while (at >= 0 && address >= high[at]!) at = this.#enclosing === undefined ? -1 : this.#enclosing[at]!;
    return at < 0 ? -1 : id[at]!;
  }
}

function enclosingOf(low: Float64Array, high: Float64Array): Int32Array | undefined {
  let overlaps = false;
  for (let i = 1; i < low.length && !overlaps; i++) overlaps = high[i - 1]! > low[i]!;
  if (!overlaps) return undefined;
  const enclosing = new Int32Array(low.length);
  for (let i = 0; i < low.length; i++) {
    let earlier = i - 1;
    while (earlier >= 0 && high[earlier]! <= low[i]!) earlier = enclosing[earlier]!;
    enclosing[i] = earlier;
  }
  return enclosing;
}
