// `perf script`: one line for each sample, or a head line and a line for each frame (FORMAT 3.7). Lines are written as bytes, without
// strings; those of frames are made once and kept (frame-lines.ts).

import { PerftsError } from '../../bytes/errors.ts';
import type { TextBuffer } from '../../bytes/text-buffer.ts';
import type { PerfEvent } from '../../perfdata/event-table.ts';
import type { PerfDataFile } from '../../perfdata/perf-data-file.ts';
import type { RecordView } from '../../perfdata/record-view.ts';
import type { SampleView } from '../../perfdata/sample-view.ts';
import { SampleBit } from '../../perfdata/sample-format.ts';
import type { Tracepoints } from '../../perfdata/tracing/tracepoints.ts';
import type { Module } from '../../process/module.ts';
import { joinedFrames, type ResolvedSample } from '../../profile/resolved-sample.ts';
import type { Resolver } from '../../profile/resolver.ts';
import type { SourceTable } from '../../profile/source-table.ts';
import { registerNames } from '../records/register-names.ts';
import { TraceTexts } from '../../profile/trace-texts.ts';
import { BranchColumn, type BranchForm } from './branch-column.ts';
import { bpfOutputText, isBpfOutput } from './bpf-output.ts';
import type { CodeColumns } from './code-columns.ts';
import { eventType, fieldSets, type Field, type FieldChoice } from './fields.ts';
import { FrameLines, type FrameColumns } from './frame-lines.ts';
import { PythonLines } from './python-lines.ts';
import { branchText, cgroupText, dataSourceText, miscText, pageSizeText, registersText } from './sample-fields.ts';
import { timeOfDay } from './time-of-day.ts';

export interface ScriptOptions {
  /** The -F options in order. */
  readonly fields: readonly FieldChoice[];
  /** Nine digits of the second instead of six. */
  readonly nanoseconds: boolean;
  /** perf's -G: head lines with the leaf only. */
  readonly hideCallGraph: boolean;
  /** Times since the first sample, or since the one before. */
  readonly times: 'absolute' | 'since-start' | 'since-previous';
  /** -L: names of tasks in eight columns, CPUs without brackets. */
  readonly narrow?: boolean;
  /** --stop-bt: names of functions behind which no frame is shown. */
  readonly stopAt?: readonly string[] | undefined;
  /** --show-kernel-path: what the kernel is called instead of [kernel.kallsyms]. */
  readonly kernelPath?: string | undefined;
  /** Python's own view of the stacks. */
  readonly python?: boolean;
}

/** Samples' fields that need a bit of sample_type, to drop what is not there or to say that it is not. */
const NEEDS: Partial<Record<Field, { readonly bits: number; readonly name: string }>> = {
  tid: { bits: SampleBit.Tid, name: 'TID' },
  pid: { bits: SampleBit.Tid, name: 'TID' },
  time: { bits: SampleBit.Time, name: 'TIME' },
  tod: { bits: SampleBit.Time, name: 'TIME' },
  cpu: { bits: SampleBit.Cpu, name: 'CPU' },
  addr: { bits: SampleBit.Addr, name: 'ADDR' },
  iregs: { bits: SampleBit.RegsIntr, name: 'IREGS' },
  uregs: { bits: SampleBit.RegsUser, name: 'UREGS' },
  weight: { bits: SampleBit.Weight | SampleBit.WeightStruct, name: 'WEIGHT' },
  ins_lat: { bits: SampleBit.WeightStruct, name: 'WEIGHT_STRUCT' },
  retire_lat: { bits: SampleBit.WeightStruct, name: 'WEIGHT_STRUCT' },
  data_src: { bits: SampleBit.DataSrc, name: 'DATA_SRC' },
  phys_addr: { bits: SampleBit.PhysAddr, name: 'PHYS_ADDR' },
  data_page_size: { bits: SampleBit.DataPageSize, name: 'DATA_PAGE_SIZE' },
  code_page_size: { bits: SampleBit.CodePageSize, name: 'CODE_PAGE_SIZE' },
  cgroup: { bits: SampleBit.Cgroup, name: 'CGROUP' },
  brstack: { bits: SampleBit.BranchStack, name: 'BRSTACK' },
  brstacksym: { bits: SampleBit.BranchStack, name: 'BRSTACK' },
  brstackoff: { bits: SampleBit.BranchStack, name: 'BRSTACK' },
};

