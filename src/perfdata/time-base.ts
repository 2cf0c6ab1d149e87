// Times of a recording: unsigned 64-bit nanoseconds, of which the clocks in use fill 41 to 61 bits. Kept as a double relative to the
// high word of the first time seen: exact for 2^53 ns (104 days) around it, and one subtraction away from the bytes.

const TWO_32 = 4_294_967_296;
const SECOND = 1_000_000_000;

/**
 * Turns recorded times into numbers that compare and subtract, and back. One for each recording. The base is set by the first time
 * that is read and never moves, so that all times of a recording are comparable.
 */
export class TimeBase {
  #high = 0;
  #known = false;
  #baseSeconds = 0;
  #baseNanoseconds = 0;

  /** The high word that is taken off; -1 until a time has been seen. */
  get baseHigh(): number {
    return this.#known ? this.#high : -1;
  }

  /** The 8 bytes at `offset` as nanoseconds since the base; may be negative. The caller has checked the length. */
  read(view: DataView, offset: number, littleEndian: boolean): number {
    const high = view.getUint32(littleEndian ? offset + 4 : offset, littleEndian);
    const low = view.getUint32(littleEndian ? offset : offset + 4, littleEndian);
    if (!this.#known) {
      if (high === 0 && low === 0) return 0;
      this.#setBase(high);
    }
    return (high - this.#high) * TWO_32 + low;
  }

  /** The time of an exact value (of a feature, of an option); beyond 2^53 ns from the base it is rounded. */
  of(nanoseconds: bigint): number {
    if (!this.#known && nanoseconds !== 0n) this.#setBase(Number(nanoseconds >> 32n));
    return Number(nanoseconds - (BigInt(this.#high) << 32n));
  }

  /** The recorded value. */
  exact(time: number): bigint {
    return BigInt(time) + (BigInt(this.#high) << 32n);
  }

  /** Seconds with 6 digits (9 when `ns`) after the point, cut off, as perf script prints them but without leading blanks. */
  formatTime(time: number, ns: boolean): string {
    const wholeSeconds = Math.floor(time / SECOND);
    let seconds = this.#baseSeconds + wholeSeconds;
    let nanoseconds = this.#baseNanoseconds + (time - wholeSeconds * SECOND);
    if (nanoseconds >= SECOND) {
      nanoseconds -= SECOND;
      seconds++;
    }
    const fraction = ns ? nanoseconds : Math.floor(nanoseconds / 1000);
    return `${seconds}.${String(fraction).padStart(ns ? 9 : 6, '0')}`;
  }

  #setBase(high: number): void {
    this.#known = true;
    this.#high = high;
    const nanoseconds = BigInt(high) << 32n;
    this.#baseSeconds = Number(nanoseconds / BigInt(SECOND));
    this.#baseNanoseconds = Number(nanoseconds % BigInt(SECOND));
  }
}
