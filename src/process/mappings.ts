// Mappings of one address space over time (FORMAT 3.3, 3.5). Fed in time order by processes.ts; asked "what lies at this
// address now". A later mapping cuts earlier ones, as mmap(2) does; munmap is not recorded, so stale ones remain:
//
//      |------- old -------|
//            |-- new --|
//      |-old-|-- new --|old|      the right piece of the old one keeps its place in the file

import type { Mapping } from './mapping.ts';
import { lastFrom, mappingsOf, withMapping, type MappingTree } from './mapping-tree.ts';

let states = 0;
/** A number that no other state of any address space has (CodeSpace.id). Positive; wraps after 2^31 states. */
export function newState(): number {
  states = (states % 0x7fffffff) + 1;
  return states;
}

/** Disjoint mappings, sorted by start. */
export class Mappings {
  #tree: MappingTree;
  #last: Mapping | undefined;
  /** Changes with every change of the mappings; see newState. */
  state: number = newState();

  /** In the order of their starts. */
  get all(): Iterable<Mapping> {
    return mappingsOf(this.#tree);
  }

  /** The mapping that holds the address, or undefined. O(log n), allocates nothing. */
  find(address: number): Mapping | undefined {
    const last = this.#last;
    if (last !== undefined && address >= last.start && address < last.end) return last;
    const mapping = lastFrom(this.#tree, address);
    if (mapping === undefined || address >= mapping.end) return undefined;
    this.#last = mapping;
    return mapping;
  }

  /** Puts a mapping over whatever was there. An empty or inside-out range is ignored. */
  insert(mapping: Mapping): void {
    if (!(mapping.end > mapping.start)) return;
    this.#tree = withMapping(this.#tree, mapping);
    this.#last = undefined;
    this.state = newState();
  }

  /** An independent copy: the child's mappings at a fork. Costs nothing, whatever is mapped. */
  clone(): Mappings {
    const copy = new Mappings();
    copy.#tree = this.#tree;
    return copy;
  }
}
