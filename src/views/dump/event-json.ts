// Events as JSON (SPEC 2): the fields of the attr under the kernel's names in camel case, those that are 0 left out.

import { ATTR_FLAG_NAMES, type PerfEventAttr } from '../../perfdata/attr.ts';
import type { PerfEvent } from '../../perfdata/event-table.ts';
import { attrLayout } from '../../perfdata/layouts/attr.ts';
import type { CpuLists } from './cpu-lists.ts';
import { type Json, type JsonObject, bytesJson, hexOf, hexUnlessZero, realNumber } from './json.ts';

/** precise_ip is a number, not a flag. */
const PRECISE_IP_BITS: readonly number[] = [15, 16];
const FLAG_COUNT = 64;

/** An entry of the recording's `events`. */
export function eventJson(event: PerfEvent, cpuLists: CpuLists): JsonObject {
  const { name, unit, scale, cpuRuns } = event;
  return {
    name,
    ...attrJson(event.attr, event.ids),
    unit: unit === '' ? undefined : unit,
    scale: scale === 1 ? undefined : realNumber(scale),
    cpus: cpuRuns.length === 0 ? undefined : cpuLists.of(cpuRuns),
  };
}

/** An attr with its ids. type, size, config, sampleType, flags and ids are always there. */
export function attrJson(attr: PerfEventAttr, ids: readonly bigint[]): JsonObject {
  const number = (value: number): number | undefined => (value === 0 ? undefined : value);
  const sampleType = (BigInt(attr.sampleTypeHigh >>> 0) << 32n) | BigInt(attr.sampleType >>> 0);
  return {
    type: attr.type,
    size: attr.size,
    config: hexOf(attr.config),
    samplePeriod: attr.samplePeriod === 0n ? undefined : String(attr.samplePeriod),
    sampleType: hexOf(sampleType),
    readFormat: hexUnlessZero(attr.readFormatExact),
    flags: flagNames(attr),
    preciseIp: number(attr.preciseIp),
    wakeup: number(attr.wakeup),
    bpType: number(attr.bpType),
    config1: hexUnlessZero(attr.config1),
    config2: hexUnlessZero(attr.config2),
    branchSampleType: hexUnlessZero(attr.branchSampleType),
    sampleRegsUser: hexUnlessZero(attr.sampleRegsUser),
    sampleStackUser: number(attr.sampleStackUser),
    clockId: number(attr.clockId),
    sampleRegsIntr: hexUnlessZero(attr.sampleRegsIntr),
    auxWatermark: number(attr.auxWatermark),
    sampleMaxStack: number(attr.sampleMaxStack),
    auxSampleSize: number(attr.auxSampleSize),
    auxAction: number(attr.auxAction),
    sigData: hexUnlessZero(attr.sigData),
    config3: hexUnlessZero(attr.config3),
    config4: hexUnlessZero(attr.config4),
    rest: attr.bytes.length > attrLayout.size ? bytesJson(attr.bytes.subarray(attrLayout.size)) : undefined,
    ids: ids.map(String),
  };
}

function flagNames(attr: PerfEventAttr): Json {
  const names: string[] = [];
  for (let bit = 0; bit < FLAG_COUNT; bit++) {
    if (attr.flag(bit) && !PRECISE_IP_BITS.includes(bit)) names.push(ATTR_FLAG_NAMES[bit] ?? `flag ${bit}`);
  }
  return names;
}
