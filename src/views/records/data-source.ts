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
  const operation = OPERATIONS.find((_, bit) => (bitsOf(source, 0, 5) >> bit) & 1) ?? 'No';
  return `|OP ${operation}|LVL ${levelWords(source)}|SNP ${snoopWords(source)}|TLB ${tlbWords(source)}|LCK ${lockWords(source)}|BLK ${blockedWords(source)}`;
}

/** Where the data came from: `L1 hit`. */
export function levelWords(source: bigint): string {
  return level(bitsOf(source, 5, 14), bitsOf(source, 33, 4), bitsOf(source, 37, 1) !== 0, bitsOf(source, 43, 3));
}

export function snoopWords(source: bigint): string {
  return [...named(SNOOPS, bitsOf(source, 19, 5)), ...named(SNOOPS_MORE, bitsOf(source, 38, 2))].join(' or ') || 'N/A';
}

export function tlbWords(source: bigint): string {
  return tlb(bitsOf(source, 26, 7));
}

export function lockWords(source: bigint): string {
  const lock = bitsOf(source, 24, 2);
  return (lock & NOT_AVAILABLE) !== 0 ? 'N/A' : (lock & LOCKED) !== 0 ? 'Yes' : 'No';
}

export function blockedWords(source: bigint): string {
  const blocked = bitsOf(source, 40, 3);
  if (blocked === 0 || (blocked & NOT_AVAILABLE) !== 0) return ' N/A';
  return `${(blocked & BLOCKED_DATA) !== 0 ? ' Data' : ''}${(blocked & BLOCKED_ADDRESS) !== 0 ? ' Addr' : ''}`;
}

function bitsOf(source: bigint, first: number, width: number): number {
  return Number((source >> BigInt(first)) & ((1n << BigInt(width)) - 1n));
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
