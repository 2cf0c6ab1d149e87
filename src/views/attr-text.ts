// An event's attr as perf writes it out in headers and in evlist -v: name = value, zero fields left out (FORMAT 1.2, 3.8).

import { ATTR_FLAG_NAMES, type PerfEventAttr } from '../perfdata/attr.ts';
import type { Features } from '../perfdata/features/features.ts';

const TYPES: readonly string[] = [
  'PERF_TYPE_HARDWARE', 'PERF_TYPE_SOFTWARE', 'PERF_TYPE_TRACEPOINT', 'PERF_TYPE_HW_CACHE', 'PERF_TYPE_RAW', 'PERF_TYPE_BREAKPOINT',
];
const HARDWARE: readonly string[] = [
  'CPU_CYCLES', 'INSTRUCTIONS', 'CACHE_REFERENCES', 'CACHE_MISSES', 'BRANCH_INSTRUCTIONS', 'BRANCH_MISSES', 'BUS_CYCLES',
  'STALLED_CYCLES_FRONTEND', 'STALLED_CYCLES_BACKEND', 'REF_CPU_CYCLES',
];
const SOFTWARE: readonly string[] = [
  'CPU_CLOCK', 'TASK_CLOCK', 'PAGE_FAULTS', 'CONTEXT_SWITCHES', 'CPU_MIGRATIONS', 'PAGE_FAULTS_MIN', 'PAGE_FAULTS_MAJ',
  'ALIGNMENT_FAULTS', 'EMULATION_FAULTS', 'DUMMY', 'BPF_OUTPUT', 'CGROUP_SWITCHES',
];
const CACHES: readonly string[] = ['L1D', 'L1I', 'LL', 'DTLB', 'ITLB', 'BPU', 'NODE'];
const OPERATIONS: readonly string[] = ['READ', 'WRITE', 'PREFETCH'];
const RESULTS: readonly string[] = ['ACCESS', 'MISS'];

/** In the order in which perf lists them, which is not that of the bits. */
const SAMPLE_BITS: readonly (readonly [number, string])[] = [
  [0, 'IP'], [1, 'TID'], [2, 'TIME'], [3, 'ADDR'], [4, 'READ'], [5, 'CALLCHAIN'], [6, 'ID'], [7, 'CPU'], [8, 'PERIOD'],
  [9, 'STREAM_ID'], [10, 'RAW'], [11, 'BRANCH_STACK'], [12, 'REGS_USER'], [13, 'STACK_USER'], [16, 'IDENTIFIER'], [18, 'REGS_INTR'],
  [15, 'DATA_SRC'], [14, 'WEIGHT'], [19, 'PHYS_ADDR'], [20, 'AUX'], [21, 'CGROUP'], [22, 'DATA_PAGE_SIZE'], [23, 'CODE_PAGE_SIZE'],
  [24, 'WEIGHT_STRUCT'],
];
const READ_BITS: readonly string[] = ['TOTAL_TIME_ENABLED', 'TOTAL_TIME_RUNNING', 'ID', 'GROUP', 'LOST'];
const BRANCH_BITS: readonly string[] = [
  'USER', 'KERNEL', 'HV', 'ANY', 'ANY_CALL', 'ANY_RETURN', 'IND_CALL', 'ABORT_TX', 'IN_TX', 'NO_TX', 'COND', 'CALL_STACK', 'IND_JUMP',
  'CALL', 'NO_FLAGS', 'NO_CYCLES', 'TYPE_SAVE', 'HW_INDEX', 'PRIV_SAVE', 'COUNTERS',
];

/**
 * `type = 1 (PERF_TYPE_SOFTWARE), size = 144, config = 0 (PERF_COUNT_SW_CPU_CLOCK), …`. `name` says a tracepoint's name. `is` stands
 * between field and value: evlist -v has a colon there.
 */
