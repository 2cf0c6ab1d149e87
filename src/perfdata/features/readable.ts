// Whether a feature can be read at all: one that cannot makes perf refuse the whole recording (FORMAT 7, Q45), so it is not written again.

import { FeatureId } from './feature-id.ts';
import type { Features } from './features.ts';

const READERS: Readonly<Record<number, (features: Features) => unknown>> = {
  [FeatureId.Hostname]: (features) => features.hostname,
  [FeatureId.OsRelease]: (features) => features.osRelease,
  [FeatureId.Version]: (features) => features.version,
  [FeatureId.Arch]: (features) => features.arch,
  [FeatureId.NrCpus]: (features) => features.cpuCounts,
  [FeatureId.CpuDesc]: (features) => features.cpuDesc,
  [FeatureId.CpuId]: (features) => features.cpuId,
  [FeatureId.TotalMem]: (features) => features.totalMemory,
  [FeatureId.Cmdline]: (features) => features.cmdline,
  [FeatureId.EventDesc]: (features) => features.eventDesc,
  [FeatureId.CpuTopology]: (features) => features.cpuTopology,
  [FeatureId.NumaTopology]: (features) => features.numaNodes,
  [FeatureId.PmuMappings]: (features) => features.pmuMappings,
  [FeatureId.GroupDesc]: (features) => features.groupDesc,
  [FeatureId.Cache]: (features) => features.caches,
  [FeatureId.SampleTime]: (features) => features.sampleTime,
  [FeatureId.MemTopology]: (features) => features.memoryTopology,
  [FeatureId.Clockid]: (features) => features.clockResolution,
  [FeatureId.BpfProgInfo]: (features) => features.bpfPrograms,
  [FeatureId.BpfBtf]: (features) => features.btfObjects,
  [FeatureId.CpuPmuCaps]: (features) => features.cpuPmuCaps,
  [FeatureId.ClockData]: (features) => features.clockData,
  [FeatureId.HybridTopology]: (features) => features.hybridTopology,
  [FeatureId.PmuCaps]: (features) => features.pmuCaps,
  [FeatureId.CpuDomainInfo]: (features) => features.cpuDomains,
  [FeatureId.EMachine]: (features) => features.machine,
  [FeatureId.ClnSize]: (features) => features.cacheLineSize,
};

/** False for one whose payload is damaged, which the diagnostics then say; true for what nobody here knows. */
export function isReadable(features: Features, id: number): boolean {
  const read = READERS[id];
  return read === undefined || read(features) !== undefined;
}
