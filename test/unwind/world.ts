// A small world for the unwinder: functions with call frame information at addresses, registers by name, a stack as an array of
// words.

import { WideAddresses } from '../../src/bytes/int64.ts';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { CfiTable } from '../../src/dwarf/cfi-table.ts';
import type { CodeRegion, CodeSpace, UnwindInfo } from '../../src/unwind/code-space.ts';
import { MACHINE_REGISTERS, RegisterLayout, type WalkedMachine } from '../../src/unwind/registers.ts';
import { STOP_REASON_NAMES } from '../../src/unwind/stop-reason.ts';
import { Unwinder } from '../../src/unwind/unwinder.ts';
import { type Instruction, type Shape, writeSection } from '../dwarf/cfi-writer.ts';

export type MachineName = WalkedMachine;

const SHAPES: Record<MachineName, Shape> = {
  'x86-64': { littleEndian: true, is64: false, isEh: true, version: 1, encoding: 0x1b, codeFactor: 1, dataFactor: -8 },
  arm64: { littleEndian: true, is64: false, isEh: true, version: 1, encoding: 0x1b, codeFactor: 4, dataFactor: -8, returnAddress: 30 },
  s390x: { littleEndian: false, is64: false, isEh: true, version: 1, encoding: 0x1b, codeFactor: 1, dataFactor: -8, returnAddress: 14 },
  riscv64: { littleEndian: true, is64: false, isEh: true, version: 1, encoding: 0x1b, codeFactor: 1, dataFactor: -4, returnAddress: 1 },
  x86: { littleEndian: true, is64: false, isEh: true, version: 1, encoding: 0x1b, codeFactor: 1, dataFactor: -4, returnAddress: 8 },
  arm: { littleEndian: true, is64: false, isEh: true, version: 1, encoding: 0x1b, codeFactor: 2, dataFactor: -4, returnAddress: 14 },
};
/** What the CIEs of compilers begin with. */
const INITIAL: Record<MachineName, Instruction[]> = {
  'x86-64': [{ op: 'cfa', register: 7, offset: 8 }, { op: 'rule', register: 16, rule: ['c', -8], long: false }],
  arm64: [{ op: 'cfa', register: 31, offset: 0 }],
  s390x: [{ op: 'cfa', register: 15, offset: 160 }],
  riscv64: [{ op: 'cfa', register: 2, offset: 0 }],
  x86: [{ op: 'cfa', register: 4, offset: 4 }, { op: 'rule', register: 8, rule: ['c', -4], long: false }],
  arm: [{ op: 'cfa', register: 13, offset: 0 }],
};

/** Call frame information of one function at relative address 0, 4 096 bytes long. */
export function cfi(machine: MachineName, program: readonly Instruction[], change: Partial<Shape> = {}, initial: Instruction[] = INITIAL[machine]): UnwindInfo {
  const sections = writeSection({ ...SHAPES[machine], ...change }, initial, [program], [0], 4096, 0x10_0000);
  return { kind: 'cfi', table: new CfiTable({ ...sections, machine, addressSize: MACHINE_REGISTERS[machine].wordSize }, new Diagnostics()) };
}

let worlds = 0;

export class World implements CodeSpace {
  /** Worlds differ; whoever changes what one said changes its id. */
  id: number = ++worlds;
  regions: (CodeRegion & { readonly start: number; readonly end: number })[] = [];
  readonly constants: Map<number, number> = new Map();

  /** Puts code at an address. */
  add(start: number, unwind: UnwindInfo, size = 4096, bias: number = start): this {
    this.regions = [{ start, end: start + size, bias, unwind }, ...this.regions];
    return this;
  }
  find(address: number): CodeRegion | undefined {
    return this.regions.find((region) => address >= region.start && address < region.end);
  }
  readWord(address: number): number | undefined {
    return this.constants.get(address);
  }
}

