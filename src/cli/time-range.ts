// `--time 12.5,13`: seconds of the recording's clock, as perf script prints them; either end may be left out.

import { PerftsError } from '../bytes/errors.ts';

/** Nanoseconds, both ends included. */
export interface TimeRange {
  readonly from: bigint | undefined;
  readonly to: bigint | undefined;
}

export function parseTimeRange(option: string, text: string): TimeRange {
  const match = /^\s*(\d+(?:\.\d{1,9})?)?\s*,\s*(\d+(?:\.\d{1,9})?)?\s*$/.exec(text);
  const from = nanoseconds(match?.[1]);
  const to = nanoseconds(match?.[2]);
  if (match === null || (from === undefined && to === undefined)) {
    throw new PerftsError('PERFTS_USAGE', `${option} takes two times in seconds, of which one may be left out: '12.5,13', not '${text}'`);
  }
  return { from, to };
}

function nanoseconds(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  const [seconds = '0', fraction = ''] = text.split('.');
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
}
