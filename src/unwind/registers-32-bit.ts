// Registers of 32-bit programs by their DWARF numbers, of those on 64-bit kernels too: their samples have 64-bit words (FORMAT 2.4).

import type { MachineRegisters } from './machine-registers.ts';

/** i386 (its psABI): eax ecx edx ebx esp ebp esi edi eip eflags. Linux counts as on x86-64: ax bx cx dx si di bp sp ip flags. */
export const X86: MachineRegisters = {
  pc: 8,
  sp: 4,
  fp: 5,
  lr: -1,
  volatile: [0, 1, 2, 9],
  fromLinux: [0, 3, 1, 2, 6, 7, 5, 4, 8, 9],
  cfaIsSp: true,
  signsAddresses: false,
  wordSize: 4,
  hasModeBit: false,
};

/** arm (DWARF for the Arm Architecture): r0 … r15. arm64 kernels have those of 32-bit programs in the same places. */
export const ARM: MachineRegisters = {
  pc: 15,
  sp: 13,
  fp: 11,
  lr: 14,
  volatile: [0, 1, 2, 3, 12, 14],
  fromLinux: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  cfaIsSp: true,
  signsAddresses: false,
  wordSize: 4,
  hasModeBit: true,
};
