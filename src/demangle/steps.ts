// How much work a mangled name may ask for. Substitutions and back references can ask for exponentially much; true names need a few steps
// for each of their letters.

import { MAX_DEMANGLE_STEPS } from '../bytes/limits.ts';

const LEAST = 1_000;
const A_LETTER = 64;

export function mostSteps(mangled: string): number {
  return Math.min(LEAST + A_LETTER * mangled.length, MAX_DEMANGLE_STEPS);
}
