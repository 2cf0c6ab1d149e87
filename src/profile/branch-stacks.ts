// The branches that a processor noted before a sample (FORMAT 2.3.5), their ends resolved and equal ones interned. Whose an address
// is, no branch says: it is looked for in the program, then in the kernel, and belongs to neither where neither maps it.

import { grown } from '../bytes/sorted.ts';
import type { RecordView } from '../perfdata/record-view.ts';
import type { SampleView } from '../perfdata/sample-view.ts';
import type { Module } from '../process/module.ts';
import type { BranchEnds, Branches } from './profile.ts';
import { NEEDS_MODULE, type Resolver } from './resolver.ts';
import type { SourceTable } from './source-table.ts';
import { TripleTable } from './triple-table.ts';

/** From, to, flags. */
const ENTRY_SIZE = 24;
/** Of the flags that are kept: those of BranchFlag. */
const FLAG_BITS = 4;
const CYCLE_BITS = 16;

/** Where the ends of branches are, in columns that grow with the branches. */
class EndColumns implements BranchEnds {
  address: Float64Array = new Float64Array(256);
  line: Int32Array = new Int32Array(0);
  location: Int32Array = new Int32Array(256);

  set(branch: number, address: number, location: number): void {
    if (branch === this.address.length) {
      this.address = grown(this.address);
      this.location = grown(this.location);
    }
    this.address[branch] = address;
    this.location[branch] = location;
  }
}

/** Distinct branches as they are met. */
export class BranchTable implements Branches {
  length = 0;
  from: Int32Array = new Int32Array(256);
  to: Int32Array = new Int32Array(256);
  flags: Int32Array = new Int32Array(256);
  /** Where they are told apart by the places of their ends. */
  places: { readonly from: EndColumns; readonly to: EndColumns } | undefined;
  readonly #known = new TripleTable();
  readonly #ends = new TripleTable();
  #pairs = 0;

  /** A number for two locations and flags. */
  pair(from: number, to: number, flags: number): number {
    const pair = this.#ends.find(from, to, flags, this.#pairs);
    if (pair === this.#pairs) this.#pairs++;
    return pair;
  }

  /** `pair`: of its locations, where these tell branches apart. */
  intern(from: number, to: number, flags: number, pair: number = flags): number {
    const branch = this.#known.find(from, to, pair, this.length);
    if (branch < this.length) return branch;
    if (branch === this.from.length) {
      this.from = grown(this.from);
      this.to = grown(this.to);
      this.flags = grown(this.flags);
    }
    this.from[branch] = from;
    this.to[branch] = to;
    this.flags[branch] = flags;
    this.length++;
    return branch;
  }
}

export class BranchStacks {
  readonly table: BranchTable = new BranchTable();
  /** The branches of the sample last taken, newest first. */
  branches: Int32Array = new Int32Array(64);
  count = 0;
  readonly #resolver: Resolver;

  /** `byPlace`: branches are told apart by the places of their ends. */
  constructor(resolver: Resolver, byPlace: boolean) {
    this.#resolver = resolver;
    if (byPlace) this.table.places = { from: new EndColumns(), to: new EndColumns() };
  }

  /** After the walk: the lines of the ends. */
  finish(sources: SourceTable | undefined): void {
    const { places, length } = this.table;
    if (places === undefined || sources === undefined) return;
    for (const end of [places.from, places.to]) end.line = end.location.subarray(0, length).map((location) => sources.line[sources.first[location]!]!);
  }

  /** Takes a resolved sample's branches; gives the module that must be loaded first, if any: then ask again. */
  take(raw: SampleView, record: RecordView): Module | undefined {
    const { view, littleEndian } = record;
    this.count = 0;
    if (raw.branchOffset < 0) return undefined;
    while (this.branches.length < raw.branchCount) this.branches = grown(this.branches);
    for (let i = 0; i < raw.branchCount; i++) {
      const at = raw.branchOffset + i * ENTRY_SIZE;
      const from = this.#locationAt(view, at, littleEndian);
      const to = from === NEEDS_MODULE ? from : this.#locationAt(view, at + 8, littleEndian);
      if (to === NEEDS_MODULE) return this.#resolver.needed;
      const flags = flagsAt(view, at + 16, littleEndian);
      const { frame } = this.#resolver.locations;
      this.branches[i] = this.table.places === undefined ? this.table.intern(frame[from]!, frame[to]!, flags) : this.#withPlaces(from, to, flags);
    }
    this.count = raw.branchCount;
    return undefined;
  }

  #withPlaces(from: number, to: number, flags: number): number {
    const { table } = this;
    const { frame } = this.#resolver.locations;
    const branch = table.intern(frame[from]!, frame[to]!, flags, table.pair(from, to, flags));
    table.places!.from.set(branch, this.#addressOf(from), from);
    table.places!.to.set(branch, this.#addressOf(to), to);
    return branch;
  }

  /** In its file; of what is in no file in memory. */
  #addressOf(location: number): number {
    const { locations, frames } = this.#resolver;
    const frame = locations.frame[location]!;
    return frames.symbol[frame]! < 0 ? frames.start[frame]! : locations.relative[location]!;
  }

  #locationAt(view: DataView, at: number, littleEndian: boolean): number {
    const { locations } = this.#resolver;
    const high = view.getInt32(littleEndian ? at + 4 : at, littleEndian);
    const low = view.getInt32(littleEndian ? at : at + 4, littleEndian);
    let location = this.#resolver.user(high, low);
    if (location >= 0 && locations.module[location]! < 0) location = this.#resolver.kernel(high, low);
    return location;
  }
}

/** The flags that are kept, as if written in little-endian order: as a bitfield the word is filled from the other end otherwise. */
function flagsAt(view: DataView, at: number, littleEndian: boolean): number {
  if (littleEndian) return view.getUint32(at, true) & ((1 << (FLAG_BITS + CYCLE_BITS)) - 1);
  const word = view.getUint32(at, false);
  let flags = 0;
  for (let bit = 0; bit < FLAG_BITS; bit++) flags |= ((word >>> (31 - bit)) & 1) << bit;
  return flags | (((word >>> (32 - FLAG_BITS - CYCLE_BITS)) & ((1 << CYCLE_BITS) - 1)) << FLAG_BITS);
}
