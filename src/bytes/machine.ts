// The machines whose code can be walked, by the names used throughout. ELF's e_machine and a jitdump's header give the number.

/** 'other': read and reported, but its stacks are not unwound from registers. */
export type Machine = 'x86-64' | 'arm64' | 's390x' | 'riscv64' | 'x86' | 'arm' | 'other';

const BY_ELF_MACHINE: ReadonlyMap<number, Machine> = new Map([[62, 'x86-64'], [183, 'arm64'], [22, 's390x'], [243, 'riscv64'], [3, 'x86'], [40, 'arm']]);

/** The machine of ELF's e_machine (62 EM_X86_64, 183 EM_AARCH64, 22 EM_S390, 243 EM_RISCV, 3 EM_386, 40 EM_ARM). */
export function machineOf(elfMachine: number): Machine {
  return BY_ELF_MACHINE.get(elfMachine) ?? 'other';
}
