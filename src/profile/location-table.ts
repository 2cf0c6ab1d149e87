// Places in code, interned: an address in a module is one location however often and in how many processes it is met. A location
// knows its frame (frame-table.ts: the function) and how far into it the address lies, which is what perf script prints.

import { addressHash } from '../bytes/int64.ts';
import { mixed } from '../bytes/mixing.ts';
import { grown } from '../bytes/sorted.ts';

export class LocationTable {
  length = 0;
  /** Module id, or -1: no mapping holds the address. */
  module: Int32Array = new Int32Array(1024);
  /** In the module's coordinates; the absolute address where there is no module. */
  relative: Float64Array = new Float64Array(1024);
  /** Index in the module's symbol table, or -1. */
  symbol: Int32Array = new Int32Array(1024);
  /** Index in the FrameTable. */
  frame: Int32Array = new Int32Array(1024);
  // Open addressing over (module, symbol, relative): a slot holds location + 1, 0 is empty.
  #slots = new Int32Array(4096);

  /** The location, or -1 if it is not known yet: then `add` it. */
  find(module: number, symbol: number, relative: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash(module, symbol, relative) & mask; ; slot = (slot + 1) & mask) {
      const location = this.#slots[slot]! - 1;
      if (location < 0) return -1;
      if (this.relative[location] === relative && this.module[location] === module && this.symbol[location] === symbol) return location;
    }
  }

  /** A location that `find` did not know. */
  add(module: number, symbol: number, relative: number, frame: number): number {
    if (this.length === this.module.length) {
      this.module = grown(this.module);
      this.relative = grown(this.relative);
      this.symbol = grown(this.symbol);
      this.frame = grown(this.frame);
    }
    const location = this.length++;
    this.module[location] = module;
    this.relative[location] = relative;
    this.symbol[location] = symbol;
    this.frame[location] = frame;
    if (this.length * 2 > this.#slots.length) this.#grow();
    else this.#place(location);
    return location;
  }

  #place(location: number): void {
    const mask = this.#slots.length - 1;
    let slot = hash(this.module[location]!, this.symbol[location]!, this.relative[location]!) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = location + 1;
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let location = 0; location < this.length; location++) this.#place(location);
  }
}

function hash(module: number, symbol: number, relative: number): number {
  return mixed(addressHash(relative), Math.imul(module, 31) + symbol);
}
