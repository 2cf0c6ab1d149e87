// The registers of a sample, read in place and only as far as a walk needs them. Numbers here are DWARF's (FORMAT 2.4).

import { readSigned64 } from '../bytes/int64.ts';
import type { Machine } from '../bytes/machine.ts';
import { ARM64, type MachineRegisters, RISCV64, S390X, X86_64 } from './machine-registers.ts';
import { ARM, X86 } from './registers-32-bit.ts';

/** Registers that a walk keeps: all that DWARF numbers below this. */
export const REGISTER_COUNT = 64;

/** Machines that are walked. */
export type WalkedMachine = Exclude<Machine, 'other'>;

export const MACHINE_REGISTERS: Readonly<Record<WalkedMachine, MachineRegisters>> = {
  'x86-64': X86_64,
  arm64: ARM64,
  s390x: S390X,
  riscv64: RISCV64,
  x86: X86,
  arm: ARM,
};

/** The 32-bit programs that a machine also runs. */
export const NARROW_MACHINES: Readonly<Partial<Record<WalkedMachine, WalkedMachine>>> = { 'x86-64': 'x86', arm64: 'arm' };

/** Which dumped word holds which register: made once per event from its mask of user registers (sample_regs_user). */
export class RegisterLayout {
  readonly machine: WalkedMachine;
  /** By DWARF number: the index of the dumped word, or -1. */
  readonly slots: Int8Array = new Int8Array(REGISTER_COUNT).fill(-1);
  /** Number of dumped words. */
  readonly count: number;

  /** `mask` is sample_regs_user: bit n is Linux's register n of that machine. */
  constructor(machine: WalkedMachine, mask: bigint) {
    this.machine = machine;
    const { fromLinux } = MACHINE_REGISTERS[machine];
    let count = 0;
    for (let bit = 0; bit < 64; bit++) {
      if (((mask >> BigInt(bit)) & 1n) === 0n) continue;
      const register = fromLinux === undefined ? bit : (fromLinux[bit] ?? -1);
      if (register >= 0) this.slots[register] = count;
      count++;
    }
    this.count = count;
  }
}

/** A window onto the registers of one sample; `set` moves it to the next. */
export class SampledRegisters {
  layout: RegisterLayout | undefined;
  view: DataView = new DataView(new ArrayBuffer(0));
  /** Of the first register's 8 bytes, in `view`. */
  offset = 0;
  littleEndian = true;
  /** As recorded: 0 none, 1 a 32-bit program, 2 a 64-bit one. */
  abi = 0;

  /** The view must hold `layout.count` words from `offset` on. */
  set(layout: RegisterLayout, view: DataView, offset: number, littleEndian: boolean, abi: number): void {
    this.layout = layout;
    this.view = view;
    this.offset = offset;
    this.littleEndian = littleEndian;
    this.abi = abi;
  }

  /** Offset in `view` of a register's word, or -1 if it was not recorded. */
  offsetOf(register: number): number {
    const slot = this.layout === undefined ? -1 : this.layout.slots[register]!;
    const offset = this.offset + slot * 8;
    return slot < 0 || offset + 8 > this.view.byteLength ? -1 : offset;
  }

  /** The signed value; NaN if it was not recorded or no double holds it. */
  read(register: number): number {
    const offset = this.offsetOf(register);
    if (offset < 0) return NaN;
    const value = readSigned64(this.view, offset, this.littleEndian);
    return Number.isSafeInteger(value) ? value : NaN;
  }
}
