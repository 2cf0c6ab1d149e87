// All records of a recording in the order in which perf takes them (FORMAT 3.4; SPEC 6). [being written]

import type { Diagnostics } from '../bytes/diagnostics.ts';
import type { ByteSource } from '../bytes/source.ts';
import type { PerfDataFile } from './perf-data-file.ts';
import { RecordView } from './record-view.ts';

export interface OrderOptions {
  /** Bytes to read at a time; 4 MiB by default. */
  readonly windowSize?: number;
  /** Most bytes held back where no rounds say when records are due; MAX_HELD_BYTES by default. */
  readonly maxHeld?: number;
  /** Records as they lie in the file. */
  readonly fileOrder?: boolean;
  /** Decoder for compressed records instead of the built-in one. */
  readonly zstd?: () => ZstdStream;
}

/** A decoder of one zstd stream: gives what each piece of it makes. */
export interface ZstdStream {
  /** The output is valid until the next call. Throws on damage. */
  push(piece: Uint8Array): Uint8Array;
}

export class OrderedRecords {
  /** The current record. Reused. */
  readonly record: RecordView = new RecordView();
  /** Index in file.events.events; -1 for perf's own records and where the event is unknown. */
  event = -1;
  /** In ns since file.timeBase. */
  time = 0;
  /** Whether the record has a time; those without come when they are read. */
  hasTime = false;

  /** `sources`: the recording, and for a directory its `data` followed by the `data.N`. */
  constructor(_sources: readonly ByteSource[], _file: PerfDataFile, _diagnostics: Diagnostics, _options?: OrderOptions) {
    throw new Error('not yet');
  }

  /** Goes to the next record; false at the end. A promise only where a source gives one. */
  next(): boolean | Promise<boolean> {
    return false;
  }
}
