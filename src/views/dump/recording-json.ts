// The whole of a recording as JSON, one object after the other: first what it is, then its records. Where records changed what it is
// (a pipe's events and features, EVENT_UPDATE), that comes once more at the end.

import { Sha1 } from '../../bytes/sha1.ts';
import { FeatureId } from '../../perfdata/features/feature-id.ts';
import type { Recording } from '../../profile/recording.ts';
import { CpuLists } from './cpu-lists.ts';
import { eventJson } from './event-json.ts';
import { featuresJson } from './feature-json.ts';
import { type Json, type JsonObject, bytesJson } from './json.ts';
import { payloadPlace, type PayloadPlace, RecordJson } from './record-json.ts';

export interface RecordingJsonOptions {
  /** Records as they lie in the file, those of each file of a directory together; otherwise in the order of their times. */
  readonly fileOrder: boolean;
  /** Also the bytes of user stacks and AUX, and the SHA-1 of data that are too many to write down. */
  readonly withBytes: boolean;
  /** Bytes to read at a time; by default as many as OrderedRecords likes. */
  readonly windowSize?: number;
}

/** Reading at a time what follows a record. */
const PIECE = 1 << 20;

/** `{"recording": …}`, then each record. Nothing is resolved. */
export async function writeRecordingJson(recording: Recording, options: RecordingJsonOptions, write: (value: JsonObject) => void): Promise<void> {
  const { fileOrder, withBytes } = options;
  const before = await recordingJson(recording, withBytes);
  write({ recording: before });
  const order = { fileOrder, withUnowned: true, ...(options.windowSize !== undefined && { windowSize: options.windowSize }) };
  const records = recording.orderedRecords(order);
  const json = new RecordJson(recording.file, withBytes);
  for (let more = records.next(); typeof more === 'boolean' ? more : await more; more = records.next()) {
    const value = json.of(records.record, records.event);
    const place = payloadPlace(records.record);
    write(place === undefined ? value : { ...value, payload: await payloadJson(recording, place, withBytes) });
  }
  const after = await recordingJson(recording, withBytes);
  if (JSON.stringify(after) !== JSON.stringify(before)) write({ recording: after });
}

/** What the recording is, as far as it was read. */
async function recordingJson(recording: Recording, withBytes: boolean): Promise<JsonObject> {
  const { file } = recording;
  const cpuLists = new CpuLists();
  const features: Record<string, Json | undefined> = { ...featuresJson(file.features, withBytes) };
  const tracing = file.features.section(FeatureId.TracingData);
  if (tracing !== undefined && file.features.payload(FeatureId.TracingData) === undefined) {
    features['TRACING_DATA'] = await payloadJson(recording, { source: 0, ...tracing }, withBytes);
  }
  return {
    container: recording.fileCount > 1 ? 'directory' : file.container,
    version: file.version,
    byteOrder: file.littleEndian ? 'little' : 'big',
    events: file.events.events.map((event) => eventJson(event, cpuLists)),
    features,
  };
}

/** As far as it is there: the data of a file end where its records do, or its feature. */
async function payloadJson(recording: Recording, { source, offset, size }: PayloadPlace, withHash: boolean): Promise<Json> {
  const { dataOffset, dataSize } = recording.file;
  const limit = source === 0 && offset >= dataOffset && offset <= dataOffset + dataSize ? dataOffset + dataSize - offset : Infinity;
  const there = Math.min(size, limit);
  if (!withHash) return { size: there };
  const hash = new Sha1();
  let read = 0;
  while (read < there) {
    const piece = await recording.bytes(source, offset + read, Math.min(PIECE, there - read));
    if (piece.length === 0) break;
    hash.update(piece);
    read += piece.length;
  }
  return { size: read, sha1: bytesJson(hash.digest()) };
}
