// The straight way through a block: samples one after the other into the queue (FORMAT 3.4). A loop of its own because nearly all
// records of a recording pass here; whatever is not plain (another record, an odd time, a cut) is left to ordered-records.ts.

import type { EventTable } from './event-table.ts';
import type { RecordQueue } from './order.ts';
import type { RecordBlock } from './record-block.ts';
import type { RecordStream } from './record-stream.ts';
import { RecordType } from './record-types.ts';

const TWO_32 = 4_294_967_296;
const HEADER_SIZE = 8;

/**
 * Adds the samples from `start` on to the queue, until there is no room, the block ends, or something else comes; gives the offset
 * where it stopped. `baseHigh` is that of the recording's TimeBase, `earliest` the time below which a sample would be late.
 */
export function scanSamples(
  block: RecordBlock, start: number, limit: number, littleEndian: boolean, events: EventTable, baseHigh: number, earliest: number,
  queue: RecordQueue,
): number {
  const timePlace = events.sampleTimeOffset;
  const idPlace = events.sampleIdOffset;
  const least = Math.max(timePlace, idPlace) + 8;
  const { view, slot } = block;
  const { time: times, slot: slots, offset: offsets, size: sizes, event: eventColumn } = queue.columns;
  // One less than there is room for: what comes after the samples has it too.
  const capacity = times.length - 1;
  let length = queue.length;
  let latest = length > queue.head ? times[length - 1]! : -Infinity;
  let queueLatest = queue.latest;
  let idLow = 0;
  let idHigh = 0;
  // No event yet: any id may be the first.
  let event = idPlace < 0 ? 0 : -1;
  let at = start;
  const first = length;
  while (length < capacity && at + 8 <= limit && view.getUint32(at, littleEndian) === RecordType.Sample) {
    const size = view.getUint16(at + 6, littleEndian);
    if (size < least || at + size > limit) break;
    if (idPlace >= 0) {
      const low = view.getInt32(at + idPlace, littleEndian);
      const high = view.getInt32(at + idPlace + 4, littleEndian);
      if (low !== idLow || high !== idHigh || event < 0) {
        event = events.eventOfSample(view, at, at + size, littleEndian);
        if (event < 0) break;
        idLow = low;
        idHigh = high;
      }
    }
    const place = at + timePlace;
    const high = view.getUint32(littleEndian ? place + 4 : place, littleEndian);
    const low = view.getUint32(littleEndian ? place : place + 4, littleEndian);
    const time = (high - baseHigh) * TWO_32 + low;
    if (time < earliest || high === 0xffff_ffff || (high === 0 && low === 0)) break;
    if (time < latest) queue.runs.push(length);
    if (time > queueLatest) queueLatest = time;
    latest = time;
    times[length] = time;
    slots[length] = slot;
    offsets[length] = at;
    sizes[length] = size;
    eventColumn[length] = event;
    length++;
    at += size;
  }
  queue.length = length;
  queue.latest = queueLatest;
  block.holds += length - first;
  return at;
}

/**
 * Passes over the samples that come next in the stream's block and adds their numbers to `counts`, by event; gives their number. Stops at
 * something else than a plain sample. Reads the record's header only, and the id where there are several events.
 */
export function countSamples(stream: RecordStream, littleEndian: boolean, events: EventTable, counts: Float64Array): number {
  const idPlace = events.sampleIdOffset;
  const least = idPlace < 0 ? HEADER_SIZE : idPlace + 8;
  const { limit, position } = stream;
  const { view } = stream.block;
  let idLow = -1;
  let idHigh = -1;
  let event = 0;
  let count = 0;
  /** Those before the samples of `event`. */
  let counted = 0;
  let at = position;
  for (; at + HEADER_SIZE <= limit && view.getUint32(at, littleEndian) === RecordType.Sample; count++) {
    const size = view.getUint16(at + 6, littleEndian);
    if (size < least || at + size > limit) break;
    if (idPlace >= 0) {
      const low = view.getInt32(at + idPlace, littleEndian);
      const high = view.getInt32(at + idPlace + 4, littleEndian);
      if (low !== idLow || high !== idHigh) {
        const found = events.eventOfSample(view, at, at + size, littleEndian);
        if (found < 0) break;
        counts[event]! += count - counted;
        counted = count;
        event = found;
        idLow = low;
        idHigh = high;
      }
    }
    at += size;
  }
  counts[event]! += count - counted;
  stream.position = at;
  return count;
}
