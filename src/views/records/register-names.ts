// The names of sampled registers by machine, as perf prints them (FORMAT 2.4; SPEC 5.7). A register is the number of its bit in the mask.

import type { PerfDataFile } from '../../perfdata/perf-data-file.ts';

type Names = (register: number) => string | undefined;

const X86 = [
  'AX', 'BX', 'CX', 'DX', 'SI', 'DI', 'BP', 'SP', 'IP', 'FLAGS', 'CS', 'SS', 'DS', 'ES', 'FS', 'GS', 'R8', 'R9', 'R10', 'R11', 'R12',
  'R13', 'R14', 'R15',
];
const ARM = ['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7', 'r8', 'r9', 'r10', 'fp', 'ip', 'sp', 'lr', 'pc'];
const RISCV = [
  'pc', 'ra', 'sp', 'gp', 'tp', 't0', 't1', 't2', 's0', 's1', 'a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 's2', 's3', 's4', 's5',
  's6', 's7', 's8', 's9', 's10', 's11', 't3', 't4', 't5', 't6',
];
const POWERPC_FROM_32 = [
  'nip', 'msr', 'orig_r3', 'ctr', 'link', 'xer', 'ccr', 'softe', 'trap', 'dar', 'dsisr', 'sier', 'mmcra', 'mmcr0', 'mmcr1', 'mmcr2',
  'mmcr3', 'sier2', 'sier3', 'pmc1', 'pmc2', 'pmc3', 'pmc4', 'pmc5', 'pmc6', 'sdar', 'siar',
];
const CSKY = [
  'tls', 'lr', 'pc', 'sr', 'sp', 'orig_a0', 'a0', 'a1', 'a2', 'a3', 'regs0', 'regs1', 'regs2', 'regs3', 'regs4', 'regs5', 'regs6',
  'regs7', 'regs8', 'regs9', 'exregs0', 'exregs1', 'exregs2', 'exregs3', 'exregs4', 'exregs5', 'exregs6', 'exregs7', 'exregs8',
  'exregs9', 'exregs10', 'exregs11', 'exregs12', 'exregs13', 'exregs14', 'hi', 'lo', 'dcsr',
];

const x86: Names = (register) => X86[register] ?? (register >= 32 ? `XMM${(register - 32) >> 1}` : undefined);

const arm64: Names = (register) => {
  if (register < 30) return `x${register}`;
  return { 30: 'lr', 31: 'sp', 32: 'pc', 46: 'vg' }[register];
};

const s390: Names = (register) => {
  if (register < 16) return `R${register}`;
  if (register < 32) return `FP${register - 16}`;
  return { 32: 'MASK', 33: 'PC' }[register];
};

const powerpc: Names = (register) => (register < 32 ? `r${register}` : POWERPC_FROM_32[register - 32]);
const mips: Names = (register) => (register === 0 ? 'PC' : register < 32 ? `$${register}` : undefined);
const loongarch: Names = (register) => (register === 0 ? 'PC' : register < 32 ? `%r${register}` : undefined);

/** By e_machine of ELF. */
const BY_MACHINE: Readonly<Record<number, Names>> = {
  3: x86, 8: mips, 20: powerpc, 21: powerpc, 22: s390, 40: (register) => ARM[register], 62: x86, 183: arm64,
  243: (register) => RISCV[register], 252: (register) => CSKY[register], 258: loongarch,
};

/** By the kernel's name of the machine (uname -m). */
const BY_NAME: readonly (readonly [RegExp, number])[] = [
  [/^(x86|i.86)/, 62], [/^(aarch64|arm64)/, 183], [/^arm/, 40], [/^riscv/, 243], [/^s390/, 22], [/^(ppc|powerpc)/, 21], [/^mips/, 8],
  [/^loongarch/, 258], [/^csky/, 252],
];

/** Masks of all registers that a machine has, for recordings that do not name theirs: arm64's is a run of 33. */
const ARM64_MASK = 0x1ffffffffn;

/** The names of a recording's registers; `unknown` for those without one. */
export function registerNames(file: PerfDataFile): (register: number) => string {
  const { machine, arch } = file.features;
  let number = machine?.machine ?? BY_NAME.find(([pattern]) => pattern.test(arch ?? ''))?.[1];
  if (number === undefined && file.events.events.some((event) => event.attr.sampleRegsUser === ARM64_MASK)) number = 183;
  const names = BY_MACHINE[number ?? 62] ?? x86;
  return (register) => names(register) ?? 'unknown';
}
