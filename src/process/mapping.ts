// One mapping: a range of addresses of a process that shows a part of a module (FORMAT 3.3).

import type { Module } from './module.ts';

/** Half-open range of signed addresses (bytes/int64.ts) that shows a part of a module. */
export interface Mapping {
  readonly start: number;
  readonly end: number;
  /** Offset in the module of `start`; the address itself where the module's coordinates are addresses (anonymous, kernel). */
  readonly pageOffset: number;
  readonly module: Module;
  /** Whether code may run there: PROT_EXEC, or a record of a kernel that wrote executable mappings only. */
  readonly executable: boolean;
  /** Executable memory with a name but without a path (memfd), in which runtimes keep code: the module of the process's perf map. */
  readonly jit?: Module;
}
