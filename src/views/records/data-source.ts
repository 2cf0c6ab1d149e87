// Where the data of a memory access came from (data_src), in perf's words: `|OP LOAD|LVL L1 hit|SNP None|TLB L1 or L2 hit|LCK No|BLK  N/A`
// (FORMAT 2.3.7). The bits are those of the number in either byte order.

const OPERATIONS = ['N/A', 'LOAD', 'STORE', 'PFETCH', 'EXEC'];
const LEVELS = [
  'N/A', 'HIT', 'MISS', 'L1', 'LFB/MAB', 'L2', 'L3', 'Local RAM', 'Remote RAM (1 hop)', 'Remote RAM (2 hops)', 'Remote Cache (1 hop)',
  'Remote Cache (2 hops)', 'I/O', 'Uncached',
];
/** By the number that newer kernels write beside the bits. */
const LEVEL_NUMBERS = [
  '', 'L1', 'L2', 'L3', 'L4', 'L2 MHB', 'Memory-side Cache', 'L0', 'Uncached', 'CXL', 'I/O', 'Any cache', 'LFB/MAB', 'RAM', 'PMEM', 'N/A',
];
const LEVEL_UNKNOWN = 15;
const HOPS = ['', 'core, same node ', 'node, same socket ', 'socket, same board ', 'board ', '', '', ''];
const SNOOPS = ['N/A', 'None', 'Hit', 'Miss', 'HitM'];
const SNOOPS_MORE = ['Fwd', 'Peer'];
const TLBS = ['N/A', 'HIT', 'MISS', 'L1', 'L2', 'Walker', 'Fault'];

const NOT_AVAILABLE = 1;
const HIT = 2;
const MISS = 4;
const LOCKED = 2;
const BLOCKED_DATA = 2;
const BLOCKED_ADDRESS = 4;

/** The words for a data_src. */
export function dataSourceWords(source: bigint): string {
  const field = (first: number, width: number): number => Number((source >> BigInt(first)) & ((1n << BigInt(width)) - 1n));
  const operation = OPERATIONS.find((_, bit) => (field(0, 5) >> bit) & 1) ?? 'No';
  const snoops = [...named(SNOOPS, field(19, 5)), ...named(SNOOPS_MORE, field(38, 2))];
  const lock = field(24, 2);
  const blocked = field(40, 3);
  const block =
    blocked === 0 || (blocked & NOT_AVAILABLE) !== 0
      ? ' N/A'
      : `${(blocked & BLOCKED_DATA) !== 0 ? ' Data' : ''}${(blocked & BLOCKED_ADDRESS) !== 0 ? ' Addr' : ''}`;
  return [
    `|OP ${operation}`,
    `|LVL ${level(field(5, 14), field(33, 4), field(37, 1) !== 0, field(43, 3))}`,
    `|SNP ${snoops.join(' or ') || 'N/A'}`,
    `|TLB ${tlb(field(26, 7))}`,
    `|LCK ${(lock & NOT_AVAILABLE) !== 0 ? 'N/A' : (lock & LOCKED) !== 0 ? 'Yes' : 'No'}`,
    `|BLK ${block}`,
  ].join('');
}

/** The number, where there is one, says more than the bits: only those speak of several levels. */
function level(bits: number, number: number, isRemote: boolean, hops: number): string {
  const outcome = (bits & HIT) !== 0 ? 'hit' : (bits & MISS) !== 0 ? 'miss' : '';
  if (number !== 0 && number !== LEVEL_UNKNOWN) return `${isRemote ? 'Remote ' : ''}${HOPS[hops]}${LEVEL_NUMBERS[number]} ${outcome}`;
  const levels = named(LEVELS, bits & ~(NOT_AVAILABLE | HIT | MISS));
  return levels.length === 0 ? 'N/A' : `${levels.join(' or ')} ${outcome}`;
}

function tlb(bits: number): string {
  const places = named(TLBS, bits & ~(HIT | MISS)).join(' or ') || 'N/A';
  return `${places}${(bits & HIT) !== 0 ? ' hit' : ''}${(bits & MISS) !== 0 ? ' miss' : ''}`;
}

function named(names: readonly string[], bits: number): string[] {
  return names.filter((_, bit) => (bits >> bit) & 1);
}
