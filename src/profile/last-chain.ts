// The user addresses of the chain before, by their distance from its outer end. Most chains end as the one before did (main and what
// called it): such an address is taken over with its location, without a look into the cache.

import { grown } from '../bytes/sorted.ts';

export class LastChain {
  /** The halves of the recorded addresses, and what they came to. */
  high: Int32Array = new Int32Array(128);
  low: Int32Array = new Int32Array(128);
  location: Int32Array = new Int32Array(128);
  #state = 0;

  /** To be called before a chain of `length` words: forgets all if the address space is not the one before. */
  enter(state: number, length: number): void {
    while (length >= this.low.length) {
      this.high = grown(this.high);
      this.low = grown(this.low);
      this.location = grown(this.location);
    }
    if (state === this.#state) return;
    this.#state = state;
    this.location.fill(-1);
  }
}
