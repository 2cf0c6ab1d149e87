// COMM, FORK and EXIT: tasks get names, come and go (FORMAT 2.1, 3.5; SPEC 4.4). READ's and ITRACE_START's task too.

import { decodeText } from '../../bytes/text.ts';
import type { PerfEvent } from '../event-table.ts';
import { Misc } from '../record-types.ts';
import type { RecordView } from '../record-view.ts';
import type { TimeBase } from '../time-base.ts';

/** COMM. Reused by `read`. */
export class CommRecord {
  pid = 0;
  tid = 0;
  /** At most 15 bytes, any bytes (bytes/text.ts). */
  name = '';
  /** The name came with an exec: the process has a new program and new memory. */
  isExec = false;

  /** False where the record is too short. */
  read(record: RecordView, event: PerfEvent | undefined): boolean {
    const { view, offset, littleEndian } = record;
    const textEnd = record.end - (event?.layout.trailerSize ?? 0);
    if (offset + 16 > textEnd) return false;
    this.pid = view.getInt32(offset + 8, littleEndian);
    this.tid = view.getInt32(offset + 12, littleEndian);
    this.name = decodeText(record.bytes, offset + 16, textEnd);
    this.isExec = (record.misc & Misc.CommExec) !== 0;
    return true;
  }
}

/** FORK or EXIT. Reused by `read`. */
export class TaskRecord {
  pid = 0;
  /** Of the parent. */
  ppid = 0;
  tid = 0;
  /** Of the parent. */
  ptid = 0;
  /** In ns since the recording's TimeBase: the record's own, some hundred ns before its trailer's, by which records are ordered. */
  time = 0;
  /** FORK made by perf for a task that was there already: its mappings follow, the parent's are not its own. */
  isSynthesized = false;
  readonly #timeBase: TimeBase;

  constructor(timeBase: TimeBase) {
    this.#timeBase = timeBase;
  }

  /** False where the record is too short. */
  read(record: RecordView): boolean {
    const { view, offset, littleEndian } = record;
    if (offset + 32 > record.end) return false;
    this.pid = view.getInt32(offset + 8, littleEndian);
    this.ppid = view.getInt32(offset + 12, littleEndian);
    this.tid = view.getInt32(offset + 16, littleEndian);
    this.ptid = view.getInt32(offset + 20, littleEndian);
    const hasTime = view.getUint32(offset + 24, littleEndian) !== 0 || view.getUint32(offset + 28, littleEndian) !== 0;
    this.time = hasTime ? this.#timeBase.read(view, offset + 24, littleEndian) : 0;
    this.isSynthesized = (record.misc & Misc.ForkExec) !== 0;
    return true;
  }
}
