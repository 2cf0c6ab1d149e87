// The Firefox Profiler's processed format, version 60 (FIGURES 3.1): its front end upgrades it when it loads it, and other readers know it.
// JSON of columns; stacks, frames, functions and texts are shared by all threads, of which there is one for each thread and event. All
// names are in it: the front end asks no symbol server. Each recording begins at time 0, so that several can be compared.

import type { ByteSink } from '../perfdata/writer/byte-sink.ts';
import { CodeKind } from './code-table.ts';
import type { ExportFormat, ExportTables, FormatOptions, FormatWriter, SampleRow } from './format.ts';
import { JsonColumns } from './json-columns.ts';
import { ModuleRanges } from './module-ranges.ts';
import { StringTable } from './string-table.ts';
import { AllThreads, type ThreadSamples } from './thread-samples.ts';

const FORMAT_VERSION = 60;
/** Of Gecko; any that the front end knows. */
const GECKO_VERSION = 24;
const NS_PER_MS = 1_000_000;
/** Where neither a period nor a frequency of time is known. */
const USUAL_INTERVAL = 1;
const LIBRARY = 1;
const URL = 5;

/** The first must be grey: it is the default. */
const CATEGORIES = ([['Other', 'grey'], ['Native', 'yellow'], ['Kernel', 'orange'], ['Python', 'blue'], ['JIT', 'green']] as const).map(([name, color]) => ({ name, color, subcategories: ['Other'] }));
const CATEGORY_OF: Readonly<Record<CodeKind, number>> = { [CodeKind.Native]: 1, [CodeKind.Kernel]: 2, [CodeKind.Python]: 3, [CodeKind.Jit]: 4, [CodeKind.Unknown]: 0 };

/** A row of the table of resources: a library, or a source file of Python. */
interface Resource {
  /** Index in `libs`, or null. */
  readonly lib: number | null;
  readonly name: string;
  readonly type: number;
}

class FirefoxWriter implements FormatWriter {
  readonly #tables: ExportTables;
  readonly #options: FormatOptions;
  readonly #json: JsonColumns;
  readonly #all = new AllThreads();

  constructor(tables: ExportTables, options: FormatOptions, sink: ByteSink) {
    this.#tables = tables;
    this.#options = options;
    this.#json = new JsonColumns(sink);
  }

  sample(row: SampleRow): void {
    this.#all.add(row);
  }

