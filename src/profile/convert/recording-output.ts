// From records as they are read to a written recording: byte order, container, compression, and what the container says itself.
// What is left out, changed or added is decided by who calls (convert-recording.ts, anonymize.ts, inject-jit.ts).

import { PerftsError } from '../../bytes/errors.ts';
import { FeatureId } from '../../perfdata/features/feature-id.ts';
import { isReadable } from '../../perfdata/features/readable.ts';
import { type EventTable, liesBehind, type RecordPlace } from '../../perfdata/event-table.ts';
import { dataSizeBehind } from '../../perfdata/data-behind.ts';
import { defaultEventName } from '../../perfdata/event-name.ts';
import { featureNumber } from '../../perfdata/pipe-prelude.ts';
import { FIRST_USER_TYPE, RecordType } from '../../perfdata/record-types.ts';
import type { RecordView } from '../../perfdata/record-view.ts';
import { readEventUpdate } from '../../perfdata/records/about-recording.ts';
import { wholeBuildIds } from '../../perfdata/records/build-id.ts';
import { recordBytes } from '../../perfdata/writer/byte-builder.ts';
import type { ByteSink, SinkFolder } from '../../perfdata/writer/byte-sink.ts';
import { CompressingWriter } from '../../perfdata/writer/compressing-writer.ts';
import { Compression, type ZstdCompressor } from '../../perfdata/writer/compression.ts';
import { DirectoryWriter } from '../../perfdata/writer/directory-writer.ts';
import { eventDescPayload } from '../../perfdata/writer/event-desc.ts';
import { FileWriter } from '../../perfdata/writer/file-writer.ts';
import { PipeWriter } from '../../perfdata/writer/pipe-writer.ts';
import { writtenEvent, type RecordingWriter, type WrittenEvent } from '../../perfdata/writer/recording-writer.ts';
import { NO_RING_BUFFER, RingBuffers } from '../../perfdata/writer/ring-buffers.ts';
import { swapFeature } from '../../perfdata/writer/swap-features.ts';
import { RecordSwapper } from '../../perfdata/writer/swap-record.ts';
import type { Recording } from '../recording.ts';

/** How a recording is written. */
export interface OutputForm {
  readonly container: 'file' | 'pipe' | 'directory';
  /** As it was read if left out. */
  readonly littleEndian?: boolean | undefined;
  /** COMPRESSED records; with a compressor they are shorter than before, without one as long. */
  readonly compress?: boolean | undefined;
  readonly compressor?: ZstdCompressor | undefined;
}

/** Where it goes: a folder for a directory, else a sink. */
export type OutputPlace = ByteSink | SinkFolder;

/** Payloads in the byte order of the recording that was read. */
export type Payloads = Map<number, Uint8Array>;

/** Records of time-ordered output between two marks that what comes later is later: a few MB for whoever reads them. */
const ROUND = 4_096;
const PIECE = 1 << 20;

export class RecordingOutput {
  readonly #recording: Recording;
  readonly #writer: RecordingWriter;
  readonly #events: EventTable;
  readonly #swapper: RecordSwapper | undefined;
  readonly #change: (payloads: Payloads) => Payloads;
  readonly #container: OutputForm['container'];
  readonly #ringBuffers: RingBuffers;
  readonly #eventsInHeader: boolean;
  /** The last HEADER_ATTR record whose event `begin` wrote. */
  #attrsWritten: RecordPlace;
  /** Records since the last round mark. */
  #inRound = 0;
  /** Records written. */
  count = 0;

  /**
   * `events`: how the records that will be written are laid out, if not as they were read. `change`: what becomes of the features;
   * it may change the map it is given.
   */
  constructor(recording: Recording, form: OutputForm, place: OutputPlace, events: EventTable = recording.file.events, change: (payloads: Payloads) => Payloads = (payloads) => payloads) {
    const fromLittle = recording.file.littleEndian;
    const littleEndian = form.littleEndian ?? fromLittle;
    this.#recording = recording;
    this.#events = events;
    this.#change = change;
    this.#container = form.container;
    this.#writer = writerOf(form, place, littleEndian);
    this.#swapper = littleEndian === fromLittle ? undefined : new RecordSwapper(events, fromLittle, () => this.#cpuCount);
    this.#ringBuffers = new RingBuffers(recording.file.events);
    this.#eventsInHeader = recording.file.container === 'file' && recording.file.events.areOfHeader;
    this.#attrsWritten = recording.file.events.lastAttrRecord;
  }

