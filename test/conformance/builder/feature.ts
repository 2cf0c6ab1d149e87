// A feature section as a description has it; features.ts makes one of each kind.

import type { Json } from './json.ts';
import type { Part } from './structure.ts';

export const FEATURE_NAMES = [
  '', 'TRACING_DATA', 'BUILD_ID', 'HOSTNAME', 'OSRELEASE', 'VERSION', 'ARCH', 'NRCPUS', 'CPUDESC', 'CPUID', 'TOTAL_MEM', 'CMDLINE',
  'EVENT_DESC', 'CPU_TOPOLOGY', 'NUMA_TOPOLOGY', 'BRANCH_STACK', 'PMU_MAPPINGS', 'GROUP_DESC', 'AUXTRACE', 'STAT', 'CACHE', 'SAMPLE_TIME',
  'MEM_TOPOLOGY', 'CLOCKID', 'DIR_FORMAT', 'BPF_PROG_INFO', 'BPF_BTF', 'COMPRESSED', 'CPU_PMU_CAPS', 'CLOCK_DATA', 'HYBRID_TOPOLOGY',
  'PMU_CAPS', 'CPU_DOMAIN_INFO', 'E_MACHINE', 'CLN_SIZE',
] as const;
export type FeatureName = Exclude<(typeof FEATURE_NAMES)[number], ''>;

export interface Feature {
  readonly number: number;
  /** Undefined for those that nobody knows. */
  readonly name: FeatureName | undefined;
  readonly part: Pick<Part, 'write'>;
  readonly value: Json;
}

/** As a member of a recording's `features`. */
export function featureKey({ name, number }: Feature): string {
  return name ?? `feature ${number}`;
}
