// The machines whose code can be walked, by the names used throughout. ELF's e_machine and a jitdump's header give the number.

/** 'other': read and reported, but its stacks are not unwound from registers. */
export type Machine = 'x86-64' | 'arm64' | 'other';

/** The machine of ELF's e_machine (62 EM_X86_64, 183 EM_AARCH64). */
export function machineOf(elfMachine: number): Machine {
  return elfMachine === 62 ? 'x86-64' : elfMachine === 183 ? 'arm64' : 'other';
}
