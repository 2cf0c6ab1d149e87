// Feature sections: what a recording says about the machine, perf and itself. Numbers without padding; texts with their length before
// them, filled to a multiple of 64 with NUL.

import { type BuildId, buildIdPart } from './build-id.ts';
import type { EventSpec } from './event.ts';
import { FEATURE_NAMES, type Feature, type FeatureName } from './feature.ts';
import type { Json, JsonObject } from './json.ts';
import { hexOf, type Packer, textBytes } from './packer.ts';
import { bulk, recordBytes } from './record.ts';
import { decimal, hex, type Part, paddedText, rawPart, together } from './structure.ts';

type Write = (packer: Packer) => void;

function known(name: FeatureName, value: Json, write: Write): Feature {
  return { number: FEATURE_NAMES.indexOf(name), name, part: { write }, value };
}

/** `length`: the space of the text, if not the next multiple of 64. */
function putText(packer: Packer, text: string, length?: number): void {
  const size = length ?? Math.ceil((textBytes(text).length + 1) / 64) * 64;
  packer.u32(size).text(text, size);
}

function putTexts(packer: Packer, texts: readonly string[]): void {
  packer.u32(texts.length);
  for (const text of texts) putText(packer, text);
}

export type TextFeature = 'HOSTNAME' | 'OSRELEASE' | 'VERSION' | 'ARCH' | 'CPUDESC' | 'CPUID';

export function textFeature(name: TextFeature, text: string, length?: number): Feature {
  return known(name, text, (packer) => putText(packer, text, length));
}

export function nrCpus(available: number, online: number): Feature {
  return known('NRCPUS', { available, online }, (packer) => void packer.u32(available).u32(online));
}

/** kB. */
export function totalMem(kilobytes: bigint): Feature {
  return known('TOTAL_MEM', decimal(kilobytes), (packer) => void packer.u64(kilobytes));
}

export function cmdline(words: readonly string[]): Feature {
  return known('CMDLINE', words, (packer) => putTexts(packer, words));
}

/** The attrs once more, with names. */
export function eventDesc(events: readonly { readonly event: EventSpec; readonly name: string }[], attrSize = 144): Feature {
  const value = events.map(({ event, name }) => ({ name, ...event.json }));
  return known('EVENT_DESC', value, (packer) => {
    packer.u32(events.length).u32(attrSize);
    for (const { event, name } of events) {
      const attr = event.attr(packer.order);
      packer.raw(attr.subarray(0, attrSize)).zeros(Math.max(attrSize - attr.length, 0)).u32(event.ids.length);
      putText(packer, name);
      for (const id of event.ids) packer.u64(id);
    }
  });
}

export interface CpuTopology {
  readonly packages: readonly string[];
  readonly threads: readonly string[];
  /** Left out by old writers. */
  readonly cpus?: readonly { readonly core: number; readonly socket: number; readonly die?: number }[];
  readonly dies?: readonly string[];
}

export function cpuTopology({ packages, threads, cpus, dies }: CpuTopology): Feature {
  return known('CPU_TOPOLOGY', { packages, threads, cpus, dies }, (packer) => {
    putTexts(packer, packages);
    putTexts(packer, threads);
    for (const { core, socket } of cpus ?? []) packer.u32(core).u32(socket);
    if (dies === undefined) return;
    putTexts(packer, dies);
    for (const { die } of cpus ?? []) packer.u32(die ?? 0);
  });
}

export interface NumaNode {
  readonly node: number;
  readonly total: bigint;
  readonly free: bigint;
  readonly cpus: string;
}

export function numaTopology(nodes: readonly NumaNode[]): Feature {
  const value = nodes.map((node) => ({ ...node, total: decimal(node.total), free: decimal(node.free) }));
  return known('NUMA_TOPOLOGY', value, (packer) => {
    packer.u32(nodes.length);
    for (const { node, total, free, cpus } of nodes) {
      packer.u32(node).u64(total).u64(free);
      putText(packer, cpus);
    }
  });
}

/** Says something by being there. */
export function emptyFeature(name: 'BRANCH_STACK' | 'STAT'): Feature {
  return known(name, {}, () => {});
}

export function pmuMappings(pmus: readonly { readonly type: number; readonly name: string }[]): Feature {
  return known('PMU_MAPPINGS', pmus.map(({ type, name }) => ({ type, name })), (packer) => {
    packer.u32(pmus.length);
    for (const { type, name } of pmus) {
      packer.u32(type);
      putText(packer, name);
    }
  });
}

export function groupDesc(groups: readonly { readonly name: string; readonly leader: number; readonly members: number }[]): Feature {
  return known('GROUP_DESC', groups.map(({ name, leader, members }) => ({ name, leader, members })), (packer) => {
    packer.u32(groups.length);
    for (const { name, leader, members } of groups) {
      putText(packer, name);
      packer.u32(leader).u32(members);
    }
  });
}

