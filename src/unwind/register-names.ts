// The names of registers by their DWARF numbers (FORMAT 2.4), as disassemblers write them.

import type { WalkedMachine } from './registers.ts';

const X86_64 = ['rax', 'rdx', 'rcx', 'rbx', 'rsi', 'rdi', 'rbp', 'rsp', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15', 'rip'];
const X86 = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi', 'eip'];
const RISCV64 = [
  'zero', 'ra', 'sp', 'gp', 'tp', 't0', 't1', 't2', 's0', 's1', 'a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 's2', 's3', 's4', 's5', 's6', 's7',
  's8', 's9', 's10', 's11', 't3', 't4', 't5', 't6',
];

/** Of the program counter, which has no number of its own everywhere. */
export const PC_NAMES: Readonly<Record<WalkedMachine, string>> = { 'x86-64': 'rip', arm64: 'pc', s390x: 'pc', riscv64: 'pc', x86: 'eip', arm: 'pc' };

/** Whether it is one of those that programs calculate with. */
export function isNamed(machine: WalkedMachine, register: number): boolean {
  return !registerName(machine, register).includes('#');
}

/** `r#` and the number where it has no other name. */
export function registerName(machine: WalkedMachine, register: number): string {
  switch (machine) {
    case 'x86-64':
      return X86_64[register] ?? `r#${register}`;
    case 'arm64':
      return register < 31 ? `x${register}` : register === 31 ? 'sp' : register === 32 ? 'pc' : `r#${register}`;
    case 'riscv64':
      return RISCV64[register] ?? `r#${register}`;
    case 'x86':
      return X86[register] ?? `r#${register}`;
    case 'arm':
      return register < 13 ? `r${register}` : (['sp', 'lr', 'pc'][register - 13] ?? `r#${register}`);
    case 's390x':
      return register < 16 ? `r${register}` : register < 32 ? `f#${register}` : `r#${register}`;
  }
}
