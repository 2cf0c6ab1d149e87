// The flags of a branch entry (FORMAT 2.3.5, 2.5; SPEC 5.4), with perf's words for types.

const TYPES: readonly string[] = [
  '', 'COND', 'UNCOND', 'IND', 'CALL', 'IND_CALL', 'RET', 'SYSCALL', 'SYSRET', 'COND_CALL', 'COND_RET', 'ERET', 'IRQ', 'SERROR', 'NO_TX',
];
/** Type 15 says: look at the new type. */
const EXTENDED = 15;
const NEW_TYPES: readonly string[] = ['FAULT_ALGN', 'FAULT_DATA', 'FAULT_INST', 'ARCH_1', 'ARCH_2', 'ARCH_3', 'ARCH_4', 'ARCH_5'];
const SPECULATION: readonly string[] = ['-', 'SPEC_WRONG_PATH', 'NON_SPEC_CORRECT_PATH', 'SPEC_CORRECT_PATH'];

/** The fields of a branch's flags as numbers. */
export interface BranchFields {
  readonly mispredicted: boolean;
  readonly predicted: boolean;
  readonly inTx: boolean;
  readonly abort: boolean;
  readonly cycles: number;
  /** 15: see newType. */
  readonly type: number;
  readonly spec: number;
  readonly newType: number;
  readonly privilege: number;
  /** Bits that have no meaning yet. */
  readonly reserved: number;
}

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
  readonly reserved: number;
}

/** Of a word as read in the file's order. As a bitfield it is filled from the other end in a big-endian file. */
function fieldOf(word: bigint, littleEndian: boolean, from: number, count: number): number {
  const shift = littleEndian ? from : 64 - from - count;
  return Number((word >> BigInt(shift)) & ((1n << BigInt(count)) - 1n));
}

/** `word`: read in the file's order. */
export function branchFields(word: bigint, littleEndian: boolean): BranchFields {
  const bits = (from: number, count: number): number => fieldOf(word, littleEndian, from, count);
  return {
    mispredicted: bits(0, 1) === 1,
    predicted: bits(1, 1) === 1,
    inTx: bits(2, 1) === 1,
    abort: bits(3, 1) === 1,
    cycles: bits(4, 16),
    type: bits(20, 4),
    spec: bits(24, 2),
    newType: bits(26, 4),
    privilege: bits(30, 3),
    reserved: bits(33, 31),
  };
}

/** The same in perf's words. Of the reserved bits it uses the first for itself. */
export function branchFlags(word: bigint, littleEndian: boolean): BranchFlags {
  const { mispredicted, predicted, inTx, abort, cycles, type, spec, newType } = branchFields(word, littleEndian);
  return {
    mispredicted, predicted, inTx, abort, cycles,
    type: (type === EXTENDED ? NEW_TYPES[newType] : TYPES[type]) || '-',
    spec: SPECULATION[spec] ?? '-',
    reserved: fieldOf(word, littleEndian, 34, 30),
  };
}
