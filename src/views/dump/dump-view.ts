// `perf script -D`: every record in its turn in time, its bytes in hexadecimal, what its fields say, and after a sample, when it is
// delivered, its thread, its shared object and its text in script (FORMAT 2, 3.7).

import { Diagnostics } from '../../bytes/diagnostics.ts';
import type { TextBuffer } from '../../bytes/text-buffer.ts';
import type { PerfEvent } from '../../perfdata/event-table.ts';
import type { PerfDataFile } from '../../perfdata/perf-data-file.ts';
import { FIRST_USER_TYPE, RecordType, recordTypeName } from '../../perfdata/record-types.ts';
import type { RecordView } from '../../perfdata/record-view.ts';
import { readAuxtrace, readAuxtraceInfo } from '../../perfdata/records/auxtrace.ts';
import { readLostSamples } from '../../perfdata/records/loss.ts';
import { readReadRecord } from '../../perfdata/records/stat.ts';
import { SampleBit } from '../../perfdata/sample-format.ts';
import { SampleView } from '../../perfdata/sample-view.ts';
import { TrailerView } from '../../perfdata/trailer-view.ts';
import type { Module } from '../../process/module.ts';
import type { ResolvedSample } from '../../profile/resolved-sample.ts';
import type { Resolver } from '../../profile/resolver.ts';
import { decimal } from '../records/exact-numbers.ts';
import { addDecimal, addPlace } from '../records/number-bytes.ts';
import { recordText } from '../records/record-text.ts';
import { registerNames } from '../records/register-names.ts';
import { TextPokeText } from '../records/text-poke.ts';
import type { ScriptView } from '../script/script-view.ts';
import { HexDump } from './hex-dump.ts';
import { addDeferred, addSample, readRecordText } from './sample-text.ts';
import { dumpTrace, knowsTrace, type TraceReader } from './trace-dump.ts';
import { userRecordText } from './user-record-text.ts';

/** What perf prints of a missing time or CPU. */
const NO_TIME = '18446744073709551615';
const NO_CPU = '4294967295';
const HYPERVISOR = 3;

export class DumpView {
  readonly #file: PerfDataFile;
  readonly #resolver: Resolver;
  readonly #script: ScriptView;
  readonly #out: TextBuffer;
  readonly #sourceName: (source: number) => string;
  readonly #textPoke: TextPokeText;
  readonly #hex = new HexDump();
  readonly #raw: SampleView;
  readonly #trailer: TrailerView;
  readonly #registerName: (register: number) => string;
  /** Of a pipe: events whose record was dumped. The others are not known yet to who reads the dump. */
  #eventsSeen: number;
  #sampleType = 0;
  /** Which tracer wrote the traces, by AUXTRACE_INFO. */
  #traceKind = 0;
  /** Where places are counted from: of a pipe, from the end of its header. */
  readonly #origin: number;

