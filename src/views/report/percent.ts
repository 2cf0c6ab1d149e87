// Numbers as C's printf writes them.

/** `%.2f`. Unlike toFixed, a number exactly between two goes to the even one; only eighths can lie so. */
export function twoDecimals(value: number): string {
  const eighths = value * 8;
  if (Math.abs(eighths) % 2 !== 1) return value.toFixed(2);
  const below = Math.floor(value * 100);
  return ((below % 2 === 0 ? below : below + 1) / 100).toFixed(2);
}

/** Part of a whole in percent, as perf computes it; 0 of nothing is 0. */
export function percentOf(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}

/** `1018` as `1K`: divided by 1000 as long as it is more than that, cut off, with the letter or a blank. */
export function countWithUnit(count: number): string {
  let value = count;
  let unit = 0;
  while (value > 1000 && unit < 3) {
    value = Math.floor(value / 1000);
    unit++;
  }
  return `${value}${' KMG'[unit]}`;
}

/** `%.1f`. Ties, which only quarters can be, go to the even digit. */
export function oneDecimal(value: number): string {
  const quarters = value * 4;
  if (Math.abs(quarters) % 2 !== 1) return value.toFixed(1);
  const below = Math.floor(value * 10);
  return ((below % 2 === 0 ? below : below + 1) / 10).toFixed(1);
}
