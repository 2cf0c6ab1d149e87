// The values of --time, as perf's report, script and diff take them: `12.5,13` in seconds of the recording's clock, of which either may
// be left out; several such, in order, separated by blanks; and shares of the time: `10%` or `10%/1` (the first tenth), `10%/2`
// (the second), `0%-10%`, and several of these separated by commas.

import { PerftsError } from '../bytes/errors.ts';
import type { TimeChoice, TimeShare, TimeSpan } from '../profile/time-spans.ts';

const SECOND = 1_000_000_000n;

/** Throws PERFTS_USAGE with one line that names the option. */
export function parseTimeRange(option: string, text: string): TimeChoice {
  if (text.includes('%')) return { kind: 'share', shares: text.trim().split(',').map((part) => shareOf(option, text, part.trim())) };
  const parts = /^\s*,\s*$/.test(text) ? [','] : text.replace(/\s*,\s*/g, ',').trim().split(/\s+/);
  const spans = parts.map((part) => spanOf(option, text, part));
  for (let i = 1; i < spans.length; i++) {
    const { to } = spans[i - 1]!;
    const { from } = spans[i]!;
    if (to === undefined || from === undefined || from < to) throw usage(option, text, 'several times stand in order, and do not overlap');
  }
  return { kind: 'clock', spans };
}

function spanOf(option: string, text: string, part: string): TimeSpan {
  const match = /^(\d{1,11}(?:\.\d{0,9})?)?,(\d{1,11}(?:\.\d{0,9})?)?$/.exec(part);
  if (match === null) throw usage(option, text, "give two times in seconds, of which either may be left out, like '12.5,13', or a share, like '10%/2' or '0%-10%'");
  const from = nanoseconds(match[1]);
  const to = nanoseconds(match[2]);
  if (from !== undefined && to !== undefined && to < from) throw usage(option, text, 'it ends before it begins');
  return { from, to };
}

function shareOf(option: string, text: string, part: string): TimeShare {
  const match = /^(\d+(?:\.\d+)?)%(?:\/(\d{1,9})|-(\d+(?:\.\d+)?)%)?$/.exec(part);
  if (match === null) throw usage(option, text, "shares are written like '10%', '10%/2' or '0%-10%', several with commas between");
  const first = Number(match[1]) / 100;
  const to = match[3] === undefined ? undefined : Number(match[3]) / 100;
  const number = Number(match[2] ?? 1);
  const share = to === undefined ? { from: first * (number - 1), to: first * number } : { from: first, to };
  // For the rounding of doubles.
  if (number === 0 || share.to <= share.from || share.to > 1 + 1e-9) throw usage(option, text, 'a share is more than nothing, and lies within 100 percent');
  return { from: share.from, to: Math.min(share.to, 1) };
}

function nanoseconds(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  const [seconds = '0', fraction = ''] = text.split('.');
  return BigInt(seconds) * SECOND + BigInt(fraction.padEnd(9, '0'));
}

function usage(option: string, text: string, why: string): PerftsError {
  return new PerftsError('PERFTS_USAGE', `${option} '${text}': ${why}`);
}

const UNITS: Readonly<Record<string, bigint>> = { '': 1n, ns: 1n, us: 1_000n, ms: 1_000_000n, s: 1_000_000_000n };

/** `10ms`, in nanoseconds; without a unit they are meant. */
export function parseQuantum(option: string, text: string): bigint {
  const match = /^\s*(\d{1,15})\s*(ns|us|ms|s)?\s*$/.exec(text);
  const quantum = BigInt(match?.[1] ?? 0) * (UNITS[match?.[2] ?? ''] ?? 1n);
  if (quantum === 0n) throw usage(option, text, 'it is a time such as 10ms, 500us or 1s');
  return quantum;
}
