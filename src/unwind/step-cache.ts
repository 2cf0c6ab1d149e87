// Steps that are known, by address: one table that holds the rule and the frame's label together, so that a warm step is a hash,
// a comparison and two words of stack (DESIGN.md 7, STYLE.md 3.11). A step is data, as equations in StepOp. An entry is in the
// slot of its address or in the slot's neighbour: two frames of one stack that met in a single slot would miss in every sample.

import type { CfiTable } from '../dwarf/cfi-table.ts';

/** Where the CFA is the caller's sp after the step, unless said otherwise. */
export const StepOp = {
  /** cfa = sp + cfaOffset;  ra = [cfa + raOffset];  fp = [cfa + fpOffset] or as it was. */
  Sp: 0,
  /** cfa = fp + cfaOffset;  the rest alike. */
  Fp: 1,
  /** As Sp and Fp, but ra = lr: functions that have saved it nowhere, leaves on arm64. */
  SpLink: 2,
  FpLink: 3,
  /** A row that says more than that: see unwinder.ts. */
  Row: 4,
  /** The outermost frame: its return address is undefined. */
  Root: 5,
  /** Code without a row. */
  NoRow: 6,
  /** No code at all. */
  NoCode: 7,
  /** A trampoline that nobody describes. */
  NamelessJit: 8,
} as const;

/** In place of fpOffset: the frame pointer stays as it is. */
export const FP_STAYS = 0x7fff_ffff;
/** In place of fpOffset: nobody knows it in the caller. */
export const FP_LOST = 0x7fff_fffe;

/** Columns of a step in StepCache.steps. */
export const Step = { Op: 0, CfaOffset: 1, RaOffset: 2, FpOffset: 3, Table: 4, Row: 5, Label: 6, Stride: 8 } as const;

/** In place of a table's number: registers other than sp and fp keep their values (trampolines), or are lost (guesses). */
export const OTHERS_STAY = -1;
export const OTHERS_LOST = -2;

const SIZE_BITS = 15;
const SIZE = 1 << SIZE_BITS;

export class StepCache {
  /** The address that was looked up: a return address less one, or the exact address of a leaf. NaN: not to be found again. */
  readonly addresses: Float64Array = new Float64Array(SIZE);
  /** Twice the id of the address space, plus one for return addresses; 0 is empty. */
  readonly spaces: Float64Array = new Float64Array(SIZE);
  readonly steps: Int32Array = new Int32Array(SIZE * Step.Stride);
  /** Tables by the number that a step holds. */
  readonly tables: CfiTable[] = [];
  readonly #numbers = new Map<CfiTable, number>();

  tableNumber(table: CfiTable): number {
    let number = this.#numbers.get(table);
    if (number === undefined) {
      number = this.tables.length;
      this.tables.push(table);
      this.#numbers.set(table, number);
    }
    return number;
  }

  /** The slot that holds an address (whose low word is `low`) of a space's leaves or callers, or -1. */
  find(address: number, low: number, key: number): number {
    const slot = slotOf(low, key & ~1);
    for (let at = slot, tries = 0; tries < 2; at ^= 1, tries++) if (this.addresses[at] === address && this.spaces[at] === key) return at;
    return -1;
  }

  /** Moves what is in a slot to its neighbour; the slot is then not to be found. */
  makeRoom(slot: number): void {
    const neighbour = slot ^ 1;
    this.addresses[neighbour] = this.addresses[slot]!;
    this.spaces[neighbour] = this.spaces[slot]!;
    this.steps.copyWithin(neighbour * Step.Stride, slot * Step.Stride, (slot + 1) * Step.Stride);
    this.addresses[slot] = NaN;
  }

  /** Writes the rule of a step; table and row as they are for steps that follow no row. */
  setRule(slot: number, op: number, cfaOffset: number, raOffset: number, fpOffset: number): void {
    const at = slot * Step.Stride;
    this.steps[at + Step.Op] = op;
    this.steps[at + Step.CfaOffset] = cfaOffset;
    this.steps[at + Step.RaOffset] = raOffset;
    this.steps[at + Step.FpOffset] = fpOffset;
  }
}

/** The slot of an address by its low word and its space's key. */
export function slotOf(low: number, space: number): number {
  return (Math.imul(low, 0x9e3779b1) ^ Math.imul(space, 0x85ebca6b)) >>> (32 - SIZE_BITS);
}
