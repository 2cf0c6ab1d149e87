// How much of a recording has no names: what a reader of its graphs should know before trusting them.

import type { PageData } from '../data/page-data.ts';

export interface Unnamed {
  /** Samples of all events, and of them those taken in code that nothing names. */
  readonly samples: number;
  readonly unnamed: number;
  /** Functions that stand for nameless places: one for each module. */
  readonly functions: number;
}

export function unnamedSamples({ functions, places, stacks, samples }: PageData): Unnamed {
  const isUnnamed = Uint8Array.from(functions, ({ symbol, name }) => (symbol === '' && name.startsWith('[') ? 1 : 0));
  let unnamed = 0;
  for (let index = 0; index < samples.length; index++) {
    const node = samples.node[index]!;
    if (node !== 0 && isUnnamed[places.function[stacks.place[node]!]!] === 1) unnamed++;
  }
  return { samples: samples.length, unnamed, functions: isUnnamed.reduce((sum, one) => sum + one, 0) };
}
