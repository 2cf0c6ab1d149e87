// What was found at an address, remembered: direct-mapped, keyed by the address and the state of its address space, so that a
// change of the mappings forgets without being told (CodeSpace.id, Process.state).

const SIZE = 1 << 14;

export class AddressCache {
  readonly #addresses = new Float64Array(SIZE);
  readonly #states = new Int32Array(SIZE);
  readonly #locations = new Int32Array(SIZE);

  /** The slot of an address; hand it to `get` and `set`. */
  slot(address: number): number {
    const high = Math.floor(address / 4_294_967_296);
    const low = address - high * 4_294_967_296;
    const mixed = Math.imul(low | 0, 0x9e3779b1) ^ Math.imul(high | 0, 0x85ebca6b);
    return (mixed >>> 18) & (SIZE - 1);
  }

  /** The location remembered for the address in this state, or -1. States are positive: an empty slot never matches. */
  get(slot: number, address: number, state: number): number {
    return this.#states[slot] === state && this.#addresses[slot] === address ? this.#locations[slot]! : -1;
  }

  set(slot: number, address: number, state: number, location: number): void {
    this.#addresses[slot] = address;
    this.#states[slot] = state;
    this.#locations[slot] = location;
  }
}