export function attrText(attr: PerfEventAttr, name: string, features: Features, is = ' = '): string {
  const parts: string[] = [];
  const add = (field: string, value: string): void => {
    if (value !== '0' && value !== '') parts.push(`${field}${is}${value}`);
  };
  const typeName = TYPES[attr.type];
  const pmuOf = (type: number): string | undefined => features.pmuName(type);
  const shownType = attr.type === 4 ? (pmuOf(4) ?? typeName) : (typeName ?? pmuOf(attr.type));
  parts.push(`type${is}${attr.type}${shownType === undefined ? '' : ` (${shownType})`}`);
  parts.push(`size${is}${attr.size}`);
  const config = configName(attr, name, pmuOf);
  parts.push(`config${is}${hex(attr.config)}${config === '' ? '' : ` (${config})`}`);
  add('{ sample_period, sample_freq }', String(attr.samplePeriod));
  add('sample_type', SAMPLE_BITS.filter(([bit]) => (attr.sampleType >>> bit) & 1).map(([, word]) => word).join('|'));
  add('read_format', bitNames(attr.readFormat, READ_BITS));
  ATTR_FLAG_NAMES.forEach((flag, bit) => {
    if (bit === 15) add(flag, String(attr.preciseIp));
    else if (bit !== 16) add(flag, attr.flag(bit) ? '1' : '0');
  });
  add('{ wakeup_events, wakeup_watermark }', String(attr.wakeup));
  add('bp_type', String(attr.bpType));
  add('{ bp_addr, config1 }', hex(attr.config1));
  add('{ bp_len, config2 }', hex(attr.config2));
  add('branch_sample_type', bitNames(Number(attr.branchSampleType & 0xffffffffn), BRANCH_BITS));
  add('sample_regs_user', hex(attr.sampleRegsUser));
  add('sample_stack_user', String(attr.sampleStackUser));
  add('clockid', String(attr.clockId));
  add('sample_regs_intr', hex(attr.sampleRegsIntr));
  add('aux_watermark', String(attr.auxWatermark));
  add('sample_max_stack', String(attr.sampleMaxStack));
  add('aux_sample_size', String(attr.auxSampleSize));
  add('sig_data', String(attr.sigData));
  return parts.join(', ');
}

function hex(value: bigint): string {
  return value === 0n ? '0' : `0x${BigInt.asUintN(64, value).toString(16)}`;
}

function bitNames(bits: number, names: readonly string[]): string {
  return names.filter((_, bit) => (bits >>> bit) & 1).join('|');
}

/** On hybrid CPUs the upper half of a hardware event's config is the number of the PMU that counts it. */
function configName(attr: PerfEventAttr, name: string, pmuOf: (type: number) => string | undefined): string {
  const low = Number(attr.config & 0xffffffffn);
  const pmu = Number(attr.config >> 32n);
  if (attr.type === 0) {
    const event = HARDWARE[low];
    if (event === undefined) return '';
    const pmuName = pmu === 0 ? undefined : pmuOf(pmu);
    return pmuName === undefined ? `PERF_COUNT_HW_${event}` : `${pmuName}/PERF_COUNT_HW_${event}/`;
  }
  if (attr.type === 1) return SOFTWARE[low] === undefined || pmu !== 0 ? '' : `PERF_COUNT_SW_${SOFTWARE[low]}`;
  // perf asks the running kernel, which has forgotten the probes that were set for the recording.
  if (attr.type === 2) return name.includes(':') && !name.startsWith('probe') ? name : '';
  if (attr.type !== 3) return '';
  const cache = CACHES[low & 0xff];
  const operation = OPERATIONS[(low >>> 8) & 0xff];
  const result = RESULTS[(low >>> 16) & 0xff];
  if (cache === undefined || operation === undefined || result === undefined) return '';
  return `PERF_COUNT_HW_CACHE_RESULT_${result} | PERF_COUNT_HW_CACHE_OP_${operation} | PERF_COUNT_HW_CACHE_${cache}`;
}
