// x86-64: which rows of call frame information are plain steps, and CPython's trampolines (JITDUMP 2).

import { type CfiRows, RowFlag } from '../dwarf/cfi-rows.ts';
import { RuleKind } from '../dwarf/frame-state.ts';
import { FP_LOST, FP_STAYS, StepOp, type StepCache } from './step-cache.ts';

const FP = 6;
const SP = 7;
const RETURN_ADDRESS = 16;

/** Packs a row into a slot: as a plain step where it is one, else as StepOp.Row. */
export function packRowX86(cache: StepCache, slot: number, rows: CfiRows, row: number): void {
  const set = rows.ruleSet[row]!;
  const register = rows.cfaRegister[row]!;
  let op: number = register === SP ? StepOp.Sp : register === FP ? StepOp.Fp : StepOp.Row;
  let raOffset = 0;
  let fpOffset: number = FP_STAYS;
  if (rows.returnAddress[row] !== RETURN_ADDRESS || (rows.flags[row]! & RowFlag.SignalFrame) !== 0) op = StepOp.Row;
  let hasReturnAddress = false;
  for (let at = rows.setStart[set]!; at < rows.setStart[set + 1]!; at += 3) {
    const ruled = rows.rules[at]!;
    const kind = rows.rules[at + 1]!;
    const value = rows.rules[at + 2]!;
    if (ruled === RETURN_ADDRESS) {
      hasReturnAddress = true;
      if (kind === RuleKind.Offset) raOffset = value;
      else if (kind === RuleKind.Undefined) {
        cache.setRule(slot, StepOp.Root, 0, 0, FP_STAYS);
        return;
      } else op = StepOp.Row;
    } else if (ruled === FP) {
      if (kind === RuleKind.Offset) fpOffset = value;
      else if (kind === RuleKind.Undefined) fpOffset = FP_LOST;
      else if (kind !== RuleKind.SameValue) op = StepOp.Row;
    } else if (ruled === SP && !(kind === RuleKind.ValueOffset && value === 0)) op = StepOp.Row;
  }
  cache.setRule(slot, hasReturnAddress ? op : StepOp.Row, rows.cfaOffset[row]!, raOffset, fpOffset);
}

/**
 * A trampoline without CFI, by its size in bytes: 12 and 8 `[endbr64] push rbp; mov rbp,rsp; call rcx; pop rbp; ret`, 15 and 11
 * `[endbr64] sub rsp,8; call rcx; add rsp,8; ret`. `offset` is the exact one of the next instruction. False for other sizes.
 */
export function packTrampolineX86(cache: StepCache, slot: number, size: number, offset: number): boolean {
  const hasPush = size === 12 || size === 8;
  if (!hasPush && size !== 15 && size !== 11) return false;
  // Counted from behind endbr64.
  const at = offset - (size === 12 || size === 15 ? 4 : 0);
  const hasFrame = hasPush ? at >= 1 && at < 7 : at >= 4 && at < 10;
  cache.setRule(slot, StepOp.Sp, hasFrame ? 16 : 8, -8, hasFrame && hasPush ? -16 : FP_STAYS);
  return true;
}
