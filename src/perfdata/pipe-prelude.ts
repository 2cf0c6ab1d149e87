// What a pipe says first: its events and features as records, the formats of its tracepoints behind one, build ids and names of events
// (FORMAT 1.4; SPEC 1.3). The same records may come later too, and are then taken by ordered-records.ts through `takeHeaderRecord`.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import { readUnsigned64 } from '../bytes/int64.ts';
import { MAX_FEATURE_SIZE, MAX_RECORD_SIZE } from '../bytes/limits.ts';
import { type Reading, bytesAt } from '../bytes/reading.ts';
import { MIN_ATTR_SIZE, readAttr } from './attr.ts';
import type { EventTable } from './event-table.ts';
import { takeEventType } from './event-types.ts';
import { FeatureId, isSaidByBeingThere } from './features/feature-id.ts';
import type { Features } from './features/features.ts';
import { readIds } from './file-sections.ts';
import { RecordType } from './record-types.ts';
import { BuildIdList } from './records/build-id.ts';
import { readEventUpdate } from './records/about-recording.ts';
import { type RecordView, viewOfRecord } from './record-view.ts';

const PIPE_HEADER_SIZE = 16;
const UPDATE_NAME = 2n;
/** Several of the longest records, so that few bytes are read twice. */
const READ_AHEAD = 524_288;
const OF_PRELUDE: readonly number[] = [RecordType.HeaderAttr, RecordType.HeaderEventType, RecordType.HeaderFeature, RecordType.HeaderBuildId];

/** Takes the records of these types at the beginning of a pipe, and TRACING_DATA; gives the offset of the first record of another type. */
export function* readPipePrelude(
  size: number, littleEndian: boolean, events: EventTable, features: Features, diagnostics: Diagnostics,
): Reading<number> {
  let offset = PIPE_HEADER_SIZE;
  let window = yield* bytesAt(offset, READ_AHEAD);
  let windowStart = offset;
  const record = viewOfRecord(new Uint8Array(8), littleEndian);
  const buildIds = new BuildIdList(littleEndian);
  while (offset + 8 <= size) {
    if (offset + MAX_RECORD_SIZE > windowStart + window.length && windowStart !== offset && windowStart + window.length < size) {
      window = yield* bytesAt(offset, READ_AHEAD);
      windowStart = offset;
    }
    const at = offset - windowStart;
    if (at + 8 > window.length) break;
    const view = new DataView(window.buffer, window.byteOffset, window.byteLength);
    const type = view.getUint32(at, littleEndian);
    const recordSize = view.getUint16(at + 6, littleEndian);
    if (type === RecordType.HeaderTracingData && recordSize >= 12 && at + recordSize <= window.length) {
      const payloadSize = view.getUint32(at + 8, littleEndian);
      offset += recordSize;
      features.addPayload(FeatureId.TracingData, yield* bytesAt(offset, Math.min(payloadSize, MAX_FEATURE_SIZE)));
      offset += payloadSize;
      continue;
    }
    if (!(OF_PRELUDE.includes(type) || isName(view, at, type, recordSize, littleEndian)) || recordSize < 8 || at + recordSize > window.length) break;
    record.show(window, view, littleEndian, at, at + recordSize);
    record.fileBase = windowStart;
    if (type !== RecordType.HeaderBuildId) takeHeaderRecord(record, events, features, diagnostics);
    else if (!buildIds.add(record)) break;
    offset += recordSize;
  }
  if (buildIds.length > 0) features.addPayload(FeatureId.BuildId, buildIds.payload());
  return offset;
}

/** EVENT_UPDATE of the kind that says a name. */
function isName(view: DataView, at: number, type: number, size: number, littleEndian: boolean): boolean {
  return type === RecordType.EventUpdate && size >= 24 && at + 16 <= view.byteLength && view.getBigUint64(at + 8, littleEndian) === UPDATE_NAME;
}

/** Takes an ATTR, FEATURE, EVENT_TYPE or EVENT_UPDATE record into the events and features of a recording. Others are left alone. */
export function takeHeaderRecord(record: RecordView, events: EventTable, features: Features, diagnostics: Diagnostics): void {
  if (record.type === RecordType.HeaderAttr) takeAttr(record, events, diagnostics);
  else if (record.type === RecordType.HeaderFeature) takeFeature(record, events, features);
  else if (record.type === RecordType.EventUpdate) takeEventUpdate(record, events);
  else if (record.type === RecordType.HeaderEventType) takeEventType(record.bytes.subarray(0, record.end), record.offset + 8, record.littleEndian, events);
}

/** The attr is as long as it says (ids begin there, whatever the reader's own idea of an attr's length), then ids to the end. */
function takeAttr(record: RecordView, events: EventTable, diagnostics: Diagnostics): void {
  const { view, bytes, offset, end, littleEndian } = record;
  if (!events.isNewRecord(record)) return;
  const start = offset + 8;
  const size = start + 8 <= end ? view.getUint32(start + 4, littleEndian) || MIN_ATTR_SIZE : 0;
  const attr = size <= end - start ? readAttr(bytes.subarray(start, start + size), littleEndian) : undefined;
  if (attr === undefined) {
    diagnostics.damaged('attr-record', record.fileOffset, 'A record that describes an event is damaged');
    return;
  }
  const ids = readIds(bytes.subarray(start + size, end), littleEndian);
  const before = events.events.at(-1);
  // The same attr again, after a record that could hold no more ids.
  const isContinued = before !== undefined && before.ids.length > 0 && before.ids.length % idsInAttrRecord(size) === 0 && ids.length > 0 && isSame(before.attr.bytes, attr.bytes);
  if (isContinued) events.addIds(before, ids);
  else events.add(attr, ids, diagnostics, record.fileOffset);
}

/** How many ids fit behind an attr of that size in one record. */
export function idsInAttrRecord(attrSize: number): number {
  return Math.floor((MAX_RECORD_SIZE - 8 - attrSize) / 8);
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

/** The number of a FEATURE record's feature; 0, which none has, where it is too short. */
export function featureNumber(record: RecordView): number {
  const { view, offset, end, littleEndian } = record;
  return offset + 16 > end ? 0 : readUnsigned64(view, offset + 8, littleEndian);
}

function takeFeature(record: RecordView, events: EventTable, features: Features): void {
  const { bytes, offset, end } = record;
  const id = featureNumber(record);
  // The end mark has a number one above the writer's last feature and no payload.
  if (offset + 16 > end || (offset + 16 === end && !isSaidByBeingThere(id))) return;
  features.addPayload(id, bytes.slice(offset + 16, end));
  if (id === FeatureId.EventDesc) events.takeNames(features.eventDesc ?? []);
}

function takeEventUpdate(record: RecordView, events: EventTable): void {
  const update = readEventUpdate(record);
  const event = update === undefined ? undefined : events.events[events.eventOfUpdate(update.id)];
  if (update === undefined || event === undefined) return;
  if (update.kind === 'unit') event.unit = update.text;
  else if (update.kind === 'name') event.name = update.text;
  else if (update.kind === 'scale') event.scale = update.scale;
  else if (update.kind === 'cpus') event.cpuRuns = update.cpus;
}
