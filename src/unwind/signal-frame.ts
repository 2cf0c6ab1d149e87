// What the kernel pushes for a signal handler, for code that returns from one without CFI (the vdso's on arm64, musl's on
// x86-64). Offsets count from sp as the handler leaves it, in bytes.

export interface SignalFrame {
  readonly size: number;
  /** Pointer to another context; the kernel writes zero. */
  readonly link: number;
  readonly pc: number;
  readonly sp: number;
  readonly fp: number;
  readonly flags: number;
  /** DWARF number and offset of the others. */
  readonly others: readonly (readonly [number, number])[];
}

/** A ucontext (asm/ucontext.h, asm/sigcontext.h), then the siginfo. */
export const SIGNAL_FRAME_X86: SignalFrame = {
  size: 304,
  link: 8,
  pc: 168,
  sp: 160,
  fp: 120,
  flags: 176,
  others: [
    [8, 40],
    [9, 48],
    [10, 56],
    [11, 64],
    [12, 72],
    [13, 80],
    [14, 88],
    [15, 96],
    [5, 104],
    [4, 112],
    [3, 128],
    [1, 136],
    [0, 144],
    [2, 152],
  ],
};

/** A siginfo of 128 bytes, then a ucontext, in which x0 stands behind 176 bytes and the fault's address. */
const X0 = 128 + 176 + 8;
export const SIGNAL_FRAME_ARM64: SignalFrame = {
  size: X0 + 34 * 8,
  link: 128 + 8,
  pc: X0 + 32 * 8,
  sp: X0 + 31 * 8,
  fp: X0 + 29 * 8,
  flags: X0 + 33 * 8,
  others: Array.from({ length: 29 }, (_, register) => [register, X0 + register * 8] as const),
};
/** Of x30, which may be signed. */
export const SIGNAL_FRAME_ARM64_LINK: number = X0 + 30 * 8;
