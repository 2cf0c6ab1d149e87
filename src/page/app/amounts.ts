// Amounts as the page writes them: times, counts, shares.

import { grouped, percentOf } from '../../views/counted.ts';

export type WeightUnit = 'nanoseconds' | 'count' | 'samples';

/** `1.24 s`, `350 ms`, `12.5 µs`. */
export function timeText(nanoseconds: number): string {
  if (nanoseconds === 0) return '0 s';
  for (const [size, unit] of [[1e9, 's'], [1e6, 'ms'], [1e3, 'µs']] as const) {
    if (nanoseconds >= size) {
      const value = nanoseconds / size;
      return `${value >= 100 ? value.toFixed(0) : value.toPrecision(3)} ${unit}`;
    }
  }
  return `${Math.round(nanoseconds)} ns`;
}

/** A sum of periods, or of samples. */
export function weightText(weight: number, unit: WeightUnit): string {
  return unit === 'nanoseconds' ? timeText(weight) : grouped(Math.round(weight));
}

/** `1 sample`, `1 234 samples`. */
export function samplesText(samples: number): string {
  return `${grouped(samples)} ${samples === 1 ? 'sample' : 'samples'}`;
}

/** `35.2 %`; of nothing `0.0 %`. */
export function shareText(part: number, whole: number): string {
  return whole > 0 ? percentOf(part, whole) : '0.0 %';
}

/** A moment of the recording: `0.350 s`, with as many digits as a step of that length needs. */
export function momentText(nanoseconds: number, step: number): string {
  const digits = step > 0 ? Math.min(9, Math.max(0, Math.ceil(-Math.log10(step / 1e9)))) : 3;
  return `${(nanoseconds / 1e9).toFixed(digits)} s`;
}
