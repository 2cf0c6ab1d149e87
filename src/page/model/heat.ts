// Where in one function the samples are: by line of its source, and by instruction. Of stacks as they are shown.

import type { CodeFunction } from '../../formats/code-table.ts';
import type { PageData } from '../data/page-data.ts';
import type { StackSums } from './sample-sums.ts';

/** Weights of one line or instruction. */
export interface Heat {
  /** Sampled right there. */
  self: number;
  /** And in what was called from there, once a stack; of instructions as `self`. */
  total: number;
  samples: number;
}

export interface FunctionHeat {
  /** By line, from 1; 0 for places whose line is not known. */
  readonly lines: ReadonlyMap<number, Heat>;
  /** By address (PagePlaces.address). Inlined calls count at the instruction of the function that holds them. */
  readonly addresses: ReadonlyMap<number, Heat>;
}

/** The functions that are this one: under Python's view it has a number of its own. */
export function sameFunctions({ functions }: PageData, fn: number): number[] {
  const wanted = functions[fn];
  if (wanted === undefined) return [];
  return functions.flatMap((other, index) => (isSame(wanted, other) ? [index] : []));
}

function isSame(a: CodeFunction, b: CodeFunction): boolean {
  return a === b || (a.kind === b.kind && a.name === b.name && a.file === b.file && a.module === b.module && a.symbol === b.symbol);
}

/** `sums` are of recorded stacks: only they know lines. */
export function functionHeat({ stacks, places }: PageData, sums: StackSums, functions: readonly number[]): FunctionHeat {
  const { length, parent, place } = stacks;
  const isOne = new Set(functions);
  const isPlace = new Uint8Array(places.length);
  for (let at = 0; at < places.length; at++) if (isOne.has(places.function[at]!)) isPlace[at] = 1;
  const total = sums.weight.slice();
  for (let node = length - 1; node > 0; node--) total[parent[node]!]! += total[node]!;
  const lines = new Map<number, Heat>();
  const addresses = new Map<number, Heat>();
  // By node: the nearest one of the function, above or itself; 0 for none.
  const nearest = new Int32Array(length);
  for (let node = 1; node < length; node++) {
    const at = place[node]!;
    const above = nearest[parent[node]!]!;
    nearest[node] = isPlace[at] === 1 ? node : above;
    if (isPlace[at] === 1 && total[node]! > 0) {
      const line = places.line[at]!;
      const heat = heatAt(lines, line);
      heat.self += sums.weight[node]!;
      heat.samples += sums.samples[node]!;
      let outer = above;
      while (outer !== 0 && places.line[place[outer]!] !== line) outer = nearest[parent[outer]!]!;
      if (outer === 0) heat.total += total[node]!;
    }
    if (sums.samples[node]! > 0) {
      let holder = at;
      // A place is inlined into an earlier or later one; damaged columns must not go round.
      for (let steps = 0; places.outer[holder]! >= 0 && steps < places.length; steps++) holder = places.outer[holder]!;
      if (isPlace[holder] === 1 && places.address[holder] !== -1) {
        const heat = heatAt(addresses, places.address[holder]!);
        heat.self += sums.weight[node]!;
        heat.total += sums.weight[node]!;
        heat.samples += sums.samples[node]!;
      }
    }
  }
  return { lines, addresses };
}

function heatAt(heats: Map<number, Heat>, at: number): Heat {
  let heat = heats.get(at);
  if (heat === undefined) heats.set(at, (heat = { self: 0, total: 0, samples: 0 }));
  return heat;
}
