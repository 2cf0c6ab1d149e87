// Ways to damage a file, by a seed: the same damage in every run, so that what goes wrong once can be looked at.

/** Gives whole numbers from 0 to `below` - 1. */
export type Random = (below: number) => number;

export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

export function cutOff(bytes: Uint8Array, random: Random): Uint8Array {
  return bytes.slice(0, random(bytes.length));
}

/** One byte changed to any other. */
export function withChangedByte(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = bytes.slice();
  const at = random(bytes.length);
  changed[at]! += 1 + random(255);
  return changed;
}

/** Several changes, of one byte or a run of bytes: random ones, zeros, ones, a piece from elsewhere; half of them near the start, where tables are. */
export function withManyChanges(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = bytes.slice();
  for (let i = random(8); i >= 0; i--) {
    const at = random(random(2) === 0 ? Math.min(bytes.length, 1024) : bytes.length);
    const length = Math.min(random(3) === 0 ? random(64) : random(9), bytes.length - at);
    const kind = random(4);
    if (kind === 0) for (let j = 0; j < length; j++) changed[at + j] = random(256);
    else if (kind === 3) changed.set(bytes.subarray(0, length).map((_, j) => bytes[(at * 7 + j) % bytes.length]!), at);
    else changed.fill(kind === 1 ? 0 : 0xff, at, at + length);
  }
  return changed;
}

/** A piece left out, or put in twice: what interrupted and repeated writes leave. */
export function withShiftedPiece(bytes: Uint8Array, random: Random): Uint8Array {
  const from = random(bytes.length);
  const to = Math.min(from + 1 + random(4096), bytes.length);
  const twice = random(2) === 0;
  const shifted = new Uint8Array(bytes.length + (twice ? to - from : from - to));
  shifted.set(bytes.subarray(0, twice ? to : from));
  shifted.set(bytes.subarray(twice ? from : to), twice ? to : from);
  return shifted;
}
