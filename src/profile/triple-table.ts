// Triples of numbers to small numbers, by open addressing (STYLE 3.4): what tells the rows of a histogram apart.

import { addressHash } from '../bytes/int64.ts';
import { mixed } from '../bytes/mixing.ts';

export class TripleTable {
  #length = 0;
  #a = new Int32Array(256);
  #b = new Float64Array(256);
  #c = new Float64Array(256);
  // The number + 1; 0 is an empty slot.
  #number = new Int32Array(256);

  /** The number given to the triple before, or `next`, which it then keeps. `a` is an integer of 32 bits. */
  find(a: number, b: number, c: number, next: number): number {
    const mask = this.#number.length - 1;
    let slot = hash(a, b, c) & mask;
    for (; this.#number[slot] !== 0; slot = (slot + 1) & mask) {
      if (this.#b[slot] === b && this.#c[slot] === c && this.#a[slot] === a) return this.#number[slot]! - 1;
    }
    this.#put(slot, a, b, c, next + 1);
    if (++this.#length * 2 > this.#number.length) this.#grow();
    return next;
  }

  #put(slot: number, a: number, b: number, c: number, number: number): void {
    this.#a[slot] = a;
    this.#b[slot] = b;
    this.#c[slot] = c;
    this.#number[slot] = number;
  }

  #grow(): void {
    const [a, b, c, number] = [this.#a, this.#b, this.#c, this.#number];
    const size = number.length * 2;
    this.#a = new Int32Array(size);
    this.#b = new Float64Array(size);
    this.#c = new Float64Array(size);
    this.#number = new Int32Array(size);
    for (let old = 0; old < number.length; old++) {
      if (number[old] === 0) continue;
      let slot = hash(a[old]!, b[old]!, c[old]!) & (size - 1);
      while (this.#number[slot] !== 0) slot = (slot + 1) & (size - 1);
      this.#put(slot, a[old]!, b[old]!, c[old]!, number[old]!);
    }
  }
}

function hash(a: number, b: number, c: number): number {
  return mixed(mixed(addressHash(b), a), (c - b) | 0);
}
