// Where the time went by kind of code: Python, native code by library, what a runtime made, the kernel. By the innermost frame of Python's
// view where there is one, else of the recorded stack, as `perfts report --python` says it.

import { CODE_KIND_NAMES, CodeKind } from '../../formats/code-table.ts';
import type { PageData } from '../data/page-data.ts';
import type { StackSums } from './sample-sums.ts';

/** One part; the parts add up to all samples of the filter. */
export interface KindShare {
  readonly kind: CodeKind;
  /** Of native code; '' of other kinds, and where no library is known. */
  readonly library: string;
  readonly weight: number;
  readonly samples: number;
}

/** By node of PageData.stacks the kind of the code that runs when a sample ends there. */
export function kindsOfNodes({ stacks, places, functions }: PageData): Uint8Array {
  const kinds = new Uint8Array(stacks.length).fill(CodeKind.Unknown);
  const view = stacks.python;
  for (let node = 1; node < stacks.length; node++) {
    const shown = view?.[node] ?? 0;
    kinds[node] = functions[places.function[stacks.place[shown === 0 ? node : shown]!]!]!.kind;
  }
  return kinds;
}

/** The largest first. Sums are of recorded stacks or of Python's view: both end in the same kind. */
export function kindShares({ stacks, places, functions, modules }: PageData, kinds: Uint8Array, { weight, samples }: StackSums): KindShare[] {
  // By kind and, of native code, library; the last of each kind without one.
  const width = modules.length + 1;
  const weights = new Float64Array(CODE_KIND_NAMES.length * width);
  const counts = new Float64Array(weights.length);
  for (let node = 0; node < stacks.length; node++) {
    if (samples[node] === 0) continue;
    const kind = kinds[node]!;
    let library = modules.length;
    if (kind === CodeKind.Native && node !== 0) {
      const view = stacks.python?.[node] ?? 0;
      const { module } = functions[places.function[stacks.place[view === 0 ? node : view]!]!]!;
      if (module >= 0) library = module;
    }
    weights[kind * width + library]! += weight[node]!;
    counts[kind * width + library]! += samples[node]!;
  }
  const shares: KindShare[] = [];
  counts.forEach((count, index) => {
    if (count > 0) shares.push({ kind: Math.floor(index / width) as CodeKind, library: modules[index % width]?.name ?? '', weight: weights[index]!, samples: count });
  });
  return shares.sort((a, b) => b.weight - a.weight || b.samples - a.samples);
}