  async begin(): Promise<void> {
    this.#attrsWritten = this.#recording.file.events.lastAttrRecord;
    this.#writer.begin(this.#writtenEvents(), await this.#features());
  }

  /** Writes what was read, with the bytes that follow it. What the new container says in its own way is left out. */
  async record(record: RecordView, event: number, hasTime: boolean): Promise<void> {
    if (this.isOfContainer(record)) return;
    const behind = dataSizeBehind(record.view, record.offset, record.end, record.littleEndian);
    // A record without its data, which were cut or never lay behind a compressed one, would take what comes after it for them.
    if (behind > 0 && (record.isDecompressed || (await this.#recording.bytes(record.source, record.fileOffset + record.size + behind - 1, 1)).length === 0)) return;
    this.#ringBuffers.see(record);
    this.write(record.bytes.slice(record.offset, record.end), event, this.ringBufferOf(record, event, hasTime));
    if (behind > 0) await this.#payload(record, behind);
  }

  /**
   * Writes a record in the byte order of the recording that was read; the bytes are changed. `event`: the one it belongs to, or -1.
   * `ringBuffer`: `ringBufferOf` the record that it stands for; left out for what perf itself writes.
   */
  write(bytes: Uint8Array, event: number, ringBuffer: number = NO_RING_BUFFER): void {
    this.#swapper?.swap(bytes, 0, bytes.length, event);
    this.#writer.record(bytes, ringBuffer);
    this.count++;
  }

  /** The ring buffer that a record came through, where that matters: in the order of time it counts only for a directory. */
  ringBufferOf(record: RecordView, event: number, hasTime: boolean): number {
    if (this.#container !== 'directory' || record.type >= FIRST_USER_TYPE) return NO_RING_BUFFER;
    // A directory stays as it was.
    if (this.#recording.fileCount > 1) return record.source - 1;
    // Nobody could put them in order again.
    if (!hasTime || !this.#recording.file.events.ordered) return NO_RING_BUFFER;
    return this.#ringBuffers.of(record, event);
  }

  /** Where records are written in the order of time: marks now and then that all earlier ones are there, as perf record does. */
  inOrder(): void {
    // A directory is read as if it had none.
    if (this.#container === 'directory' || ++this.#inRound < ROUND) return;
    this.#inRound = 0;
    this.#writer.record(recordBytes(this.#writer.littleEndian, RecordType.FinishedRound, 0));
  }

  async finish(): Promise<void> {
    this.#writer.finish(this.#writtenEvents(), await this.#features());
  }

  /** Features that the container cannot hold, by number. */
  get leftOut(): readonly number[] {
    return this.#writer.leftOut;
  }

  get #cpuCount(): number {
    return this.#recording.file.features.cpuCounts?.available ?? 0;
  }

  /** Whether a record says how records are packed, or what `begin` and `finish` write: `record` leaves it out. */
  isOfContainer(record: RecordView): boolean {
    const { type } = record;
    if (type === RecordType.Compressed || type === RecordType.Compressed2) return true;
    const { file } = this.#recording;
    const isInPrelude = file.container === 'pipe' && record.source === 0 && record.fileOffset < file.preludeEnd;
    const hasSections = this.#container !== 'pipe';
    // Of a file whose header says events these are all. Where the records were walked before (for the families of processes, for names),
    // the events of a pipe that says them late are known when the writing begins, and a second one of each would be another event.
    if (type === RecordType.HeaderAttr) return isInPrelude || hasSections || this.#eventsInHeader || !liesBehind(record, this.#attrsWritten);
    if (type === RecordType.HeaderTracingData) return isInPrelude || hasSections;
    if (type === RecordType.HeaderFeature) return isInPrelude || hasSections || featureNumber(record) === FeatureId.Compressed || this.#isOverruled(record);
    if (type === RecordType.HeaderBuildId) return isInPrelude;
    if (type === RecordType.EventUpdate) return isInPrelude && hasSections && this.#isNamed(record);
    // Of one file's rounds; where the records of several lie apart they would be wrong.
    return type === RecordType.FinishedRound && this.#container === 'directory' && this.#recording.fileCount === 1;
  }

  /** Whether a file's header says the feature of a record itself: nobody has read it from the record, but of a pipe everybody would. */
  #isOverruled(record: RecordView): boolean {
    const { container, features } = this.#recording.file;
    return container === 'file' && features.section(featureNumber(record)) !== undefined;
  }

  /** Whether EVENT_DESC says, or will say, the name that a record gives an event. */
  #isNamed(record: RecordView): boolean {
    const update = readEventUpdate(record);
    if (update?.kind !== 'name') return false;
    const { features, events } = this.#recording.file;
    const event = events.events[events.eventOfUpdate(update.id)];
    return features.eventDesc === undefined || features.eventDesc[event?.index ?? -1]?.name === update.text;
  }

  /** The bytes that follow a record in its file. */
  async #payload(record: RecordView, size: number): Promise<void> {
    const { source } = record;
    const start = record.fileOffset + record.size;
    for (let at = 0; at < size; ) {
      const piece = await this.#recording.bytes(source, start + at, Math.min(size - at, PIECE));
      if (piece.length === 0) return;
      this.#writer.payload(piece);
      at += piece.length;
    }
  }

  /** Whether events have names that nothing else says as it should: in a file EVENT_DESC does, in a pipe EVENT_UPDATE. */
  #needsNames(): boolean {
    const { events } = this.#recording.file;
    return events.namedByEventTypes || (this.#container !== 'pipe' && events.events.some(({ name, attr }) => name !== defaultEventName(attr)));
  }

  #writtenEvents(): WrittenEvent[] {
    const { littleEndian, container } = this.#recording.file;
    return this.#events.events.map((event) => {
      const written = writtenEvent(event, littleEndian, this.#writer.littleEndian);
      return container === 'pipe' ? written : { ...written, name: event.name };
    });
  }

  /** All payloads as they are known now, changed and in the byte order of the output. */
  async #features(): Promise<Payloads> {
    const { features, littleEndian, events } = this.#recording.file;
    let payloads: Payloads = new Map();
    for (const id of features.ids()) {
      if (id === FeatureId.Compressed || id === FeatureId.DirFormat || !isReadable(features, id)) continue;
      const place = features.section(id);
      const payload = features.payload(id)?.slice() ?? (await this.#recording.bytes(0, place?.offset ?? 0, place?.size ?? 0));
      payloads.set(id, id === FeatureId.BuildId ? payload.subarray(0, wholeBuildIds(payload, littleEndian)) : payload);
    }
    if (payloads.has(FeatureId.TracingData) && (await this.#recording.tracepoints()) === undefined) payloads.delete(FeatureId.TracingData);
    if (!payloads.has(FeatureId.EventDesc) && this.#needsNames()) {
      payloads.set(FeatureId.EventDesc, eventDescPayload(events.events.map(({ attr, name, ids }) => ({ attr: attr.bytes, name, ids })), littleEndian));
    }
    payloads = this.#change(payloads);
    if (this.#swapper !== undefined) {
      for (const [id, payload] of payloads) if (id !== FeatureId.TracingData) swapFeature(id, payload, littleEndian, this.#cpuCount);
    }
    return payloads;
  }
}

function writerOf({ container, compress, compressor }: OutputForm, place: OutputPlace, littleEndian: boolean): RecordingWriter {
  const compression = compress === true ? new Compression(compressor) : undefined;
  if ('file' in place) {
    if (container !== 'directory') throw new PerftsError('PERFTS_USAGE', 'a folder holds a directory, no other form');
    return new DirectoryWriter(place, littleEndian, compression);
  }
  if (container === 'directory') throw new PerftsError('PERFTS_USAGE', 'a directory is written into a folder');
  const writer = container === 'file' ? new FileWriter(place, littleEndian) : new PipeWriter(place, littleEndian);
  return compression === undefined ? writer : new CompressingWriter(writer, compression);
}
