// The trailer of a kernel record that is not a sample: who, when, which event (FORMAT 2.3.9; SPEC 5.5).

import { readUnsigned64 } from '../bytes/int64.ts';
import type { PerfEvent } from './event-table.ts';
import type { RecordView } from './record-view.ts';
import type { TimeBase } from './time-base.ts';

/** Reused. In records that perf made itself all fields are 0; in those of an event without sample_id_all they are unknown. */
export class TrailerView {
  readonly #timeBase: TimeBase;
  /** -1 where unknown. */
  pid = -1;
  /** -1 where unknown. */
  tid = -1;
  /** In ns since the recording's TimeBase; look at `hasTime`. */
  time = 0;
  /** Whether the trailer has a time and it is not 0. */
  hasTime = false;
  /** -1 where unknown. */
  cpu = -1;
  /** Rounded beyond 2^53; -1 where unknown. */
  id = -1;
  /** Rounded beyond 2^53; -1 where unknown. */
  streamId = -1;
  /** In bytes; the record's own fields end that far before its end. */
  size = 0;

  constructor(timeBase: TimeBase) {
    this.#timeBase = timeBase;
  }

  /** Reads the trailer of a record; false where there is none or the record is too short for it. `event` undefined: none. */
  read(record: RecordView, event: PerfEvent | undefined): boolean {
    this.pid = -1;
    this.tid = -1;
    this.time = 0;
    this.hasTime = false;
    this.cpu = -1;
    this.id = -1;
    this.streamId = -1;
    this.size = 0;
    if (event === undefined) return false;
    const layout = event.layout;
    const { view, end, littleEndian } = record;
    if (layout.trailerSize === 0 || record.size < 8 + layout.trailerSize) return false;
    this.size = layout.trailerSize;
    if (layout.trailerTid > 0) {
      this.pid = view.getInt32(end - layout.trailerTid, littleEndian);
      this.tid = view.getInt32(end - layout.trailerTid + 4, littleEndian);
    }
    if (layout.trailerTime > 0) {
      const at = end - layout.trailerTime;
      this.hasTime = view.getUint32(at, littleEndian) !== 0 || view.getUint32(at + 4, littleEndian) !== 0;
      if (this.hasTime) this.time = this.#timeBase.read(view, at, littleEndian);
    }
    if (layout.trailerCpu > 0) this.cpu = view.getInt32(end - layout.trailerCpu, littleEndian);
    if (layout.trailerStreamId > 0) this.streamId = readUnsigned64(view, end - layout.trailerStreamId, littleEndian);
    if (layout.trailerAnyId > 0) this.id = readUnsigned64(view, end - layout.trailerAnyId, littleEndian);
    return true;
  }
}
