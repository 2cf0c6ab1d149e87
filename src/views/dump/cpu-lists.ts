// Sets of CPUs, as text and as JSON.

import { MAX_CPUS_IN_JSON } from '../../bytes/limits.ts';
import { type CpuRun, cpusOf } from '../../perfdata/records/maps.ts';
import type { Json } from './json.ts';

/** `0-3,8`; `-1` is any CPU. */
export function cpuList(runs: readonly CpuRun[]): string {
  return runs.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`)).join(',');
}

/** The sets of one document: one by one, until together they are out of all proportion. */
export class CpuLists {
  #left = MAX_CPUS_IN_JSON;

  of(runs: readonly CpuRun[]): Json {
    let count = 0;
    for (const { first, last } of runs) count += last - first + 1;
    if (count > this.#left) return cpuList(runs);
    this.#left -= count;
    return cpusOf(runs);
  }
}
