// The feature numbers and the names perf prints for them (FORMAT 1.3; SPEC 3.1).

export const FeatureId = {
  TracingData: 1,
  BuildId: 2,
  Hostname: 3,
  OsRelease: 4,
  Version: 5,
  Arch: 6,
  NrCpus: 7,
  CpuDesc: 8,
  CpuId: 9,
  TotalMem: 10,
  Cmdline: 11,
  EventDesc: 12,
  CpuTopology: 13,
  NumaTopology: 14,
  BranchStack: 15,
  PmuMappings: 16,
  GroupDesc: 17,
  Auxtrace: 18,
  Stat: 19,
  Cache: 20,
  SampleTime: 21,
  MemTopology: 22,
  Clockid: 23,
  DirFormat: 24,
  BpfProgInfo: 25,
  BpfBtf: 26,
  Compressed: 27,
  CpuPmuCaps: 28,
  ClockData: 29,
  HybridTopology: 30,
  PmuCaps: 31,
  CpuDomainInfo: 32,
  EMachine: 33,
  ClnSize: 34,
} as const;

/** By number. */
export const FEATURE_NAMES: readonly string[] = [
  'RESERVED', 'TRACING_DATA', 'BUILD_ID', 'HOSTNAME', 'OSRELEASE', 'VERSION', 'ARCH', 'NRCPUS', 'CPUDESC', 'CPUID', 'TOTAL_MEM',
  'CMDLINE', 'EVENT_DESC', 'CPU_TOPOLOGY', 'NUMA_TOPOLOGY', 'BRANCH_STACK', 'PMU_MAPPINGS', 'GROUP_DESC', 'AUXTRACE', 'STAT', 'CACHE',
  'SAMPLE_TIME', 'MEM_TOPOLOGY', 'CLOCKID', 'DIR_FORMAT', 'BPF_PROG_INFO', 'BPF_BTF', 'COMPRESSED', 'CPU_PMU_CAPS', 'CLOCK_DATA',
  'HYBRID_TOPOLOGY', 'PMU_CAPS', 'CPU_DOMAIN_INFO', 'E_MACHINE', 'CLN_SIZE',
];

/** The 256 bits of a file's header. */
export const FEATURE_BITS = 256;

/** Two features have no payload. Their numbers are below those of any writer's end mark. */
export function isSaidByBeingThere(id: number): boolean {
  return id === FeatureId.BranchStack || id === FeatureId.Stat;
}
