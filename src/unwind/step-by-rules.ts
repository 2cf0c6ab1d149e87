// Machines that are walked by their rules alone (s390x, riscv64): every step is taken by row-step.ts.

import type { CfiRows } from '../dwarf/cfi-rows.ts';
import { RuleKind } from '../dwarf/frame-state.ts';
import { FP_STAYS, StepOp, type StepCache } from './step-cache.ts';

/** Packs a row into a slot. */
export function packRowByRules(cache: StepCache, slot: number, rows: CfiRows, row: number): void {
  const isOutermost = rows.kind(rows.ruleSet[row]!, rows.returnAddress[row]!) === RuleKind.Undefined;
  cache.setRule(slot, isOutermost ? StepOp.Root : StepOp.Row, 0, 0, FP_STAYS);
}
