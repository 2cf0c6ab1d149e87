// How large a stack dump would have had to be: what whole stacks took is known, and a stack that was cut ends where other stacks of its
// thread end, or where the kernel found no more memory to dump (USERS 5: "can't know in advance how much to dump").

import { MAX_STACK_DEPTHS } from '../bytes/limits.ts';
import { grown } from '../bytes/sorted.ts';

/** Depths are counted in steps of so many bytes. */
const STEP = 64;
/** The largest dump that perf records: a record's size has 16 bits. */
export const LARGEST_DUMP = 65_528;
const STEPS = Math.ceil(LARGEST_DUMP / STEP);
/** The outermost return address lies just beyond the last frame address that is known. */
const LAST_WORD = 16;

/** The dump that would have served, of all stacks that were unwound. */
export interface DumpAdvice {
  /** Bytes, a multiple of 8, that would have held 99 % of the stacks; undefined where no dump that perf records would. */
  readonly enoughFor99: number | undefined;
  /** Stacks whose depth is known: whole ones, and cut ones of a thread whose end is known. */
  readonly known: number;
  /** Of these: deeper than any dump that perf records. */
  readonly deeper: number;
  /** Cut stacks of which nothing says how deep they are. They count as deeper. */
  readonly unknown: number;
}

/** What StackDepths counts, as plain data. */
export interface StackDepthCounts {
  readonly whole: Float64Array;
  readonly ends: Float64Array;
  readonly memoryEnds: Float64Array;
  readonly cut: readonly (ReadonlyMap<number, number> | undefined)[];
  readonly uncounted: number;
}

export class StackDepths {
  /** Of whole stacks, by depth in steps; the last for what is deeper than any dump. */
  readonly #whole = new Float64Array(STEPS + 1);
  /** By thread: where its stack ends, from stacks that came to the root, or else from dumps that were short. NaN: unknown. */
  #ends = new Float64Array(16).fill(NaN);
  #memoryEnds = new Float64Array(16).fill(NaN);
  /** By thread: cut stacks by where they start, in steps. */
  readonly #cut: (Map<number, number> | undefined)[] = [];
  #cutPlaces = 0;
  #uncounted = 0;

  /** A stack that came to its root, at `end`. Addresses, `thread` its number in the process model. */
  whole(thread: number, start: number, end: number): void {
    const depth = end + LAST_WORD - start;
    // Stacks that lead through another one (a signal's) are no measure.
    if (!(depth >= 0 && depth <= LARGEST_DUMP + LAST_WORD)) return;
    this.#whole[Math.min(STEPS, Math.ceil(depth / STEP))]!++;
    this.#reserve(thread);
    raise(this.#ends, thread, end);
  }

  /** A stack that was cut where a dump of the full size ended. */
  cut(thread: number, start: number): void {
    this.#countCut(thread, Math.floor(start / STEP), 1);
  }

  #countCut(thread: number, place: number, stacks: number): void {
    const places = (this.#cut[thread] ??= new Map());
    const known = places.get(place);
    if (known === undefined && this.#cutPlaces >= MAX_STACK_DEPTHS) {
      this.#uncounted += stacks;
      return;
    }
    if (known === undefined) this.#cutPlaces++;
    places.set(place, (known ?? 0) + stacks);
  }

  /** A dump that is shorter than was asked for: the thread's stack ends with it. */
  short(thread: number, start: number, size: number): void {
    this.#reserve(thread);
    raise(this.#memoryEnds, thread, start + size);
  }

  /** All of it as plain data, for `add`. */
  get counts(): StackDepthCounts {
    return { whole: this.#whole, ends: this.#ends, memoryEnds: this.#memoryEnds, cut: [...this.#cut], uncounted: this.#uncounted };
  }

  /** Adds what was counted of other stacks of the same threads. */
  add(others: StackDepthCounts): void {
    others.whole.forEach((stacks, step) => (this.#whole[step]! += stacks));
    this.#reserve(others.ends.length - 1);
    others.ends.forEach((end, thread) => raise(this.#ends, thread, end));
    others.memoryEnds.forEach((end, thread) => raise(this.#memoryEnds, thread, end));
    others.cut.forEach((places, thread) => {
      for (const [place, stacks] of places ?? []) this.#countCut(thread, place, stacks);
    });
    this.#uncounted += others.uncounted;
  }

  advice(): DumpAdvice {
    const depths = this.#whole.slice();
    let unknown = this.#uncounted;
    this.#cut.forEach((places, thread) => {
      const end = this.#ends[thread] ?? NaN;
      const memoryEnd = this.#memoryEnds[thread] ?? NaN;
      for (const [place, stacks] of places ?? []) {
        const start = place * STEP;
        const depth = end > start ? end - start : memoryEnd - start;
        if (depth > 0) depths[Math.min(STEPS, Math.ceil((depth + LAST_WORD) / STEP))]! += stacks;
        else unknown += stacks;
      }
    });
    const known = depths.reduce((sum, stacks) => sum + stacks, 0);
    const wanted = 0.99 * (known + unknown);
    let step = 0;
    for (let held = depths[0]!; held < wanted && step < STEPS; ) held += depths[++step]!;
    const isEnough = known > 0 && step < STEPS;
    return { enoughFor99: isEnough ? Math.max(STEP, step * STEP) : undefined, known, deeper: depths[STEPS]!, unknown };
  }

  #reserve(thread: number): void {
    while (this.#ends.length <= thread) {
      const before = this.#ends.length;
      this.#ends = grown(this.#ends).fill(NaN, before);
      this.#memoryEnds = grown(this.#memoryEnds).fill(NaN, before);
    }
  }
}

/** The higher of what is known and what was met; NaN is neither. */
function raise(ends: Float64Array, thread: number, end: number): void {
  if (!Number.isNaN(end) && !(ends[thread]! >= end)) ends[thread] = end;
}
