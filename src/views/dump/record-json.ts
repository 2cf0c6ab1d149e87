// Records as JSON for programs: what the dump says, without names of functions (json.ts says what numbers look like). The form is
// described in testdata/conformance/README.md, whose vectors other readers are held against too.

import { Diagnostics } from '../../bytes/diagnostics.ts';
import { dataSizeBehind, isLongRecord } from '../../perfdata/data-behind.ts';
import type { PerfEvent } from '../../perfdata/event-table.ts';
import type { PerfDataFile } from '../../perfdata/perf-data-file.ts';
import { FIRST_USER_TYPE, RecordType, recordTypeName } from '../../perfdata/record-types.ts';
import type { RecordView } from '../../perfdata/record-view.ts';
import { hexOfBytes } from '../../perfdata/records/mmap.ts';
import { SampleView } from '../../perfdata/sample-view.ts';
import { decimal } from '../records/exact-numbers.ts';
import { registerNames } from '../records/register-names.ts';
import { CpuLists } from './cpu-lists.ts';
import { type Json, type JsonObject, modeName } from './json.ts';
import { KernelRecordJson } from './kernel-record-json.ts';
import { ownRecordFields } from './own-record-json.ts';
import { sampleFields } from './sample-json.ts';

/** Where data lie that follow a record, outside its size. */
export interface PayloadPlace {
  /** RecordView.source. */
  readonly source: number;
  readonly offset: number;
  /** As the record says it: there may be less. */
  readonly size: number;
}

export class RecordJson {
  readonly #file: PerfDataFile;
  readonly #raw: SampleView;
  readonly #kernel: KernelRecordJson;
  readonly #withBytes: boolean;
  readonly #cpuLists = new CpuLists();
  #registerName: ((register: number) => string) | undefined;

  /** `withBytes`: also the bytes of user stacks and AUX. */
  constructor(file: PerfDataFile, withBytes = false) {
    this.#file = file;
    this.#withBytes = withBytes;
    this.#raw = new SampleView(file.wide, file.timeBase, new Diagnostics());
    this.#kernel = new KernelRecordJson(file.timeBase);
  }

  /** The record as an object: where it lies, its header, its `fields`, and of kernel records other than samples the `sampleId` at their end. */
  of(record: RecordView, eventIndex: number): JsonObject {
    const { type, source, fileOffset } = record;
    // Of simpleperf's long records only the header is there, and misc is a part of the size.
    const behind = isLongRecord(record.view, record.offset, record.littleEndian) ? dataSizeBehind(record.view, record.offset, record.end, record.littleEndian) : 0;
    const size = record.size + behind;
    const misc = behind > 0 ? 0 : record.misc;
    const isUser = type >= FIRST_USER_TYPE;
    const event = this.#file.events.events[eventIndex];
    const sampleId = event === undefined || type === RecordType.Sample ? undefined : sampleIdOf(record, event);
    const fields = isUser ? ownRecordFields(record, this.#file, this.#cpuLists) : event && this.#kernelFields(record, event);
    const bodyEnd = sampleId === undefined || event === undefined ? record.end : record.end - event.layout.trailerSize;
    return {
      ...(source > 0 && { source }),
      offset: fileOffset,
      ...(record.isDecompressed && { compressed: true }),
      size,
      type,
      name: recordTypeName(type),
      misc,
      mode: modeName(misc),
      ...(event !== undefined && !isUser && { event: eventIndex }),
      fields: behind > 0 ? {} : fields ?? { bytes: hexOfBytes(record.bytes, record.offset + 8, bodyEnd) },
      sampleId,
    };
  }

  #kernelFields(record: RecordView, event: PerfEvent): JsonObject | undefined {
    if (record.type !== RecordType.Sample) return this.#kernel.fields(record, event);
    this.#registerName ??= registerNames(this.#file);
    return this.#raw.read(record, event) ? sampleFields(record, this.#raw, event, this.#registerName, this.#withBytes) : undefined;
  }
}

/** Of AUXTRACE, TRACING_DATA and simpleperf's long records; undefined for others, and for those that were compressed, behind which nothing of the file can be. */
export function payloadPlace(record: RecordView): PayloadPlace | undefined {
  const { type, view, offset, end, source, littleEndian } = record;
  if (record.isDecompressed) return undefined;
  if (type !== RecordType.Auxtrace && type !== RecordType.HeaderTracingData && !isLongRecord(view, offset, littleEndian)) return undefined;
  return { source, offset: record.fileOffset + record.size, size: dataSizeBehind(view, offset, end, littleEndian) };
}

function sampleIdOf(record: RecordView, { layout }: PerfEvent): Json | undefined {
  if (layout.trailerSize === 0 || record.size < 8 + layout.trailerSize || record.type >= FIRST_USER_TYPE) return undefined;
  const { view, end, littleEndian } = record;
  const word = (back: number): string | undefined => (back === 0 ? undefined : decimal(record, end - back));
  const half = (back: number): number | undefined => (back === 0 ? undefined : view.getInt32(end - back, littleEndian));
  return {
    pid: half(layout.trailerTid),
    tid: layout.trailerTid === 0 ? undefined : half(layout.trailerTid - 4),
    time: word(layout.trailerTime),
    id: word(layout.trailerId),
    streamId: word(layout.trailerStreamId),
    cpu: half(layout.trailerCpu),
    identifier: word(layout.trailerIdentifier),
  };
}
