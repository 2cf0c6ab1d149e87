// What writes a recording, whatever its container: begun with its events and features, then its records one after the other in the
// writer's byte order, then finished. file-writer.ts, pipe-writer.ts and directory-writer.ts write; compressing-writer.ts stands before.

import { MAX_ATTR_SIZE } from '../attr.ts';
import type { PerfEvent } from '../event-table.ts';
import { swapAttr } from './swap-attr.ts';
import { SwapCursor } from './swap-cursor.ts';

/** An event as it is written. */
export interface WrittenEvent {
  /** perf_event_attr in the writer's byte order; at least 64 bytes, a multiple of 8. */
  readonly attr: Uint8Array;
  readonly ids: readonly bigint[];
  /** A pipe says it in a record, where it is given; a file in EVENT_DESC alone. */
  readonly name?: string;
}

/** Payloads in the writer's byte order, by feature number. */
export type WrittenFeatures = ReadonlyMap<number, Uint8Array>;

export interface RecordingWriter {
  readonly littleEndian: boolean;
  /** Features that could not be written, by number; whole after `finish`. */
  readonly leftOut: readonly number[];
  /** Once, first. A file keeps the payloads given to `finish`; a pipe those given here. */
  begin(events: readonly WrittenEvent[], features: WrittenFeatures): void;
  /**
   * One whole record. The bytes may be changed after the call. `ringBuffer`: the number of the one it came through, which decides the
   * file of a directory; -1 for what perf itself wrote.
   */
  record(bytes: Uint8Array, ringBuffer?: number): void;
  /** Bytes that follow the record before, outside its size (AUXTRACE, TRACING_DATA). */
  payload(bytes: Uint8Array): void;
  /** Once, last; with all events and features, should more have turned up. */
  finish(events: readonly WrittenEvent[], features: WrittenFeatures): void;
}

/** An event that was read, in a byte order, without its name. */
export function writtenEvent(event: PerfEvent, fromLittle: boolean, toLittle: boolean): WrittenEvent {
  const { bytes } = event.attr;
  // A damaged pipe may say attrs of any length.
  const attr = new Uint8Array(Math.min(Math.ceil(bytes.length / 8) * 8, MAX_ATTR_SIZE));
  attr.set(bytes.subarray(0, attr.length));
  if (fromLittle !== toLittle) swapAttr(new SwapCursor(attr, fromLittle), attr.length);
  return { attr, ids: event.ids };
}

/**
 * The attr with its own idea of its length put right: perf goes by that when it looks for the ids behind it, and old perf inject
 * wrote it too small. `length`: that of the longest attr; shorter ones get zeros.
 */
export function attrOfLength(attr: Uint8Array, length: number, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes.set(attr.subarray(0, length));
  new DataView(bytes.buffer).setUint32(4, length, littleEndian);
  return bytes;
}
