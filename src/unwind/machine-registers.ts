// What a walk knows of 64-bit machines' registers; those of 32-bit programs are registers-32-bit.ts. Numbers here are DWARF's, and where a
// sample counts otherwise Linux's beside them (FORMAT 2.4).

/** What a walk must know of a machine. Registers by their DWARF numbers. */
export interface MachineRegisters {
  readonly pc: number;
  readonly sp: number;
  readonly fp: number;
  /** Register that holds the return address of a function that has saved it nowhere; -1 where calls push it. */
  readonly lr: number;
  /** Registers that a called function may destroy. */
  readonly volatile: readonly number[];
  /** By Linux's number, that of the bit in sample_regs_user; left out where the numbers are DWARF's. */
  readonly fromLinux?: readonly number[];
  /** Whether the caller's stack pointer is the CFA where no rule speaks of it; else it is what it was. */
  readonly cfaIsSp: boolean;
  /** Whether return addresses may be signed (arm64's PAC). */
  readonly signsAddresses: boolean;
  /** Bytes of an address, and of a register saved on the stack. */
  readonly wordSize: 4 | 8;
  /** Whether the lowest bit of a return address tells the kind of its code (Thumb) and is no part of it. */
  readonly hasModeBit: boolean;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** In place of the number that DWARF has for none of them: that of a register which no dump has. */
const NOWHERE = 63;

/** x86-64: arch/x86/include/uapi/asm/perf_regs.h counts ax bx cx dx si di bp sp ip flags cs ss ds es fs gs r8 … r15. */
export const X86_64: MachineRegisters = {
  pc: 16,
  sp: 7,
  fp: 6,
  lr: -1,
  volatile: [0, 1, 2, 4, 5, 8, 9, 10, 11, 49],
  fromLinux: [0, 3, 2, 1, 4, 5, 6, 7, 16, 49, 51, 52, 53, 50, 54, 55, 8, 9, 10, 11, 12, 13, 14, 15],
  cfaIsSp: true,
  signsAddresses: false,
  wordSize: 8,
  hasModeBit: false,
};

export const ARM64: MachineRegisters = {
  pc: 32,
  sp: 31,
  fp: 29,
  lr: 30,
  volatile: [...range(0, 18), 30],
  cfaIsSp: true,
  signsAddresses: true,
  wordSize: 8,
  hasModeBit: false,
};

/**
 * s390x (its ELF supplement): r0 … r15, then the floating-point registers in the order of pairs, where functions that call nobody
 * keep others. Linux counts r0 … r15, f0 … f15, the mask and the address of the PSW. The CFA lies 160 bytes above the caller's
 * stack pointer, which is saved like any register.
 */
export const S390X: MachineRegisters = {
  pc: NOWHERE,
  sp: 15,
  fp: 11,
  lr: 14,
  volatile: [...range(0, 5), 14, ...range(16, 23)],
  fromLinux: [...range(0, 15), 16, 20, 17, 21, 18, 22, 19, 23, 24, 28, 25, 29, 26, 30, 27, 31, -1, NOWHERE],
  cfaIsSp: false,
  signsAddresses: false,
  wordSize: 8,
  hasModeBit: false,
};

/** RISC-V (its ELF psABI): x0 … x31. Linux has the pc in the place of x0, which is always zero. */
export const RISCV64: MachineRegisters = {
  pc: NOWHERE,
  sp: 2,
  fp: 8,
  lr: 1,
  volatile: [1, ...range(5, 7), ...range(10, 17), ...range(28, 31)],
  fromLinux: [NOWHERE, ...range(1, 31)],
  cfaIsSp: true,
  signsAddresses: false,
  wordSize: 8,
  hasModeBit: false,
};
