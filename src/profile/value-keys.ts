// Sort keys that look at what samples say of themselves (sample-values.ts): which values each needs, what makes two rows one, and how rows
// compare (FORMAT 3.8). What they look like is views/report/value-columns.ts.

import { compareByDifference } from './address-order.ts';
import type { Profile } from './profile.ts';
import { isTraceFieldKey, type NamedValueKey, type SortKey, type TraceFieldKey, type ValueKey } from './report-keys.ts';
import type { SampleValue } from './sample-values.ts';
import { NO_FIELD, traceFieldIndex } from './trace-fields.ts';

/** Bits of a data source (FORMAT 2.3.7): the first, and how many. */
const BITS = { mem: [5, 14], snoop: [19, 5], locked: [24, 2], tlb: [26, 7], blocked: [40, 3] } as const;

const VALUES: Readonly<Record<NamedValueKey, readonly SampleValue[]>> = {
  cpu: ['cpu'],
  socket: ['socket'],
  local_weight: ['weight'],
  weight: ['weight'],
  transaction: ['transaction'],
  dso_size: ['mappingSize'],
  cgroup: ['cgroup'],
  cgroup_id: ['namespaceDevice', 'namespaceInode'],
  time: ['time'],
  code_page_size: ['codePageSize'],
  local_ins_lat: ['instructionLatency'],
  ins_lat: ['instructionLatency'],
  local_p_stage_cyc: ['weight3'],
  p_stage_cyc: ['weight3'],
  local_retire_lat: ['weight3'],
  retire_lat: ['weight3'],
  addr: ['address'],
  symoff: ['offset'],
  parallelism: ['parallelism'],
  symbol_daddr: ['dataAddress', 'dataFrame', 'dataOffset'],
  dso_daddr: ['dataFrame'],
  locked: ['dataSource'],
  tlb: ['dataSource'],
  mem: ['dataSource'],
  snoop: ['dataSource'],
  dcacheline: ['dataLine', 'dataFrame', 'dataOffset'],
  symbol_iaddr: ['address'],
  phys_daddr: ['physicalAddress'],
  data_page_size: ['dataPageSize'],
  blocked: ['dataSource'],
};

/** Keys that speak of the sampled place itself, which callers do not have: they are no keys of reports with callers. */
const OF_THE_PLACE: readonly SortKey[] = ['addr', 'symoff', 'dso_size', 'code_page_size'];

/** perf has more than one word for some keys. */
const SAME: Readonly<Partial<Record<SortKey, SortKey>>> = { tid: 'pid', local_retire_lat: 'local_p_stage_cyc', retire_lat: 'p_stage_cyc' };

export function isValueKey(key: string): key is ValueKey {
  return isTraceFieldKey(key) || Object.hasOwn(VALUES, key);
}

/** What a key looks at. */
function valuesOfKey(key: ValueKey): readonly SampleValue[] {
  return isTraceFieldKey(key) ? [key] : VALUES[key];
}

/** What the walk must keep for the keys. */
export function valuesFor(keys: readonly string[]): SampleValue[] {
  return [...new Set(keys.filter(isValueKey).flatMap(valuesOfKey))];
}

export function isOfThePlace(key: SortKey): boolean {
  return OF_THE_PLACE.includes(key);
}

/** The keys, of those that mean the same the first. */
export function distinctKeys(keys: readonly SortKey[]): SortKey[] {
  const seen = new Set<SortKey>();
  return keys.filter((key) => {
    const same = SAME[key] ?? key;
    if (seen.has(same)) return false;
    seen.add(same);
    return true;
  });
}

/** A value of a tally's detail; 0 where the profile does not have it. */
export function valueOf({ values }: Profile, value: SampleValue, detail: number): number {
  return values?.columns.get(value)?.[detail] ?? 0;
}

/** What a detail is to the key: equal ones share a row. Of data that is the address, whatever lies there. */
export function identityOf(profile: Profile, key: ValueKey, detail: number): string {
  switch (key) {
    case 'symbol_daddr':
      return `${valueOf(profile, 'dataAddress', detail)}`;
    case 'dso_daddr':
      return `${profile.frames.module[valueOf(profile, 'dataFrame', detail)] ?? -1}`;
    case 'dcacheline':
      return `${valueOf(profile, 'dataLine', detail)}/${profile.frames.module[valueOf(profile, 'dataFrame', detail)] ?? -1}`;
    case 'locked':
    case 'tlb':
    case 'snoop':
    case 'blocked':
      return `${sourceBits(profile, key, detail)}`;
    case 'mem':
      // The levels that newer processors say by a number, too.
      return `${sourceBits(profile, key, detail)}/${(sourceOf(profile, detail) >> 33n) & 0x3fffn}`;
    default:
      return valuesOfKey(key).map((value) => valueOf(profile, value, detail)).join('/');
  }
}

/** The data source of a detail. */
export function sourceOf(profile: Profile, detail: number): bigint {
  return BigInt.asUintN(64, profile.wide.exact(valueOf(profile, 'dataSource', detail)));
}

function sourceBits(profile: Profile, key: keyof typeof BITS, detail: number): number {
  const [first, width] = BITS[key];
  return Number((sourceOf(profile, detail) >> BigInt(first)) & ((1n << BigInt(width)) - 1n));
}

/** How details compare by the key, the one that is shown first being less, as far as numbers decide it. */
export function compareValues(profile: Profile, key: ValueKey): (a: number, b: number) => number {
  if (isTraceFieldKey(key)) return compareFields(profile, key);
  const { wide } = profile;
  switch (key) {
    case 'locked':
    case 'tlb':
    case 'mem':
    case 'snoop':
    case 'blocked':
      return (a, b) => sourceBits(profile, key, a) - sourceBits(profile, key, b);
    case 'cgroup_id':
      return (a, b) => valueOf(profile, 'namespaceDevice', b) - valueOf(profile, 'namespaceDevice', a) || valueOf(profile, 'namespaceInode', b) - valueOf(profile, 'namespaceInode', a);
    case 'local_weight':
    case 'weight':
    case 'local_ins_lat':
    case 'ins_lat':
    case 'local_p_stage_cyc':
    case 'p_stage_cyc':
    case 'local_retire_lat':
    case 'retire_lat':
    case 'transaction':
      // The larger first.
      return (a, b) => compareByDifference(wide, valueOf(profile, VALUES[key][0]!, b), valueOf(profile, VALUES[key][0]!, a));
    default:
      return (a, b) => compareByDifference(wide, valueOf(profile, VALUES[key][0]!, a), valueOf(profile, VALUES[key][0]!, b));
  }
}

/** By the bytes of the fields, larger ones first; what another event says has no order. */
function compareFields(profile: Profile, key: TraceFieldKey): (a: number, b: number) => number {
  const bytes = profile.values?.fields[traceFieldIndex(key)]?.bytes ?? [];
  return (a, b) => {
    const [left, right] = [valueOf(profile, key, a), valueOf(profile, key, b)];
    if (left === right || left === NO_FIELD || right === NO_FIELD) return 0;
    return bytes[left]! > bytes[right]! ? -1 : 1;
  };
}
