// The file form (FORMAT 1.1, 1.2): header, ids, attrs, records, the table of features, their payloads. The header is written twice,
// as perf does: first without the length of the records, so that a file that was never finished says so, and at the end whole.

import { PerftsError } from '../../bytes/errors.ts';
import { FEATURE_BITS, FeatureId } from '../features/feature-id.ts';
import { fileHeaderLayout } from '../layouts/file-header.ts';
import { RecordType } from '../record-types.ts';
import { ByteBuilder, recordBytes } from './byte-builder.ts';
import type { ByteSink } from './byte-sink.ts';
import { attrOfLength, type RecordingWriter, type WrittenEvent, type WrittenFeatures } from './recording-writer.ts';

/** `PERFILE2` as a little-endian number. */
const MAGIC = 0x32454c4946524550n;
/** Of perf_event_attr in perf 7.2, where there is none whose size counts. */
const ATTR_SIZE = 144;

/**
 * Where the bit of HOSTNAME lies once the halves of its word have changed places. Readers of a big-endian file without HOSTNAME look there,
 * take the file for one of a 32-bit machine if it is set, and misread all bits (file-sections.ts). No feature known today has this number.
 */
const HOSTNAME_OF_HALVES = FeatureId.Hostname + 32;

export class FileWriter implements RecordingWriter {
  readonly littleEndian: boolean;
  readonly leftOut: number[] = [];
  readonly #sink: ByteSink;
  #position = 0;
  #attrs = { offset: 0, size: 0, entrySize: 0 };
  #dataOffset = 0;
  #eventCount = 0;
  #idCount = 0;
  /** Where AUXTRACE records lie and how long they are without their data, for the index in feature 18. */
  readonly #auxtrace: { readonly offset: number; readonly size: number }[] = [];

  /** @throws PerftsError PERFTS_USAGE where the sink cannot be changed afterwards. */
  constructor(sink: ByteSink, littleEndian: boolean) {
    if (sink.writeAt === undefined) throw new PerftsError('PERFTS_USAGE', 'a recording in file form cannot be written to a pipe');
    this.#sink = sink;
    this.littleEndian = littleEndian;
  }

  begin(events: readonly WrittenEvent[], features: WrittenFeatures): void {
    this.#put(this.#header(0, features));
    this.#putEvents(events);
    this.#dataOffset = this.#position;
    this.#sink.writeAt!(0, this.#header(0, features));
  }

  record(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (view.getUint32(0, this.littleEndian) === RecordType.Auxtrace) this.#auxtrace.push({ offset: this.#position, size: bytes.length });
    this.#put(bytes);
  }

  payload(bytes: Uint8Array): void {
    this.#put(bytes);
  }

  finish(events: readonly WrittenEvent[], features: WrittenFeatures): void {
    // A length of 0 says that the writer was killed.
    if (this.#position === this.#dataOffset) this.#put(recordBytes(this.littleEndian, RecordType.FinishedRound, 0));
    this.leftOut.push(...[...features.keys()].filter((id) => !this.#holds(id, features)));
    const dataSize = this.#position - this.#dataOffset;
    const payloads = this.#payloads(features);
    let place = this.#position + payloads.length * 16;
    const table = new ByteBuilder(this.littleEndian);
    for (const [, payload] of payloads) {
      table.u64(place).u64(payload.length);
      place += payload.length;
    }
    this.#put(table.bytes());
    for (const [, payload] of payloads) this.#put(payload);
    // Events that a pipe told late: readers find the section by its offset, wherever it is.
    if (events.length !== this.#eventCount || idCount(events) !== this.#idCount) this.#putEvents(events);
    this.#sink.writeAt!(0, this.#header(dataSize, new Map(payloads)));
  }

  /** In the order of their numbers. The index of AUXTRACE records is made anew: they have moved, and in a pipe there was none. */
  #payloads(features: WrittenFeatures): [number, Uint8Array][] {
    const all = new Map(features);
    if (this.#auxtrace.length > 0) all.set(FeatureId.Auxtrace, new Uint8Array(0));
    const payloads = [...all].filter(([id]) => this.#holds(id, all)).sort(([a], [b]) => a - b);
    return payloads.map(([id, payload]) => {
      if (id !== FeatureId.Auxtrace) return [id, payload];
      const index = new ByteBuilder(this.littleEndian).u64(this.#auxtrace.length);
      for (const { offset, size } of this.#auxtrace) index.u64(offset).u64(size);
      return [id, index.bytes()];
    });
  }

  /** Whether the header can say a feature beside the others. */
  #holds(id: number, features: WrittenFeatures): boolean {
    return id < FEATURE_BITS && (id !== HOSTNAME_OF_HALVES || this.littleEndian || features.has(FeatureId.Hostname));
  }

  #putEvents(events: readonly WrittenEvent[]): void {
    const attrLength = events.length === 0 ? ATTR_SIZE : events.reduce((length, event) => Math.max(length, event.attr.length), 0);
    const ids = new ByteBuilder(this.littleEndian);
    const entries = new ByteBuilder(this.littleEndian);
    for (const event of events) {
      const place = event.ids.length === 0 ? 0 : this.#position + ids.length;
      for (const id of event.ids) ids.u64(id);
      entries.raw(attrOfLength(event.attr, attrLength, this.littleEndian)).u64(place).u64(event.ids.length * 8);
    }
    this.#put(ids.bytes());
    this.#attrs = { offset: this.#position, size: entries.length, entrySize: attrLength + 16 };
    this.#put(entries.bytes());
    this.#eventCount = events.length;
    this.#idCount = idCount(events);
  }

  #header(dataSize: number, features: WrittenFeatures): Uint8Array {
    const header = new ByteBuilder(this.littleEndian).u64(MAGIC).u64(fileHeaderLayout.size).u64(this.#attrs.entrySize);
    header.u64(this.#attrs.offset).u64(this.#attrs.size).u64(this.#dataOffset).u64(dataSize).u64(0).u64(0);
    for (let word = 0; word < FEATURE_BITS / 64; word++) {
      let bits = 0n;
      for (const id of features.keys()) if (id >>> 6 === word && this.#holds(id, features)) bits |= 1n << BigInt(id & 63);
      header.u64(bits);
    }
    return header.bytes();
  }

  #put(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#sink.write(bytes);
    this.#position += bytes.length;
  }
}

function idCount(events: readonly WrittenEvent[]): number {
  return events.reduce((count, event) => count + event.ids.length, 0);
}
