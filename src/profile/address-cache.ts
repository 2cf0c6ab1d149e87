// What was found at an address, remembered: direct-mapped, keyed by the address and the state of its address space, so that a
// change of the mappings forgets without being told (CodeSpace.id, Process.state). Addresses come as the two words they were
// recorded as: whole numbers of 32 bits, which V8 hands from function to function without a box, as it does not do with doubles.

const SIZE = 1 << 14;

export class AddressCache {
  readonly #high = new Int32Array(SIZE);
  readonly #low = new Int32Array(SIZE);
  readonly #states = new Int32Array(SIZE);
  readonly #locations = new Int32Array(SIZE);

  /** The location remembered for the address in this state, or -1. States are positive: an empty slot never matches. */
  get(high: number, low: number, state: number): number {
    const slot = (Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) >>> 18;
    return this.#low[slot] === low && this.#high[slot] === high && this.#states[slot] === state ? this.#locations[slot]! : -1;
  }

  set(high: number, low: number, state: number, location: number): void {
    const slot = (Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) >>> 18;
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#states[slot] = state;
    this.#locations[slot] = location;
  }
}