/** Places of the AUXTRACE records: offset in the file, size with what follows them. */
export function auxtraceIndex(entries: readonly { readonly offset: bigint; readonly size: bigint }[]): Feature {
  return known('AUXTRACE', entries.map(({ offset, size }) => ({ offset: decimal(offset), size: decimal(size) })), (packer) => {
    packer.u64(entries.length);
    for (const { offset, size } of entries) packer.u64(offset).u64(size);
  });
}

export interface Cache {
  readonly level: number;
  readonly lineSize: number;
  readonly sets: number;
  readonly ways: number;
  readonly type: string;
  readonly size: string;
  readonly cpus: string;
}

export function caches(levels: readonly Cache[]): Feature {
  return known('CACHE', { version: 1, caches: levels.map((level) => ({ ...level })) }, (packer) => {
    packer.u32(1).u32(levels.length);
    for (const { level, lineSize, sets, ways, type, size, cpus } of levels) {
      packer.u32(level).u32(lineSize).u32(sets).u32(ways);
      for (const text of [type, size, cpus]) putText(packer, text);
    }
  });
}

export function sampleTime(first: bigint, last: bigint): Feature {
  return known('SAMPLE_TIME', { first: decimal(first), last: decimal(last) }, (packer) => void packer.u64(first).u64(last));
}

export interface MemoryNode {
  readonly node: bigint;
  readonly bits: bigint;
  readonly words: readonly bigint[];
}

export function memTopology(blockSize: bigint, nodes: readonly MemoryNode[]): Feature {
  const value = {
    version: '1',
    blockSize: decimal(blockSize),
    nodes: nodes.map(({ node, bits, words }) => ({ node: decimal(node), bits: decimal(bits), bitmap: words.map(hex) })),
  };
  return known('MEM_TOPOLOGY', value, (packer) => {
    packer.u64(1).u64(blockSize).u64(nodes.length);
    for (const { node, bits, words } of nodes) {
      packer.u64(node).u64(bits).u64(bits);
      for (const word of words) packer.u64(word);
    }
  });
}

/** ns. */
export function clockId(resolution: bigint): Feature {
  return known('CLOCKID', { resolution: decimal(resolution) }, (packer) => void packer.u64(resolution));
}

export function dirFormat(version: bigint): Feature {
  return known('DIR_FORMAT', { version: decimal(version) }, (packer) => void packer.u64(version));
}

export interface BpfProgram {
  /** Bits: 0 jited_insns, 1 xlated_insns, … */
  readonly arrays: bigint;
  readonly info: Uint8Array;
  readonly data: Uint8Array;
}

/** The kernel's bpf_prog_info as it is, its pointers replaced by offsets into the data behind it. */
export function bpfProgInfo(programs: readonly BpfProgram[]): Feature {
  const value = programs.map(({ arrays, info, data }) => ({ arrays: hex(arrays), info: hexOf(info), data: hexOf(data) }));
  return known('BPF_PROG_INFO', value, (packer) => {
    packer.u32(programs.length);
    for (const { arrays, info, data } of programs) packer.u32(info.length).u32(data.length).u64(arrays).raw(info).raw(data);
  });
}

export function bpfBtf(objects: readonly { readonly id: number; readonly bytes: Uint8Array }[]): Feature {
  return known('BPF_BTF', objects.map(({ id, bytes }) => ({ id, bytes: hexOf(bytes) })), (packer) => {
    packer.u32(objects.length);
    for (const { id, bytes } of objects) packer.u32(id).u32(bytes.length).raw(bytes);
  });
}

export interface Compression {
  readonly version: number;
  /** 1: zstd. */
  readonly type: number;
  readonly level: number;
  readonly ratio: number;
  readonly mmapLength: number;
}

export function compressed(values: Compression): Feature {
  const { version, type, level, ratio, mmapLength } = values;
  return known('COMPRESSED', { version, type, level, ratio, mmapLength }, (packer) => {
    for (const value of [version, type, level, ratio, mmapLength]) packer.u32(value);
  });
}

export type Capabilities = readonly { readonly name: string; readonly value: string }[];

function putCapabilities(packer: Packer, capabilities: Capabilities): void {
  packer.u32(capabilities.length);
  for (const { name, value } of capabilities) {
    putText(packer, name);
    putText(packer, value);
  }
}

const capabilitiesJson = (capabilities: Capabilities): Json => capabilities.map(({ name, value }) => ({ name, value }));

export function cpuPmuCaps(capabilities: Capabilities): Feature {
  return known('CPU_PMU_CAPS', capabilitiesJson(capabilities), (packer) => putCapabilities(packer, capabilities));
}

export function clockData(values: { readonly clockId: number; readonly wall: bigint; readonly clock: bigint }): Feature {
  const value = { version: 1, clockId: values.clockId, wall: decimal(values.wall), clock: decimal(values.clock) };
  return known('CLOCK_DATA', value, (packer) => void packer.u32(1).u32(values.clockId).u64(values.wall).u64(values.clock));
}

