// Parts of a recording's time, for --time: by its clock, or as shares of the time from its first sample to its last. What perf makes of
// the words was seen by running it: both ends belong to a part, but of several parts the end belongs to the last one only.

import { PerftsError } from '../bytes/errors.ts';
import type { OrderedRecords } from '../perfdata/ordered-records.ts';
import { RecordType } from '../perfdata/record-types.ts';
import type { TimeBase } from '../perfdata/time-base.ts';

/** Nanoseconds of the recording's clock, both ends included; undefined: no limit. */
export interface TimeSpan {
  readonly from: bigint | undefined;
  readonly to: bigint | undefined;
}

/** 0 to 1 each. */
export interface TimeShare {
  readonly from: number;
  readonly to: number;
}

/** What --time asks for. */
export type TimeChoice =
  | { readonly kind: 'clock'; readonly spans: readonly TimeSpan[] }
  | { readonly kind: 'share'; readonly shares: readonly TimeShare[] };

/** When the first and the last sample of a recording were taken, nanoseconds of its clock. */
export interface TimeBounds {
  readonly first: bigint;
  readonly last: bigint;
}

/** The parts in the recording's own numbers. */
export class TimeSpans {
  readonly #from: Float64Array;
  readonly #to: Float64Array;

  constructor(spans: readonly TimeSpan[], timeBase: TimeBase) {
    const last = spans.length - 1;
    this.#from = Float64Array.from(spans, ({ from }) => (from === undefined ? -Infinity : timeBase.of(from)));
    this.#to = Float64Array.from(spans, ({ to }, i) => (to === undefined ? Infinity : timeBase.of(i < last ? to - 1n : to)));
  }

  /** Where the last of them ends. */
  get end(): number {
    return Math.max(...this.#to);
  }

  /** Whether a time (TimeBase) lies in one of them. */
  includes(time: number): boolean {
    const from = this.#from;
    const to = this.#to;
    for (let i = 0; i < from.length; i++) if (time >= from[i]! && time <= to[i]!) return true;
    return false;
  }
}

/** The shares as times. */
export function spansOfShares(shares: readonly TimeShare[], { first, last }: TimeBounds): TimeSpan[] {
  const whole = Number(last - first);
  const at = (share: number): bigint => first + BigInt(Math.round(share * whole));
  return shares.map(({ from, to }) => ({ from: at(from), to: at(to) }));
}

/**
 * The times of the first and last sample, found by reading all records: recorders that did not look at samples do not say them.
 * @throws PerftsError PERFTS_USAGE where no sample has a time.
 */
export async function findTimeBounds(records: OrderedRecords, timeBase: TimeBase): Promise<TimeBounds> {
  let first = Infinity;
  let last = -Infinity;
  for (let more = records.next(); typeof more === 'boolean' ? more : await more; more = records.next()) {
    if (records.record.type !== RecordType.Sample || !records.hasTime) continue;
    first = Math.min(first, records.time);
    last = Math.max(last, records.time);
  }
  if (first > last) throw new PerftsError('PERFTS_USAGE', '--time: no sample of this recording has a time');
  return { first: timeBase.exact(first), last: timeBase.exact(last) };
}
