// 64-bit values. Addresses are signed doubles (DESIGN.md 2): a canonical address, user or kernel, is a signed number of
// 57 bits at most of which a double holds 53 exactly; those that do not fit (garbage at the end of a frame-pointer chain) get a
// stand-in from a WideAddresses table that keeps both halves, so that what is printed is exact.
// Measured per value: DataView halves to a signed double 1.4 ns, getBigUint64 9.8 ns.

import { FACTOR_3, mixed } from './mixing.ts';
import { grown } from './sorted.ts';

const TWO_28 = 0x1000_0000;
const TWO_32 = 4_294_967_296;
/** Signed high words in [-2^20, 2^20) make a number below 2^52 in magnitude: exact, and still exact after adding an offset. */
const HIGH_LIMIT = 0x100000;
/** Stand-ins are multiples of this; no address is as large. */
const WIDE_STEP = 2 ** 64;

/** The signed value of 8 bytes as a double; exact below 2^53 in magnitude, rounded beyond. */
export function readSigned64(view: DataView, offset: number, littleEndian: boolean): number {
  return littleEndian
    ? view.getInt32(offset + 4, true) * TWO_32 + view.getUint32(offset, true)
    : view.getInt32(offset, false) * TWO_32 + view.getUint32(offset + 4, false);
}

/** The unsigned value of 8 bytes as a double; exact below 2^53, rounded beyond. For sizes, counts and file offsets. */
export function readUnsigned64(view: DataView, offset: number, littleEndian: boolean): number {
  return littleEndian
    ? view.getUint32(offset + 4, true) * TWO_32 + view.getUint32(offset, true)
    : view.getUint32(offset, false) * TWO_32 + view.getUint32(offset + 4, false);
}

/** Whether a number is a stand-in for an address that no double holds. */
export function isWide(address: number): boolean {
  return address >= WIDE_STEP;
}

/** A hash of an address or stand-in; any of its bits may be used. */
export function addressHash(address: number): number {
  const high = Math.floor(address / TWO_32);
  const low = address - high * TWO_32;
  // Of stand-ins both words are 0; they differ in what lies above.
  return mixed(low | 0, (high | 0) ^ Math.imul((high / TWO_32) | 0, FACTOR_3));
}

/** Addresses that no double holds exactly, by stand-in. One table per recording; it grows with the distinct ones. */
export class WideAddresses {
  #length = 0;
  #high = new Int32Array(256);
  #low = new Int32Array(256);
  // Open addressing over both halves: a slot holds index + 1, 0 is empty.
  #slots = new Int32Array(1024);

  /** Reads an address: a signed double, or a stand-in for what does not fit one. */
  read(view: DataView, offset: number, littleEndian: boolean): number {
    const high = view.getInt32(littleEndian ? offset + 4 : offset, littleEndian);
    const low = view.getUint32(littleEndian ? offset : offset + 4, littleEndian);
    if (high >= HIGH_LIMIT || high < -HIGH_LIMIT) return this.#standIn(high, low | 0);
    return high * TWO_32 + low;
  }

  /** The signed double, or stand-in, for the address with these signed halves. */
  ofHalves(high: number, low: number): number {
    return high >= HIGH_LIMIT || high < -HIGH_LIMIT ? this.#standIn(high, low) : high * TWO_32 + (low >>> 0);
  }

  /** The signed double, or stand-in, for the exact unsigned value. */
  of(value: bigint): number {
    const signed = BigInt.asIntN(64, value);
    if (signed >= -(2n ** 52n) && signed < 2n ** 52n) return Number(signed);
    return this.#standIn(Number(signed >> 32n), Number(BigInt.asIntN(32, signed)));
  }

  #standIn(high: number, low: number): number {
    const mask = this.#slots.length - 1;
    let slot = mixed(low, high) & mask;
    for (;;) {
      const index = this.#slots[slot]! - 1;
      if (index < 0) break;
      if (this.#low[index] === low && this.#high[index] === high) return (index + 1) * WIDE_STEP;
      slot = (slot + 1) & mask;
    }
    if (this.#length === this.#high.length) {
      this.#high = grown(this.#high);
      this.#low = grown(this.#low);
    }
    const index = this.#length++;
    this.#high[index] = high;
    this.#low[index] = low;
    this.#slots[slot] = index + 1;
    if (this.#length * 2 > this.#slots.length) this.#growSlots();
    return (index + 1) * WIDE_STEP;
  }

  #growSlots(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    const mask = this.#slots.length - 1;
    for (let index = 0; index < this.#length; index++) {
      let slot = mixed(this.#low[index]!, this.#high[index]!) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = index + 1;
    }
  }

  /** The exact signed value of an address or stand-in. */
  exact(address: number): bigint {
    if (!isWide(address)) return BigInt(address);
    const index = address / WIDE_STEP - 1;
    return (BigInt(this.#high[index] ?? 0) << 32n) | BigInt((this.#low[index] ?? 0) >>> 0);
  }

  /** As an unsigned 64-bit number in lower-case hexadecimal, no prefix, no padding. */
  hex(address: number): string {
    return isWide(address) ? BigInt.asUintN(64, this.exact(address)).toString(16) : hexOf(address);
  }
}

/** A signed address (no stand-in) as an unsigned 64-bit number in lower-case hexadecimal, no prefix, no padding. */
export function hexOf(address: number): string {
  // Of a whole number of 31 bits V8 makes hexadecimal in a fifth of the time that it takes for a larger one.
  if (address >= 0) {
    if (address < TWO_28) return address.toString(16);
    const top = Math.floor(address / TWO_28);
    return top.toString(16) + ((address - top * TWO_28) | TWO_28).toString(16).slice(1);
  }
  const high = Math.floor(address / TWO_32);
  const low = address - high * TWO_32;
  return (high >>> 0).toString(16) + low.toString(16).padStart(8, '0');
}
