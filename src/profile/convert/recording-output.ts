// From records as they are read to a written recording: byte order, container, compression, and what the container says itself.
// What is left out, changed or added is decided by who calls (convert-recording.ts, anonymize.ts, inject-jit.ts).

import { FeatureId } from '../../perfdata/features/feature-id.ts';
import type { EventTable } from '../../perfdata/event-table.ts';
import { dataSizeBehind } from '../../perfdata/data-behind.ts';
import { featureNumber } from '../../perfdata/pipe-prelude.ts';
import { RecordType } from '../../perfdata/record-types.ts';
import type { RecordView } from '../../perfdata/record-view.ts';
import { recordBytes } from '../../perfdata/writer/byte-builder.ts';
import type { ByteSink } from '../../perfdata/writer/byte-sink.ts';
import { CompressingWriter, type ZstdCompressor } from '../../perfdata/writer/compressing-writer.ts';
import { FileWriter } from '../../perfdata/writer/file-writer.ts';
import { PipeWriter } from '../../perfdata/writer/pipe-writer.ts';
import { writtenEvent, type RecordingWriter, type WrittenEvent } from '../../perfdata/writer/recording-writer.ts';
import { swapFeature } from '../../perfdata/writer/swap-features.ts';
import { RecordSwapper } from '../../perfdata/writer/swap-record.ts';
import type { Recording } from '../recording.ts';

/** How a recording is written. */
export interface OutputForm {
  readonly container: 'file' | 'pipe';
  /** As it was read if left out. */
  readonly littleEndian?: boolean | undefined;
  /** COMPRESSED records; with a compressor they are shorter than before, without one as long. */
  readonly compress?: boolean | undefined;
  readonly compressor?: ZstdCompressor | undefined;
}

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
  readonly #toFile: boolean;
  /** Records since the last round mark. */
  #inRound = 0;
  /** Records written. */
  count = 0;

  /**
   * `events`: how the records that will be written are laid out, if not as they were read. `change`: what becomes of the features;
   * it may change the map it is given.
   */
  constructor(recording: Recording, form: OutputForm, sink: ByteSink, events: EventTable = recording.file.events, change: (payloads: Payloads) => Payloads = (payloads) => payloads) {
    const fromLittle = recording.file.littleEndian;
    const littleEndian = form.littleEndian ?? fromLittle;
    const writer = form.container === 'file' ? new FileWriter(sink, littleEndian) : new PipeWriter(sink, littleEndian);
    this.#recording = recording;
    this.#events = events;
    this.#change = change;
    this.#toFile = form.container === 'file';
    this.#writer = form.compress === true ? new CompressingWriter(writer, form.compressor) : writer;
    this.#swapper = littleEndian === fromLittle ? undefined : new RecordSwapper(events, fromLittle, () => this.#cpuCount);
  }

  async begin(): Promise<void> {
    this.#writer.begin(this.#writtenEvents(), await this.#features());
  }

  /** Writes what was read, with the bytes that follow it. What the new container says in its own way is left out. */
  async record(record: RecordView, event: number): Promise<void> {
    if (this.#isOfContainer(record)) return;
    this.write(record.bytes.slice(record.offset, record.end), event);
    const behind = dataSizeBehind(record.view, record.offset, record.end, record.littleEndian);
    if (behind > 0) await this.#payload(record, behind);
  }

  /** Writes a record in the byte order of the recording that was read; the bytes are changed. `event`: the one it belongs to, or -1. */
  write(bytes: Uint8Array, event: number): void {
    this.#swapper?.swap(bytes, 0, bytes.length, event);
    this.#writer.record(bytes);
    this.count++;
  }

  /** Where records are written in the order of time: marks now and then that all earlier ones are there, as perf record does. */
  inOrder(): void {
    if (++this.#inRound < ROUND) return;
    this.#inRound = 0;
    this.#writer.record(recordBytes(this.#writer.littleEndian, RecordType.FinishedRound, 0));
  }

  async finish(): Promise<void> {
    this.#writer.finish(this.#writtenEvents(), await this.#features());
  }

  get #cpuCount(): number {
    return this.#recording.file.features.cpuCounts?.available ?? 0;
  }

  /** What says how records are packed, and what `begin` and `finish` write. */
  #isOfContainer(record: RecordView): boolean {
    const { type } = record;
    if (type === RecordType.Compressed || type === RecordType.Compressed2) return true;
    const { file } = this.#recording;
    const isInPrelude = file.container === 'pipe' && record.source === 0 && record.fileOffset < file.preludeEnd;
    if (type === RecordType.HeaderAttr || type === RecordType.HeaderTracingData) return isInPrelude || this.#toFile;
    if (type === RecordType.HeaderFeature) return isInPrelude || this.#toFile || featureNumber(record) === FeatureId.Compressed;
    return false;
  }

  /** The bytes that follow a record in its file. */
  async #payload(record: RecordView, size: number): Promise<void> {
    if (record.isDecompressed) return;
    const { source } = record;
    const start = record.fileOffset + record.size;
    for (let at = 0; at < size; ) {
      const piece = await this.#recording.bytes(source, start + at, Math.min(size - at, PIECE));
      if (piece.length === 0) return;
      this.#writer.payload(piece);
      at += piece.length;
    }
  }

  #writtenEvents(): WrittenEvent[] {
    const { events, littleEndian, container } = this.#recording.file;
    return this.#events.events.map((event) => {
      const written = writtenEvent(event, littleEndian, this.#writer.littleEndian);
      const name = events.events[event.index]?.name;
      return container === 'pipe' || name === undefined ? written : { ...written, name };
    });
  }

  /** All payloads as they are known now, changed and in the byte order of the output. */
  async #features(): Promise<Payloads> {
    const { features, littleEndian } = this.#recording.file;
    let payloads: Payloads = new Map();
    for (const id of features.ids()) {
      if (id === FeatureId.Compressed || id === FeatureId.DirFormat) continue;
      const place = features.section(id);
      const payload = features.payload(id)?.slice() ?? (await this.#recording.bytes(0, place?.offset ?? 0, place?.size ?? 0));
      payloads.set(id, payload);
    }
    payloads = this.#change(payloads);
    if (this.#swapper !== undefined) {
      for (const [id, payload] of payloads) if (id !== FeatureId.TracingData) swapFeature(id, payload, littleEndian, this.#cpuCount);
    }
    return payloads;
  }
}
