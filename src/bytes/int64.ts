// 64-bit values. Addresses are signed doubles (DESIGN.md 2): a canonical address, user or kernel, is a signed number of
// 57 bits at most of which a double holds 53 exactly; those that do not fit (garbage at the end of a frame-pointer chain) get a
// stand-in from a WideAddresses table that keeps both halves, so that what is printed is exact.
// Measured per value: DataView halves to a signed double 1.4 ns, getBigUint64 9.8 ns.

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

/** Addresses that no double holds exactly, by stand-in. One table per recording; it grows with the distinct ones. */
export class WideAddresses {
  readonly #byHalves = new Map<bigint, number>();
  readonly #values: bigint[] = [];

  /** Reads an address: a signed double, or a stand-in for what does not fit one. */
  read(view: DataView, offset: number, littleEndian: boolean): number {
    const high = view.getInt32(littleEndian ? offset + 4 : offset, littleEndian);
    if (high >= HIGH_LIMIT || high < -HIGH_LIMIT) return this.of(view.getBigUint64(offset, littleEndian));
    return high * TWO_32 + view.getUint32(littleEndian ? offset : offset + 4, littleEndian);
  }

  /** The signed double, or stand-in, for the exact unsigned value. */
  of(value: bigint): number {
    const signed = BigInt.asIntN(64, value);
    if (signed >= -(2n ** 52n) && signed < 2n ** 52n) return Number(signed);
    const known = this.#byHalves.get(signed);
    if (known !== undefined) return known;
    this.#values.push(signed);
    const standIn = this.#values.length * WIDE_STEP;
    this.#byHalves.set(signed, standIn);
    return standIn;
  }

  /** The exact signed value of an address or stand-in. */
  exact(address: number): bigint {
    return isWide(address) ? (this.#values[address / WIDE_STEP - 1] ?? 0n) : BigInt(address);
  }

  /** As an unsigned 64-bit number in lower-case hexadecimal, no prefix, no padding. */
  hex(address: number): string {
    return isWide(address) ? BigInt.asUintN(64, this.exact(address)).toString(16) : hexOf(address);
  }
}

/** A signed address (no stand-in) as an unsigned 64-bit number in lower-case hexadecimal, no prefix, no padding. */
export function hexOf(address: number): string {
  if (address >= 0) return address.toString(16);
  const high = Math.floor(address / TWO_32);
  const low = address - high * TWO_32;
  return (high >>> 0).toString(16) + low.toString(16).padStart(8, '0');
}
