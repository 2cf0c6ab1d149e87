// The dumped bytes of a stack, in place in the record that holds them. They begin at the sampled stack pointer:
//
//      base                                  base + size
//      |<------------- recorded ------------>|            higher addresses, outer frames  ->
//      sp of the leaf

import { readSigned64 } from '../bytes/int64.ts';

/** A window onto one dump; `set` moves it to the next sample. */
export class StackMemory {
  view: DataView = new DataView(new ArrayBuffer(0));
  /** Of the dump's first byte, in `view`. */
  offset = 0;
  /** Address of the dump's first byte: the sampled stack pointer. */
  base = 0;
  /** Valid bytes (dyn_size). */
  size = 0;
  littleEndian = true;

  /** `size` is cut to what the view holds. */
  set(view: DataView, offset: number, base: number, size: number, littleEndian: boolean): void {
    this.view = view;
    this.offset = offset;
    this.base = base;
    this.size = Math.max(0, Math.min(size, view.byteLength - offset));
    this.littleEndian = littleEndian;
  }

  /** Offset in `view` of some bytes of stack, or -1 unless all of them were recorded. */
  offsetOf(address: number, size: number): number {
    const offset = address - this.base;
    return offset >= 0 && offset + size <= this.size ? this.offset + offset : -1;
  }

  /** The value of 1 to 8 bytes, signed if 8, else unsigned; NaN where they were not recorded or no double holds it. */
  read(address: number, size: number): number {
    const offset = this.offsetOf(address, size);
    if (offset < 0) return NaN;
    if (size === 8) {
      const value = readSigned64(this.view, offset, this.littleEndian);
      return Number.isSafeInteger(value) ? value : NaN;
    }
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + this.view.getUint8(this.littleEndian ? offset + size - 1 - i : offset + i);
    return Number.isSafeInteger(value) ? value : NaN;
  }
}
