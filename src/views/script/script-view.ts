// `perf script`: one line for each sample, or a head line and a line for each frame (FORMAT 3.7). Text is made once for each place
// in code and kept; a line is then an address and that text.

import { PerftsError } from '../../bytes/errors.ts';
import type { PerfEvent } from '../../perfdata/event-table.ts';
import type { PerfDataFile } from '../../perfdata/perf-data-file.ts';
import type { RecordView } from '../../perfdata/record-view.ts';
import type { SampleView } from '../../perfdata/sample-view.ts';
import { SampleBit } from '../../perfdata/sample-format.ts';
import type { Tracepoints } from '../../perfdata/tracing/tracepoints.ts';
import type { Module } from '../../process/module.ts';
import type { ResolvedSample } from '../../profile/resolved-sample.ts';
import { FrameFlag } from '../../profile/frame-table.ts';
import type { Resolver } from '../../profile/resolver.ts';
import type { SourceTable } from '../../profile/source-table.ts';
import { registerNames } from '../records/register-names.ts';
import { TraceTexts } from '../../profile/trace-texts.ts';
import { bpfOutputText, isBpfOutput } from './bpf-output.ts';
import { eventType, fieldSets, type Field, type FieldChoice } from './fields.ts';
import { branchText, cgroupText, dataSourceText, miscText, pageSizeText, registersText } from './sample-fields.ts';

export interface ScriptOptions {
  /** The -F options in order. */
  readonly fields: readonly FieldChoice[];
  /** Nine digits of the second instead of six. */
  readonly nanoseconds: boolean;
  /** perf's -G: head lines with the leaf only. */
  readonly hideCallGraph: boolean;
  /** Times since the first sample, or since the one before. */
  readonly times: 'absolute' | 'since-start' | 'since-previous';
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
};

