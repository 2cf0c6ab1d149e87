// What a register is called, by the number of its bit in sample_regs_user and sample_regs_intr.

const numbered = (prefix: string, from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, i) => `${prefix}${from + i}`);

const POWERPC = [
  ...numbered('r', 0, 31), 'nip', 'msr', 'orig_r3', 'ctr', 'link', 'xer', 'ccr', 'softe', 'trap', 'dar', 'dsisr', 'sier', 'mmcra', 'mmcr0',
  'mmcr1', 'mmcr2', 'mmcr3', 'sier2', 'sier3', ...numbered('pmc', 1, 6), 'sdar', 'siar',
];

export type Architecture = 'x86' | 'arm64' | 'arm' | 'riscv' | 's390' | 'powerpc' | 'mips' | 'loongarch' | 'csky';

const NAMES: Readonly<Record<Architecture, readonly (string | undefined)[]>> = {
  x86: [
    'AX', 'BX', 'CX', 'DX', 'SI', 'DI', 'BP', 'SP', 'IP', 'FLAGS', 'CS', 'SS', 'DS', 'ES', 'FS', 'GS', ...numbered('R', 8, 15),
    ...Array.from({ length: 8 }, () => undefined), ...numbered('XMM', 0, 15).flatMap((name) => [name, name]),
  ],
  arm64: [...numbered('x', 0, 29), 'lr', 'sp', 'pc', ...Array.from({ length: 13 }, () => undefined), 'vg'],
  arm: [...numbered('r', 0, 10), 'fp', 'ip', 'sp', 'lr', 'pc'],
  riscv: ['pc', 'ra', 'sp', 'gp', 'tp', 't0', 't1', 't2', 's0', 's1', ...numbered('a', 0, 7), ...numbered('s', 2, 11), ...numbered('t', 3, 6)],
  s390: [...numbered('R', 0, 15), ...numbered('FP', 0, 15), 'MASK', 'PC'],
  powerpc: POWERPC,
  mips: ['PC', ...numbered('$', 1, 31)],
  loongarch: ['PC', ...numbered('%r', 1, 31)],
  csky: [
    'tls', 'lr', 'pc', 'sr', 'sp', 'orig_a0', ...numbered('a', 0, 3), ...numbered('regs', 0, 9), ...numbered('exregs', 0, 14), 'hi', 'lo', 'dcsr',
  ],
};

/** Undefined where a register has no name. */
export function registerName(architecture: Architecture, number: number): string | undefined {
  return NAMES[architecture][number];
}
