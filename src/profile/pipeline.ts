// The walk of a recording: every record in time order, the process model fed, every sample resolved and handed on. This is the
// only place that waits: for the next window of the file and for a module to be loaded (DESIGN 12). Readers and the unwinder say
// what they need, it is brought, and they are asked again.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import type { Machine } from '../bytes/machine.ts';
import type { OrderedRecords } from '../perfdata/ordered-records.ts';
import type { PerfDataFile } from '../perfdata/perf-data-file.ts';
import { FIRST_USER_TYPE, RecordType } from '../perfdata/record-types.ts';
import type { RecordView } from '../perfdata/record-view.ts';
import type { SampleView } from '../perfdata/sample-view.ts';
import type { Module } from '../process/module.ts';
import { Processes } from '../process/processes.ts';
import type { Process } from '../process/thread.ts';
import { ContentsLoader, recordedMachine } from './contents-loader.ts';
import { DeferredSamples, type ReadySample } from './deferred-samples.ts';
import type { KnownStacks } from './known-stacks.ts';
import { ProcessEvents } from './process-events.ts';
import { Quality } from './quality.ts';
import type { RecordingFiles } from './recording-files.ts';
import { DerivedEvents, type DerivedOptions } from './off-cpu/derived-events.ts';
import type { FieldWeights } from './field-weights.ts';
import type { ResolvedSample } from './resolved-sample.ts';
import type { AcceptsSample } from './sample-choice.ts';
import { ReadDeltas } from './read-deltas.ts';
import { RepeatedSamples } from './repeated-samples.ts';
import { Resolver } from './resolver.ts';
import { SampleResolver } from './sample-resolver.ts';
import { SourceTable, type SourceOptions } from './source-table.ts';

/** How a recording is walked. */
export interface PipelineOptions {
  /** Most frames of a stack, for the kernel's and the user's part each; Infinity for no limit. */
  readonly maxStack: number;
  /** See ProcessesOptions. */
  readonly keepExited: boolean;
  /** What is to be known of the source of each place before a sample is handed over; nothing if left out. */
  readonly source?: SourceOptions | undefined;
  /** Which samples are resolved and handed over; all if left out. Every other record is taken in all the same. */
  readonly share?: Share | undefined;
  /** Which samples take part; the others are passed over, whatever else they are. All if left out. */
  readonly accepts?: AcceptsSample | undefined;
  /** Whole stacks, onto which those whose dump ended are joined, or which are to be learnt (known-stacks.ts). */
  readonly known?: KnownStacks | undefined;
  /** Events made of switches and samples in place of the recorded ones: ResolvedSample.event is then an index in Pipeline.derived.names. */
  readonly derived?: DerivedOptions | undefined;
  /** What samples count as where it is not their period. */
  readonly weights?: FieldWeights | undefined;
}

/** Gets what the walk finds, in time order. Nothing handed over may be kept. */
export interface RecordingVisitor {
  /** Every record in its turn, before anything is made of it. `event`: index of the event it belongs to, or -1. */
  arrives?(record: RecordView, event: number, time: number, hasTime: boolean): void;
  /** After `arrives`, of perf's own records: to look at what lies behind one in the file (AUXTRACE). The walk waits for it. */
  payload?(record: RecordView): Promise<void> | undefined;
  /** The module that must be loaded before a record is handed to `arrives` (whose text names functions); asked until it wants none. */
  wantsFor?(record: RecordView): Module | undefined;
  /** Which samples are resolved and handed over: asked before anything is known of one but its event, thread, mode, address and raw fields. */
  accepts?(sample: ResolvedSample, raw: SampleView): boolean;
  /** Asked before a resolved sample is handed over, and waited for. */
  prepare?(sample: ResolvedSample): Promise<void> | undefined;
  /** A number that it gives back comes again with `again`. */
  sample(sample: ResolvedSample, raw: SampleView, record: RecordView): number | void;
  /**
   * Where it is there: a sample of an event that is equal in all but time and period to one that `sample` got and gave that number for
   * may come this way instead.
   */
  again?(event: number, token: number, period: number): void;
  /** A module that must be loaded before a sample is handed over (a tracepoint's text names functions); asked until it wants none. */
  wants?(sample: ResolvedSample, raw: SampleView, record: RecordView): Module | undefined;
  /** Every other record, after the process model has taken it in. */
  record?(record: RecordView, time: number, event: number): void;
  /** Called now and then with the share of the file that is read, 0 to 1. */
  progress?(share: number): void;
}

