// All vectors that are built, family by family.

import type { Vector } from './builder/vector.ts';
import { kernelRecordVectors } from './built/kernel-records.ts';

export function builtVectors(): readonly Vector[] {
  return [...kernelRecordVectors];
}
