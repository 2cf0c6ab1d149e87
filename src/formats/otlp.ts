// OpenTelemetry profiles (FIGURES 3.6): ProfilesData of opentelemetry-proto v1.11.0, package profiles.v1development. Experimental: its fields
// have changed in four versions one after another, and readers of another one read something else. One dictionary for all; a resource for
// each recording, in it a profile for each event, whose samples of one stack and thread are one.

import type { ByteSink } from '../perfdata/writer/byte-sink.ts';
import { CodeKind, telling } from './code-table.ts';
import type { ExportFormat, ExportTables, ExportedEvent, ExportedRecording, FormatOptions, FormatWriter, SampleRow } from './format.ts';
import { ModuleRanges } from './module-ranges.ts';
import { ProtobufWriter } from './protobuf-writer.ts';
import { SampleSums } from './sample-sums.ts';
import { StringTable } from './string-table.ts';

/** Of opentelemetry-proto. */
export const OTLP_VERSION = '1.11.0';

// Field numbers.
const ProfilesData = { resourceProfiles: 1, dictionary: 2 } as const;
const Dictionary = { mappings: 1, locations: 2, functions: 3, links: 4, strings: 5, attributes: 6, stacks: 7 } as const;
const ResourceProfiles = { resource: 1, scopeProfiles: 2 } as const;
const Resource = { attributes: 1 } as const;
const KeyValue = { key: 1, value: 2 } as const;
const AnyValue = { string: 1, int: 3 } as const;
const ScopeProfiles = { scope: 1, profiles: 2 } as const;
const Scope = { name: 1, version: 2 } as const;
const Profile = { sampleType: 1, samples: 2, timeUnixNano: 3, durationNano: 4, periodType: 5, period: 6 } as const;
const ValueType = { type: 1, unit: 2 } as const;
const Sample = { stackIndex: 1, attributeIndices: 2, values: 4 } as const;
const Mapping = { memoryStart: 1, memoryLimit: 2, filename: 4, attributeIndices: 5 } as const;
const Location = { mappingIndex: 1, address: 2, lines: 3, attributeIndices: 4 } as const;
const Line = { functionIndex: 1, line: 2 } as const;
const Function = { name: 1, systemName: 2, filename: 3 } as const;
const KeyValueAndUnit = { key: 1, value: 2 } as const;
const Stack = { locationIndices: 1 } as const;

/** What profile.frame.type calls them. */
const FRAME_TYPES: Readonly<Record<CodeKind, string>> = { [CodeKind.Native]: 'native', [CodeKind.Kernel]: 'kernel', [CodeKind.Python]: 'cpython', [CodeKind.Jit]: '', [CodeKind.Unknown]: '' };

class OtlpWriter implements FormatWriter {
  readonly #tables: ExportTables;
  readonly #options: FormatOptions;
  readonly #sink: ByteSink;
  readonly #sums = new SampleSums();
  readonly #out = new ProtobufWriter();
  readonly #strings = new StringTable(['']);
  /** Attributes by their key and value; 0 is none. */
  readonly #attributes = new Map<string, number>();
  readonly #attributeList: { readonly key: string; readonly value: string | number }[] = [];

  constructor(tables: ExportTables, options: FormatOptions, sink: ByteSink) {
    this.#tables = tables;
    this.#options = options;
    this.#sink = sink;
  }

  sample(row: SampleRow): void {
    this.#sums.add(row);
  }

  finish(): void {
    const out = this.#out;
    const { list } = this.#sums.groups;
    const stackOf = this.#numberStacks();
    for (const recording of this.#tables.recordings) {
      out.begin(ProfilesData.resourceProfiles);
      this.#resource(recording);
      out.begin(ResourceProfiles.scopeProfiles);
      const [name = '', version = ''] = this.#options.producer.split(' ');
      out.begin(ScopeProfiles.scope);
      out.text(Scope.name, name);
      out.text(Scope.version, version);
      out.end();
      for (const event of this.#tables.events) {
        if (list.some((group) => group.recording === recording && group.event === event)) this.#profile(recording, event, stackOf);
      }
      out.end();
      out.end();
    }
    this.#dictionary(stackOf);
    this.#sink.write(out.bytes);
  }

