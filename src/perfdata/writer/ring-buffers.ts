// Which ring buffer of the kernel's a record came through: that decides its file in a directory (FORMAT 1.5, 2.2 ID_INDEX). Records do
// not say it; their event's id does, by ID_INDEX, or else their CPU, for each of which perf has a buffer of its own.

import type { EventTable } from '../event-table.ts';
import { RecordType } from '../record-types.ts';
import type { RecordView } from '../record-view.ts';
import { readIdIndex } from '../records/maps.ts';

/** What perf itself wrote. */
export const NO_RING_BUFFER = -1;

const TWO_32 = 4_294_967_296;

export class RingBuffers {
  readonly #events: EventTable;
  /** By id, as far as a double holds it: two that fall together share a buffer, which does no harm. */
  readonly #byId = new Map<number, number>();

  constructor(events: EventTable) {
    this.#events = events;
  }

  /** Looks at a record of perf's own: an ID_INDEX says what the following records need. */
  see(record: RecordView): void {
    if (record.type !== RecordType.IdIndex) return;
    for (const { id, index } of readIdIndex(record)) this.#byId.set(Number(id), index);
  }

  /** The buffer of a kernel record with a time. `event`: index of the one it belongs to, or -1. */
  of(record: RecordView, event: number): number {
    const { view, offset, end, littleEndian } = record;
    const layout = (this.#events.events[event] ?? this.#events.events[0])?.layout;
    if (layout === undefined) return 0;
    const isSample = record.type === RecordType.Sample;
    const idAt = isSample ? placeIn(offset, layout.anyId) : placeBack(end, layout.trailerAnyId);
    if (idAt >= offset + 8 && idAt + 8 <= end) {
      const first = view.getUint32(idAt, littleEndian);
      const second = view.getUint32(idAt + 4, littleEndian);
      const buffer = this.#byId.get(littleEndian ? second * TWO_32 + first : first * TWO_32 + second);
      if (buffer !== undefined) return buffer;
    }
    const cpuAt = isSample ? placeIn(offset, layout.cpu) : placeBack(end, layout.trailerCpu);
    return cpuAt >= offset + 8 && cpuAt + 4 <= end ? view.getUint32(cpuAt, littleEndian) : 0;
  }
}

function placeIn(offset: number, place: number): number {
  return place < 0 ? -1 : offset + place;
}

function placeBack(end: number, distance: number): number {
  return distance === 0 ? -1 : end - distance;
}
