// The pipe form (FORMAT 1.4): a header of 16 bytes, then what a file keeps in sections as records: events, features with a mark at
// their end, the formats of tracepoints, build ids. Needs nothing of the sink but `write`.

import { FEATURE_NAMES, FeatureId, isSaidByBeingThere } from '../features/feature-id.ts';
import { MAX_RECORD_SIZE } from '../../bytes/limits.ts';
import { idsInAttrRecord } from '../pipe-prelude.ts';
import { RecordType } from '../record-types.ts';
import { ByteBuilder, recordBytes } from './byte-builder.ts';
import type { ByteSink } from './byte-sink.ts';
import { attrOfLength, type RecordingWriter, type WrittenEvent, type WrittenFeatures } from './recording-writer.ts';

const MAGIC = 0x32454c4946524550n;
const HEADER_SIZE = 16;
/** Record header and number of the feature. */
const FEATURE_FIXED = 16;
/** Which kind of EVENT_UPDATE. */
const UPDATE_NAME = 2;
/** Those that have a record of their own, or are about places in a file. */
const NOT_AS_FEATURE: readonly number[] = [FeatureId.TracingData, FeatureId.BuildId, FeatureId.Auxtrace];

export class PipeWriter implements RecordingWriter {
  readonly littleEndian: boolean;
  readonly #sink: ByteSink;
  readonly leftOut: number[] = [];

  constructor(sink: ByteSink, littleEndian: boolean) {
    this.#sink = sink;
    this.littleEndian = littleEndian;
  }

  begin(events: readonly WrittenEvent[], features: WrittenFeatures): void {
    const { littleEndian } = this;
    this.#sink.write(new ByteBuilder(littleEndian).u64(MAGIC).u64(HEADER_SIZE).bytes());
    for (const event of events) this.#attr(event);
    for (const id of [...features.keys()].sort((a, b) => a - b)) {
      if (!NOT_AS_FEATURE.includes(id)) this.#feature(id, features.get(id)!);
    }
    if (features.size > 0) this.#sink.write(recordBytes(littleEndian, RecordType.HeaderFeature, 0, (body) => body.u64(FEATURE_NAMES.length)));
    this.#tracingData(features.get(FeatureId.TracingData));
    this.#buildIds(features.get(FeatureId.BuildId));
    for (const [index, event] of events.entries()) this.#name(event, index);
  }

  record(bytes: Uint8Array): void {
    this.#sink.write(bytes);
  }

  payload(bytes: Uint8Array): void {
    this.#sink.write(bytes);
  }

  finish(): void {}

  /** HEADER_ATTR; where there are more ids than one holds, again with those that are left (pipe-prelude.ts puts them together). */
  #attr({ attr, ids }: WrittenEvent): void {
    const most = idsInAttrRecord(attr.length);
    for (let at = 0; at === 0 || at < ids.length; at += most) {
      const record = recordBytes(this.littleEndian, RecordType.HeaderAttr, 0, (body) => {
        body.raw(attrOfLength(attr, attr.length, this.littleEndian));
        for (const id of ids.slice(at, at + most)) body.u64(id);
      });
      this.#sink.write(record);
    }
  }

  #feature(id: number, payload: Uint8Array): void {
    if (FEATURE_FIXED + payload.length > MAX_RECORD_SIZE || (payload.length === 0 && !isSaidByBeingThere(id))) this.leftOut.push(id);
    else this.#sink.write(recordBytes(this.littleEndian, RecordType.HeaderFeature, 0, (body) => body.u64(id).raw(payload)));
  }

  /** The stream follows its record, padded to 8. */
  #tracingData(data: Uint8Array | undefined): void {
    if (data === undefined || data.length === 0) return;
    const padding = (8 - (data.length % 8)) % 8;
    this.#sink.write(recordBytes(this.littleEndian, RecordType.HeaderTracingData, 0, (body) => body.u32(data.length + padding).u32(0)));
    this.#sink.write(data);
    if (padding > 0) this.#sink.write(new Uint8Array(padding));
  }

  /** perf takes names in a pipe from EVENT_UPDATE, not from EVENT_DESC. Of the first event the id may be 0, if it has none. */
  #name({ name, ids }: WrittenEvent, index: number): void {
    const id = ids[0] ?? (index === 0 ? 0n : undefined);
    if (name === undefined || name === '' || id === undefined) return;
    this.#sink.write(recordBytes(this.littleEndian, RecordType.EventUpdate, 0, (body) => body.u64(UPDATE_NAME).u64(id).text(name, 8)));
  }

  /** In the feature they are records already, but for their type, and for their length: in a stream perf wants multiples of 8. */
  #buildIds(list: Uint8Array | undefined): void {
    if (list === undefined) return;
    const view = new DataView(list.buffer, list.byteOffset, list.byteLength);
    for (let at = 0; at + 8 <= list.length; ) {
      const size = view.getUint16(at + 6, this.littleEndian);
      if (size < 8 || at + size > list.length) return;
      const record = new Uint8Array(Math.ceil(size / 8) * 8);
      record.set(list.subarray(at, at + size));
      const header = new DataView(record.buffer);
      header.setUint32(0, RecordType.HeaderBuildId, this.littleEndian);
      header.setUint16(6, record.length, this.littleEndian);
      this.#sink.write(record);
      at += size;
    }
  }
}

