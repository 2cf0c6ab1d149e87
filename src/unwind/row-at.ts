// The row of call frame information for a frame.

import { RowFlag } from '../dwarf/cfi-rows.ts';
import type { CfiTable } from '../dwarf/cfi-table.ts';

/** The row (index in `table.rows`) at an address of the table's coordinates, or -1. `isCaller`: that of a call, less one. */
export function rowAt(table: CfiTable, relative: number, isCaller: boolean): number {
  const row = table.find(relative);
  if (row >= 0 || isCaller) return row;
  // A thread that is just returning from a signal handler, in the kernel: behind the trampoline's last instruction, the system call,
  // where its description ends.
  const before = table.find(relative - 1);
  return before >= 0 && (table.rows.flags[before]! & RowFlag.SignalFrame) !== 0 ? before : -1;
}
