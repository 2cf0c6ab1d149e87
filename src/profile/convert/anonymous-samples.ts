// Samples without users' data: the stack that was unwound stands as a plain call chain for the bytes of the stack and the registers,
// which may hold anything, and the texts in tracepoints are replaced (FORMAT 2.3). The attrs say so.

import { decodeText, encodeText } from '../../bytes/text.ts';
import { Diagnostics } from '../../bytes/diagnostics.ts';
import { readAttr } from '../../perfdata/attr.ts';
import { EventTable, type PerfEvent } from '../../perfdata/event-table.ts';
import type { PerfDataFile } from '../../perfdata/perf-data-file.ts';
import type { RecordView } from '../../perfdata/record-view.ts';
import { SampleBit } from '../../perfdata/sample-format.ts';
import type { SampleView } from '../../perfdata/sample-view.ts';
import type { FormatField } from '../../perfdata/tracing/event-format.ts';
import type { Tracepoints } from '../../perfdata/tracing/tracepoints.ts';
import { ByteBuilder } from '../../perfdata/writer/byte-builder.ts';
import { changedAttr } from '../../perfdata/writer/change-attr.ts';
import { StackSource, type ResolvedSample } from '../resolved-sample.ts';
import { anonymousEventName } from './anonymous-tracing.ts';
import type { NameReplacements } from './name-replacements.ts';

const DROPPED = SampleBit.RegsUser | SampleBit.StackUser | SampleBit.RegsIntr | SampleBit.Aux;
const KNOWN_BITS = 0x1ffffffn;
/** exclude_callchain_user: the chains have users' frames now. */
const CLEARED_FLAGS: readonly number[] = [22];
// Context markers (FORMAT 2.3.4).
const MARKER_USER = -512n;

/** The events as they are written, in the order of those that were read. */
export function anonymousEvents(file: PerfDataFile, tracepoints: Tracepoints | undefined, names: NameReplacements): EventTable {
  const table = new EventTable();
  for (const event of file.events.events) {
    const { attr } = event;
    const added = event.hasUserStack ? BigInt(SampleBit.Callchain) : 0n;
    const sampleType = (BigInt(attr.sampleType >>> 0) & KNOWN_BITS & ~BigInt(DROPPED)) | added;
    const bytes = changedAttr(attr.bytes, file.littleEndian, {
      sampleType, sampleRegsUser: 0n, sampleStackUser: 0, sampleRegsIntr: 0n, auxSampleSize: 0,
      ...(event.hasUserStack ? { clearFlags: CLEARED_FLAGS } : {}),
    });
    const written = table.add(readAttr(bytes, file.littleEndian)!, event.ids, new Diagnostics(), -1);
    if (written !== undefined) written.name = anonymousEventName(event, tracepoints, names);
  }
  return table;
}

export class AnonymousSamples {
  readonly #file: PerfDataFile;
  readonly #names: NameReplacements;
  readonly #tracepoints: Tracepoints | undefined;

  constructor(file: PerfDataFile, names: NameReplacements, tracepoints: Tracepoints | undefined) {
    this.#file = file;
    this.#names = names;
    this.#tracepoints = tracepoints;
  }

  /** The sample as a record of `to`, the event that is written for `event`. Without `sample` its chain stays as it was recorded. */
  record(sample: ResolvedSample | undefined, raw: SampleView, record: RecordView, event: PerfEvent, to: PerfEvent): Uint8Array {
    const { bytes, offset, littleEndian } = record;
    const has = (bit: number): boolean => (to.attr.sampleType & bit) !== 0;
    const builder = new ByteBuilder(littleEndian).raw(bytes.subarray(offset, offset + event.layout.fixedEnd));
    const word = (at: number): void => {
      if (at >= 0) builder.raw(bytes.subarray(at, at + 8));
    };
    if (has(SampleBit.Read)) builder.raw(bytes.subarray(raw.readOffset, raw.readEnd));
    if (has(SampleBit.Callchain)) {
      const chain = this.#chain(sample, raw, record, event);
      builder.u64(chain.length);
      for (const address of chain) builder.u64(address);
    }
    if (has(SampleBit.Raw)) builder.u32(raw.rawSize).raw(this.#raw(raw, record, event));
    if (has(SampleBit.BranchStack)) {
      builder.u64(raw.branchCount);
      word(raw.branchHwIndexOffset);
      builder.raw(bytes.subarray(raw.branchOffset, raw.branchOffset + raw.branchCount * 24));
      if (raw.branchCountersOffset >= 0) builder.raw(bytes.subarray(raw.branchCountersOffset, raw.branchCountersOffset + raw.branchCount * 8));
    }
    for (const at of [raw.weightOffset, raw.dataSrcOffset, raw.transactionOffset, raw.physAddrOffset, raw.cgroupOffset, raw.dataPageSizeOffset, raw.codePageSizeOffset]) word(at);
    const copy = builder.bytes();
    new DataView(copy.buffer).setUint16(6, copy.length, littleEndian);
    return copy;
  }

  /** As it was recorded; with the user's frames that were unwound in their place. */
  #chain(sample: ResolvedSample | undefined, raw: SampleView, record: RecordView, event: PerfEvent): bigint[] {
    const recorded: bigint[] = [];
    for (let i = 0; i < raw.chainLength; i++) recorded.push(record.view.getBigInt64(raw.chainOffset + i * 8, record.littleEndian));
    if (sample === undefined) return recorded;
    // On arm64 a caller was found with the link register, which is dropped.
    const isMended = event.attr.sampleRegsUser !== 0n && sample.source === StackSource.FramePointers;
    if (sample.source !== StackSource.Unwound && !isMended) return recorded;
    const user = recorded.indexOf(MARKER_USER);
    const chain = user < 0 ? recorded : recorded.slice(0, user);
    if (sample.depth > sample.kernelDepth) chain.push(MARKER_USER);
    for (let i = sample.kernelDepth; i < sample.depth; i++) chain.push(this.#file.wide.exact(sample.addresses[i]!));
    return chain;
  }

  /** Numbers as they are, texts replaced in their place; zeros where nobody knows what is in it, between the fields and behind them too. */
  #raw(raw: SampleView, record: RecordView, event: PerfEvent): Uint8Array {
    const bytes = record.bytes.subarray(raw.rawOffset, raw.rawOffset + raw.rawSize);
    const anonymous = new Uint8Array(bytes.length);
    const format = this.#tracepoints?.format(event);
    for (const field of [...(format?.commonFields ?? []), ...(format?.fields ?? [])]) this.#field(anonymous, bytes, field);
    return anonymous;
  }

  #field(anonymous: Uint8Array, bytes: Uint8Array, field: FormatField): void {
    let { offset, size } = field;
    if (field.isDynamic) {
      if (offset + 4 > bytes.length) return;
      anonymous.set(bytes.subarray(offset, offset + 4), offset);
      const place = new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset, this.#tracepoints!.data.littleEndian);
      offset = (place & 0xffff) + (field.isRelative ? offset + size : 0);
      size = place >>> 16;
    }
    const end = Math.min(size === 0 ? bytes.length : offset + size, bytes.length);
    if (offset >= end) return;
    const isNumeric = field.elementSize > 1 || (!field.isArray && !field.isDynamic);
    if (isNumeric) anonymous.set(bytes.subarray(offset, end), offset);
    else if (field.isString) {
      const text = decodeText(bytes, offset, end);
      if (text !== '') anonymous.set(encodeText(text.includes('/') ? this.#names.path(text) : this.#names.comm(text)).subarray(0, end - offset - 1), offset);
    }
  }
}
