// The name of an event when nothing in the recording says it: made from type and config as perf does (FORMAT 3.6, 1.2).

import { EventType, type PerfEventAttr } from './attr.ts';

const HARDWARE: readonly string[] = [
  'cycles', 'instructions', 'cache-references', 'cache-misses', 'branches', 'branch-misses', 'bus-cycles',
  'stalled-cycles-frontend', 'stalled-cycles-backend', 'ref-cycles',
];

const SOFTWARE: readonly string[] = [
  'cpu-clock', 'task-clock', 'page-faults', 'context-switches', 'cpu-migrations', 'minor-faults', 'major-faults', 'alignment-faults',
  'emulation-faults', 'dummy', 'bpf-output', 'cgroup-switches',
];

const CACHES: readonly string[] = ['L1-dcache', 'L1-icache', 'LLC', 'dTLB', 'iTLB', 'branch', 'node'];
const OPERATIONS: readonly string[] = ['load', 'store', 'prefetch'];

/** `cpu-clock`, `LLC-load-misses`, `raw 0x1a8`, `mem:0x4010f6:rw`, …, with the modifiers perf appends (`:u`, `:ppp`). */
export function defaultEventName(attr: PerfEventAttr): string {
  const config = BigInt.asUintN(64, attr.config);
  const low = Number(config & 0xffffffffn);
  switch (attr.type) {
    case EventType.Hardware:
      return (HARDWARE[low] ?? 'unknown-hardware') + modifiers(attr);
    case EventType.Software:
      return (SOFTWARE[Number(config)] ?? 'unknown-software') + modifiers(attr);
    case EventType.HwCache:
      return cacheName(low) + modifiers(attr);
    case EventType.Raw:
      return `raw 0x${config.toString(16)}${modifiers(attr)}`;
    case EventType.Tracepoint:
      return `unknown tracepoint id=0x${config.toString(16)}`;
    case EventType.Breakpoint: {
      const access = ((attr.bpType & 1) !== 0 ? 'r' : '') + ((attr.bpType & 2) !== 0 ? 'w' : '') + ((attr.bpType & 4) !== 0 ? 'x' : '');
      return `mem:0x${attr.config1.toString(16)}:${access}${modifiers(attr)}`;
    }
    default:
      return `unknown event PMU=${attr.type} config=0x${config.toString(16)}`;
  }
}

function cacheName(config: number): string {
  const cache = CACHES[config & 0xff];
  const operation = OPERATIONS[(config >>> 8) & 0xff];
  const result = (config >>> 16) & 0xff;
  if (cache === undefined || operation === undefined || result > 1) return 'unknown-ext-hardware-cache-type';
  if (result === 1) return `${cache}-${operation}-misses`;
  return operation === 'prefetch' ? `${cache}-prefetches` : `${cache}-${operation}s`;
}

/** Letters for what is *not* excluded when anything is, `p` for each step of precision, host and guest when they differ. */
function modifiers(attr: PerfEventAttr): string {
  let letters = '';
  if (attr.excludeKernel || attr.excludeUser || attr.excludeHv) {
    if (!attr.excludeKernel) letters += 'k';
    if (!attr.excludeUser) letters += 'u';
    if (!attr.excludeHv) letters += 'h';
  }
  letters += 'p'.repeat(attr.preciseIp);
  if (attr.excludeHost || attr.excludeGuest) {
    if (!attr.excludeGuest) letters += 'G';
    if (!attr.excludeHost) letters += 'H';
  }
  return letters === '' ? '' : `:${letters}`;
}
