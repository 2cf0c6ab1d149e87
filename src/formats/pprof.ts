// pprof's profile.proto (FIGURES 3.2; google/pprof as of 2026-07), gzipped. Equal samples of a thread are one, with their number and for each
// event the sum of its periods. Names, files and lines are in it, and every mapping says so, so that pprof looks for no binaries.

import type { ByteSink } from '../perfdata/writer/byte-sink.ts';
import { telling } from './code-table.ts';
import type { ExportFormat, ExportTables, ExportedEvent, FormatOptions, FormatWriter, SampleRow } from './format.ts';
import { gzipped } from './gzip.ts';
import { ModuleRanges } from './module-ranges.ts';
import { ProtobufWriter } from './protobuf-writer.ts';
import { SampleSums } from './sample-sums.ts';
import { StringTable } from './string-table.ts';

// Field numbers.
const Profile = { sampleType: 1, sample: 2, mapping: 3, location: 4, function: 5, stringTable: 6, timeNanos: 9, durationNanos: 10, periodType: 11, period: 12, comment: 13, defaultSampleType: 14 } as const;
const ValueType = { type: 1, unit: 2 } as const;
const Sample = { locationId: 1, value: 2, label: 3 } as const;
const Label = { key: 1, str: 2, num: 3 } as const;
const Mapping = { id: 1, memoryStart: 2, memoryLimit: 3, filename: 5, buildId: 6, hasFunctions: 7, hasFilenames: 8, hasLineNumbers: 9, hasInlineFrames: 10 } as const;
const Location = { id: 1, mappingId: 2, address: 3, line: 4 } as const;
const Line = { functionId: 1, line: 2 } as const;
const Function = { id: 1, name: 2, systemName: 3, filename: 4 } as const;

class PprofWriter implements FormatWriter {
  readonly #tables: ExportTables;
  readonly #options: FormatOptions;
  readonly #sink: ByteSink;
  readonly #sums = new SampleSums();
  readonly #out = new ProtobufWriter();
  readonly #strings = new StringTable(['']);
  /** The places that are innermost in a location of a sample: those into which they were inlined are lines of it. */
  readonly #locations = new Set<number>();

  constructor(tables: ExportTables, options: FormatOptions, sink: ByteSink) {
    this.#tables = tables;
    this.#options = options;
    this.#sink = sink;
  }

  sample(row: SampleRow): void {
    this.#sums.add(row);
  }