/** A part of a recording's samples: of every `count` stretches of them, one after the other, the one with that index. */
export interface Share {
  readonly index: number;
  readonly count: number;
  /** Samples of a stretch: USUAL_STRETCH, but in tests. */
  readonly stretch: number;
}

/** Long enough for samples that are alike to be together, short enough for all to be shared evenly. */
export const USUAL_STRETCH = 256;
/** Records between two calls of `progress`. */
const PROGRESS_STEP = 4096;

export class Pipeline {
  readonly file: PerfDataFile;
  readonly machine: Machine;
  readonly processes: Processes;
  readonly resolver: Resolver;
  readonly quality: Quality;
  /** Where PipelineOptions.source asks for it; of every location that a sample has when it is handed over. */
  readonly sources: SourceTable | undefined;
  /** Where PipelineOptions.derived asks for them. */
  readonly derived: DerivedEvents | undefined;
  readonly #weights: FieldWeights | undefined;
  #visitor: RecordingVisitor | undefined;
  readonly #records: OrderedRecords;
  readonly #events: ProcessEvents;
  readonly #samples: SampleResolver;
  readonly #contents: ContentsLoader;
  readonly #deferred = new DeferredSamples();
  readonly #defers: boolean;
  readonly #reads: ReadDeltas;
  readonly #repeated = new RepeatedSamples();
  readonly #share: Share | undefined;
  readonly #accepts: AcceptsSample | undefined;
  /** Number of the current sample among those that can be read, from 1. */
  sampleNumber = 0;
  #jitdumps: { readonly process: Process; readonly module: Module }[] = [];

