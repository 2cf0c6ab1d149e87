// Numbers that a seed and a label decide: the same input in every run, on every machine (mulberry32).

/** A stream of random numbers. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** The stream of a label: streams of different labels have nothing to do with each other. */
  static of(seed: number, label: string): Random {
    let hash = (2_166_136_261 ^ seed) >>> 0;
    for (let i = 0; i < label.length; i++) hash = Math.imul(hash ^ label.charCodeAt(i), 16_777_619) >>> 0;
    return new Random(Math.imul(hash ^ (hash >>> 15), 0x85ebca6b));
  }

  /** 0 to 2^32 - 1. */
  word(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    const state = this.#state;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** A whole number from 0 to `below` - 1; 0 where there is none. */
  below(below: number): number {
    return below <= 1 ? 0 : Math.floor((this.word() / 4_294_967_296) * below);
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  /** Few more often than many: 1, and each further one half as likely, up to `most`. */
  few(most: number): number {
    let count = 1;
    while (count < most && this.below(2) === 0) count++;
    return count;
  }
}