  /** By node: its index in the table of stacks, for those that samples have; 0 is the empty one. */
  #numberStacks(): Map<number, number> {
    const numbers = new Map<number, number>([[0, 0]]);
    for (let row = 0; row < this.#sums.totals.length; row++) {
      const stack = this.#sums.totals.stack[row]!;
      if (!numbers.has(stack)) numbers.set(stack, numbers.size);
    }
    return numbers;
  }

  #resource({ labels, hostName, architecture, kernel, command, name }: ExportedRecording): void {
    const out = this.#out;
    const attributes = new Map<string, string>();
    const put = (key: string, value: string): void => void (value !== '' && attributes.set(key, value));
    put('host.name', hostName);
    put('host.arch', architecture === 'x86_64' ? 'amd64' : architecture === 'aarch64' ? 'arm64' : architecture);
    put('os.type', 'linux');
    put('os.version', kernel);
    put('perf.data.name', name);
    put('perf.data.command_line', command.join(' '));
    // What people call a service has a name of its own there.
    for (const [key, value] of labels) put(key === 'service' ? 'service.name' : key, value);
    out.begin(ResourceProfiles.resource);
    for (const [key, value] of attributes) {
      out.begin(Resource.attributes);
      out.text(KeyValue.key, key);
      this.#value(KeyValue.value, value);
      out.end();
    }
    out.end();
  }

  #value(field: number, value: string | number): void {
    const out = this.#out;
    out.begin(field);
    if (typeof value === 'string') out.text(AnyValue.string, value);
    else out.uint(AnyValue.int, value);
    out.end();
  }

  #profile(recording: ExportedRecording, event: ExportedEvent, stackOf: ReadonlyMap<number, number>): void {
    const out = this.#out;
    const totals = this.#sums.totals;
    const byPeriod = this.#options.weight !== 'samples';
    const ends = this.#sums.span.of(recording);
    const wall = ends === undefined ? undefined : recording.wallTime(ends.first);
    out.begin(ScopeProfiles.profiles);
    this.#valueType(Profile.sampleType, byPeriod ? event.name : 'samples', byPeriod ? event.unit : 'count');
    for (let row = 0; row < totals.length; row++) {
      const group = this.#sums.groups.list[totals.group[row]!]!;
      if (group.recording !== recording || group.event !== event) continue;
      out.begin(Profile.samples);
      out.some(Sample.stackIndex, stackOf.get(totals.stack[row]!)!);
      out.begin(Sample.attributeIndices);
      out.packed(this.#attribute('process.pid', Math.max(group.pid, 0)));
      out.packed(this.#attribute('thread.id', Math.max(group.tid, 0)));
      out.packed(this.#attribute('thread.name', group.comm));
      out.end();
      out.begin(Sample.values);
      out.packed(byPeriod ? totals.period[row]! : totals.samples[row]!);
      out.end();
      out.end();
    }
    if (wall !== undefined) out.fixed64(Profile.timeUnixNano, wall);
    if (ends !== undefined && ends.last > ends.first) out.uint(Profile.durationNano, ends.last - ends.first);
    this.#valueType(Profile.periodType, event.name, event.unit);
    const period = event.period > 0 ? event.period : event.unit === 'nanoseconds' && event.frequency > 0 ? Math.round(1e9 / event.frequency) : 0;
    out.some(Profile.period, period);
    out.end();
  }

  #valueType(field: number, type: string, unit: string): void {
    const out = this.#out;
    out.begin(field);
    out.uint(ValueType.type, this.#strings.of(type));
    out.uint(ValueType.unit, this.#strings.of(unit));
    out.end();
  }

  #attribute(key: string, value: string | number): number {
    const id = `${key} ${typeof value} ${value}`;
    let number = this.#attributes.get(id);
    if (number === undefined) this.#attributes.set(id, (number = this.#attributeList.push({ key, value })));
    return number;
  }

  /** All tables; the first row of each is the zero value. */
  #dictionary(stackOf: ReadonlyMap<number, number>): void {
    const out = this.#out;
    const strings = this.#strings;
    const { code, stacks } = this.#tables;
    const ranges = new ModuleRanges(code);
    const empty = (field: number): void => {
      out.begin(field);
      out.end();
    };
    out.begin(ProfilesData.dictionary);
    empty(Dictionary.mappings);
    code.modules.forEach(({ path, buildId }, module) => {
      const { start, end } = ranges.ranges[module]!;
      out.begin(Dictionary.mappings);
      out.big(Mapping.memoryStart, start);
      out.big(Mapping.memoryLimit, end);
      out.uint(Mapping.filename, strings.of(path));
      if (buildId !== '') this.#indices(Mapping.attributeIndices, [this.#attribute('process.executable.build_id.gnu', buildId)]);
      out.end();
    });
    // Only locations that stacks have: none may be an orphan.
    const locationOf = this.#locations(stackOf);
    empty(Dictionary.functions);
    const functionOf = new Map<number, number>();
    const used = new Uint8Array(code.functions.length);
    for (const place of locationOf.keys()) for (let line = place; line >= 0; line = code.outer[line]!) used[code.function[line]!] = 1;
    // Two functions of one name at different places are one row: it says nothing of places.
    const rows = new Map<string, number>();
    code.functions.forEach((fn, index) => {
      if (used[index] === 0) return;
      const key = `${telling(fn)}\0${fn.symbol}\0${fn.file}`;
      functionOf.set(index, rows.get(key) ?? rows.size + 1);
      if (rows.has(key)) return;
      rows.set(key, rows.size + 1);
      out.begin(Dictionary.functions);
      out.uint(Function.name, strings.of(telling(fn)));
      if (fn.symbol !== '') out.uint(Function.systemName, strings.of(fn.symbol));
      if (fn.file !== '') out.uint(Function.filename, strings.of(fn.file));
      out.end();
    });
    empty(Dictionary.locations);
    for (const place of locationOf.keys()) {
      const { module, kind } = code.at(place);
      out.begin(Dictionary.locations);
      out.some(Location.mappingIndex, module + 1);
      out.big(Location.address, ranges.addressOf(place));
      for (let line = place; line >= 0; line = code.outer[line]!) {
        out.begin(Location.lines);
        out.uint(Line.functionIndex, functionOf.get(code.function[line]!)!);
        out.some(Line.line, code.line[line]!);
        out.end();
      }
      const type = FRAME_TYPES[kind];
      if (type !== '') this.#indices(Location.attributeIndices, [this.#attribute('profile.frame.type', type)]);
      out.end();
    }
    empty(Dictionary.stacks);
    for (const stack of stackOf.keys()) {
      if (stack === 0) continue;
      const indices: number[] = [];
      for (let node = stack; node > 0; node = stacks.parent[node]!) {
        const place = stacks.frame[node]!;
        indices.push(locationOf.get(place)!);
        for (let outer = code.outer[place]!; outer >= 0; outer = code.outer[outer]!) node = stacks.parent[node]!;
      }
      out.begin(Dictionary.stacks);
      this.#indices(Stack.locationIndices, indices);
      out.end();
    }
    empty(Dictionary.links);
    empty(Dictionary.attributes);
    for (const { key, value } of this.#attributeList) {
      out.begin(Dictionary.attributes);
      out.uint(KeyValueAndUnit.key, strings.of(key));
      this.#value(KeyValueAndUnit.value, value);
      out.end();
    }
    // Last, when all of them are known.
    for (const text of strings.texts) out.text(Dictionary.strings, text);
    out.end();
  }

  /** The innermost places of all that stacks pass through, by number from 1 on. */
  #locations(stackOf: ReadonlyMap<number, number>): Map<number, number> {
    const { code, stacks } = this.#tables;
    const numbers = new Map<number, number>();
    for (const stack of stackOf.keys()) {
      for (let node = stack; node > 0; node = stacks.parent[node]!) {
        const place = stacks.frame[node]!;
        if (!numbers.has(place)) numbers.set(place, numbers.size + 1);
        for (let outer = code.outer[place]!; outer >= 0; outer = code.outer[outer]!) node = stacks.parent[node]!;
      }
    }
    return numbers;
  }

  #indices(field: number, indices: readonly number[]): void {
    const out = this.#out;
    out.begin(field);
    for (const index of indices) out.packed(index);
    out.end();
  }
}

export const otlp: ExportFormat = {
  byAddress: true,
  make: (tables, options, sink) => new OtlpWriter(tables, options, sink),
};
