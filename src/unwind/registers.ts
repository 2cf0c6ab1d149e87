// The registers of a sample, read in place and only as far as a walk needs them. Numbers here are DWARF's (FORMAT 2.4).

import type { Machine } from '../bytes/machine.ts';

/** Which dumped word holds which register: made once per event from its mask of user registers (sample_regs_user). */
export class RegisterLayout {
  readonly machine: Machine;
  /** By DWARF number: the index of the dumped word, or -1. */
  readonly slots: Int8Array = new Int8Array(64).fill(-1);
  /** Number of dumped words. */
  readonly count: number;

  /** `mask` is sample_regs_user: bit n is Linux's register n of that machine. */
  constructor(machine: Machine, mask: bigint) {
    this.machine = machine;
    let count = 0;
    for (let bit = 0; bit < 64; bit++) if (((mask >> BigInt(bit)) & 1n) === 1n) count++;
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

  set(layout: RegisterLayout, view: DataView, offset: number, littleEndian: boolean, abi: number): void {
    this.layout = layout;
    this.view = view;
    this.offset = offset;
    this.littleEndian = littleEndian;
    this.abi = abi;
  }
}