  constructor(file: PerfDataFile, records: OrderedRecords, files: RecordingFiles, options: PipelineOptions, diagnostics: Diagnostics) {
    this.file = file;
    this.#records = records;
    this.processes = new Processes({
      keepExited: options.keepExited,
      onJitdump: (process, module) => this.#jitdumps.push({ process, module }),
    });
    const machine = (this.machine = recordedMachine(file));
    this.resolver = new Resolver(this.processes, machine, file.wide);
    this.#events = new ProcessEvents(this.processes, file, diagnostics);
    this.#samples = new SampleResolver(file, machine, this.processes, this.resolver, options.maxStack, diagnostics, options.known);
    this.#contents = new ContentsLoader(file, files, this.processes, diagnostics);
    this.#reads = new ReadDeltas(file.events);
    this.#defers = file.events.events.some((event) => event.attr.deferCallchain);
    this.quality = new Quality(this.resolver.code);
    this.#share = options.share;
    this.#accepts = options.accepts;
    this.#weights = options.weights;
    if (options.derived !== undefined) {
      this.derived = new DerivedEvents(options.derived, file, this.processes, (sample, raw, record) => this.#handDerived(sample, raw, record), diagnostics);
    }
    const { locations, frames, contents } = this.resolver;
    this.sources = options.source === undefined ? undefined : new SourceTable(options.source, locations, frames, contents, files);
  }

  /** Walks the recording from where it stands, over `most` records or to the end; false at the end. */
  async run(visitor: RecordingVisitor, most: number = Infinity): Promise<boolean> {
    const records = this.#records;
    const { record } = records;
    const { derived } = this;
    this.#visitor = visitor;
    const samples = this.#samples;
    for (let count = 0; count < most; count++) {
      const more = records.next();
      if (!(typeof more === 'boolean' ? more : await more)) {
        for (const late of this.#deferred.rest()) await this.#handOut(visitor, late);
        derived?.finish(record);
        this.#weights?.check();
        this.quality.lost = this.#events.lost;
        this.sources?.close();
        return false;
      }
      if (count % PROGRESS_STEP === 0) visitor.progress?.(record.fileOffset / this.file.fileSize);
      if (visitor.arrives !== undefined) {
        for (let needed = visitor.wantsFor?.(record); needed !== undefined; needed = visitor.wantsFor?.(record)) {
          this.resolver.provide(needed, await this.#contents.load(needed));
        }
        visitor.arrives(record, records.event, records.time, records.hasTime);
      }
      if (record.type !== RecordType.Sample) {
        if (record.type >= FIRST_USER_TYPE) await visitor.payload?.(record);
        derived?.record(record, records.event, records.time, records.hasTime);
        this.#events.apply(record, records.event);
        if (record.type === RecordType.CallchainDeferred) {
          for (const ready of this.#deferred.release(record, this.#events.tidOf(record, records.event))) await this.#handOut(visitor, ready);
        }
        visitor.record?.(record, records.time, records.event);
        continue;
      }
      // Not when it is mapped: a mapping that perf synthesized comes before the first time is known, and times are relative to it.
      while (this.#jitdumps.length > 0) await this.#loadJitdump();
      if (!samples.begin(record, records.event)) continue;
      // Of derived events what is made of the samples is chosen, when it is made.
      if (this.#accepts !== undefined && derived === undefined && !this.#accepts(samples.raw, records.event)) {
        // Counters grow all the same.
        if (samples.raw.readOffset >= 0) this.#reads.take(record, samples.raw, this.file.events.events[records.event]!);
        continue;
      }
      if (this.#weights !== undefined) samples.sample.period = this.#weights.of(samples.raw, record, this.file.events.events[records.event]!);
      this.sampleNumber++;
      // What counters have grown by is a matter of all samples.
      if (visitor.accepts !== undefined && derived === undefined && samples.raw.readOffset < 0 && !visitor.accepts(samples.sample, samples.raw)) continue;
      if (this.#share !== undefined && Math.floor(this.sampleNumber / this.#share.stretch) % this.#share.count !== this.#share.index) continue;
      if (derived !== undefined && !derived.arrives(samples.raw, records.event, samples.sample.mode, record)) continue;
      if (this.#defers && this.#deferred.hold(record, samples.raw, records.event)) continue;
      if (visitor.again !== undefined && derived === undefined && this.#isRepeated(visitor, record)) continue;
      for (;;) {
        const needed = samples.finish(record);
        if (needed === undefined) break;
        const loading = this.#contents.load(needed);
        this.resolver.provide(needed, loading instanceof Promise ? await loading : loading);
      }
      for (let needed = this.#wanted(visitor, record); needed !== undefined; needed = this.#wanted(visitor, record)) {
        this.resolver.provide(needed, await this.#contents.load(needed));
      }
      if (this.sources !== undefined && this.sources.length < this.resolver.locations.length) {
        const filling = this.sources.fill();
        if (filling instanceof Promise) await filling;
      }
      const preparing = visitor.prepare?.(samples.sample);
      if (preparing !== undefined) await preparing;
      this.#deliver(visitor, record);
    }
    return true;
  }

  /** Loads a module that no sample of this walk needed. */
  async load(module: Module): Promise<void> {
    if (this.resolver.contents[module.id] === undefined) this.resolver.provide(module, await this.#contents.load(module));
  }

  /** A sample that had waited for its user chain. */
  async #handOut(visitor: RecordingVisitor, ready: ReadySample): Promise<void> {
    const samples = this.#samples;
    for (let needed = samples.resolve(ready.record, ready.event, ready.chain); needed !== undefined; ) {
      this.resolver.provide(needed, await this.#contents.load(needed));
      needed = samples.resolve(ready.record, ready.event, ready.chain);
    }
    if (this.#weights !== undefined && samples.readable) samples.sample.period = this.#weights.of(samples.raw, ready.record, this.file.events.events[ready.event]!);
    for (let needed = this.#wanted(visitor, ready.record); needed !== undefined; needed = this.#wanted(visitor, ready.record)) {
      this.resolver.provide(needed, await this.#contents.load(needed));
    }
    await this.sources?.fill();
    await visitor.prepare?.(samples.sample);
    this.#deliver(visitor, ready.record);
  }

  #wanted(visitor: RecordingVisitor, record: RecordView): Module | undefined {
    const { sample, raw, readable } = this.#samples;
    return visitor.wants === undefined || !readable ? undefined : visitor.wants(sample, raw, record);
  }

  /** Whether all that matters of a sample is in its recorded chain. */
  #mayRepeat(): boolean {
    const { raw, sample } = this.#samples;
    if (this.file.events.events[sample.event]!.hasCallStack) return false;
    return raw.chainOffset >= 0 && raw.userRegsOffset < 0 && raw.readOffset < 0 && !this.#defers;
  }

  #ipOffset(record: RecordView): number {
    const { ip } = this.file.events.events[this.#samples.sample.event]!.layout;
    return ip < 0 ? -1 : record.offset + ip;
  }

  /** Hands on a sample that is equal to one before, without resolving it. */
  #isRepeated(visitor: RecordingVisitor, record: RecordView): boolean {
    if (!this.#mayRepeat()) return false;
    const { sample, raw } = this.#samples;
    const { kernelMappings } = this.processes;
    const index = this.#repeated.find(
      record, raw, this.#ipOffset(record), sample.thread.id, sample.comm.id, this.resolver.code.id, kernelMappings.state, sample.event,
    );
    if (index < 0) return false;
    this.quality.again(sample.mode, this.#repeated.source[index]!);
    visitor.again!(sample.event, this.#repeated.token[index]!, sample.period);
    return true;
  }

  /** Hands on the sample just resolved: once, or for every counter of it that has grown. */
  #deliver(visitor: RecordingVisitor, record: RecordView): void {
    const { sample, raw, readable } = this.#samples;
    if (!readable) return;
    this.quality.add(sample);
    if (raw.readOffset < 0) {
      if (this.derived !== undefined) {
        this.derived.resolved(sample, raw, record);
        return;
      }
      const token = visitor.sample(sample, raw, record);
      if (visitor.again !== undefined && typeof token === 'number' && this.#mayRepeat()) {
        this.#repeated.add(record, raw, this.#ipOffset(record), token, sample.source);
      }
      return;
    }
    const { events, periods } = this.#reads;
    this.#reads.take(record, raw, this.file.events.events[sample.event]!);
    if (this.derived === undefined && visitor.accepts?.(sample, raw) === false) return;
    for (let i = 0; i < events.length; i++) {
      sample.event = events[i]!;
      sample.period = periods[i]!;
      if (this.derived === undefined) visitor.sample(sample, raw, record);
      else this.derived.resolved(sample, raw, record);
    }
  }

  #handDerived(sample: ResolvedSample, raw: SampleView, record: RecordView): void {
    const visitor = this.#visitor!;
    if (this.#accepts?.(raw, sample.event) === false || visitor.accepts?.(sample, raw) === false) return;
    visitor.sample(sample, raw, record);
  }

  /** What LOST_SAMPLES records count, as far as the walk has come (FORMAT 2.1, 3.8). */
  get lostSamples(): number {
    return this.#events.lost;
  }

  async #loadJitdump(): Promise<void> {
    const { process, module } = this.#jitdumps.shift()!;
    this.resolver.provide(module, await this.#contents.loadJitdump(module));
    this.resolver.code.jitdumpLoaded(process);
  }
}
