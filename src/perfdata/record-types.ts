// The types of records and the meaning of their misc field (FORMAT 2.0 to 2.2; SPEC 4). Types below 64 come from the kernel and
// are delivered in time order; those from 64 on are perf's own and act when they are read.

export const RecordType = {
  Mmap: 1,
  Lost: 2,
  Comm: 3,
  Exit: 4,
  Throttle: 5,
  Unthrottle: 6,
  Fork: 7,
  Read: 8,
  Sample: 9,
  Mmap2: 10,
  Aux: 11,
  ItraceStart: 12,
  LostSamples: 13,
  Switch: 14,
  SwitchCpuWide: 15,
  Namespaces: 16,
  Ksymbol: 17,
  BpfEvent: 18,
  Cgroup: 19,
  TextPoke: 20,
  AuxOutputHwId: 21,
  CallchainDeferred: 22,
  HeaderAttr: 64,
  HeaderEventType: 65,
  HeaderTracingData: 66,
  HeaderBuildId: 67,
  FinishedRound: 68,
  IdIndex: 69,
  AuxtraceInfo: 70,
  Auxtrace: 71,
  AuxtraceError: 72,
  ThreadMap: 73,
  CpuMap: 74,
  StatConfig: 75,
  Stat: 76,
  StatRound: 77,
  EventUpdate: 78,
  TimeConv: 79,
  HeaderFeature: 80,
  Compressed: 81,
  FinishedInit: 82,
  Compressed2: 83,
  BpfMetadata: 84,
  SchedstatCpu: 85,
  SchedstatDomain: 86,
} as const;

/** Records of this type and above are perf's own: no trailer, no place in time. */
export const FIRST_USER_TYPE = 64;

const NAMES: Readonly<Record<number, string>> = {
  1: 'MMAP', 2: 'LOST', 3: 'COMM', 4: 'EXIT', 5: 'THROTTLE', 6: 'UNTHROTTLE', 7: 'FORK', 8: 'READ', 9: 'SAMPLE', 10: 'MMAP2',
  11: 'AUX', 12: 'ITRACE_START', 13: 'LOST_SAMPLES', 14: 'SWITCH', 15: 'SWITCH_CPU_WIDE', 16: 'NAMESPACES', 17: 'KSYMBOL',
  18: 'BPF_EVENT', 19: 'CGROUP', 20: 'TEXT_POKE', 21: 'AUX_OUTPUT_HW_ID', 22: 'CALLCHAIN_DEFERRED', 64: 'ATTR', 65: 'EVENT_TYPE',
  66: 'TRACING_DATA', 67: 'BUILD_ID', 68: 'FINISHED_ROUND', 69: 'ID_INDEX', 70: 'AUXTRACE_INFO', 71: 'AUXTRACE',
  72: 'AUXTRACE_ERROR', 73: 'THREAD_MAP', 74: 'CPU_MAP', 75: 'STAT_CONFIG', 76: 'STAT', 77: 'STAT_ROUND', 78: 'EVENT_UPDATE',
  79: 'TIME_CONV', 80: 'FEATURE', 81: 'COMPRESSED', 82: 'FINISHED_INIT', 83: 'COMPRESSED2', 84: 'BPF_METADATA',
  85: 'SCHEDSTAT_CPU', 86: 'SCHEDSTAT_DOMAIN',
};

/** The name perf prints for a record type, without PERF_RECORD_; `UNKNOWN` for those it does not know. */
export function recordTypeName(type: number): string {
  return NAMES[type] ?? 'UNKNOWN';
}

/** Bits 0 to 2 of misc. */
export const CPU_MODE_MASK = 7;

/** Bits of misc beyond the mode; several share a number because each belongs to types of its own. */
export const Misc = {
  ProcMapParseTimeout: 0x1000,
  MmapData: 0x2000,
  CommExec: 0x2000,
  ForkExec: 0x2000,
  SwitchOut: 0x2000,
  MmapBuildId: 0x4000,
  SwitchOutPreempt: 0x4000,
  ExactIp: 0x4000,
  BuildIdSize: 0x8000,
  LostSamplesBpf: 0x8000,
} as const;