  /** `sourceName`: how the file of a record is called, by RecordView.source. `script` writes the samples, to the same `out`. */
  constructor(file: PerfDataFile, resolver: Resolver, script: ScriptView, out: TextBuffer, sourceName: (source: number) => string) {
    this.#file = file;
    this.#resolver = resolver;
    this.#script = script;
    this.#out = out;
    this.#sourceName = sourceName;
    this.#textPoke = new TextPokeText(resolver);
    const diagnostics = new Diagnostics(); // the walk itself reports what is wrong
    this.#raw = new SampleView(file.wide, file.timeBase, diagnostics);
    this.#trailer = new TrailerView(file.timeBase);
    this.#registerName = registerNames(file);
    this.#eventsSeen = file.container === 'pipe' ? 0 : file.events.events.length;
    this.#origin = file.container === 'pipe' ? file.headerSize : 0;
    for (const event of file.events.events.slice(0, this.#eventsSeen)) this.#sampleType |= event.layout.sampleType;
  }

  /** What is to be said before the first record. */
  begin(): void {
    const [first] = this.#file.events.events;
    if (this.#file.container !== 'file' || first?.attr.sampleIdAll === true) return;
    this.#out.text('WARNING: No sample_id_all support, falling back to unordered processing\n');
  }

  /** The kernel's symbols, where a record of changed code is to be dumped. */
  wantsFor(record: RecordView): Module | undefined {
    return this.#textPoke.wantsFor(record);
  }

  /** A record, before anything is made of it. */
  arrives(record: RecordView, eventIndex: number): void {
    const { type, size } = record;
    // What is in it follows, record by record.
    if (type === RecordType.Compressed || type === RecordType.Compressed2) return;
    const { events } = this.#file.events;
    const event = events[eventIndex] ?? events[0];
    const out = this.#out;
    const where = record.fileOffset - this.#origin;
    out.text('\n');
    addPlace(out, where);
    out.text('@');
    out.text(this.#sourceName(record.source));
    addSize(out, size);
    out.text(': event: ');
    out.decimal(type);
    out.text('\n.\n. ... raw event: size ');
    out.decimal(size);
    out.text(' bytes\n');
    out.block(this.#hex.lines(record.view, record.offset, record.end));
    out.text('\n');
    this.#addStamp(record, event);
    addPlace(out, where);
    addSize(out, size);
    out.text(': PERF_RECORD_');
    out.text(recordTypeName(type));
    if (type === RecordType.Sample) this.#addSample(record, event);
    else if (type === RecordType.CallchainDeferred) {
      this.#trailer.read(record, event);
      addDeferred(out, record, this.#trailer, event?.hasCallchain === true);
    } else out.text(type >= FIRST_USER_TYPE ? userRecordText(record, this.#file) : this.#kernelRecordText(record, event));
    if (type === RecordType.HeaderAttr && this.#eventsSeen < events.length) this.#sampleType |= events[this.#eventsSeen++]!.layout.sampleType;
  }

  /** What lies behind a record in the file: the traces of AUXTRACE. Undefined where nothing of it is shown. */
  payload(record: RecordView, read: TraceReader): Promise<void> | undefined {
    if (record.type === RecordType.AuxtraceInfo) this.#traceKind = readAuxtraceInfo(record)?.kind ?? 0;
    if (record.type !== RecordType.Auxtrace || !knowsTrace(this.#traceKind)) return undefined;
    const trace = readAuxtrace(record);
    if (trace === undefined || trace.dataSize === 0) return undefined;
    return dumpTrace(this.#traceKind, trace, record.source, record.fileOffset + record.size, read, (text) => this.#out.text(text));
  }

  /** A sample, when its stack is resolved: also some time after its record came. */
  sample(sample: ResolvedSample, raw: SampleView, record: RecordView): void {
    const { locations, frames } = this.#resolver;
    const module = sample.leaf < 0 ? -1 : frames.module[locations.frame[sample.leaf]!]!;
    const dso = module >= 0 ? frames.modules[module]!.path : sample.mode === HYPERVISOR ? '[hypervisor]' : '<not found>';
    const out = this.#out;
    out.text(' ... thread: ');
    out.text(sample.comm.text);
    out.text(':');
    out.decimal(raw.tid);
    out.text('\n ...... dso: ');
    out.text(dso);
    out.text('\n');
    this.#script.sample(sample, raw, record);
  }

  #addSample(record: RecordView, event: PerfEvent | undefined): void {
    if (event !== undefined && this.#raw.read(record, event)) addSample(this.#out, record, this.#raw, event, this.#registerName);
    else this.#out.newline();
  }

  /** CPU and time, where any event has them; of perf's own records zeros. */
  #addStamp(record: RecordView, event: PerfEvent | undefined): void {
    const out = this.#out;
    const { type, view, end, littleEndian } = record;
    const first = this.#eventsSeen === 0 ? undefined : this.#file.events.events[0];
    if (type !== RecordType.Sample && first?.attr.sampleIdAll !== true) return out.text('-1 -1 ');
    const hasCpu = (this.#sampleType & SampleBit.Cpu) !== 0;
    const hasTime = (this.#sampleType & SampleBit.Time) !== 0;
    let cpuAt = -1;
    let timeAt = -1;
    if (type >= FIRST_USER_TYPE) return out.text(`${hasCpu ? '0 ' : ''}${hasTime ? '0 ' : ''}`);
    if (event !== undefined) {
      const { layout } = event;
      if (type === RecordType.Sample) {
        cpuAt = layout.cpu < 0 ? -1 : record.offset + layout.cpu;
        timeAt = layout.time < 0 ? -1 : record.offset + layout.time;
      } else if (record.size >= 8 + layout.trailerSize) {
        cpuAt = layout.trailerCpu === 0 ? -1 : end - layout.trailerCpu;
        timeAt = layout.trailerTime === 0 ? -1 : end - layout.trailerTime;
      }
    }
    if (hasCpu) {
      if (cpuAt < 0 || cpuAt + 4 > end) out.text(NO_CPU);
      else out.decimal(view.getUint32(cpuAt, littleEndian));
      out.text(' ');
    }
    if (hasTime) {
      if (timeAt < 0 || timeAt + 8 > end) out.text(NO_TIME);
      else addDecimal(out, record, timeAt);
      out.text(' ');
    }
  }

  #kernelRecordText(record: RecordView, event: PerfEvent | undefined): string {
    switch (record.type) {
      case RecordType.Read: {
        const read = event === undefined ? undefined : readReadRecord(record, event.attr.readFormat, event.layout.trailerSize);
        if (event === undefined || read === undefined) return ': unhandled!\n';
        return `${readRecordText(event.name, read.pid, read.tid, read.values)}: unhandled!\n`;
      }
      case RecordType.Lost:
        if (record.size < 24) return '\n';
        return `: id:${decimal(record, record.offset + 8)}: lost:${decimal(record, record.offset + 16)}\n`;
      case RecordType.LostSamples: {
        const lost = readLostSamples(record);
        if (lost === undefined) return '\n';
        const { trailerAnyId } = event?.layout ?? { trailerAnyId: 0 };
        const id = trailerAnyId === 0 ? NO_TIME : decimal(record, record.end - trailerAnyId);
        return `: id:${id}: lost samples :${lost.lost}\n`;
      }
      case RecordType.TextPoke: return this.#textPoke.text(record);
      case RecordType.Throttle:
      case RecordType.Unthrottle: return '';
      default: return recordText(record, event);
    }
  }
}

function addSize(out: TextBuffer, size: number): void {
  out.text(' [0x');
  out.hex(0, size);
  out.text(']');
}
