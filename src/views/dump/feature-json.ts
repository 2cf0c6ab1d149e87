// Feature sections as JSON (SPEC 3). One that is not known, or does not decode, is its bytes.

import { FEATURE_NAMES, FeatureId } from '../../perfdata/features/feature-id.ts';
import type { Features } from '../../perfdata/features/features.ts';
import type { CpuTopology } from '../../perfdata/features/topology.ts';
import { attrJson } from './event-json.ts';
import { type Json, type JsonObject, bulkJson, bytesJson, hexOf, modeName } from './json.ts';

/** `HOSTNAME`, or `feature 77` for one without a name. */
export function featureKey(id: number): string {
  return FEATURE_NAMES[id] ?? `feature ${id}`;
}

/** All features whose payload was kept, by name. That of TRACING_DATA in a file is not. */
export function featuresJson(features: Features, withHashes: boolean): JsonObject {
  const kept = features.ids().filter((id) => features.payload(id) !== undefined);
  return Object.fromEntries(kept.map((id) => [featureKey(id), featureJson(features, id, withHashes)]));
}

/** One feature that is there. */
export function featureJson(features: Features, id: number, withHashes: boolean): Json {
  const payload = features.payload(id) ?? new Uint8Array(0);
  if (id === FeatureId.TracingData) return bulkJson(payload, withHashes);
  return decoded(features, id) ?? { bytes: bytesJson(payload) };
}

/** Undefined for what is not known or damaged. */
function decoded(features: Features, id: number): Json | undefined {
  switch (id) {
    case FeatureId.BuildId: return features.buildIds?.map(({ mode, ...file }) => ({ mode: modeName(mode), ...file }));
    case FeatureId.Hostname: return features.hostname;
    case FeatureId.OsRelease: return features.osRelease;
    case FeatureId.Version: return features.version;
    case FeatureId.Arch: return features.arch;
    case FeatureId.NrCpus: return features.cpuCounts;
    case FeatureId.CpuDesc: return features.cpuDesc;
    case FeatureId.CpuId: return features.cpuId;
    case FeatureId.TotalMem: return text(features.totalMemory);
    case FeatureId.Cmdline: return features.cmdline;
    case FeatureId.EventDesc: return features.eventDesc?.map(({ attr, name, ids }) => ({ name, ...attrJson(attr, ids) }));
    case FeatureId.CpuTopology: return features.cpuTopology && topologyJson(features.cpuTopology);
    case FeatureId.NumaTopology: return features.numaNodes?.map((node) => ({ ...node, total: String(node.total), free: String(node.free) }));
    case FeatureId.BranchStack:
    case FeatureId.Stat: return {};
    case FeatureId.PmuMappings: return features.pmuMappings?.map(({ type, name }) => ({ type, name }));
    case FeatureId.GroupDesc: return features.groupDesc?.map((group) => ({ ...group }));
    case FeatureId.Auxtrace: return features.auxtrace?.map(({ offset, size }) => ({ offset: String(offset), size: String(size) }));
    case FeatureId.Cache: return features.caches && { version: features.caches.version, caches: features.caches.levels.map((level) => ({ ...level })) };
    case FeatureId.SampleTime: return features.sampleTime && { first: String(features.sampleTime.first), last: String(features.sampleTime.last) };
    case FeatureId.MemTopology: return memoryJson(features);
    case FeatureId.Clockid: return features.clockResolution === undefined ? undefined : { resolution: String(features.clockResolution) };
    case FeatureId.DirFormat: return features.directoryVersion === undefined ? undefined : { version: String(features.directoryVersion) };
    case FeatureId.BpfProgInfo: return features.bpfPrograms?.map(({ arrays, info, data }) => ({ arrays: hexOf(arrays), info: bytesJson(info), data: bytesJson(data) }));
    case FeatureId.BpfBtf: return features.btfObjects?.map(({ id: number, bytes }) => ({ id: number, bytes: bytesJson(bytes) }));
    case FeatureId.Compressed: return features.compressed && { ...features.compressed };
    case FeatureId.CpuPmuCaps: return features.cpuPmuCaps && capabilities(features.cpuPmuCaps);
    case FeatureId.ClockData: {
      const data = features.clockData;
      return data && { version: data.version, clockId: data.clockId, wall: String(data.wallNs), clock: String(data.clockNs) };
    }
    case FeatureId.HybridTopology: return features.hybridTopology?.map(({ pmu, cpus }) => ({ pmu, cpus }));
    case FeatureId.PmuCaps: return features.pmuCaps?.map((each) => ({ pmu: each.pmu, capabilities: capabilities(each.capabilities) }));
    case FeatureId.CpuDomainInfo: return domainsJson(features);
    case FeatureId.EMachine: return features.machine && { ...features.machine };
    case FeatureId.ClnSize: return features.cacheLineSize;
    default: return undefined;
  }
}

function text(value: bigint | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

function capabilities(values: ReadonlyMap<string, string>): Json {
  return [...values].map(([name, value]) => ({ name, value }));
}

/** Cores, sockets and dies only where the writer said them. */
function topologyJson({ packages, threads, cpus, dies }: CpuTopology): Json {
  const saysDies = cpus.some(({ die }) => die >= 0) || dies.length > 0;
  return {
    packages,
    threads,
    cpus: cpus.length === 0 ? undefined : cpus.map(({ core, socket, die }) => ({ core, socket, ...(saysDies && { die }) })),
    dies: saysDies ? dies : undefined,
  };
}

function memoryJson({ memoryTopology }: Features): Json | undefined {
  if (memoryTopology === undefined) return undefined;
  const nodes = memoryTopology.nodes.map(({ node, bits, bitmap }) => ({ node: String(node), bits: String(bits), bitmap: bitmap.map(hexOf) }));
  return { version: String(memoryTopology.version), blockSize: String(memoryTopology.blockSize), nodes };
}

/** The kernel names domains from schedstat's version 17 on. */
function domainsJson({ cpuDomains }: Features): Json | undefined {
  if (cpuDomains === undefined) return undefined;
  const { schedstatVersion, maxDomains, cpus } = cpuDomains;
  const isNamed = schedstatVersion >= 17;
  return {
    schedstatVersion,
    maxDomains,
    cpus: cpus.map(({ cpu, domains }) => ({
      cpu,
      domains: domains.map(({ domain, name, mask, list }) => ({ domain, ...(isNamed && { name }), mask, list })),
    })),
  };
}
