// The lines of a header that describe CPUs, memory blocks and scheduling domains (FORMAT 1.3, 3.8): `report --header-only -I`.

import type { CpuDomains, CpuTopology, MemoryTopology } from '../perfdata/features/topology.ts';

export function* cpuTopologyLines(topology: CpuTopology): Generator<string> {
  for (const list of topology.packages) yield `# sibling sockets : ${list}`;
  for (const list of topology.dies) yield `# sibling dies    : ${list}`;
  for (const list of topology.threads) yield `# sibling threads : ${list}`;
  if (topology.cpus.length === 0) return yield '# Core ID and Socket ID information is not available';
  const hasDies = topology.dies.length > 0;
  for (const [cpu, { core, die, socket }] of topology.cpus.entries()) {
    yield `# CPU ${cpu}: Core ID ${core}, ${hasDies ? `Die ID ${die}, ` : ''}Socket ID ${socket}`;
  }
}

export function* memoryLines(memory: MemoryTopology): Generator<string> {
  yield `# memory nodes (nr ${memory.nodes.length}, block size 0x${memory.blockSize.toString(16)}):`;
  for (const { node, bitmap } of memory.nodes) {
    const blocks = setBits(bitmap);
    yield `# ${String(node).padStart(4)} [${bytesText(BigInt(blocks.length) * memory.blockSize)}]: ${rangesText(blocks)}`;
  }
}

function setBits(words: readonly bigint[]): number[] {
  const bits: number[] = [];
  for (const [index, word] of words.entries()) {
    for (let bit = 0; bit < 64; bit++) if ((word >> BigInt(bit)) & 1n) bits.push(index * 64 + bit);
  }
  return bits;
}

/** `0-23,32-199`. */
function rangesText(numbers: readonly number[]): string {
  const ranges: string[] = [];
  for (let i = 0; i < numbers.length; ) {
    const first = numbers[i]!;
    let last = first;
    while (numbers[++i] === last + 1) last++;
    ranges.push(first === last ? String(first) : `${first}-${last}`);
  }
  return ranges.join(',');
}

/** Cut off to a whole number of the largest unit of which there are at least two. */
function bytesText(bytes: bigint): string {
  const units = 'BKMG';
  let value = bytes;
  let unit = 0;
  while (value / 1024n > 1n && unit < 3) {
    value /= 1024n;
    unit++;
  }
  return `${value}${units[unit]}`;
}

export function* domainLines(info: CpuDomains): Generator<string> {
  yield `# schedstat version\t: ${info.schedstatVersion}`;
  yield `# Maximum sched domains\t: ${info.maxDomains}`;
  for (const { cpu, domains } of info.cpus) {
    yield `# cpu\t\t: ${cpu}`;
    yield `# nr_domains\t: ${domains.length}`;
    for (const { domain, name, mask, list } of domains) {
      yield `# Domain\t\t: ${domain}`;
      if (info.schedstatVersion >= 17) yield `# Domain name      : ${name}`;
      yield `# Domain cpu map   : ${mask}`;
      yield `# Domain cpu list  : ${list}`;
    }
  }
}
