// Punycode (RFC 3492) as Rust writes identifiers: the basic characters and the deltas are given apart.

const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const INITIAL_BIAS = 72;
const INITIAL_N = 0x80;

/** The identifier, undefined if the deltas are malformed. Takes time quadratic in the length, which a name bounds. */
export function decodePunycode(basic: string, deltas: string): string | undefined {
  const characters = [...basic];
  let n = INITIAL_N;
  let position = 0;
  let bias = INITIAL_BIAS;
  let damp = DAMP;
  let at = 0;
  while (at < deltas.length) {
    let delta = 0;
    let weight = 1;
    for (let k = BASE; ; k += BASE) {
      const digit = digitOf(deltas.charCodeAt(at++));
      if (digit < 0) return undefined;
      delta += digit * weight;
      if (delta > 0x7fffffff) return undefined;
      const threshold = Math.min(Math.max(k - bias, T_MIN), T_MAX);
      if (digit < threshold) break;
      weight *= BASE - threshold;
    }
    const count = characters.length + 1;
    position += delta;
    n += Math.floor(position / count);
    position %= count;
    if (n > 0x10ffff || (n >= 0xd800 && n < 0xe000)) return undefined;
    characters.splice(position++, 0, String.fromCodePoint(n));
    // Adaptation of the bias (RFC 3492, 6.1).
    delta = Math.floor(delta / damp);
    damp = 2;
    delta += Math.floor(delta / count);
    bias = 0;
    for (; delta > ((BASE - T_MIN) * T_MAX) / 2; bias += BASE) delta = Math.floor(delta / (BASE - T_MIN));
    bias += Math.floor(((BASE - T_MIN + 1) * delta) / (delta + SKEW));
  }
  return characters.join('');
}

/** a-z is 0 to 25, 0-9 is 26 to 35; -1 for anything else, the end among it. */
function digitOf(code: number): number {
  if (code >= 97 && code <= 122) return code - 97;
  if (code >= 48 && code <= 57) return code - 22;
  return -1;
}
