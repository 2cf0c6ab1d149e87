// How addresses compare in report's orders (FORMAT 3.8): by the signed difference where rows are sorted, as unsigned numbers where
// siblings of a call graph are. Both are exact also for addresses that no double holds (bytes/int64.ts).

import { isWide } from '../bytes/int64.ts';
import type { WideAddresses } from '../bytes/int64.ts';

/** The sign of the 64-bit difference a - b, which wraps around for addresses further apart than 2^63. */
export function compareByDifference(wide: WideAddresses, a: number, b: number): number {
  if (!isWide(a) && !isWide(b)) return a - b;
  return Number(BigInt.asIntN(64, wide.exact(a) - wide.exact(b)));
}

/** As unsigned numbers: kernel addresses above user ones. */
export function compareUnsigned(wide: WideAddresses, a: number, b: number): number {
  if (!isWide(a) && !isWide(b)) return a < 0 === b < 0 ? a - b : a < 0 ? 1 : -1;
  const left = BigInt.asUintN(64, wide.exact(a));
  const right = BigInt.asUintN(64, wide.exact(b));
  return left < right ? -1 : left > right ? 1 : 0;
}
