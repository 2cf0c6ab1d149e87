// The registers of a sample, read in place and only as far as a walk needs them. Numbers here are DWARF's (FORMAT 2.4).

import { readSigned64 } from '../bytes/int64.ts';
import type { Machine } from '../bytes/machine.ts';

/** Registers that a walk keeps: all that DWARF numbers below this. */
export const REGISTER_COUNT = 64;

/** DWARF numbers of the registers that every step uses. */
export interface MachineRegisters {
  readonly pc: number;
  readonly sp: number;
  readonly fp: number;
  /** Register that holds the return address of a function that has saved it nowhere; -1 where calls push it. */
  readonly lr: number;
  /** Registers that a called function may destroy. */
  readonly volatile: readonly number[];
}

export const X86_64_REGISTERS: MachineRegisters = { pc: 16, sp: 7, fp: 6, lr: -1, volatile: [0, 1, 2, 4, 5, 8, 9, 10, 11, 49] };
export const ARM64_REGISTERS: MachineRegisters = {
  pc: 32,
  sp: 31,
  fp: 29,
  lr: 30,
  volatile: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 30],
};

/** By Linux's number (arch/x86/include/uapi/asm/perf_regs.h): ax bx cx dx si di bp sp ip flags cs ss ds es fs gs r8 … r15. */
const X86_64_FROM_LINUX = [0, 3, 2, 1, 4, 5, 6, 7, 16, 49, 51, 52, 53, 50, 54, 55, 8, 9, 10, 11, 12, 13, 14, 15];

/** Which dumped word holds which register: made once per event from its mask of user registers (sample_regs_user). */
export class RegisterLayout {
  readonly machine: Machine;
  /** By DWARF number: the index of the dumped word, or -1. */
  readonly slots: Int8Array = new Int8Array(REGISTER_COUNT).fill(-1);
  /** Number of dumped words. */
  readonly count: number;

  /** `mask` is sample_regs_user: bit n is Linux's register n of that machine. */
  constructor(machine: Machine, mask: bigint) {
    this.machine = machine;
    let count = 0;
    for (let bit = 0; bit < 64; bit++) {
      if (((mask >> BigInt(bit)) & 1n) === 0n) continue;
      const register = machine === 'x86-64' ? X86_64_FROM_LINUX[bit] : bit;
      if (register !== undefined) this.slots[register] = count;
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
