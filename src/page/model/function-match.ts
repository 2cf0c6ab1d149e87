// Which functions an expression fits, and which stacks run through one that it fits.

import { telling } from '../../formats/code-table.ts';
import type { PageData } from '../data/page-data.ts';

/** Letters of a name that are looked at: names of C++ reach ten thousands, and an expression may go over them many times. */
const MOST = 2_048;

/** Letters of a name that an address is burdened with. */
const LONG = 300;

/** An expression as it was typed; small letters fit large ones too. What is no expression is looked for as it stands. */
export function patternOf(text: string): RegExp | undefined {
  if (text === '') return undefined;
  const flags = text === text.toLowerCase() ? 'iu' : 'u';
  for (const source of [text, literal(text)]) {
    try {
      return new RegExp(source, flags);
    } catch {
      // The second one is always one.
    }
  }
  return undefined;
}

/** An expression that fits one function's name, of long ones their beginning. */
export function patternOfFunction({ functions }: PageData, fn: number): string {
  const name = telling(functions[fn]!);
  return name.length > LONG ? `^${literal(name.slice(0, LONG))}` : `^${literal(name)}$`;
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** By function: 1 where its name fits (`run (shop.py)`). */
export function matchingFunctions({ functions }: PageData, pattern: RegExp): Uint8Array {
  const matches = new Uint8Array(functions.length);
  for (let index = 0; index < matches.length; index++) {
    const name = telling(functions[index]!);
    if (pattern.test(name.length > MOST ? name.slice(0, MOST) : name)) matches[index] = 1;
  }
  return matches;
}

/** By node of the stacks: 1 where a function from the root to here fits. */
export function matchingStacks({ stacks, places }: PageData, functions: Uint8Array): Uint8Array {
  const { length, parent, place } = stacks;
  const { function: functionOf } = places;
  const matches = new Uint8Array(length);
  for (let node = 1; node < length; node++) matches[node] = matches[parent[node]!]! | functions[functionOf[place[node]!]!]!;
  return matches;
}

/** Masks of the expressions that were asked for last: only typing changes them. */
export class StackMasks {
  readonly #data: PageData;
  readonly #known = new Map<string, Uint8Array>();

  constructor(data: PageData) {
    this.#data = data;
  }

  /** Of each node whether its stack runs through a function that fits; of the Python view's or the recorded one, where `python` is on. */
  of(pattern: RegExp, python: boolean): Uint8Array {
    const key = `${python ? 'p' : 'r'}${pattern.flags} ${pattern.source}`;
    let mask = this.#known.get(key);
    if (mask === undefined) {
      const recorded = matchingStacks(this.#data, matchingFunctions(this.#data, pattern));
      mask = recorded;
      const view = python ? this.#data.stacks.python : undefined;
      if (view !== undefined) mask = mask.map((matches, node) => matches | recorded[view[node]!]!);
      if (this.#known.size >= 4) this.#known.delete(this.#known.keys().next().value!);
      this.#known.set(key, mask);
    }
    return mask;
  }
}
