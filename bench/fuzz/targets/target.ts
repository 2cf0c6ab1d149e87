// A target: one entry point, used as its users use it. It may fail in one way only, by throwing; PerftsError is no failure, since
// commands turn it into one plain line.

import type { InputFiles } from '../inputs.ts';
import type { Random } from '../random.ts';
import type { SeedKind } from '../seeds.ts';

export interface Target {
  readonly name: string;
  /** What it reads. */
  readonly kind: SeedKind;
  /** Its part of the inputs where all targets run, against the others'. */
  readonly weight: number;
  /** `random` chooses options; the same ones for the same input. */
  run(files: InputFiles, random: Random): void | Promise<void>;
}

/** What must always hold, and does not. */
export function broken(what: string): never {
  throw new Error(`invariant: ${what}`);
}
