// Hashes of numbers for tables with open addressing. The multipliers are other ones in every run: with fixed ones anybody can write a file
// whose ids or addresses all fall into one slot, and a table of 100 000 of them takes a minute. Nothing that is shown depends on them.

export const FACTOR_1: number = oddFactor();
export const FACTOR_2: number = oddFactor();
export const FACTOR_3: number = oddFactor();

/** Odd, so that no two words become one, and with about as many ones as zeros, so that each bit of a word moves many. */
function oddFactor(): number {
  for (;;) {
    const factor = (Math.random() * 4_294_967_296) | 1;
    let ones = 0;
    for (let bits = factor; bits !== 0; bits &= bits - 1) ones++;
    if (ones >= 13 && ones <= 19) return factor;
  }
}

/** Of two words of 32 bits; any of its bits may be used. */
export function mixed(first: number, second: number): number {
  const one = Math.imul(first, FACTOR_1);
  const two = Math.imul(one ^ (one >>> 15) ^ second, FACTOR_2);
  return two ^ (two >>> 13);
}
