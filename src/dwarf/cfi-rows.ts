// Decoded rows of call frame information, packed into columns (DESIGN.md 7). A row is: from which address on, how the CFA is
// found, and the number of a set of register rules. Sets are interned: a library has some hundred thousand rows and a few
// hundred sets, since code differs in how far the stack has grown much more than in where it saves what.

import { MAX_CFI_RULES } from '../bytes/limits.ts';
import { FACTOR_1, FACTOR_2 } from '../bytes/mixing.ts';
import { grown } from '../bytes/sorted.ts';
import { type FrameState, RuleKind } from './frame-state.ts';

/** Bits of CfiRows.flags. */
export const RowFlag = { SignalFrame: 1 } as const;

export class CfiRows {
  length = 0;
  /** Offset of the row's first address from its FDE's start. */
  start: Uint32Array = new Uint32Array(16);
  /** DWARF number of the CFA's register, or CFA_EXPRESSION, CFA_NONE. */
  cfaRegister: Uint8Array = new Uint8Array(16);
  /** What is added to that register, or the number of the expression. */
  cfaOffset: Int32Array = new Int32Array(16);
  /** Number of the set of register rules. */
  ruleSet: Int32Array = new Int32Array(16);
  /** DWARF number of the column of the return address. */
  returnAddress: Uint8Array = new Uint8Array(16);
  flags: Uint8Array = new Uint8Array(16);

  /** Rules as triples register, kind, value in ascending order of registers; set n is at setStart[n] … setStart[n + 1]. */
  rules: Int32Array = new Int32Array(48);
  setStart: Int32Array = new Int32Array(16);
  setCount = 0;
  // Open addressing over the contents of sets: a slot holds set + 1, 0 is empty.
  #slots = new Int32Array(32);

  /** Adds a row; `set` is what internSet gave for its state. */
  add(start: number, state: FrameState, set: number, returnAddress: number, flags: number): void {
    if (this.length === this.start.length) {
      this.start = grown(this.start);
      this.cfaRegister = grown(this.cfaRegister);
      this.cfaOffset = grown(this.cfaOffset);
      this.ruleSet = grown(this.ruleSet);
      this.returnAddress = grown(this.returnAddress);
      this.flags = grown(this.flags);
    }
    const row = this.length++;
    this.start[row] = start;
    this.cfaRegister[row] = state.cfaRegister;
    this.cfaOffset[row] = state.cfaOffset;
    this.ruleSet[row] = set;
    this.returnAddress[row] = returnAddress;
    this.flags[row] = flags;
  }

  /** The number of the set that holds the state's register rules; -1 where no real module has as many. */
  internSet(state: FrameState): number {
    const begin = this.setStart[this.setCount]!;
    let end = begin;
    let hash = 0;
    for (let register = 0; register < state.high; register++) {
      const kind = state.kinds[register]!;
      if (kind === RuleKind.Unspecified) continue;
      if (end + 3 > this.rules.length) this.rules = grown(this.rules);
      const value = state.values[register]!;
      this.rules[end++] = register;
      this.rules[end++] = kind;
      this.rules[end++] = value;
      hash = Math.imul(hash ^ (register * 8 + kind), FACTOR_1) ^ Math.imul(value, FACTOR_2);
      hash ^= hash >>> 15;
    }
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const set = this.#slots[slot]! - 1;
      if (this.#equals(set, begin, end)) return set;
    }
    if (end > MAX_CFI_RULES * 3) return -1;
    const set = this.setCount++;
    this.#slots[slot] = set + 1;
    if (this.setCount === this.setStart.length) this.setStart = grown(this.setStart);
    this.setStart[this.setCount] = end;
    if (this.setCount * 2 > this.#slots.length) this.#growSlots();
    return set;
  }

  /** The kind of a register's rule in a set, RuleKind.Unspecified if there is none. */
  kind(set: number, register: number): number {
    const at = this.#find(set, register);
    return at < 0 ? RuleKind.Unspecified : this.rules[at + 1]!;
  }

  /** The value of a register's rule in a set, 0 if there is none. */
  value(set: number, register: number): number {
    const at = this.#find(set, register);
    return at < 0 ? 0 : this.rules[at + 2]!;
  }

  #find(set: number, register: number): number {
    const end = this.setStart[set + 1]!;
    for (let at = this.setStart[set]!; at < end; at += 3) if (this.rules[at] === register) return at;
    return -1;
  }

  #equals(set: number, begin: number, end: number): boolean {
    const start = this.setStart[set]!;
    if (this.setStart[set + 1]! - start !== end - begin) return false;
    for (let i = 0; i < end - begin; i++) if (this.rules[start + i] !== this.rules[begin + i]) return false;
    return true;
  }

  #growSlots(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let set = 0; set < this.setCount; set++) {
      let hash = 0;
      for (let at = this.setStart[set]!; at < this.setStart[set + 1]!; at += 3) {
        hash = Math.imul(hash ^ (this.rules[at]! * 8 + this.rules[at + 1]!), FACTOR_1) ^ Math.imul(this.rules[at + 2]!, FACTOR_2);
        hash ^= hash >>> 15;
      }
      let slot = hash & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = set + 1;
    }
    this.#slots = slots;
  }
}
