// Finding records again after damage (FORMAT 2.0; SPEC 1.6). A place counts as a record when its header and those of the records it leads to
// are plausible: one header alone would be believed too easily among addresses and text.

import { FIRST_SIMPLEPERF_TYPE, LAST_SIMPLEPERF_TYPE } from './data-behind.ts';

/** How many headers in a row, where the block does not end before. */
const CHAIN = 4;
/** Types perf or a near successor writes. */
const LAST_KERNEL_TYPE = 40;
const LAST_USER_TYPE = 128;
/** Bits 3 to 11 of misc mean nothing yet. */
const UNUSED_MISC = 0x0ff8;

/** Whether 8 bytes could be the header of a record. */
export function isLikelyHeader(view: DataView, offset: number, littleEndian: boolean): boolean {
  const type = view.getUint32(offset, littleEndian);
  if (type >= FIRST_SIMPLEPERF_TYPE) return type <= LAST_SIMPLEPERF_TYPE;
  if (type === 0 || type > LAST_USER_TYPE || (type > LAST_KERNEL_TYPE && type < 64)) return false;
  const misc = view.getUint16(offset + 4, littleEndian);
  return (misc & UNUSED_MISC) === 0 && (misc & 7) <= 5 && view.getUint16(offset + 6, littleEndian) >= 8;
}

/** So many bytes from a place on decide whether a record begins there, however the bytes are read. */
export const REACH = 65_536;

/** What `beginsChain` says where more bytes are needed to tell. */
const UNDECIDED = -1;

/**
 * The first offset from `from` on where records seem to begin. Where there is none before `limit`, the complement (`~`) of the offset
 * from which to look again with more bytes; `isEnd`: there will be no more.
 */
export function nextLikelyRecord(view: DataView, from: number, limit: number, littleEndian: boolean, isEnd: boolean): number {
  for (let offset = from; offset + 8 <= limit; offset++) {
    const begins = beginsChain(view, offset, limit, littleEndian, isEnd);
    if (begins === UNDECIDED) return ~offset;
    if (begins) return offset;
  }
  return ~Math.max(from, limit - 7);
}

/** The first offset from `from` on where a whole chain of records is, for places where damage is likelier than records; -1 without one. */
export function nextWholeChain(view: DataView, from: number, limit: number, littleEndian: boolean): number {
  for (let start = from; start + 8 <= limit; start++) {
    let count = 0;
    for (let offset = start; count < CHAIN && offset + 8 <= limit && isLikelyHeader(view, offset, littleEndian); count++) {
      offset += view.getUint16(offset + 6, littleEndian);
    }
    if (count === CHAIN) return start;
  }
  return -1;
}

function beginsChain(view: DataView, start: number, limit: number, littleEndian: boolean, isEnd: boolean): boolean | typeof UNDECIDED {
  const reach = Math.min(start + REACH, limit);
  let offset = start;
  for (let count = 0; count < CHAIN; count++) {
    if (isEnd && offset === limit) return true;
    if (offset + 8 > reach) {
      if (!isEnd && start + REACH > limit) return UNDECIDED;
      // The chain goes too far: two headers that fit are believed, whose second record begins where the first one ends.
      return count >= 2;
    }
    if (!isLikelyHeader(view, offset, littleEndian)) return false;
    offset += view.getUint16(offset + 6, littleEndian);
  }
  return true;
}
