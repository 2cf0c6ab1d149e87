// Texts of stacks for formats with a line for each sample: most stacks come again. Kept while they are few, so that memory stays bounded.

import { MAX_STACK_TEXTS } from '../bytes/limits.ts';

/** What a line shows of a stack. */
export interface StackText {
  readonly leaf: string;
  readonly stack: string;
}

export class StackTexts {
  readonly #make: (stack: number) => StackText;
  readonly #kept = new Map<number, StackText>();
  #size = 0;

  /** `make` gives the texts of a node. */
  constructor(make: (stack: number) => StackText) {
    this.#make = make;
  }

  of(stack: number): StackText {
    const known = this.#kept.get(stack);
    if (known !== undefined) return known;
    const made = this.#make(stack);
    this.#size += made.stack.length + made.leaf.length;
    if (this.#size > MAX_STACK_TEXTS) {
      this.#kept.clear();
      this.#size = made.stack.length + made.leaf.length;
    }
    this.#kept.set(stack, made);
    return made;
  }
}
