// An attr in the other byte order (FORMAT 1.2), all of its fields, and what newer writers appended as u64s.

import type { SwapCursor } from './swap-cursor.ts';

/** The 64 flags, of which only precise_ip has two bits. */
const FLAG_WIDTHS: readonly number[] = [...Array.from({ length: 15 }, () => 1), 2, ...Array.from({ length: 47 }, () => 1)];

/** Turns the attr that lies in the next `size` bytes. */
export function swapAttr(cursor: SwapCursor, size: number): void {
  const outerEnd = cursor.end;
  cursor.end = Math.min(cursor.at + size, outerEnd);
  cursor.u32s(2); // type, size
  cursor.u64s(4); // config, sample_period, sample_type, read_format
  cursor.fields64(FLAG_WIDTHS);
  cursor.u32s(2); // wakeup, bp_type
  cursor.u64s(4); // config1, config2, branch_sample_type, sample_regs_user
  cursor.u32s(2); // sample_stack_user, clockid
  cursor.u64s(1); // sample_regs_intr
  cursor.u32s(1); // aux_watermark
  cursor.u16s(2); // sample_max_stack, reserved
  cursor.u32s(1); // aux_sample_size
  cursor.bits32(); // aux_action
  cursor.u64s(); // sig_data, config3, config4
  cursor.at = cursor.end;
  cursor.end = outerEnd;
}
