// Records waiting for their turn, in columns (FORMAT 3.4; SPEC 6). Within a round, perf writes one ring buffer after the other, and
// each is in the order of time: the queue holds a few sorted runs one behind the other, and merging neighbours keeps it stable.
//
//   time  ^      /     /    /            file order: three CPUs, two rounds: runs of rising times
//         |   / /   / /  / /             sorted:     merge neighbours, log2(runs) passes
//         +------------------> file

import { lowerBound, upperBound } from '../bytes/sorted.ts';

const FIRST_LENGTH = 2_048;
/** Columns that became too short are garbage that is not collected for long: few of them. */
const GROWTH = 4;

/** What is known of each record that waits. */
export class Columns {
  time: Float64Array;
  /** BlockPool slot, offset in that block, bytes of the record, index of the event. */
  slot: Int32Array;
  offset: Int32Array;
  size: Uint16Array;
  event: Int32Array;

  constructor(length: number) {
    this.time = new Float64Array(length);
    this.slot = new Int32Array(length);
    this.offset = new Int32Array(length);
    this.size = new Uint16Array(length);
    this.event = new Int32Array(length);
  }

  /** Takes [from, to) of others to `at`. */
  copy(at: number, others: Columns, from: number, to: number): void {
    this.time.set(others.time.subarray(from, to), at);
    this.slot.set(others.slot.subarray(from, to), at);
    this.offset.set(others.offset.subarray(from, to), at);
    this.size.set(others.size.subarray(from, to), at);
    this.event.set(others.event.subarray(from, to), at);
  }
}

/** 22 bytes a record that waits, and as many for sorting. Equal times keep the order in which they were added. */
export class RecordQueue {
  columns: Columns = new Columns(FIRST_LENGTH);
  #spare: Columns = new Columns(FIRST_LENGTH);
  /** The next one to be delivered; [head, due) are due, [due, length) wait. */
  head = 0;
  due = 0;
  length = 0;
  /** The latest time ever added. */
  latest: number = -Infinity;
  /** Where runs begin, after the first one; all of it is sorted when there are none. */
  runs: number[] = [];

  /** Adds a record. Only while nothing is due. */
  add(time: number, slot: number, offset: number, size: number, event: number): void {
    this.makeRoom();
    const at = this.length;
    const columns = this.columns;
    if (at > this.head && time < columns.time[at - 1]!) this.runs.push(at);
    if (time > this.latest) this.latest = time;
    columns.time[at] = time;
    columns.slot[at] = slot;
    columns.offset[at] = offset;
    columns.size[at] = size;
    columns.event[at] = event;
    this.length = at + 1;
  }

  /** Makes due what is not later than `time`. */
  flushUpTo(time: number): void {
    this.#sort();
    this.due = upperBound(this.columns.time, this.length, time);
    if (this.due < this.head) this.due = this.head;
  }

  /** Makes due the earlier half of what waits, but of that only what is earlier than `time`. Equal times stay together. False where that is nothing. */
  flushHalf(time: number): boolean {
    this.#sort();
    const { time: times } = this.columns;
    const half = upperBound(times, this.length, times[this.head + ((this.length - this.head) >> 1)]!);
    this.due = Math.max(Math.min(half, lowerBound(times, this.length, time)), this.head);
    return this.due > this.head;
  }

  flushAll(): void {
    this.#sort();
    this.due = this.length;
  }

  /**
   * Of several sources: gives what is due at the same time the order of the sources, whatever order they were read in. `sourceOf` tells that
   * of a slot.
   */
  settleTies(sourceOf: (slot: number) => number): void {
    const { time, slot } = this.columns;
    for (let start = this.head; start < this.due; ) {
      let end = start + 1;
      let isSettled = true;
      for (; end < this.due && time[end] === time[start]; end++) {
        if (isSettled && slot[end] !== slot[end - 1] && sourceOf(slot[end]!) < sourceOf(slot[end - 1]!)) isSettled = false;
      }
      if (!isSettled) {
        const places = Array.from({ length: end - start }, (_, i) => start + i);
        places.sort((a, b) => sourceOf(slot[a]!) - sourceOf(slot[b]!));
        this.#rearrange(start, places);
      }
      start = end;
    }
  }

  #rearrange(start: number, places: readonly number[]): void {
    const { columns } = this;
    const copy = new Columns(places.length);
    copy.copy(0, columns, start, start + places.length);
    places.forEach((place, i) => {
      columns.slot[start + i] = copy.slot[place - start]!;
      columns.offset[start + i] = copy.offset[place - start]!;
      columns.size[start + i] = copy.size[place - start]!;
      columns.event[start + i] = copy.event[place - start]!;
    });
  }

  /** Makes sure that one more finds room: moves what waits to the front, or makes the columns longer where that gains little. */
  makeRoom(): void {
    if (this.head === this.length) this.#moved(0);
    if (this.length < this.columns.time.length) return;
    const waiting = this.length - this.head;
    const wanted = waiting * 2 > this.columns.time.length ? this.columns.time.length * GROWTH : this.columns.time.length;
    const target = this.#spare.time.length === wanted ? this.#spare : new Columns(wanted);
    target.copy(0, this.columns, this.head, this.length);
    this.#spare = this.columns.time.length === wanted ? this.columns : new Columns(wanted);
    this.columns = target;
    for (let i = 0; i < this.runs.length; i++) this.runs[i]! -= this.head;
    this.#moved(waiting);
  }

  #moved(waiting: number): void {
    this.head = 0;
    this.due = 0;
    this.length = waiting;
  }

  /** Merges neighbouring runs, pass by pass, until one is left. */
  #sort(): void {
    let runs = this.runs;
    while (runs.length > 0) {
      const merged: number[] = [];
      const from = this.columns;
      const into = this.#spare;
      let at = 0;
      for (let i = -1; i < runs.length; i += 2) {
        const start = i < 0 ? this.head : runs[i]!;
        const middle = runs[i + 1] ?? this.length;
        const end = runs[i + 2] ?? this.length;
        if (at > 0) merged.push(at);
        at = merge(from, start, middle, end, into, at);
      }
      this.columns = into;
      this.#spare = from;
      this.#moved(at);
      runs = merged;
    }
    this.runs = runs;
  }
}

/** Merges [start, middle) and [middle, end) to `at`; the first wins ties. Returns the place after the last one. */
function merge(from: Columns, start: number, middle: number, end: number, into: Columns, at: number): number {
  const { time, slot, offset, size, event } = from;
  const intoTime = into.time;
  const intoSlot = into.slot;
  const intoOffset = into.offset;
  const intoSize = into.size;
  const intoEvent = into.event;
  let left = start;
  let right = middle;
  let to = at;
  while (left < middle && right < end) {
    const pick = time[left]! <= time[right]! ? left++ : right++;
    intoTime[to] = time[pick]!;
    intoSlot[to] = slot[pick]!;
    intoOffset[to] = offset[pick]!;
    intoSize[to] = size[pick]!;
    intoEvent[to] = event[pick]!;
    to++;
  }
  if (left < middle) {
    into.copy(to, from, left, middle);
    to += middle - left;
  }
  if (right < end) {
    into.copy(to, from, right, end);
    to += end - right;
  }
  return to;
}
