// CPUs, caches, memory nodes and scheduling domains of the recording machine (FORMAT 1.3, features 13, 14, 20, 22, 32; SPEC 3.2, 3.3).

import type { FeatureReader } from './feature-reader.ts';

export interface CpuTopology {
  /** Lists of CPUs: `0-3`. */
  readonly packages: readonly string[];
  readonly threads: readonly string[];
  /** Empty where the writer did not say. */
  readonly dies: readonly string[];
  /** By CPU; die -1 where the writer did not say. Empty in files of perf before 3.19. */
  readonly cpus: readonly { readonly core: number; readonly socket: number; readonly die: number }[];
}

export function readCpuTopology(reader: FeatureReader, cpuCount: number): CpuTopology {
  const packages = reader.texts();
  const threads = reader.texts();
  const cpus: { core: number; socket: number; die: number }[] = [];
  let dies: string[] = [];
  if (reader.left >= cpuCount * 8 && reader.left > 0) {
    for (let i = 0; i < cpuCount; i++) {
      const core = reader.u32() | 0;
      cpus.push({ core, socket: reader.u32() | 0, die: -1 });
    }
    if (reader.left >= 4) {
      dies = reader.texts();
      for (const cpu of cpus) cpu.die = reader.u32() | 0;
    }
  }
  return { packages, threads, dies, cpus };
}

export interface NumaNode {
  readonly node: number;
  /** In kB. */
  readonly total: bigint;
  readonly free: bigint;
  readonly cpus: string;
}

export function readNumaNodes(reader: FeatureReader): NumaNode[] {
  const nodes: NumaNode[] = [];
  for (let left = reader.count(24); left > 0 && !reader.failed; left--) {
    nodes.push({ node: reader.u32(), total: reader.u64(), free: reader.u64(), cpus: reader.text() });
  }
  return nodes;
}

export interface CacheLevel {
  readonly level: number;
  readonly lineSize: number;
  readonly sets: number;
  readonly ways: number;
  /** `Data`, `Instruction`, `Unified`. */
  readonly type: string;
  /** `32K`. */
  readonly size: string;
  readonly cpus: string;
}

export interface Caches {
  /** Of this layout: 1. */
  readonly version: number;
  readonly levels: readonly CacheLevel[];
}

export function readCaches(reader: FeatureReader): Caches {
  const version = reader.u32();
  const levels: CacheLevel[] = [];
  for (let left = reader.count(28); left > 0 && !reader.failed; left--) {
    const [level, lineSize, sets, ways] = [reader.u32(), reader.u32(), reader.u32(), reader.u32()];
    levels.push({ level, lineSize, sets, ways, type: reader.text(), size: reader.text(), cpus: reader.text() });
  }
  return { version, levels };
}

export interface MemoryTopology {
  /** Of this layout: 1. */
  readonly version: bigint;
  /** In bytes. */
  readonly blockSize: bigint;
  readonly nodes: readonly { readonly node: bigint; readonly bits: bigint; readonly bitmap: readonly bigint[] }[];
}

export function readMemoryTopology(reader: FeatureReader): MemoryTopology {
  const version = reader.u64();
  const blockSize = reader.u64();
  const nodes: { node: bigint; bits: bigint; bitmap: bigint[] }[] = [];
  for (let left = reader.count64(24); left > 0 && !reader.failed; left--) {
    const node = reader.u64();
    reader.u64();
    const bits = reader.u64();
    const words = Math.ceil(Number(bits) / 64);
    if (words * 8 > reader.left) {
      reader.failed = true;
      break;
    }
    nodes.push({ node, bits, bitmap: Array.from({ length: words }, () => reader.u64()) });
  }
  return { version, blockSize, nodes };
}

export interface CpuDomains {
  readonly schedstatVersion: number;
  readonly maxDomains: number;
  readonly cpus: readonly {
    readonly cpu: number;
    readonly domains: readonly { readonly domain: number; readonly name: string; readonly mask: string; readonly list: string }[];
  }[];
}

/** Domains have names from version 17 of the kernel's schedstat on. */
const NAMED_DOMAINS = 17;

export function readCpuDomains(reader: FeatureReader): CpuDomains {
  const schedstatVersion = reader.u32();
  const maxDomains = reader.u32();
  const cpus: CpuDomains['cpus'][number][] = [];
  while (reader.left >= 8 && !reader.failed) {
    const cpu = reader.u32();
    const domains: CpuDomains['cpus'][number]['domains'][number][] = [];
    for (let left = reader.count(12); left > 0 && !reader.failed; left--) {
      const domain = reader.u32();
      const name = schedstatVersion >= NAMED_DOMAINS ? reader.text() : '';
      domains.push({ domain, name, mask: reader.text(), list: reader.text() });
    }
    cpus.push({ cpu, domains });
  }
  return { schedstatVersion, maxDomains, cpus };
}
