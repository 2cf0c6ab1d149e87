// The flags of a branch entry (FORMAT 2.3.5, 2.5; SPEC 5.4), with perf's words for types.

const TYPES: readonly string[] = [
  '', 'COND', 'UNCOND', 'IND', 'CALL', 'IND_CALL', 'RET', 'SYSCALL', 'SYSRET', 'COND_CALL', 'COND_RET', 'ERET', 'IRQ', 'SERROR', 'NO_TX',
];
/** Type 15 says: look at the new type. */
const EXTENDED = 15;
const NEW_TYPES: readonly string[] = ['FAULT_ALGN', 'FAULT_DATA', 'FAULT_INST', 'ARCH_1', 'ARCH_2', 'ARCH_3', 'ARCH_4', 'ARCH_5'];
const SPECULATION: readonly string[] = ['-', 'SPEC_WRONG_PATH', 'NON_SPEC_CORRECT_PATH', 'SPEC_CORRECT_PATH'];

export interface BranchFlags {
  readonly mispredicted: boolean;
  readonly predicted: boolean;
  readonly inTx: boolean;
  readonly abort: boolean;
  readonly cycles: number;
  /** `CALL`, …; '-' where not recorded. */
  readonly type: string;
  /** '-' where not recorded. */
  readonly spec: string;
  /** Bits that have no meaning yet. */
  readonly reserved: bigint;
}

/** `word`: read in the file's order. As a bitfield it is filled from the other end in a big-endian file. */
export function branchFlags(word: bigint, littleEndian: boolean): BranchFlags {
  const field = (from: number, count: number): bigint => {
    const shift = littleEndian ? from : 64 - from - count;
    return (word >> BigInt(shift)) & ((1n << BigInt(count)) - 1n);
  };
  const bits = (from: number, count: number): number => Number(field(from, count));
  const type = bits(20, 4);
  return {
    mispredicted: bits(0, 1) === 1,
    predicted: bits(1, 1) === 1,
    inTx: bits(2, 1) === 1,
    abort: bits(3, 1) === 1,
    cycles: bits(4, 16),
    type: (type === EXTENDED ? NEW_TYPES[bits(26, 4)] : TYPES[type]) || '-',
    spec: SPECULATION[bits(24, 2)] ?? '-',
    reserved: field(34, 30),
  };
}
