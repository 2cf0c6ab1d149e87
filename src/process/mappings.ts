// Mappings of one address space over time (FORMAT 3.3, 3.5). Fed in time order by processes.ts; asked "what lies at this
// address now". A later mapping cuts earlier ones, as mmap(2) does; munmap is not recorded, so stale ones remain:
//
//      |------- old -------|
//            |-- new --|
//      |-old-|-- new --|old|      the right piece of the old one keeps its place in the file

import { upperBound, grown } from '../bytes/sorted.ts';
import type { Module } from './module.ts';

/** Half-open range of signed addresses (bytes/int64.ts) that shows a part of a module. */
export interface Mapping {
  readonly start: number;
  readonly end: number;
  /** Offset in the module of `start`; the address itself where the module's coordinates are addresses (anonymous, kernel). */
  readonly pageOffset: number;
  readonly module: Module;
  /** Whether code may run there: PROT_EXEC, or a record of a kernel that wrote executable mappings only. */
  readonly executable: boolean;
}

let states = 0;
/** A number that no other state of any address space has (CodeSpace.id). Positive; wraps after 2^31 states. */
export function newState(): number {
  states = (states % 0x7fffffff) + 1;
  return states;
}

const NO_STARTS = new Float64Array(0);

/** Disjoint mappings, sorted by start. */
export class Mappings {
  #starts = NO_STARTS;
  #list: Mapping[] = [];
  #last: Mapping | undefined;
  /** Changes with every change of the mappings; see newState. */
  state: number = newState();

  get all(): readonly Mapping[] {
    return this.#list;
  }

  /** The mapping that holds the address, or undefined. O(log n), allocates nothing. */
  find(address: number): Mapping | undefined {
    const last = this.#last;
    if (last !== undefined && address >= last.start && address < last.end) return last;
    const mapping = this.#list[upperBound(this.#starts, this.#list.length, address) - 1];
    if (mapping === undefined || address >= mapping.end) return undefined;
    this.#last = mapping;
    return mapping;
  }

  /** Puts a mapping over whatever was there. An empty or inside-out range is ignored. */
  insert(mapping: Mapping): void {
    if (!(mapping.end > mapping.start)) return;
    const list = this.#list;
    let from = upperBound(this.#starts, list.length, mapping.start) - 1;
    if (from < 0 || list[from]!.end <= mapping.start) from++;
    let to = from;
    const pieces: Mapping[] = [];
    while (to < list.length && list[to]!.start < mapping.end) {
      const old = list[to++]!;
      if (old.start < mapping.start) pieces.push({ ...old, end: mapping.start });
    }
    pieces.push(mapping);
    const old = to > from ? list[to - 1] : undefined;
    if (old !== undefined && old.end > mapping.end) {
      pieces.push({ ...old, start: mapping.end, pageOffset: old.pageOffset + (mapping.end - old.start) });
    }
    this.#replace(from, to, pieces);
  }

  /** An independent copy: the child's mappings at a fork. */
  clone(): Mappings {
    const copy = new Mappings();
    copy.#list = this.#list.slice();
    copy.#starts = this.#starts.slice();
    return copy;
  }

  /** Puts pieces in the place of [from, to). What lies behind is moved, not looked at: programs have 65 000 mappings. */
  #replace(from: number, to: number, pieces: readonly Mapping[]): void {
    const list = this.#list;
    const length = list.length;
    list.splice(from, to - from, ...pieces);
    while (this.#starts.length < list.length) this.#starts = grown(this.#starts);
    this.#starts.copyWithin(from + pieces.length, to, length);
    for (let i = 0; i < pieces.length; i++) this.#starts[from + i] = pieces[i]!.start;
    this.#last = undefined;
    this.state = newState();
  }
}
