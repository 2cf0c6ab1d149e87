// arm64: which rows of call frame information are plain steps, CPython's trampolines (JITDUMP 2), and signed return addresses.

import { type CfiRows, RowFlag } from '../dwarf/cfi-rows.ts';
import { RuleKind } from '../dwarf/frame-state.ts';
import { FP_LOST, FP_STAYS, StepOp, type StepCache } from './step-cache.ts';

const FP = 29;
const LR = 30;
const SP = 31;
const TRAMPOLINE_SIZE = 28;

/** Packs a row into a slot: as a plain step where it is one, else as StepOp.Row. */
export function packRowArm64(cache: StepCache, slot: number, rows: CfiRows, row: number): void {
  const set = rows.ruleSet[row]!;
  const register = rows.cfaRegister[row]!;
  let op: number = register === SP ? StepOp.Sp : register === FP ? StepOp.Fp : StepOp.Row;
  let isRow = op === StepOp.Row || rows.returnAddress[row] !== LR || (rows.flags[row]! & RowFlag.SignalFrame) !== 0;
  let raOffset = 0;
  let fpOffset: number = FP_STAYS;
  let isSaved = false;
  for (let at = rows.setStart[set]!; at < rows.setStart[set + 1]!; at += 3) {
    const ruled = rows.rules[at]!;
    const kind = rows.rules[at + 1]!;
    const value = rows.rules[at + 2]!;
    if (ruled === LR) {
      if (kind === RuleKind.Offset) {
        raOffset = value;
        isSaved = true;
        // Above the CFA: pushed by who jumped here, see RowStep.take.
        if (value >= 0) isRow = true;
      } else if (kind === RuleKind.Undefined) {
        cache.setRule(slot, StepOp.Root, 0, 0, FP_STAYS);
        return;
      } else if (kind !== RuleKind.SameValue) isRow = true;
    } else if (ruled === FP) {
      if (kind === RuleKind.Offset) fpOffset = value;
      else if (kind === RuleKind.Undefined) fpOffset = FP_LOST;
      else if (kind !== RuleKind.SameValue) isRow = true;
    } else if (ruled === SP && !(kind === RuleKind.ValueOffset && value === 0)) isRow = true;
  }
  if (isRow) op = StepOp.Row;
  else if (!isSaved) op = op === StepOp.Sp ? StepOp.SpLink : StepOp.FpLink;
  cache.setRule(slot, op, rows.cfaOffset[row]!, raOffset, fpOffset);
}

/**
 * A trampoline without CFI: `paciasp; stp x29,x30,[sp,#-16]!; mov x29,sp; blr x3; ldp x29,x30,[sp],#16; autiasp; ret`, 28 bytes.
 * `offset` is the exact one of the next instruction. False for other sizes.
 */
export function packTrampolineArm64(cache: StepCache, slot: number, size: number, offset: number): boolean {
  if (size !== TRAMPOLINE_SIZE) return false;
  if (hasTrampolineFrame(size, offset)) cache.setRule(slot, StepOp.Sp, 16, -8, -16);
  else cache.setRule(slot, StepOp.SpLink, 0, 0, FP_STAYS);
  return true;
}

/** Whether such a trampoline has its frame record at that instruction. */
export function hasTrampolineFrame(size: number, offset: number): boolean {
  return size === TRAMPOLINE_SIZE && offset >= 8 && offset < 20;
}

/**
 * The high word of a return address without its signature (PAC): bit 55 says which half of the address space it belongs to, and
 * the bits above `bits` are made equal to it, whether or not CFI says that the address is signed (JITDUMP 2).
 */
export function stripHighWord(high: number, bits: number): number {
  const mask = (1 << (bits - 32)) - 1;
  return (high & 0x0080_0000) !== 0 ? high | ~mask : high & mask;
}
