// Names of events as perf before 3.9 said them: the section EVENT_TYPES of a file of version 1, and HEADER_EVENT_TYPE records of a pipe
// (FORMAT 1.1, 2.2; SPEC 1.1, 4.6). Both are u64 config, char name[64].

import { type Reading, bytesAt } from '../bytes/reading.ts';
import { decodeText } from '../bytes/text.ts';
import { defaultEventName } from './event-name.ts';
import type { EventTable } from './event-table.ts';
import type { FileHeaderFields } from './layouts/file-header.ts';

const ENTRY_SIZE = 72;
/** One for each event of a command line; perf of that time opened no more than a few hundred. */
const MAX_ENTRIES = 4_096;

/** Reads the section of a file of version 1. What lies outside the file is no section. */
export function* readEventTypes(header: FileHeaderFields, fileSize: number, littleEndian: boolean, events: EventTable): Reading<void> {
  const offset = Number(header.eventTypesOffset);
  const size = Math.min(Number(header.eventTypesSize), MAX_ENTRIES * ENTRY_SIZE);
  if (size < ENTRY_SIZE || offset + size > fileSize) return;
  const bytes = yield* bytesAt(offset, size);
  for (let at = 0; at + ENTRY_SIZE <= bytes.length; at += ENTRY_SIZE) takeEventType(bytes, at, littleEndian, events);
}

/** Takes one entry: a number is a name only among tracepoints, others are named by their attr. */
export function takeEventType(bytes: Uint8Array, offset: number, littleEndian: boolean, events: EventTable): void {
  if (offset + ENTRY_SIZE > bytes.length) return;
  const config = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(offset, littleEndian);
  const name = decodeText(bytes, offset + 8, offset + ENTRY_SIZE);
  if (name === '') return;
  for (const event of events.tracepoints(config)) {
    if (event.name !== defaultEventName(event.attr)) continue;
    event.name = name;
    events.namedByEventTypes = true;
  }
}