/** Fields before the frames and behind them that most recordings do not have. */
const RARE_BEFORE: readonly Field[] = ['flags', 'trace', 'addr', 'data_src', 'weight', 'ins_lat', 'retire_lat', 'cgroup'];
const RARE_BEHIND: readonly Field[] = ['iregs', 'uregs', 'brstack', 'brstacksym', 'brstackoff', 'bpf-output', 'insn', 'insnlen', 'disasm', 'phys_addr', 'data_page_size', 'code_page_size'];

/** What is printed of an event's samples. */
interface Columns {
  readonly fields: ReadonlySet<Field>;
  // What most of them have, so that no set is asked for each sample.
  readonly comm: boolean;
  readonly pid: boolean;
  readonly tid: boolean;
  readonly cpu: boolean;
  readonly misc: boolean;
  readonly time: boolean;
  readonly period: boolean;
  readonly ip: boolean;
  /** The event's name with its blanks and colon; '' where it is not shown. */
  readonly event: string;
  readonly chain: boolean;
  readonly frames: FrameLines;
  readonly frameColumns: FrameColumns;
  readonly rareBefore: boolean;
  readonly rareBehind: boolean;
  readonly bpfOutput: boolean;
  readonly timeOfDay: boolean;
  readonly source: boolean;
  /** Of branches, and whether their ends are to be looked up. */
  readonly branches: BranchForm | undefined;
  readonly branchEnds: boolean;
}

/** perf's room for flags of branches, which only decoded traces have. */
const NO_FLAGS = ' '.repeat(24);
const BLANK = 0x20;
const POINT = 0x2e;
const SLASH = 0x2f;
const ZERO = 0x30;
const OPENING = 0x5b;
const SECOND = 1_000_000_000;

/** Whose a record is, where and when: -1 where it is not said, undefined for the time that perf's own records have. */
export interface RecordPlace {
  readonly pid: number;
  readonly tid: number;
  readonly cpu: number;
  readonly time: number | undefined;
}

export class ScriptView {
  readonly #file: PerfDataFile;
  readonly #registerName: (register: number) => string;
  readonly #options: ScriptOptions;
  /** Instructions and source lines, where fields show them; to be `prepare`d before each sample. */
  code: CodeColumns | undefined;
  readonly #branches: BranchColumn;
  /** From the recording's clock to the calendar, nanoseconds. */
  readonly #wallOffset: bigint | undefined;
  #out: TextBuffer;
  readonly #stops: ReadonlySet<string> | undefined;
  readonly #resolver: Resolver;
  /** By what they show: events that show the same share them. */
  readonly #frameLines = new Map<string, FrameLines>();
  readonly #sources: SourceTable | undefined;
  readonly #columns: (Columns | undefined)[] = [];
  readonly #traces: TraceTexts | undefined;
  readonly #python: PythonLines | undefined;
  #fieldSets: ReturnType<typeof fieldSets> | undefined;
  /** Of the longest name of an event. */
  #nameWidth: number | undefined;
  #firstTime: number | undefined;
  #lastTime: number | undefined;
  /** Of the longest data source so far. */
  #sourceWidth = 0;

  /** Writes to `out`. `tracepoints`: what the recording says of them, to print their fields. `sources`: inlined calls and source lines, if wanted. */
  constructor(file: PerfDataFile, resolver: Resolver, options: ScriptOptions, out: TextBuffer, tracepoints?: Tracepoints, sources?: SourceTable) {
    this.#file = file;
    this.#traces = tracepoints === undefined ? undefined : new TraceTexts(tracepoints, resolver);
    this.#registerName = registerNames(file);
    this.#resolver = resolver;
    this.#branches = new BranchColumn(resolver);
    const { clockData } = file.features;
    this.#wallOffset = clockData === undefined ? undefined : clockData.wallNs - clockData.clockNs;
    this.#options = options;
    this.#stops = options.stopAt === undefined ? undefined : new Set(options.stopAt);
    this.#out = out;
    this.#sources = sources;
    this.#python = options.python === true ? new PythonLines(file.wide, resolver, sources) : undefined;
  }

