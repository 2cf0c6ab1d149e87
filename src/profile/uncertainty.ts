// How far a difference between two recordings may be chance: each is a sample of what the program did, and a function with 12 samples of
// 4 000 could as well have had 8 or 18. Limits of a share are Wilson's, of a count Byar's (both stay sensible down to no sample at all);
// limits of a difference are put together of them, each side's distance to the limit on that side, squared and added (Newcombe,
// Statistics in Medicine 17, 1998, method 10; for counts the same by Zou and Donner, 27, 2008). Not counted is what differs between two runs
// of a program besides the moments at which it was looked at.

/** From `low` to `high`. */
export interface Limits {
  readonly low: number;
  readonly high: number;
}

/**
 * How many standard deviations from the middle the limits lie that hold for all of `rows` rows at once with that confidence (0 to 1,
 * exclusively): each row gets its part of what may go wrong (Bonferroni).
 */
export function deviationsFor(confidence: number, rows: number): number {
  return normalQuantile(1 - (1 - confidence) / (2 * Math.max(1, rows)));
}

/** Of a share, 0 to 1, that was seen in `samples` samples (> 0). */
export function shareLimits(share: number, samples: number, deviations: number): Limits {
  const square = deviations * deviations;
  const middle = (share + square / (2 * samples)) / (1 + square / samples);
  const half = (deviations / (1 + square / samples)) * Math.sqrt((share * (1 - share)) / samples + square / (4 * samples * samples));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** Of a number of samples, whole or not, ≥ 0. */
export function countLimits(count: number, deviations: number): Limits {
  const low = count === 0 ? 0 : count * (1 - 1 / (9 * count) - deviations / (3 * Math.sqrt(count))) ** 3;
  const more = count + 1;
  return { low: Math.max(0, low), high: more * (1 - 1 / (9 * more) + deviations / (3 * Math.sqrt(more))) ** 3 };
}

/** Of `after` - `before`, each with its own limits. */
export function differenceLimits(before: number, beforeLimits: Limits, after: number, afterLimits: Limits): Limits {
  const difference = after - before;
  return {
    low: difference - Math.hypot(after - afterLimits.low, beforeLimits.high - before),
    high: difference + Math.hypot(afterLimits.high - after, before - beforeLimits.low),
  };
}

/** The standard normal distribution's quantile of 0.5 < p < 1, to 4 · 10^-4 (Abramowitz and Stegun, 26.2.23). */
function normalQuantile(p: number): number {
  const t = Math.sqrt(-2 * Math.log(1 - p));
  return t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
}