const NAMES: Record<MachineName, string[]> = {
  'x86-64': ['rax', 'rbx', 'rcx', 'rdx', 'rsi', 'rdi', 'rbp', 'rsp', 'rip', 'rflags', 'cs', 'ss', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'],
  arm64: [...Array.from({ length: 30 }, (_, i) => `x${i}`), 'lr', 'sp', 'pc'],
  s390x: [...Array.from({ length: 14 }, (_, i) => `r${i}`), 'lr', 'sp', ...Array.from({ length: 16 }, (_, i) => `f${i}`), 'mask', 'pc'],
  riscv64: ['pc', 'lr', 'sp', ...Array.from({ length: 29 }, (_, i) => `x${i + 3}`)],
  // As on a 64-bit kernel, with the registers that only 64-bit programs have.
  x86: ['eax', 'ebx', 'ecx', 'edx', 'esi', 'edi', 'ebp', 'esp', 'eip', 'eflags', 'cs', 'ss', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'],
  arm: [...Array.from({ length: 13 }, (_, i) => `r${i}`), 'sp', 'lr', 'pc', ...Array.from({ length: 17 }, (_, i) => `x${i + 16}`)],
};
const MASKS: Record<MachineName, bigint> = { 'x86-64': 0xff0fffn, arm64: 0x1ffffffffn, s390x: 0x3ffffffffn, riscv64: 0xffffffffn, x86: 0xff0fffn, arm: 0x1ffffffffn };

export interface Sample {
  readonly machine?: MachineName;
  /** By name; those left out are 0. The stack begins at sp. */
  readonly registers: Record<string, number | bigint>;
  readonly stack: readonly (number | bigint)[];
  readonly littleEndian?: boolean;
  readonly abi?: number;
  readonly mask?: bigint;
}

export class Walker {
  readonly unwinder: Unwinder;
  readonly wide: WideAddresses = new WideAddresses();
  /** What the labeller was asked. */
  readonly labelled: string[] = [];
  readonly machine: MachineName;

  constructor(machine: MachineName = 'x86-64') {
    this.machine = machine;
    this.unwinder = new Unwinder(machine, this.wide, (address, _space, region, isCaller) => {
      this.labelled.push(`${this.wide.hex(address)} ${region?.unwind.kind ?? '-'} ${isCaller ? 'caller' : 'leaf'}`);
      return this.labelled.length;
    });
  }

  /** Addresses in hexadecimal, then the reason. */
  walk(world: CodeSpace, sample: Sample, maxFrames?: number): string[] {
    const { machine, unwinder } = this;
    const littleEndian = sample.littleEndian ?? true;
    const words = NAMES[machine].map((name) => BigInt(sample.registers[name] ?? 0));
    const { wordSize } = MACHINE_REGISTERS[machine];
    const view = new DataView(new ArrayBuffer(8 + (words.length + sample.stack.length) * 8));
    words.forEach((word, i) => view.setBigUint64(8 + i * 8, BigInt.asUintN(64, word), littleEndian));
    const stackOffset = 8 + words.length * 8;
    sample.stack.forEach((word, i) => {
      if (wordSize === 8) view.setBigUint64(stackOffset + i * 8, BigInt.asUintN(64, BigInt(word)), littleEndian);
      else view.setUint32(stackOffset + i * 4, Number(BigInt.asUintN(32, BigInt(word))), littleEndian);
    });
    unwinder.registers.set(new RegisterLayout(machine, sample.mask ?? MASKS[machine]), view, 8, littleEndian, sample.abi ?? (wordSize === 8 ? 2 : 1));
    const sp = Number(sample.registers[machine === 'x86-64' ? 'rsp' : machine === 'x86' ? 'esp' : 'sp'] ?? 0);
    unwinder.memory.set(view, stackOffset, sp, sample.stack.length * wordSize, littleEndian);
    const reason = unwinder.unwind(world, maxFrames);
    const shown = [...unwinder.addresses.subarray(0, unwinder.count)].map((address) => this.wide.hex(address));
    return [...shown, STOP_REASON_NAMES[reason]!];
  }
}
