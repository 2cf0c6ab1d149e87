// STAT_CONFIG, STAT, STAT_ROUND and READ: counts instead of samples (FORMAT 2.1, 2.2, 2.3.3; SPEC 4.6, 5.2).

import type { RecordView } from '../record-view.ts';
import { ReadFormat } from '../sample-format.ts';

export interface StatConfigEntry {
  /** 0 aggregation, 1 interval, 2 scale, 3 level. */
  readonly tag: bigint;
  readonly value: bigint;
}

export function readStatConfig(record: RecordView): StatConfigEntry[] {
  const { view, offset, end, littleEndian } = record;
  if (offset + 16 > end) return [];
  const count = Math.min(Number(view.getBigUint64(offset + 8, littleEndian)), Math.floor((end - offset - 16) / 16));
  return Array.from({ length: count }, (_, i) => ({
    tag: view.getBigUint64(offset + 16 + i * 16, littleEndian),
    value: view.getBigUint64(offset + 24 + i * 16, littleEndian),
  }));
}

export interface StatRecord {
  readonly id: bigint;
  readonly cpu: number;
  readonly thread: number;
  readonly value: bigint;
  /** ns. */
  readonly enabled: bigint;
  readonly running: bigint;
}

export function readStat(record: RecordView): StatRecord | undefined {
  const { view, offset, littleEndian } = record;
  if (offset + 48 > record.end) return undefined;
  return {
    id: view.getBigUint64(offset + 8, littleEndian),
    cpu: view.getInt32(offset + 16, littleEndian),
    thread: view.getInt32(offset + 20, littleEndian),
    value: view.getBigUint64(offset + 24, littleEndian),
    enabled: view.getBigUint64(offset + 32, littleEndian),
    running: view.getBigUint64(offset + 40, littleEndian),
  };
}

export interface StatRoundRecord {
  readonly isFinal: boolean;
  /** ns. */
  readonly time: bigint;
}

export function readStatRound(record: RecordView): StatRoundRecord | undefined {
  const { view, offset, littleEndian } = record;
  if (offset + 24 > record.end) return undefined;
  return { isFinal: view.getBigUint64(offset + 8, littleEndian) === 1n, time: view.getBigUint64(offset + 16, littleEndian) };
}

/** The value of one event; id and lost where the read format has them. */
export interface ReadValue {
  readonly value: bigint;
  readonly id: bigint | undefined;
  readonly lost: bigint | undefined;
}

export interface ReadValues {
  /** ns; undefined where the read format does not have it. */
  readonly enabled: bigint | undefined;
  readonly running: bigint | undefined;
  /** One, or those of a group with its leader first. */
  readonly values: readonly ReadValue[];
}

/** The values of a READ field or record, which lie in [at, end); undefined where they do not fit. */
export function readReadValues(record: RecordView, at: number, end: number, readFormat: number): ReadValues | undefined {
  const { view, littleEndian } = record;
  let offset = at;
  let cut = false;
  const next = (): bigint => {
    offset += 8;
    if (offset <= end) return view.getBigUint64(offset - 8, littleEndian);
    cut = true;
    return 0n;
  };
  const optional = (bit: number): bigint | undefined => ((readFormat & bit) === 0 ? undefined : next());
  if ((readFormat & ReadFormat.Group) === 0) {
    const value = next();
    const enabled = optional(ReadFormat.TotalTimeEnabled);
    const running = optional(ReadFormat.TotalTimeRunning);
    const single = { value, id: optional(ReadFormat.Id), lost: optional(ReadFormat.Lost) };
    return cut ? undefined : { enabled, running, values: [single] };
  }
  const count = Number(next());
  const enabled = optional(ReadFormat.TotalTimeEnabled);
  const running = optional(ReadFormat.TotalTimeRunning);
  const values: ReadValue[] = [];
  for (let i = 0; i < count && !cut; i++) {
    values.push({ value: next(), id: optional(ReadFormat.Id), lost: optional(ReadFormat.Lost) });
  }
  return cut ? undefined : { enabled, running, values };
}

/** READ: what a task's counter stood at when the task ended. `trailerSize` as the event's layout has it. */
export function readReadRecord(
  record: RecordView, readFormat: number, trailerSize: number,
): { readonly pid: number; readonly tid: number; readonly values: ReadValues } | undefined {
  const { view, offset, littleEndian } = record;
  if (offset + 16 > record.end) return undefined;
  const values = readReadValues(record, offset + 16, record.end - trailerSize, readFormat);
  if (values === undefined) return undefined;
  return { pid: view.getInt32(offset + 8, littleEndian), tid: view.getInt32(offset + 12, littleEndian), values };
}
