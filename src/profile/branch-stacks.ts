// The branches that a processor noted before a sample (FORMAT 2.3.5), their ends resolved and equal ones interned. Whose an address
// is, no branch says: it is looked for in the program, then in the kernel, and belongs to neither where neither maps it.

import { grown } from '../bytes/sorted.ts';
import type { RecordView } from '../perfdata/record-view.ts';
import type { SampleView } from '../perfdata/sample-view.ts';
import type { Module } from '../process/module.ts';
import type { Branches } from './profile.ts';
import { NEEDS_MODULE, type Resolver } from './resolver.ts';
import { TripleTable } from './triple-table.ts';

/** From, to, flags. */
const ENTRY_SIZE = 24;
/** Of the flags that are kept: those of BranchFlag. */
const FLAG_BITS = 4;
const CYCLE_BITS = 16;

/** Distinct branches as they are met. */
export class BranchTable implements Branches {
  length = 0;
  from: Int32Array = new Int32Array(256);
  to: Int32Array = new Int32Array(256);
  flags: Int32Array = new Int32Array(256);
  readonly #known = new TripleTable();

  intern(from: number, to: number, flags: number): number {
    const branch = this.#known.find(from, to, flags, this.length);
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

  constructor(resolver: Resolver) {
    this.#resolver = resolver;
  }

  /** Takes a resolved sample's branches; gives the module that must be loaded first, if any: then ask again. */
  take(raw: SampleView, record: RecordView): Module | undefined {
    const { view, littleEndian } = record;
    this.count = 0;
    if (raw.branchOffset < 0) return undefined;
    while (this.branches.length < raw.branchCount) this.branches = grown(this.branches);
    for (let i = 0; i < raw.branchCount; i++) {
      const at = raw.branchOffset + i * ENTRY_SIZE;
      const from = this.#frameAt(view, at, littleEndian);
      const to = from === NEEDS_MODULE ? from : this.#frameAt(view, at + 8, littleEndian);
      if (to === NEEDS_MODULE) return this.#resolver.needed;
      this.branches[i] = this.table.intern(from, to, flagsAt(view, at + 16, littleEndian));
    }
    this.count = raw.branchCount;
    return undefined;
  }

  #frameAt(view: DataView, at: number, littleEndian: boolean): number {
    const { locations } = this.#resolver;
    const high = view.getInt32(littleEndian ? at + 4 : at, littleEndian);
    const low = view.getInt32(littleEndian ? at : at + 4, littleEndian);
    let location = this.#resolver.user(high, low);
    if (location >= 0 && locations.module[location]! < 0) location = this.#resolver.kernel(high, low);
    return location === NEEDS_MODULE ? NEEDS_MODULE : locations.frame[location]!;
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
