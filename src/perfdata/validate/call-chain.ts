// The markers in call chains (SPEC 5.3), as far as checks need them. Looked at for each address of each sample: no allocation.

import type { RecordView } from '../record-view.ts';

/** As signed numbers: hypervisor, kernel, user, user deferred, guest, guest kernel, guest user. */
const MARKERS: readonly number[] = [-32, -128, -512, -640, -2048, -2176, -2560];
/** Values from here on (as signed numbers) are markers. */
const FIRST_MARKER = -4095;
const USER_DEFERRED = -640;

/** The signed marker at an offset of the view; 0 where it is an address. */
function markerAt(record: RecordView, at: number): number {
  const { view, littleEndian } = record;
  if (view.getInt32(littleEndian ? at + 4 : at, littleEndian) !== -1) return 0;
  const low = view.getInt32(littleEndian ? at : at + 4, littleEndian);
  return low < 0 && low >= FIRST_MARKER ? low : 0;
}

/** The first marker of `length` entries from `start` on that nobody knows, as text; undefined if there is none. */
export function unknownMarker(record: RecordView, start: number, length: number): string | undefined {
  for (let i = 0; i < length; i++) {
    const marker = markerAt(record, start + 8 * i);
    if (marker === 0 || MARKERS.includes(marker)) continue;
    // The cookie behind the deferred marker may be any number.
    if (i > 0 && markerAt(record, start + 8 * (i - 1)) === USER_DEFERRED) continue;
    return `${marker} in place ${i}`;
  }
  return undefined;
}

/** Where the marker of a deferred user chain stands that has not exactly its cookie behind it; -1 if there is none such. */
export function strayDeferredMarker(record: RecordView, start: number, length: number): number {
  for (let i = 0; i < length; i++) {
    if (markerAt(record, start + 8 * i) !== USER_DEFERRED) continue;
    if (i !== length - 2) return i;
    return -1;
  }
  return -1;
}

/** Whether a chain begins with an address, although a marker should say its mode. */
export function beginsWithAddress(record: RecordView, start: number, length: number): boolean {
  return length > 0 && markerAt(record, start) === 0;
}
