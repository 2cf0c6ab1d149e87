// CPython's trampolines: the few instructions of machine code that every Python function gets under -X perf and -X perf_jit
// and that call the evaluator (JITDUMP 2). A perf map says only where one lies and how long it is; the length tells its form.

import type { Machine } from '../bytes/machine.ts';

/**
 * How to leave a trampoline from one of its instructions on. The return address is at [cfa - 8], but on arm64 in the link
 * register where `isSaved` is false.
 */
export interface TrampolineRow {
  /** Offset in the trampoline, in bytes, from which it holds. */
  readonly from: number;
  /** The canonical frame address is this register … */
  readonly cfaRegister: 'sp' | 'fp';
  /** … plus this many bytes. */
  readonly cfaOffset: number;
  /** Whether the caller's frame pointer is at [cfa - 16]; if not, it is still in its register. */
  readonly isSaved: boolean;
}

export interface TrampolineForm {
  /** In bytes. */
  readonly size: number;
  /** Where the call returns to: the only place in it where a caller's frame can be. */
  readonly returnOffset: number;
  /** Ascending by `from`; the first is from 0. */
  readonly rows: readonly TrampolineRow[];
}

function row(from: number, cfaRegister: 'sp' | 'fp', cfaOffset: number, isSaved: boolean): TrampolineRow {
  return { from, cfaRegister, cfaOffset, isSaved };
}

/** push rbp; mov rbp, rsp; call rcx; pop rbp; ret: from July 2025 on. `lead` bytes of endbr64 before it. */
function pushForm(lead: number): TrampolineForm {
  return {
    size: lead + 8,
    returnOffset: lead + 6,
    rows: [row(0, 'sp', 8, false), row(lead + 1, 'sp', 16, true), row(lead + 4, 'fp', 16, true), row(lead + 7, 'sp', 8, false)],
  };
}

/** sub rsp, 8; call rcx; add rsp, 8; ret: until then. */
function subForm(lead: number): TrampolineForm {
  return {
    size: lead + 11,
    returnOffset: lead + 6,
    rows: [row(0, 'sp', 8, false), row(lead + 4, 'sp', 16, false), row(lead + 10, 'sp', 8, false)],
  };
}

/** stp x29, x30, [sp, #-16]!; mov x29, sp; blr x3; ldp x29, x30, [sp], #16; ret. `lead` bytes of paciasp, as many of autiasp. */
function arm64Form(lead: number): TrampolineForm {
  return {
    size: 2 * lead + 20,
    returnOffset: lead + 12,
    rows: [row(0, 'sp', 0, false), row(lead + 4, 'sp', 16, true), row(lead + 16, 'sp', 0, false)],
  };
}

const FORMS: Readonly<Record<Machine, readonly TrampolineForm[]>> = {
  'x86-64': [pushForm(4), pushForm(0), subForm(4), subForm(0)],
  arm64: [arm64Form(4), arm64Form(0)],
  s390x: [],
  riscv64: [],
  x86: [],
  arm: [],
  other: [],
};

/** The trampoline of that many bytes, or undefined where CPython has none of that size. */
export function trampolineForm(machine: Machine, size: number): TrampolineForm | undefined {
  return FORMS[machine].find((form) => form.size === size);
}

/** Whether a piece of JIT code is a trampoline by all that a perf map or jitdump tells: its name, its size, the machine. */
export function isTrampolineCode(machine: Machine, name: string, size: number): boolean {
  return name.startsWith('py::') && trampolineForm(machine, size) !== undefined;
}