  finish(): void {
    const json = this.#json;
    // The thread with most samples is shown first.
    const busiest = this.#all.threads.reduce((best, thread, index, list) => (thread.length > (list[best]?.length ?? -1) ? index : best), 0);
    json.raw('{');
    json.field('meta', this.#meta(busiest));
    json.raw(',');
    json.field('libs', this.#tables.code.modules.map(({ name, path, buildId }) => ({
      arch: this.#tables.recordings[0]?.architecture ?? '', name, path, debugName: name, debugPath: path, breakpadId: breakpadId(buildId), codeId: buildId === '' ? null : buildId,
    })));
    json.raw(',"shared":{');
    this.#shared();
    json.raw('},"threads":[');
    const starts = this.#starts();
    const { haveSeveralEvents } = this.#all;
    this.#all.threads.forEach((thread, index) => {
      if (index > 0) json.raw(',');
      this.#thread(thread, starts[thread.group.recording.index]!, haveSeveralEvents);
    });
    json.raw(']}\n');
    json.flush();
  }

  #meta(busiest: number): object {
    const { recordings, events } = this.#tables;
    const [first] = recordings;
    const [event] = events;
    const interval = event === undefined ? 0 : event.frequency > 0 ? 1000 / event.frequency : event.unit === 'nanoseconds' ? event.period / NS_PER_MS : 0;
    const starts = this.#starts();
    const wall = this.#all.threads.length === 0 ? undefined : first?.wallTime(starts[first.index]!);
    const names = recordings.map((recording) => [...recording.labels.values()].join(' ') || recording.name);
    const notes = this.#options.notes?.() ?? [];
    return {
      interval: interval > 0 ? interval : USUAL_INTERVAL,
      startTime: wall === undefined ? 0 : Number(wall / BigInt(NS_PER_MS)),
      ...(first !== undefined && recordings.length === 1 && { startTimeAsClockMonotonicNanosecondsSinceBoot: Number(first.clockTime(starts[0] ?? 0)) }),
      processType: 0,
      product: names.join(', '),
      stackwalk: 1,
      version: GECKO_VERSION,
      preprocessedProfileVersion: FORMAT_VERSION,
      markerSchema: [],
      categories: CATEGORIES,
      symbolicated: true,
      usesOnlyOneStackType: true,
      sourceCodeIsNotOnSearchfox: true,
      importedFrom: this.#options.producer,
      CPUName: first?.cpu ?? '',
      oscpu: `Linux ${first?.kernel ?? ''} ${first?.architecture ?? ''}`.trim(),
      ...(first !== undefined && first.cpus > 0 && { logicalCPUs: first.cpus }),
      arguments: recordings.map(({ command }) => command.join(' ')).join('\n'),
      sampleUnits: { time: 'ms', eventDelay: 'ms', threadCPUDelta: 'ns' },
      initialSelectedThreads: this.#all.threads.length === 0 ? [] : [busiest],
      ...(notes.length > 0 && { extra: [{ label: 'Data quality', entries: notes.map((value, index) => ({ label: String(index + 1), format: 'string', value })) }] }),
    };
  }

  /** Of each recording: its first sample's time. */
  #starts(): number[] {
    const starts: number[] = [];
    for (const { group, time, length } of this.#all.threads) {
      const { index } = group.recording;
      if (length > 0) starts[index] = Math.min(starts[index] ?? Infinity, time[0]!);
    }
    return starts;
  }

  #shared(): void {
    const json = this.#json;
    const { code, stacks } = this.#tables;
    const strings = new StringTable();
    const sources = new StringTable();
    const resources: Resource[] = code.modules.map(({ name }, lib) => ({ lib, name, type: LIBRARY }));
    const scripts = new Map<string, number>();
    const functions = code.functions.map(({ name, file, module, kind }) => {
      const isPython = kind === CodeKind.Python;
      let resource = module;
      if (isPython && file !== '') {
        resource = scripts.get(file) ?? resources.push({ lib: null, name: file, type: URL }) - 1;
        scripts.set(file, resource);
      }
      return { name: strings.of(name), isPython, resource, source: file === '' ? null : sources.of(file) };
    });
    const resourceNames = resources.map(({ name }) => strings.of(name));
    const sourceNames = sources.texts.map((file) => strings.of(file));
    const ranges = new ModuleRanges(code);
    json.table('stackTable', stacks.length - 1, {
      frame: (i) => stacks.frame[i + 1]!,
      prefix: (i) => (stacks.parent[i + 1] === 0 ? null : stacks.parent[i + 1]! - 1),
    });
    json.raw(',');
    json.table('frameTable', code.length, {
      address: (place) => relativeAddress(code.address[place]!, ranges, place),
      inlineDepth: (place) => inlineDepth(code.outer, place),
      category: (place) => CATEGORY_OF[code.at(place).kind],
      subcategory: () => 0,
      func: (place) => code.function[place]!,
      nativeSymbol: () => null,
      innerWindowID: () => 0,
      line: (place) => (code.line[place] === 0 ? null : code.line[place]!),
      column: () => null,
    });
    json.raw(',');
    json.table('funcTable', functions.length, {
      name: (i) => functions[i]!.name,
      isJS: (i) => functions[i]!.isPython,
      relevantForJS: () => false,
      resource: (i) => functions[i]!.resource,
      source: (i) => functions[i]!.source,
      lineNumber: () => null,
      columnNumber: () => null,
    });
    json.raw(',');
    json.table('resourceTable', resources.length, {
      lib: (i) => resources[i]!.lib,
      name: (i) => resourceNames[i]!,
      host: () => null,
      type: (i) => resources[i]!.type,
    });
    json.raw(',');
    json.table('nativeSymbols', 0, { libIndex: () => 0, address: () => 0, name: () => 0, functionSize: () => null });
    json.raw(',');
    json.table('sources', sourceNames.length, { uuid: () => null, filename: (i) => sourceNames[i]! });
    json.raw(',');
    json.column('stringArray', strings.texts.length, (i) => strings.texts[i]!);
  }

  #thread(thread: ThreadSamples, start: number, severalEvents: boolean): void {
    const json = this.#json;
    const { group, length, time, stack, period } = thread;
    const { recording, event, pid, tid } = group;
    const several = this.#tables.recordings.length > 1;
    const name = [...recording.labels.values()].join(' ') || recording.name;
    const first = length === 0 ? 0 : (time[0]! - start) / NS_PER_MS;
    const head = {
      processType: 'default',
      processStartupTime: 0,
      processShutdownTime: null,
      registerTime: first,
      unregisterTime: null,
      pausedRanges: [],
      name: severalEvents ? `${thread.comm} (${event.name})` : thread.comm,
      isMainThread: pid === tid,
      processName: several ? `${name}: ${this.#processName(thread)}` : this.#processName(thread),
      // Unique among all processes.
      pid: several ? `${pid} of ${recording.index + 1}` : String(pid),
      tid,
    };
    json.raw(`${JSON.stringify(head).slice(0, -1)},"samples":{`);
    json.column('stack', length, (i) => (stack[i] === 0 ? null : stack[i]! - 1));
    json.raw(',');
    json.column('time', length, (i) => (time[i]! - start) / NS_PER_MS);
    json.raw(',');
    if (this.#options.weight === 'period') json.column('weight', length, (i) => period[i]!);
    else json.field('weight', null);
    // Processor time since the sample before: then the front end shows when the thread was busy, and how much.
    if (event.unit === 'nanoseconds') {
      json.raw(',');
      json.column('threadCPUDelta', length, (i) => period[i]!);
    }
    json.raw(`,"weightType":"samples","length":${length}},"markers":{"data":[],"name":[],"startTime":[],"endTime":[],"phase":[],"category":[],"length":0}}`);
  }

  /** The name of the process' first thread, if it was sampled. */
  #processName({ group, comm }: ThreadSamples): string {
    const main = this.#all.threads.find((one) => one.group.recording === group.recording && one.group.pid === group.pid && one.group.tid === group.pid);
    return main?.comm ?? comm;
  }
}

/** From the beginning of the module; -1 where it is not known. */
function relativeAddress(address: number, ranges: ModuleRanges, place: number): number {
  if (address === -1) return -1;
  const start = ranges.startOf(place);
  return start === undefined ? -1 : Number(ranges.addressOf(place) - start);
}

/** 0 for a function itself, 1 for what was inlined into it, 2 for what was inlined into that. */
function inlineDepth(outer: Int32Array, place: number): number {
  let depth = 0;
  for (let next = outer[place]!; next >= 0; next = outer[next]!) depth++;
  return depth;
}

/** The build id as Windows' tools would write it: its first 16 bytes as a GUID, and an age of 0. */
function breakpadId(buildId: string): string {
  const hex = buildId.padEnd(32, '0').slice(0, 32).toUpperCase();
  const swapped = (from: number, to: number): string => (hex.slice(from, to).match(/../g) ?? []).reverse().join('');
  return buildId === '' ? '' : `${swapped(0, 8)}${swapped(8, 12)}${swapped(12, 16)}${hex.slice(16)}0`;
}

export const firefox: ExportFormat = {
  byAddress: true,
  make: (tables, options, sink) => new FirefoxWriter(tables, options, sink),
};
