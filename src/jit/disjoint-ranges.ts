// Ranges that overlap, made disjoint: at every address the range of highest rank wins. A sweep over all starts and ends with
// a heap of the ranges that are open, O(n log n); ranges that do not overlap, the usual case, cost one pass.

import { rowNumbers } from '../bytes/stable-order.ts';

export interface DisjointRanges {
  /** Ascending. */
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** Which of the given ranges it is a part of. */
  readonly owners: Uint32Array;
}

/** `starts` ascend; `ends` are half-open and greater than their starts; `ranks` are all different. */
export function disjointRanges(starts: Float64Array, ends: Float64Array, ranks: Uint32Array): DisjointRanges {
  const length = starts.length;
  if (!overlap(starts, ends)) {
    return { starts, ends, owners: rowNumbers(length) };
  }
  // Every start and every end begins at most one piece.
  const pieceStarts = new Float64Array(2 * length);
  const pieceEnds = new Float64Array(2 * length);
  const owners = new Uint32Array(2 * length);
  let pieces = 0;
  const open = new RankHeap(ranks);
  let next = 0;
  let at = -Infinity;
  while (next < length || open.length > 0) {
    if (open.length === 0) at = starts[next]!;
    while (next < length && starts[next]! <= at) open.push(next++);
    const owner = open.top;
    if (ends[owner]! <= at) {
      open.pop();
      continue;
    }
    // Until it ends or the next one begins, whichever is first; if the next is of lower rank, the piece is continued.
    const until = next < length ? Math.min(ends[owner]!, starts[next]!) : ends[owner]!;
    if (pieces > 0 && owners[pieces - 1] === owner && pieceEnds[pieces - 1] === at) {
      pieceEnds[pieces - 1] = until;
    } else {
      pieceStarts[pieces] = at;
      pieceEnds[pieces] = until;
      owners[pieces++] = owner;
    }
    at = until;
  }
  return { starts: pieceStarts.slice(0, pieces), ends: pieceEnds.slice(0, pieces), owners: owners.slice(0, pieces) };
}

function overlap(starts: Float64Array, ends: Float64Array): boolean {
  for (let i = 1; i < starts.length; i++) if (starts[i]! < ends[i - 1]!) return true;
  return false;
}

/** A binary heap of range numbers, the one of highest rank on top. */
class RankHeap {
  length = 0;
  readonly #ranks: Uint32Array;
  readonly #heap: Uint32Array;

  constructor(ranks: Uint32Array) {
    this.#ranks = ranks;
    this.#heap = new Uint32Array(ranks.length);
  }

  get top(): number {
    return this.#heap[0]!;
  }

  push(range: number): void {
    const heap = this.#heap;
    const rank = this.#ranks[range]!;
    let place = this.length++;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.#ranks[heap[parent]!]! > rank) break;
      heap[place] = heap[parent]!;
      place = parent;
    }
    heap[place] = range;
  }

  pop(): void {
    const heap = this.#heap;
    const moved = heap[--this.length]!;
    const rank = this.#ranks[moved]!;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.length) break;
      if (child + 1 < this.length && this.#ranks[heap[child + 1]!]! > this.#ranks[heap[child]!]!) child++;
      if (this.#ranks[heap[child]!]! < rank) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = moved;
  }
}
