// An attr with other fields than it was recorded with, as bytes of the same byte order (FORMAT 1.2).

/** What may be changed; fields left out stay. */
export interface AttrChanges {
  readonly sampleType?: bigint;
  readonly sampleRegsUser?: bigint;
  readonly sampleStackUser?: number;
  readonly sampleRegsIntr?: bigint;
  readonly auxSampleSize?: number;
  /** Flags to clear, by number (ATTR_FLAG_NAMES). */
  readonly clearFlags?: readonly number[];
}

/** A changed copy. Fields that a short attr does not have are 0 and stay so. */
export function changedAttr(attr: Uint8Array, littleEndian: boolean, changes: AttrChanges): Uint8Array {
  const bytes = attr.slice();
  const view = new DataView(bytes.buffer);
  const u64 = (offset: number, value: bigint | undefined): void => {
    if (value !== undefined && offset + 8 <= bytes.length) view.setBigUint64(offset, value, littleEndian);
  };
  const u32 = (offset: number, value: number | undefined): void => {
    if (value !== undefined && offset + 4 <= bytes.length) view.setUint32(offset, value, littleEndian);
  };
  u64(24, changes.sampleType);
  u64(80, changes.sampleRegsUser);
  u32(88, changes.sampleStackUser);
  u64(96, changes.sampleRegsIntr);
  u32(112, changes.auxSampleSize);
  let flags = view.getBigUint64(40, littleEndian);
  for (const flag of changes.clearFlags ?? []) flags &= ~(1n << BigInt(littleEndian ? flag : 63 - flag));
  view.setBigUint64(40, flags, littleEndian);
  return bytes;
}