export function hybridTopology(pmus: readonly { readonly pmu: string; readonly cpus: string }[]): Feature {
  return known('HYBRID_TOPOLOGY', pmus.map(({ pmu, cpus }) => ({ pmu, cpus })), (packer) => {
    packer.u32(pmus.length);
    for (const { pmu, cpus } of pmus) {
      putText(packer, pmu);
      putText(packer, cpus);
    }
  });
}

export function pmuCaps(pmus: readonly { readonly pmu: string; readonly capabilities: Capabilities }[]): Feature {
  const value = pmus.map(({ pmu, capabilities }) => ({ pmu, capabilities: capabilitiesJson(capabilities) }));
  return known('PMU_CAPS', value, (packer) => {
    packer.u32(pmus.length);
    for (const { pmu, capabilities } of pmus) {
      putCapabilities(packer, capabilities);
      putText(packer, pmu);
    }
  });
}

export interface CpuDomains {
  readonly schedstatVersion: number;
  readonly maxDomains: number;
  readonly cpus: readonly {
    readonly cpu: number;
    /** Names from schedstat's version 17 on. */
    readonly domains: readonly { readonly domain: number; readonly name?: string; readonly mask: string; readonly list: string }[];
  }[];
}

export function cpuDomainInfo(values: CpuDomains): Feature {
  const value: JsonObject = {
    schedstatVersion: values.schedstatVersion,
    maxDomains: values.maxDomains,
    cpus: values.cpus.map(({ cpu, domains }) => ({ cpu, domains: domains.map(({ domain, name, mask, list }) => ({ domain, name, mask, list })) })),
  };
  return known('CPU_DOMAIN_INFO', value, (packer) => {
    packer.u32(values.schedstatVersion).u32(values.maxDomains);
    for (const { cpu, domains } of values.cpus) {
      packer.u32(cpu).u32(domains.length);
      for (const { domain, name, mask, list } of domains) {
        packer.u32(domain);
        for (const text of name === undefined ? [mask, list] : [name, mask, list]) putText(packer, text);
      }
    }
  });
}

export function eMachine(machine: number, flags: number): Feature {
  return known('E_MACHINE', { machine, flags }, (packer) => void packer.u32(machine).u32(flags));
}

/** As written before perf said the flags too. */
export function eMachineWithoutFlags(machine: number): Feature {
  return known('E_MACHINE', { machine, flags: 0 }, (packer) => void packer.u32(machine));
}

export function clnSize(bytes: number): Feature {
  return known('CLN_SIZE', bytes, (packer) => void packer.u32(bytes));
}

const MODES = [undefined, 'kernel', 'user', 'hypervisor', 'guest kernel', 'guest user'] as const;

/** Records of type 0 in the layout of HEADER_BUILD_ID. */
export function buildIds(files: readonly (BuildId & { readonly misc: number })[]): Feature {
  return buildIdRecords(files.map((file) => ({ misc: file.misc, body: buildIdPart(file, (file.misc & 0x8000) !== 0) })));
}

/** With bytes behind the records that are none. */
export function cutBuildIds(files: readonly (BuildId & { readonly misc: number })[], rest: Uint8Array): Feature {
  const whole = buildIds(files);
  return { ...whole, part: { write: (packer) => { whole.part.write(packer); packer.raw(rest); } } };
}

/** The id follows the header at once, and 4 bytes of padding the id. */
export function oldBuildIds(files: readonly { readonly buildId: readonly number[]; readonly filename: string; readonly misc: number }[]): Feature {
  return buildIdRecords(files.map(({ buildId, filename, misc }) => {
    const id = rawPart([...buildId, 0, 0, 0, 0], { pid: -1, buildId: hexOf(buildId) });
    return { misc, body: together(id, paddedText('filename', filename)) };
  }));
}

function buildIdRecords(records: readonly { readonly misc: number; readonly body: Part }[]): Feature {
  const value = records.map(({ misc, body }) => ({ mode: MODES[misc & 7], ...body.json }));
  return known('BUILD_ID', value, (packer) => {
    for (const { misc, body } of records) packer.raw(recordBytes(packer.order, { type: 0, misc, body }));
  });
}

export function tracingDataFeature(bytes: Uint8Array): Feature {
  return known('TRACING_DATA', bulk(bytes), (packer) => void packer.raw(bytes));
}

/** A number that nobody knows. */
export function unknownFeature(number: number, bytes: Uint8Array): Feature {
  return { number, name: undefined, part: { write: (packer) => void packer.raw(bytes) }, value: { bytes: hexOf(bytes) } };
}

/** A known feature whose payload does not decode: it is shown as bytes. */
export function damagedFeature(name: FeatureName, bytes: Uint8Array): Feature {
  return known(name, { bytes: hexOf(bytes) }, (packer) => void packer.raw(bytes));
}