/** What is printed of an event's samples. */
interface Columns {
  readonly fields: ReadonlySet<Field>;
  /** The event's name with its blanks and colon. */
  readonly event: string;
  readonly chain: boolean;
  readonly bpfOutput: boolean;
}

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
  readonly #resolver: Resolver;
  readonly #options: ScriptOptions;
  readonly #write: (text: string) => void;
  readonly #columns: (Columns | undefined)[] = [];
  // By location: what follows the address in its line; and where calls were inlined, what follows it in the lines of each.
  readonly #places: (string | undefined)[] = [];
  readonly #inlined: (readonly string[] | undefined)[] = [];
  readonly #sources: SourceTable | undefined;
  readonly #traces: TraceTexts | undefined;
  #fieldSets: ReturnType<typeof fieldSets> | undefined;
  /** Of the longest name of an event. */
  #nameWidth: number | undefined;
  #firstTime: number | undefined;
  #lastTime: number | undefined;
  /** Of the longest data source so far. */
  #sourceWidth = 0;

  /** `tracepoints`: what the recording says of them, to print their fields. `sources`: inlined calls and source lines, if wanted. */
  constructor(
    file: PerfDataFile, resolver: Resolver, options: ScriptOptions, write: (text: string) => void, tracepoints?: Tracepoints, sources?: SourceTable,
  ) {
    this.#file = file;
    this.#traces = tracepoints === undefined ? undefined : new TraceTexts(tracepoints, resolver);
    this.#registerName = registerNames(file);
    this.#resolver = resolver;
    this.#options = options;
    this.#write = write;
    this.#sources = sources;
  }

  /** The module whose names the text of a tracepoint lacks, which is then kept for `sample`. */
  wants(sample: ResolvedSample, raw: SampleView, record: RecordView): Module | undefined {
    const event = this.#file.events.events[sample.event]!;
    if (this.#traces === undefined || event.attr.type !== 2) return undefined;
    return (this.#columns[sample.event] ??= this.#columnsOf(event)).fields.has('trace') ? this.#traces.take(event, raw, record) : undefined;
  }

  /** Prints a sample. */
  sample(sample: ResolvedSample, raw: SampleView, record: RecordView): void {
    const event = this.#file.events.events[sample.event]!;
    const columns = (this.#columns[sample.event] ??= this.#columnsOf(event));
    const { fields } = columns;
    let text = this.#head(sample, raw, record, columns);
    if (fields.has('trace') && this.#traces !== undefined && event.attr.type === 2) text += this.#traces.text;
    if (fields.has('addr')) text += this.#file.wide.hex(raw.addr).padStart(16);
    if (fields.has('data_src')) {
      const source = dataSourceText(record, raw);
      this.#sourceWidth = Math.max(this.#sourceWidth, source.length);
      text += source.padEnd(this.#sourceWidth);
    }
    if (fields.has('weight')) text += weightOf(record, raw, event).padStart(16);
    if (fields.has('ins_lat')) text += latencyOf(record, raw, 32n).padStart(16);
    if (fields.has('retire_lat')) text += latencyOf(record, raw, 48n).padStart(16);
    if (fields.has('cgroup')) text += ` ${cgroupText(record, raw)}`;
    if (fields.has('ip')) {
      if (columns.chain) {
        text += '\n';
        for (let i = 0; i < sample.depth; i++) {
          if (this.#sources !== undefined) text += this.#inlinedFrames(sample.addresses[i]!, sample.locations[i]!, fields, this.#sources);
          text += this.#frame('\t', sample.addresses[i]!, sample.locations[i]!, fields);
        }
      } else text += this.#frame(' ', sample.ip, sample.leaf, fields).slice(0, -1);
    }
    if (fields.has('iregs')) text += registersText(record, raw.intrAbi, raw.intrRegsOffset, event.attr.sampleRegsIntr, this.#registerName);
    if (fields.has('uregs')) text += registersText(record, raw.userAbi, raw.userRegsOffset, event.attr.sampleRegsUser, this.#registerName);
    if (fields.has('brstack')) text += branchText(record, raw);
    if (columns.bpfOutput) text += bpfOutputText(record, raw);
    if (fields.has('phys_addr')) text += (raw.exact(record, raw.physAddrOffset) ?? 0n).toString(16).padStart(16);
    if (fields.has('data_page_size')) text += ` ${pageSizeText(record, raw.dataPageSizeOffset)}`;
    if (fields.has('code_page_size')) text += ` ${pageSizeText(record, raw.codePageSizeOffset)}`;
    this.#write(`${text}\n`);
  }

  /** The beginning of the line of another record: whose it is, where and when, as far as samples of the event show it. */
  recordHead(record: RecordView, event: PerfEvent, comm: string, place: RecordPlace): string {
    return this.#start(record, (this.#columns[event.index] ??= this.#columnsOf(event)), comm, place);
  }

  #head(sample: ResolvedSample, raw: SampleView, record: RecordView, columns: Columns): string {
    const { fields } = columns;
    const comm = raw.tid < 0 && raw.pid < 0 ? ':-1' : sample.comm.text;
    let text = this.#start(record, columns, comm, raw);
    if (fields.has('period')) text += `${(sample.period === raw.period ? (raw.exact(record, raw.periodOffset) ?? raw.period) : sample.period).toString().padStart(10)} `;
    if (fields.has('event')) text += columns.event;
    return text;
  }

  #start(record: RecordView, { fields, chain }: Columns, comm: string, place: RecordPlace): string {
    let text = '';
    if (fields.has('comm')) text += chain ? `${comm} ` : `${comm.padStart(16)} `;
    if (fields.has('pid') && fields.has('tid')) text += `${String(place.pid).padStart(7)}/${String(place.tid).padEnd(7)} `;
    else if (fields.has('pid')) text += `${String(place.pid).padStart(7)} `;
    else if (fields.has('tid')) text += `${String(place.tid).padStart(7)} `;
    if (fields.has('cpu')) text += `[${String(place.cpu).padStart(3, '0')}] `;
    if (fields.has('misc')) text += miscText(record.type, record.misc);
    if (fields.has('time')) text += `${this.#time(place.time).padStart(this.#options.nanoseconds ? 15 : 12)}: `;
    return text;
  }

  #time(time: number | undefined): string {
    const { times: kind, nanoseconds } = this.#options;
    if (time === undefined) return nanoseconds ? '0.000000000' : '0.000000';
    let shown = time;
    if (kind !== 'absolute') {
      const from = (kind === 'since-start' ? this.#firstTime : this.#lastTime) ?? time;
      this.#firstTime ??= time;
      this.#lastTime = time;
      shown = time - from;
      const second = Math.floor(shown / 1e9);
      const rest = String(nanoseconds ? shown - second * 1e9 : Math.floor((shown - second * 1e9) / 1000));
      return `${second}.${rest.padStart(nanoseconds ? 9 : 6, '0')}`;
    }
    return this.#file.timeBase.formatTime(shown, nanoseconds);
  }

  #frame(lead: string, address: number, location: number, fields: ReadonlySet<Field>): string {
    const place = (this.#places[location] ??= this.#placeText(location, fields));
    return `${lead}${this.#file.wide.hex(address).padStart(16)}${place}\n`;
  }

  /** The calls that were inlined at an address, innermost first, each in a line of its own. */
  #inlinedFrames(address: number, location: number, fields: ReadonlySet<Field>, sources: SourceTable): string {
    const known = (this.#inlined[location] ??= this.#inlinedTexts(location, fields, sources));
    let text = '';
    for (let i = 0; i < known.length; i++) text += `\t${this.#file.wide.hex(address).padStart(16)}${known[i]!}\n`;
    return text;
  }

  #inlinedTexts(location: number, fields: ReadonlySet<Field>, { first, frame: frames, line, lines }: SourceTable): string[] {
    const { locations, frames: table } = this.#resolver;
    const texts: string[] = [];
    for (let entry = first[location]!; entry < first[location + 1]! - 1; entry++) {
      const frame = frames[entry]!;
      const isInlined = (table.flags[frame]! & FrameFlag.Inlined) !== 0;
      let text = '';
      if (fields.has('sym')) {
        text += ` ${table.name(frame)}`;
        if (fields.has('symoff')) text += `+0x${(locations.relative[location]! - table.start[frame]!).toString(16)}`;
      }
      // A function inlined into itself is shown as what it is.
      if (!isInlined) text += this.#moduleText(location, frame, fields);
      if (fields.has('srcline')) text += `\n  ${lines[line[entry]!]!.text}`;
      texts.push(isInlined ? `${text} (inlined)` : text);
    }
    return texts;
  }

  #placeText(location: number, fields: ReadonlySet<Field>): string {
    // Samples without an address of their own have no place.
    if (location < 0) return `${fields.has('sym') ? ' [unknown]' : ''}${fields.has('dso') || fields.has('dsoff') ? ' ([unknown])' : ''}`;
    const { locations, frames } = this.#resolver;
    let text = '';
    const frame = locations.frame[location]!;
    if (fields.has('sym')) {
      const name = frames.name(frame);
      if (frames.symbol[frame]! < 0) text += ' [unknown]';
      else {
        const offset = locations.relative[location]! - frames.start[frame]!;
        text += fields.has('symoff') ? ` ${name}+0x${offset.toString(16)}` : ` ${name}`;
      }
    }
    text += this.#moduleText(location, frame, fields);
    const { module } = frames;
    if (fields.has('srcline') && this.#sources !== undefined && module[frame]! >= 0) {
      const { first, line, lines } = this.#sources;
      text += `\n  ${lines[line[first[location + 1]! - 1]!]!.text}`;
    }
    return text;
  }

  #moduleText(location: number, frame: number, fields: ReadonlySet<Field>): string {
    if (!fields.has('dso') && !fields.has('dsoff')) return '';
    const { locations, frames } = this.#resolver;
    const module = frames.module[frame]!;
    const name = module < 0 ? '[unknown]' : dsoName(frames.modules[module]!);
    const offset = fields.has('dsoff') && module >= 0 ? `+0x${locations.relative[location]!.toString(16)}` : '';
    return ` (${name}${offset})`;
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
    return {
      fields,
      event: `${event.name.padStart(this.#nameWidth)}: `,
      chain: event.hasCallchain && fields.has('ip') && !this.#options.hideCallGraph,
      bpfOutput: fields.has('bpf-output') && isBpfOutput(event),
    };
  }
}

/** The name of the shared object as perf script prints it: the whole path where there is one, but for most of the kernel. */
function dsoName({ kind, isListed, path, shortName }: Module): string {
  return kind === 'kernel' || (kind === 'kernel-module' && !isListed) ? shortName : path;
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
