// What the bytes of a unit's entries depend on besides the abbreviations.

/** Of one unit. */
export interface DieShape {
  readonly littleEndian: boolean;
  /** 2 to 5. */
  readonly version: number;
  readonly addressSize: number;
  /** 8 in the 64-bit format, which files beyond 4 GiB need. */
  readonly offsetSize: 4 | 8;
}