  async finish(): Promise<void> {
    const out = this.#out;
    const { events, recordings } = this.#tables;
    const sampled = events.filter((event) => this.#sums.groups.list.some((group) => group.event === event));
    this.#valueType(Profile.sampleType, 'samples', 'count');
    for (const { name, unit } of sampled) this.#valueType(Profile.sampleType, name, unit);
    this.#samples(sampled);
    this.#code();
    const { first, duration } = this.#sums.span;
    if (first !== undefined) out.big(Profile.timeNanos, first);
    if (duration > 0n) out.big(Profile.durationNanos, duration);
    const [main] = sampled;
    if (main !== undefined) {
      this.#valueType(Profile.periodType, main.name, main.unit);
      const period = main.period > 0 ? main.period : main.unit === 'nanoseconds' && main.frequency > 0 ? Math.round(1e9 / main.frequency) : 0;
      out.some(Profile.period, period);
      out.uint(Profile.defaultSampleType, this.#strings.of(this.#options.weight === 'samples' ? 'samples' : main.name));
    }
    out.uint(Profile.comment, this.#strings.of(this.#options.producer));
    for (const { command } of recordings) if (command.length > 0) out.uint(Profile.comment, this.#strings.of(command.join(' ')));
    for (const text of this.#strings.texts) out.text(Profile.stringTable, text);
    this.#sink.write(await gzipped(out.bytes));
  }

  #valueType(field: number, type: string, unit: string): void {
    const out = this.#out;
    out.begin(field);
    out.uint(ValueType.type, this.#strings.of(type));
    out.uint(ValueType.unit, this.#strings.of(unit));
    out.end();
  }

  #samples(events: readonly ExportedEvent[]): void {
    const out = this.#out;
    const { code, stacks, recordings } = this.#tables;
    const totals = this.#sums.totals;
    for (let row = 0; row < totals.length; row++) {
      const { recording, event, pid, tid, comm } = this.#sums.groups.list[totals.group[row]!]!;
      out.begin(Profile.sample);
      out.begin(Sample.locationId);
      for (let node = totals.stack[row]!; node > 0; node = stacks.parent[node]!) {
        const place = stacks.frame[node]!;
        this.#locations.add(place);
        out.packed(place + 1);
        // The places into which it was inlined are lines of the same location.
        for (let outer = code.outer[place]!; outer >= 0; outer = code.outer[outer]!) node = stacks.parent[node]!;
      }
      out.end();
      out.begin(Sample.value);
      out.packed(totals.samples[row]!);
      for (const one of events) out.packed(one === event ? totals.period[row]! : 0);
      out.end();
      this.#label('pid', undefined, pid);
      this.#label('tid', undefined, tid);
      this.#label('comm', comm);
      if (events.length > 1) this.#label('event', event.name);
      if (recordings.length > 1) this.#label('recording', recording.name);
      for (const [key, value] of recording.labels) this.#label(key, value);
      out.end();
    }
  }

  #label(key: string, text: string | undefined, number = 0): void {
    const out = this.#out;
    out.begin(Sample.label);
    out.uint(Label.key, this.#strings.of(key));
    if (text === undefined) out.uint(Label.num, number);
    else out.uint(Label.str, this.#strings.of(text));
    out.end();
  }

  /** Mappings, the program's own first; locations, by the number of their innermost place; functions. */
  #code(): void {
    const out = this.#out;
    const strings = this.#strings;
    const { code } = this.#tables;
    const ranges = new ModuleRanges(code);
    const main = this.#mainModule();
    const order = code.modules.map((_, module) => module).sort((a, b) => Number(b === main) - Number(a === main));
    const hasFiles = code.modules.map(() => false);
    const hasLines = code.modules.map(() => false);
    const hasInlines = code.modules.map(() => false);
    for (let place = 0; place < code.length; place++) {
      const { module, file } = code.at(place);
      if (module < 0) continue;
      if (file !== '') hasFiles[module] = true;
      if (code.line[place]! > 0) hasLines[module] = true;
      if (code.outer[place]! >= 0) hasInlines[module] = true;
    }
    for (const module of order) {
      const { path, buildId } = code.modules[module]!;
      const { start, end } = ranges.ranges[module]!;
      out.begin(Profile.mapping);
      out.uint(Mapping.id, module + 1);
      out.big(Mapping.memoryStart, start);
      out.big(Mapping.memoryLimit, end);
      out.uint(Mapping.filename, strings.of(path));
      if (buildId !== '') out.uint(Mapping.buildId, strings.of(buildId));
      out.uint(Mapping.hasFunctions, 1);
      if (hasFiles[module]) out.uint(Mapping.hasFilenames, 1);
      if (hasLines[module]) out.uint(Mapping.hasLineNumbers, 1);
      if (hasInlines[module]) out.uint(Mapping.hasInlineFrames, 1);
      out.end();
    }
    for (let place = 0; place < code.length; place++) {
      if (!this.#locations.has(place)) continue;
      out.begin(Profile.location);
      out.uint(Location.id, place + 1);
      out.some(Location.mappingId, code.at(place).module + 1);
      out.big(Location.address, ranges.addressOf(place));
      for (let line = place; line >= 0; line = code.outer[line]!) {
        out.begin(Location.line);
        out.uint(Line.functionId, code.function[line]! + 1);
        out.some(Line.line, code.line[line]!);
        out.end();
      }
      out.end();
    }
    code.functions.forEach((fn, index) => {
      out.begin(Profile.function);
      out.uint(Function.id, index + 1);
      out.uint(Function.name, strings.of(telling(fn)));
      if (fn.symbol !== '') out.uint(Function.systemName, strings.of(fn.symbol));
      if (fn.file !== '') out.uint(Function.filename, strings.of(fn.file));
      out.end();
    });
  }

  /** The module in which most stacks begin. */
  #mainModule(): number {
    const { code, stacks } = this.#tables;
    const rootModule = new Int32Array(stacks.length).fill(-1);
    for (let node = 1; node < stacks.length; node++) {
      const parent = stacks.parent[node]!;
      rootModule[node] = parent === 0 ? code.at(stacks.frame[node]!).module : rootModule[parent]!;
    }
    const samples = new Float64Array(code.modules.length);
    for (let row = 0; row < this.#sums.totals.length; row++) {
      const module = rootModule[this.#sums.totals.stack[row]!]!;
      if (module >= 0 && !code.modules[module]!.isKernel) samples[module]! += this.#sums.totals.samples[row]!;
    }
    return samples.length === 0 ? -1 : samples.indexOf(Math.max(...samples));
  }
}

export const pprof: ExportFormat = {
  byAddress: true,
  make: (tables, options, sink) => new PprofWriter(tables, options, sink),
};
