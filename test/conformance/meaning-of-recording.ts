// What perfts makes of the records of a recording beyond what each says (`meaning` in the vectors): who had what mapped when, names,
// chains that come later, other clocks, tracepoints.

import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { MemorySource } from '../../src/bytes/source.ts';
import { perform } from '../../src/bytes/reading.ts';
import { OrderedRecords } from '../../src/perfdata/ordered-records.ts';
import { openPerfData, type PerfDataFile } from '../../src/perfdata/perf-data-file.ts';
import { RecordType } from '../../src/perfdata/record-types.ts';
import { readTimeConv, timeOfCounter } from '../../src/perfdata/records/about-recording.ts';
import { SampleView } from '../../src/perfdata/sample-view.ts';
import { DeferredSamples, type ReadySample } from '../../src/profile/deferred-samples.ts';
import { ProcessEvents } from '../../src/profile/process-events.ts';
import { Processes } from '../../src/process/processes.ts';
import type { Json, JsonObject } from './builder/json.ts';
import { tracingMeaning } from './meaning-of-tracing.ts';

interface Lookup {
  readonly after: number;
  readonly pid: number;
  readonly address: string;
}

interface NameLookup {
  readonly after: number;
  readonly pid: number;
  readonly tid: number;
}

/** Answers what `wanted` asks, in its form. `records`: those of the vector, in the order of the file. */
export function meaningOf(bytes: Uint8Array, records: readonly JsonObject[], wanted: JsonObject): JsonObject {
  const diagnostics = new Diagnostics();
  const source = new MemorySource(bytes);
  const file = perform(source, openPerfData(bytes.length, diagnostics)) as PerfDataFile;
  const walk = new Walk(source, file, diagnostics, records, wanted);
  const answers: Readonly<Record<string, () => Json>> = {
    mappings: () => walk.mappings,
    names: () => walk.names,
    jitdumps: () => walk.jitdumps(file, records),
    perfMaps: () => walk.perfMaps,
    userChains: () => walk.userChains.toSorted((a, b) => a.record - b.record) as unknown as Json,
    wallClock: () => (wanted['wallClock'] as readonly { readonly time: string }[]).map(({ time }) => ({ time, wall: wallOf(file, BigInt(time)) })),
    counters: () => (wanted['counters'] as readonly { readonly counter: string }[]).map(({ counter }) => ({ counter, time: walk.timeOf(BigInt(counter)) })),
    ...tracingMeaning(source, file, records, diagnostics),
  };
  return Object.fromEntries(Object.keys(wanted).map((name) => [name, answers[name]!()]));
}

function wallOf(file: PerfDataFile, time: bigint): string {
  const { wallNs, clockNs } = file.features.clockData!;
  return String(wallNs + time - clockNs);
}

/** One walk in the order of time, that asks after each record what is asked then. */
class Walk {
  readonly mappings: JsonObject[] = [];
  readonly names: JsonObject[] = [];
  readonly perfMaps: JsonObject[] = [];
  readonly userChains: { readonly record: number; readonly chain: readonly string[] | null }[] = [];
  #conversion: ReturnType<typeof readTimeConv>;
  readonly #processes: Processes;
  readonly #wanted: JsonObject;

  constructor(source: MemorySource, file: PerfDataFile, diagnostics: Diagnostics, records: readonly JsonObject[], wanted: JsonObject) {
    this.#wanted = wanted;
    this.#processes = new Processes({ keepExited: true });
    const events = new ProcessEvents(this.#processes, file, diagnostics);
    const ordered = new OrderedRecords([source], file, diagnostics);
    const sample = new SampleView(file.wide, file.timeBase, diagnostics);
    const deferred = new DeferredSamples();
    const indexOf = new Map(records.map((record, index) => [record['offset'], index]));
    /** Held samples are copies, known by their bytes: each waits at an address of the file. */
    const held = new Map<string, number[]>();
    const key = (ready: ReadySample): string => Buffer.from(ready.record.bytes.subarray(ready.record.offset, ready.record.end)).toString('hex');
    const release = (ready: readonly ReadySample[]): void => {
      for (const each of ready) this.userChains.push({ record: held.get(key(each))!.shift()!, chain: each.chain === undefined ? null : addressesOf(each.chain) });
    };
    while (ordered.next() === true) {
      const { record, event } = ordered;
      const index = indexOf.get(record.fileOffset)!;
      if (record.type === RecordType.TimeConv) this.#conversion = readTimeConv(record);
      else if (record.type === RecordType.CallchainDeferred) release(deferred.release(record, events.tidOf(record, event)));
      else if (record.type === RecordType.Sample) {
        if (sample.read(record, file.events.events[event]!) && deferred.hold(record, sample, event)) {
          const bytes = key({ record, event, chain: undefined });
          held.set(bytes, [...(held.get(bytes) ?? []), index]);
        }
      } else events.apply(record, event);
      this.#ask(index);
    }
    release(deferred.rest());
    for (const { pid } of (wanted['perfMaps'] ?? []) as readonly { readonly pid: number }[]) {
      const module = [...this.#processes.process(pid).mappings.all].find((mapping) => mapping.module.kind === 'anonymous')?.module;
      this.perfMaps.push({ pid, file: module?.path.replace(/^.*\//, '') ?? null });
    }
  }

  /** Which files tell of the code of which process, and until when; by process. */
  jitdumps(file: PerfDataFile, records: readonly JsonObject[]): JsonObject[] {
    const pids = new Set(records.flatMap(({ fields }) => ((fields as JsonObject)['pid'] === undefined ? [] : [Number((fields as JsonObject)['pid'])])));
    return [...pids].toSorted((a, b) => a - b).flatMap((pid) =>
      this.#processes.process(pid).jitdumps.map(({ module, until }) => ({ pid, filename: module.path, ...(until !== Infinity && { until: String(file.timeBase.exact(until)) }) })));
  }

  timeOf(counter: bigint): string {
    return String(timeOfCounter(this.#conversion!, counter));
  }

  /** Offsets in files only where memory shows a file. */
  #ask(index: number): void {
    for (const { after, pid, address } of (this.#wanted['mappings'] ?? []) as unknown as readonly Lookup[]) {
      if (after !== index) continue;
      const found = this.#processes.process(pid).mappings.find(Number(address));
      let mapping: JsonObject | null = null;
      if (found?.module.kind === 'anonymous') mapping = { filename: '//anon' };
      else if (found !== undefined) mapping = { filename: found.module.path, offset: `0x${(found.pageOffset + Number(address) - found.start).toString(16)}` };
      this.mappings.push({ after, pid, address, mapping });
    }
    for (const { after, pid, tid } of (this.#wanted['names'] ?? []) as unknown as readonly NameLookup[]) {
      if (after === index) this.names.push({ after, pid, tid, name: this.#processes.thread(pid, tid).comm.text });
    }
  }
}

function addressesOf(chain: NonNullable<ReadySample['chain']>): string[] {
  return Array.from({ length: chain.length }, (_, i) => `0x${chain.view.getBigUint64(chain.offset + 8 * i, chain.littleEndian).toString(16)}`);
}
