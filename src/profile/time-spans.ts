// Parts of a recording's time, for --time: by its clock, or as shares of the time from its first sample to its last. What perf makes of
// the words was seen by running it: both ends belong to a part, but the end of a share is the beginning of the next one.

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
  | { readonly kind: 'clock'; readonly spans: readonly TimeSpan[]; /** Counted from the first sample. */ readonly relative?: boolean }
  | { readonly kind: 'share'; readonly shares: readonly TimeShare[] };

/** When the first and the last sample of a recording were taken, nanoseconds of its clock. */
export interface TimeBounds {
  readonly first: bigint;
  readonly last: bigint;
}

/** The parts in the recording's own numbers. To be asked once a time of the recording was read: the first one is what times are relative to. */
export class TimeSpans {
  readonly #spans: readonly TimeSpan[];
  readonly #timeBase: TimeBase;
  #from: Float64Array | undefined;
  #to = new Float64Array(0);

  constructor(spans: readonly TimeSpan[], timeBase: TimeBase) {
    this.#spans = spans;
    this.#timeBase = timeBase;
  }

  /** Whether a time (TimeBase) lies in one of them. */
  includes(time: number): boolean {
    const from = (this.#from ??= this.#limits());
    const to = this.#to;
    for (let i = 0; i < from.length; i++) if (time >= from[i]! && time <= to[i]!) return true;
    return false;
  }

  /** Whether all of them have ended. */
  isPast(time: number): boolean {
    this.#from ??= this.#limits();
    return this.#to.every((to) => time > to);
  }

  #limits(): Float64Array {
    const timeBase = this.#timeBase;
    this.#to = Float64Array.from(this.#spans, ({ to }) => (to === undefined ? Infinity : timeBase.of(to)));
    return Float64Array.from(this.#spans, ({ from }) => (from === undefined ? -Infinity : timeBase.of(from)));
  }
}

/** Times counted from the first sample as times of the clock. */
export function spansFrom({ first }: TimeBounds, spans: readonly TimeSpan[]): TimeSpan[] {
  return spans.map(({ from, to }) => ({ from: from === undefined ? undefined : from + first, to: to === undefined ? undefined : to + first }));
}

/** The shares as times. */
export function spansOfShares(shares: readonly TimeShare[], { first, last }: TimeBounds): TimeSpan[] {
  const whole = Number(last - first);
  const at = (share: number): bigint => first + BigInt(Math.round(share * whole));
  return shares.map((share) => {
    const from = at(share.from);
    const to = at(share.to);
    return { from, to: to > from && to !== last ? to - 1n : to };
  });
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
