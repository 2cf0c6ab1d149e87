// Times of a recording: unsigned 64-bit nanoseconds, of which the clocks in use fill 41 to 61 bits. Kept as a double relative to the
// high word of the first time seen: exact for 2^53 ns (104 days) around it, and one subtraction away from the bytes.

const TWO_32 = 4_294_967_296;
const SECOND = 1_000_000_000;
const ALL_ONES = 2n ** 64n - 1n;

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
      // All ones mean that there is no time: no real one would be near that.
      if (high !== 0xffff_ffff || low !== 0xffff_ffff) this.#setBase(high);
    }
    return (high - this.#high) * TWO_32 + low;
  }

  /** The time of an exact value (of a feature, of an option); beyond 2^53 ns from the base it is rounded. */
  of(nanoseconds: bigint): number {
    if (!this.#known && nanoseconds !== 0n) this.#setBase(Number(nanoseconds >> 32n));
    return Number(nanoseconds - (BigInt(this.#high) << 32n));
  }

  /** The recorded value; also of all ones, which a double rounds. */
  exact(time: number): bigint {
    const value = BigInt(time) + (BigInt(this.#high) << 32n);
    return value > ALL_ONES ? ALL_ONES : value;
  }

  /** Whole seconds of the recorded value. */
  secondsOf(time: number): number {
    const seconds = Math.floor(time / SECOND);
    const nanoseconds = this.#baseNanoseconds + (time - seconds * SECOND);
    return this.#baseSeconds + seconds + (nanoseconds >= SECOND ? 1 : 0);
  }

  /** What the recorded value has beyond whole seconds. */
  nanosecondsOf(time: number): number {
    const nanoseconds = this.#baseNanoseconds + (time - Math.floor(time / SECOND) * SECOND);
    return nanoseconds >= SECOND ? nanoseconds - SECOND : nanoseconds;
  }

  #setBase(high: number): void {
    this.#known = true;
    this.#high = high;
    const nanoseconds = BigInt(high) << 32n;
    this.#baseSeconds = Number(nanoseconds / BigInt(SECOND));
    this.#baseNanoseconds = Number(nanoseconds % BigInt(SECOND));
  }
}
