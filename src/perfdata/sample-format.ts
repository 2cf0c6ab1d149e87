// The bits of an event's attr that say what its records hold: sample_type, read_format, branch_sample_type (FORMAT 2.3; SPEC 5).

export const SampleBit = {
  Ip: 0x1,
  Tid: 0x2,
  Time: 0x4,
  Addr: 0x8,
  Read: 0x10,
  Callchain: 0x20,
  Id: 0x40,
  Cpu: 0x80,
  Period: 0x100,
  StreamId: 0x200,
  Raw: 0x400,
  BranchStack: 0x800,
  RegsUser: 0x1000,
  StackUser: 0x2000,
  Weight: 0x4000,
  DataSrc: 0x8000,
  Identifier: 0x10000,
  Transaction: 0x20000,
  RegsIntr: 0x40000,
  PhysAddr: 0x80000,
  Aux: 0x100000,
  Cgroup: 0x200000,
  DataPageSize: 0x400000,
  CodePageSize: 0x800000,
  WeightStruct: 0x1000000,
} as const;

/** Names by bit number, as perf prints them. */
export const SAMPLE_BIT_NAMES: readonly string[] = [
  'IP', 'TID', 'TIME', 'ADDR', 'READ', 'CALLCHAIN', 'ID', 'CPU', 'PERIOD', 'STREAM_ID', 'RAW', 'BRANCH_STACK', 'REGS_USER',
  'STACK_USER', 'WEIGHT', 'DATA_SRC', 'IDENTIFIER', 'TRANSACTION', 'REGS_INTR', 'PHYS_ADDR', 'AUX', 'CGROUP', 'DATA_PAGE_SIZE',
  'CODE_PAGE_SIZE', 'WEIGHT_STRUCT',
];

export const ReadFormat = { TotalTimeEnabled: 1, TotalTimeRunning: 2, Id: 4, Group: 8, Lost: 16 } as const;

/** Bits of branch_sample_type that change what a record holds; the others say which branches were taken. */
export const BranchSampleBit = { CallStack: 0x800, HwIndex: 0x20000, Counters: 0x80000 } as const;

/** The number of bits set in 32 bits. */
export function bitCount(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