  /** The module whose names the text of a tracepoint lacks, which is then kept for `sample`. */
  wants(sample: ResolvedSample, raw: SampleView, record: RecordView): Module | undefined {
    const event = this.#file.events.events[sample.event]!;
    const columns = (this.#columns[sample.event] ??= this.#columnsOf(event));
    if (columns.branchEnds) {
      const needed = this.#branches.take(raw, record);
      if (needed !== undefined) return needed;
    }
    if (this.#traces === undefined || event.attr.type !== 2) return undefined;
    return columns.fields.has('trace') ? this.#traces.take(event, raw, record) : undefined;
  }

  /** Writes to another place from now on. */
  writeTo(out: TextBuffer): void {
    this.#out = out;
  }

  /** Prints a sample. */
  sample(sample: ResolvedSample, raw: SampleView, record: RecordView): void {
    const event = this.#file.events.events[sample.event]!;
    const columns = (this.#columns[sample.event] ??= this.#columnsOf(event));
    const out = this.#out;
    this.#start(record, columns, raw.tid < 0 && raw.pid < 0 ? ':-1' : sample.comm.text, raw);
    if (columns.period) this.#period(sample, raw, record);
    if (columns.event !== '') out.text(columns.event);
    if (columns.rareBefore) this.#rareBefore(raw, record, event, columns.fields);
    if (columns.ip) {
      const { frames } = columns;
      if (this.#python !== undefined) {
        if (columns.chain) out.newline();
        else out.byte(BLANK);
        this.#python.write(out, sample, columns.frameColumns);
      } else if (columns.chain) {
        const { addresses, locations, depth } = sample;
        out.newline();
        const known = depth - joinedFrames(sample);
        let shown = 0;
        for (let isStopped = false; shown < known && !isStopped; shown++) {
          frames.write(out, addresses[shown]!, locations[shown]!);
          isStopped = this.#stops !== undefined && frames.stopsAt(locations[shown]!);
        }
        if (known < depth && shown === known) this.#joined(sample, known, frames);
      } else {
        out.byte(BLANK);
        frames.write(out, sample.ip, sample.leaf);
      }
    }
    if (columns.rareBehind) this.#rareBehind(sample, raw, record, event, columns);
    out.newline();
    if (columns.source && this.code !== undefined) out.text(this.code.source(sample));
  }

  /** The frames that are another sample's (--stitch), behind a line in the form of a frame that says so. */
  #joined({ addresses, locations, depth }: ResolvedSample, first: number, frames: FrameLines): void {
    this.#out.text('\t               0 [joined: from here on of another sample] ([stitched])\n');
    for (let i = first; i < depth; i++) frames.write(this.#out, addresses[i]!, locations[i]!);
  }

  #rareBefore(raw: SampleView, record: RecordView, event: PerfEvent, fields: ReadonlySet<Field>): void {
    const out = this.#out;
    if (fields.has('flags')) out.text(NO_FLAGS);
    if (fields.has('trace') && this.#traces !== undefined && event.attr.type === 2) out.text(this.#traces.text);
    if (fields.has('addr')) out.textRight(this.#file.wide.hex(raw.addr), 16);
    if (fields.has('data_src')) {
      const source = dataSourceText(record, raw);
      this.#sourceWidth = Math.max(this.#sourceWidth, source.length);
      out.text(source.padEnd(this.#sourceWidth));
    }
    if (fields.has('weight')) out.textRight(weightOf(record, raw, event), 16);
    if (fields.has('ins_lat')) out.textRight(latencyOf(record, raw, 32n), 16);
    if (fields.has('retire_lat')) out.textRight(latencyOf(record, raw, 48n), 16);
    if (fields.has('cgroup')) out.text(` ${cgroupText(record, raw)}`);
  }

  #rareBehind(sample: ResolvedSample, raw: SampleView, record: RecordView, event: PerfEvent, { fields, bpfOutput, branches, branchEnds }: Columns): void {
    const out = this.#out;
    if (fields.has('iregs')) out.text(registersText(record, raw.intrAbi, raw.intrRegsOffset, event.attr.sampleRegsIntr, this.#registerName));
    if (fields.has('uregs')) out.text(registersText(record, raw.userAbi, raw.userRegsOffset, event.attr.sampleRegsUser, this.#registerName));
    if (branches !== undefined) out.text(branchEnds ? this.#branches.text(raw, record, branches, fields.has('dso')) : branchText(record, raw));
    if (bpfOutput) out.text(bpfOutputText(record, raw));
    if (this.code !== undefined) out.text(this.code.instruction(sample));
    if (fields.has('phys_addr')) out.textRight((raw.exact(record, raw.physAddrOffset) ?? 0n).toString(16), 16);
    if (fields.has('data_page_size')) out.text(` ${pageSizeText(record, raw.dataPageSizeOffset)}`);
    if (fields.has('code_page_size')) out.text(` ${pageSizeText(record, raw.codePageSizeOffset)}`);
  }

  /** The beginning of the line of another record: whose it is, where and when, as far as samples of the event show it. */
  recordHead(record: RecordView, event: PerfEvent, comm: string, place: RecordPlace): void {
    this.#start(record, (this.#columns[event.index] ??= this.#columnsOf(event)), comm, place);
  }

  #start(record: RecordView, columns: Columns, comm: string, place: RecordPlace): void {
    const out = this.#out;
    if (columns.comm) {
      if (this.#options.narrow === true) out.textRight(comm.slice(0, 8), 8);
      else if (columns.chain) out.text(comm);
      else out.textRight(comm, 16);
      out.byte(BLANK);
    }
    if (columns.pid) {
      out.decimal(place.pid, 7);
      out.byte(columns.tid ? SLASH : BLANK);
    }
    if (columns.tid) {
      if (columns.pid) out.decimalLeft(place.tid, 7);
      else out.decimal(place.tid, 7);
      out.byte(BLANK);
    }
    if (columns.cpu && this.#options.narrow === true) {
      out.textRight(String(place.cpu), 3);
      out.byte(BLANK);
    } else if (columns.cpu) {
      out.byte(OPENING);
      if (place.cpu >= 0) out.decimal(place.cpu, 3, ZERO);
      else out.text(String(place.cpu).padStart(3, '0'));
      out.text('] ');
    }
    if (columns.misc) out.text(miscText(record.type, record.misc));
    if (columns.timeOfDay) this.#timeOfDay(place.time);
    if (columns.time) this.#time(place.time);
  }

  /** In the zone of who reads. */
  #timeOfDay(time: number | undefined): void {
    const offset = this.#wallOffset;
    if (offset === undefined) throw new PerftsError('PERFTS_USAGE', '--fields tod: the recording does not say which time of day its clock means (record with -k CLOCKID)');
    this.#out.text(`${time === undefined ? 'N/A' : timeOfDay(this.#file.timeBase.exact(time) + offset, this.#options.nanoseconds)} `);
  }

  #period(sample: ResolvedSample, raw: SampleView, record: RecordView): void {
    const out = this.#out;
    // A counter's growth in a group is a number of ours, another one the record's own, which may be longer than a double.
    if (sample.period <= Number.MAX_SAFE_INTEGER) out.decimal(sample.period, 10);
    else out.textRight(String(sample.period === raw.period ? (raw.exact(record, raw.periodOffset) ?? raw.period) : sample.period), 10);
    out.byte(BLANK);
  }

  /** Seconds in five places, microseconds or nanoseconds, a colon. */
  #time(time: number | undefined): void {
    const { times: kind, nanoseconds } = this.#options;
    const out = this.#out;
    let seconds = 0;
    let rest = 0;
    if (time !== undefined) {
      let from = 0;
      if (kind !== 'absolute') {
        from = (kind === 'since-start' ? this.#firstTime : this.#lastTime) ?? time;
        this.#firstTime ??= time;
        this.#lastTime = time;
        seconds = Math.floor((time - from) / SECOND);
        rest = time - from - seconds * SECOND;
      } else {
        const { timeBase } = this.#file;
        rest = timeBase.nanosecondsOf(time);
        seconds = timeBase.secondsOf(time);
      }
    }
    out.decimal(seconds, 5);
    out.byte(POINT);
    if (nanoseconds) out.decimal(rest, 9, ZERO);
    else out.decimal(Math.floor(rest / 1000), 6, ZERO);
    out.text(': ');
  }

  #columnsOf(event: PerfEvent): Columns {
    const { fields: wanted, asked, isChosen } = (this.#fieldSets ??= fieldSets(this.#options.fields))[eventType(event.attr.type)];
    const fields = new Set(wanted);
    const { sampleType } = event.layout;
    for (const field of wanted) {
      const need = NEEDS[field];
      if (need === undefined || (sampleType & need.bits) !== 0) continue;
      if (asked.has(field)) {
        throw new PerftsError('PERFTS_USAGE', `Samples for '${event.name}' event do not have ${need.name} attribute set. Cannot print '${field}' field.`);
      }
      fields.delete(field);
    }
    if ((sampleType & (SampleBit.Ip | SampleBit.Addr)) === 0) for (const field of ['ip', 'sym', 'dso', 'symoff'] as const) fields.delete(field);
    // Tracepoints show where they were hit only if there is a chain (FORMAT 3.7), and -F says nothing else.
    if (event.attr.type === 2 && (!event.hasCallchain || isChosen) && !asked.has('ip')) for (const field of ['ip', 'sym', 'dso', 'symoff'] as const) fields.delete(field);
    this.#nameWidth ??= this.#file.events.events.reduce((width, { name }) => Math.max(width, name.length), 0);
    const chain = event.hasCallchain && fields.has('ip') && !this.#options.hideCallGraph;
    const frameColumns: FrameColumns = {
      chain, symbol: fields.has('sym'), symbolOffset: fields.has('symoff'), dso: fields.has('dso'), dsoOffset: fields.has('dsoff'), source: fields.has('srcline'),
      stops: this.#stops, kernelPath: this.#options.kernelPath,
    };
    const branches = fields.has('brstack') ? 'address' : fields.has('brstacksym') ? 'symbol' : fields.has('brstackoff') ? 'offset' : undefined;
    return {
      fields,
      comm: fields.has('comm'),
      pid: fields.has('pid'),
      tid: fields.has('tid'),
      cpu: fields.has('cpu'),
      misc: fields.has('misc'),
      time: fields.has('time'),
      period: fields.has('period'),
      ip: fields.has('ip'),
      event: fields.has('event') ? `${event.name.padStart(this.#nameWidth)}: ` : '',
      chain,
      frames: this.#framesOf(frameColumns),
      frameColumns,
      rareBefore: RARE_BEFORE.some((field) => fields.has(field)),
      rareBehind: RARE_BEHIND.some((field) => fields.has(field)),
      bpfOutput: fields.has('bpf-output') && isBpfOutput(event),
      timeOfDay: fields.has('tod'),
      source: fields.has('srccode'),
      branches,
      branchEnds: branches !== undefined && (branches !== 'address' || fields.has('dso')),
    };
  }

  #framesOf(columns: FrameColumns): FrameLines {
    const key = Object.values(columns).join(' ');
    let lines = this.#frameLines.get(key);
    if (lines === undefined) this.#frameLines.set(key, (lines = new FrameLines(this.#file.wide, this.#resolver, columns, this.#sources)));
    return lines;
  }
}

/** WEIGHT is the whole word, WEIGHT_STRUCT its low half (FORMAT 2.3.6). */
function weightOf(record: RecordView, raw: SampleView, event: PerfEvent): string {
  const word = raw.exact(record, raw.weightOffset) ?? 0n;
  return ((event.layout.sampleType & SampleBit.WeightStruct) !== 0 ? word & 0xffffffffn : word).toString();
}

/** Of the latencies of WEIGHT_STRUCT, 16 bits each. */
function latencyOf(record: RecordView, raw: SampleView, firstBit: bigint): string {
  return (((raw.exact(record, raw.weightOffset) ?? 0n) >> firstBit) & 0xffffn).toString();
}
