// Which functions of a recording have the most samples: those that lie in the code (a call that was inlined counts for the function that its
// code is in), and of each source file too.

import type { ExportTables } from '../../formats/format.ts';
import type { PageSamples } from './page-data.ts';

/** By falling number of samples that were taken in them. */
export interface HottestFunctions {
  /** Index in CodeTable.functions; no inlined ones. */
  readonly functions: readonly number[];
  /** As CodeFunction.file has them; '' is left out. */
  readonly files: readonly string[];
}

export function hottestFunctions({ code, stacks }: ExportTables, samples: PageSamples): HottestFunctions {
  const own = new Float64Array(code.functions.length);
  const files = new Map<string, number>();
  const byPlace = new Float64Array(code.length);
  for (let i = 0; i < samples.length; i++) {
    const node = samples.node[i]!;
    if (node !== 0) byPlace[stacks.frame[node]!]!++;
  }
  for (let place = 0; place < byPlace.length; place++) {
    const count = byPlace[place]!;
    if (count === 0) continue;
    let outer = place;
    for (;;) {
      const { file } = code.at(outer);
      if (file !== '') files.set(file, (files.get(file) ?? 0) + count);
      if (code.outer[outer]! < 0) break;
      outer = code.outer[outer]!;
    }
    own[code.function[outer]!]! += count;
  }
  // Callers only have lines too: behind all that were sampled.
  for (let place = 0; place < code.length; place++) {
    const { file } = code.at(place);
    if (file !== '' && !files.has(file)) files.set(file, 0);
  }
  return {
    functions: [...own.keys()].filter((fn) => own[fn]! > 0).sort((a, b) => own[b]! - own[a]! || a - b),
    files: [...files].sort((a, b) => b[1] - a[1]).map(([file]) => file),
  };
}
