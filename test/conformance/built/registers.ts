// REGS_USER and REGS_INTR of every architecture (SPEC 5.7): all registers that have a name, each with its own value.

import { event } from '../builder/event.ts';
import { eMachine, textFeature } from '../builder/features.ts';
import { type Architecture, registerName } from '../builder/registers.ts';
import { sample } from '../builder/sample.ts';
import { big, little, twins, type Vector } from '../builder/vector.ts';

interface Machine {
  readonly architecture: Architecture;
  readonly clause: string;
  /** Of the kernel (uname -m), and e_machine of ELF. */
  readonly arch: string;
  readonly machine: number;
  readonly isBig: boolean;
}

const MACHINES: readonly Machine[] = [
  { architecture: 'x86', clause: '5.7.3', arch: 'x86_64', machine: 62, isBig: false },
  { architecture: 'arm64', clause: '5.7.4', arch: 'aarch64', machine: 183, isBig: false },
  { architecture: 'arm', clause: '5.7.5', arch: 'armv7l', machine: 40, isBig: false },
  { architecture: 'riscv', clause: '5.7.6', arch: 'riscv64', machine: 243, isBig: false },
  { architecture: 's390', clause: '5.7.7', arch: 's390x', machine: 22, isBig: true },
  { architecture: 'powerpc', clause: '5.7.8', arch: 'ppc64', machine: 21, isBig: true },
  { architecture: 'mips', clause: '5.7.9', arch: 'mips64', machine: 8, isBig: true },
  { architecture: 'loongarch', clause: '5.7.10', arch: 'loongarch64', machine: 258, isBig: false },
  { architecture: 'csky', clause: '5.7.11', arch: 'csky', machine: 252, isBig: false },
];

/** A mask and a value for each of its bits. */
function numbered(numbers: readonly number[]): { readonly mask: bigint; readonly values: readonly bigint[] } {
  return {
    mask: numbers.reduce((sum, number) => sum | (1n << BigInt(number)), 0n),
    values: numbers.map((number) => 0x7f00000000000000n + BigInt(number) * 0x01010101n),
  };
}

function named(architecture: Architecture): number[] {
  return Array.from({ length: 64 }, (_, number) => number).filter((number) => registerName(architecture, number) !== undefined);
}

function vectorsOf({ architecture, clause, arch, machine, isBig }: Machine): Vector[] {
  const user = numbered(named(architecture).filter((number) => number < 32 || architecture !== 'x86'));
  const interrupted = numbered(named(architecture));
  const registers = event({ sampleType: ['IP', 'REGS_USER', 'REGS_INTR'], sampleRegsUser: user.mask, sampleRegsIntr: interrupted.mask });
  const description = { name: `registers-${architecture}`, about: `REGS_USER and REGS_INTR on ${architecture}: every register by its name`, clauses: [clause, '5.7.1', '5.1.17', '5.1.23', '2.1.13'] };
  return [
    (isBig ? big : little)(description, {
      events: [registers],
      features: [textFeature('ARCH', arch), eMachine(machine, 0)],
      records: [sample(registers, { ip: 1n, architecture, userRegs: { abi: 2n, values: user.values }, intrRegs: { abi: 2n, values: interrupted.values } })],
    }),
  ];
}

const some = numbered([0, 7, 8]);
const odd = numbered([0, 24, 31]);

export const registerVectors: readonly Vector[] = [
  ...MACHINES.flatMap(vectorsOf),
  ...twins({ name: 'registers-abi', about: 'REGS_USER and REGS_INTR with each abi: none, of a 32-bit process, of a 64-bit one', clauses: ['5.7.2', '5.1.17', '5.1.23'] }, () => {
    const registers = event({ sampleType: ['IP', 'REGS_USER', 'REGS_INTR'], sampleRegsUser: some.mask, sampleRegsIntr: some.mask });
    const both = (abi: bigint): Parameters<typeof sample>[1] => ({ ip: abi, userRegs: { abi, values: some.values }, intrRegs: { abi, values: some.values } });
    return {
      events: [registers],
      features: [textFeature('ARCH', 'x86_64')],
      records: [sample(registers, both(0n), 1), sample(registers, both(1n)), sample(registers, both(2n)), sample(registers, { ...both(2n), intrRegs: { abi: 0n } })],
    };
  }),
  ...twins({ name: 'registers-without-name', about: 'Registers that the architecture does not have, by the numbers of their bits', clauses: ['5.7.1', '5.7.3'] }, () => {
    const registers = event({ sampleType: ['IP', 'REGS_USER'], sampleRegsUser: odd.mask });
    return { events: [registers], features: [textFeature('ARCH', 'i686')], records: [sample(registers, { ip: 1n, userRegs: { abi: 1n, values: odd.values } })] };
  }),
];
