// What the unwinder wants to know of the world, declared here and provided by profile/ (or by any program that uses
// perfts/unwind alone): which code lies at an address, and how to step out of it.

import type { CfiTable } from '../dwarf/cfi-table.ts';

/** How to leave the code of a region. */
export type UnwindInfo =
  /** Rows of call frame information; addresses in it are the region's relative ones. */
  | { readonly kind: 'cfi'; readonly table: CfiTable }
  /** Code without CFI: the frame-pointer step is all there is. */
  | { readonly kind: 'none' }
  /** CPython's trampoline without CFI (perf maps): JITDUMP.md 2. `size` in bytes tells its form; relative 0 is its start. */
  | { readonly kind: 'trampoline'; readonly size: number }
  /** Executable anonymous memory that nothing describes, in a process that runs CPython's trampolines. */
  | { readonly kind: 'nameless-jit' }
  /** Memory that is mapped but holds no code (the stack, data): a return address that points there is none, and makes no frame. */
  | { readonly kind: 'data' }
  /** Not loaded yet: the unwinder stops with StopReason.NeedsModule, and the caller loads the module and asks again. */
  | { readonly kind: 'unloaded' };

/** A stretch of code. `relative = address - bias`: an ELF file's virtual address, an offset in a piece of JIT code. */
export interface CodeRegion {
  readonly bias: number;
  readonly unwind: UnwindInfo;
}

/** One address space at one moment. */
export interface CodeSpace {
  /**
   * Changes whenever an address may mean something else than before (a mapping, new JIT code, another process): what the
   * unwinder remembers by address holds for one id. Never the same number for two different states; positive.
   * Addresses for which `find` gave undefined, 'nameless-jit' or 'unloaded' are not remembered: that something appears where
   * nothing was known needs no new id.
   */
  readonly id: number;
  /** The code at an address, or undefined where nothing executable is mapped. */
  find(address: number): CodeRegion | undefined;
  /**
   * A word of read-only memory of a mapped file (a constant, .eh_frame), where it is known; undefined otherwise. For reads
   * beyond the stack dump.
   */
  readWord?(address: number): number | undefined;
  /**
   * Bytes of code, at most `length` of them; undefined where they are not known. Valid until the next call. Asked only where nothing
   * else describes the code: return addresses that are guessed must follow a call, and a leaf may not have its frame yet.
   */
  readCode?(address: number, length: number): Uint8Array | undefined;
}
