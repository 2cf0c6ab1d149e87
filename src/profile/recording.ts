// A recording as a program sees it: opened once, walked as often as wanted. Everything that touches files comes from outside
// (RecordingInput): node/ makes one of a path, a page of dropped files.

import { Diagnostics, type Damage } from '../bytes/diagnostics.ts';
import { PerftsError } from '../bytes/errors.ts';
import type { Machine } from '../bytes/machine.ts';
import { perform } from '../bytes/reading.ts';
import type { ByteSource } from '../bytes/source.ts';
import { type OrderOptions, OrderedRecords } from '../perfdata/ordered-records.ts';
import { openPerfData, type PerfDataFile } from '../perfdata/perf-data-file.ts';
import type { RecordView } from '../perfdata/record-view.ts';
import { readTracepoints } from '../perfdata/tracing/read-tracepoints.ts';
import type { Tracepoints } from '../perfdata/tracing/tracepoints.ts';
import { recordTypeName } from '../perfdata/record-types.ts';
import type { FileTree } from '../symbols/file-tree.ts';
import { ModuleLoader } from '../symbols/module-loader.ts';
import type { MoreFolders } from '../symbols/search-step.ts';
import { Annotation, type AnnotateOptions } from './annotation.ts';
import { type Diagnosis, diagnose } from './diagnosis.ts';
import { recordedMachine } from './contents-loader.ts';
import { FieldWeights } from './field-weights.ts';
import { KnownStacks } from './known-stacks.ts';
import { mergeShares } from './merge-shares.ts';
import type { DerivedTime } from './off-cpu/derived-events.ts';
import type { WaitReport } from './off-cpu/wait-report.ts';
import { Pipeline, type PipelineOptions, type RecordingVisitor, type Share, USUAL_STRETCH } from './pipeline.ts';
import { isDivisible, type ProfileShare, shareOf } from './profile-share.ts';
import type { RecordingFiles } from './recording-files.ts';
import type { Profile, SampleDetail } from './profile.ts';
import type { QualityReport } from './quality.ts';
import { type AcceptsSample, acceptanceOf, type SampleChoice } from './sample-choice.ts';
import { joinedFrames, stackEnd } from './resolved-sample.ts';
import { usualDetail } from './sample-detail.ts';
import type { SampleValue, ValueOptions } from './sample-values.ts';
import { summarize } from './summary.ts';
import { findTimeBounds, spansFrom, spansOfShares, type TimeChoice, TimeSpans } from './time-spans.ts';

/** The files of a recording. */
export interface RecordingInput {
  /** The recording; of a directory its `data` and then its `data.N`. */
  readonly sources: readonly ByteSource[];
  /** File systems as on the machine that recorded, in the order of the search. */
  readonly trees: readonly FileTree[];
  /** Build-id caches beside these. */
  readonly caches?: readonly FileTree[];
  /** Folders of files by build id or base name, and debuginfod servers. */
  readonly more?: MoreFolders | undefined;
  readonly kallsyms?: ByteSource | undefined;
  /** The kernel's own file, with its symbols. */
  readonly vmlinux?: ByteSource | undefined;
  /** Whether kernel modules get names; true if left out. */
  readonly kernelModules?: boolean | undefined;
  readonly vdso?: ByteSource | undefined;
  /** Names are shown demangled unless this is false. */
  readonly demangle?: boolean;
  /** Where damage is noted, if some was seen before (in an archive). */
  readonly diagnostics?: Diagnostics | undefined;
  openJitdump: RecordingFiles['openJitdump'];
  openPerfMap: RecordingFiles['openPerfMap'];
  listPerfMaps: RecordingFiles['listPerfMaps'];
  /** Makes a place for records of compressed recordings that wait for their turn; without it they all wait in memory. */
  readonly makeStore?: OrderOptions['makeStore'];
}

/** One frame of a stack, for programs. */
export interface Frame {
  /** As recorded or unwound: exact for the sampled address, the return address (minus one where unwound) for callers. */
  readonly address: bigint;
  /** '' where nothing names it. */
  readonly name: string;
  /** Bytes from the symbol's start; undefined without a name. */
  readonly offset: number | undefined;
  /** Recorded path of the file, `[kernel.kallsyms]`, the jitdump or perf map; '' where no mapping holds the address. */
  readonly module: string;
  readonly isKernel: boolean;
}

/** One sample with its stack, for programs. */
export interface Sample {
  readonly event: string;
  readonly pid: number;
  readonly tid: number;
  readonly comm: string;
  /** -1 where not recorded. */
  readonly cpu: number;
  /** Nanoseconds of the recording's clock; undefined where not recorded. */
  readonly time: bigint | undefined;
  readonly period: number;
  /** Leaf first: kernel frames, then user frames. Without a recorded stack the sampled address alone. */
  readonly frames: readonly Frame[];
  /** How many frames at the outer end are those of another sample (Recording.stitch); 0 where none are. */
  readonly joined: number;
  /** Why an unwound stack ends ('root' when it is whole, 'joined' where its end is another sample's); undefined where the kernel recorded the chain. */
  readonly end: string | undefined;
}

/** One record, for programs. The view is reused: copy what is kept. */
export interface TimedRecord {
  readonly type: number;
  /** `MMAP2`, `SAMPLE`, … */
  readonly name: string;
  readonly record: RecordView;
  /** Nanoseconds of the recording's clock; undefined for records without a time. */
  readonly time: bigint | undefined;
}

/** How a recording is walked. */
export interface WalkOptions {
  /** Most frames of a stack, for the kernel's and the user's part each; no limit if left out. */
  readonly maxStack?: number | undefined;
  readonly onProgress?: (share: number) => void;
}

/** What a profile is to hold. */
export interface ProfileOptions extends WalkOptions {
  /** Default: what perf's report shows of such a recording (usualDetail). `none` counts whole samples by stack alone. */
  readonly detail?: SampleDetail | 'none' | undefined;
  /** Inlined calls become frames of their own where debugging information tells of them; false if left out. */
  readonly inlines?: boolean | undefined;
  /** Frames are told apart by their source lines, for the sort keys srcline and srcfile; false if left out. */
  readonly lines?: boolean | undefined;
  /** Source files by their whole paths instead of their last parts. */
  readonly fullPaths?: boolean | undefined;
  /** What tells samples apart besides, for sort keys such as cpu, time, weight. */
  readonly values?: ValueOptions | undefined;
  /** Branches are told apart by the places of their ends, for the keys addr_from to srcline_to. */
  readonly branchPlaces?: boolean | undefined;
  /** The texts of tracepoints are their fields, without what print formats make of these (--raw-trace). */
  readonly rawTraces?: boolean | undefined;
  /** Whether samples count by their weight instead of their period (--mem-mode). */
  readonly byWeight?: boolean | undefined;
  /** Which samples take part; all if left out. */
  readonly choice?: SampleChoice | undefined;
  /** Time of threads as an event, or events, in place of the recorded ones: waits, or all of it. Then `detail` is `none`. */
  readonly derived?: DerivedTime | undefined;
  /** Samples count by the field of that name of their tracepoint or probe (or `weight`, `ins_lat`, `retire_lat`) instead of by their period. */
  readonly weightField?: string | undefined;
  /** Other threads to share the work with, where the recording can be divided; the profile is the same. */
  readonly helpers?: ShareHelpers | undefined;
}

/** Programs that open the same recording and sum up a share of its samples each (Recording.share). */
export interface ShareHelpers {
  /** How many there are. */
  readonly count: number;
  /** See Share; USUAL_STRETCH if left out. */
  readonly stretch?: number;
  /** Starts number `share.index` (1 …; 0 is the caller's own) on its part. */
  start(share: Share, options: Pick<ProfileOptions, 'maxStack' | 'inlines' | 'lines'>): Promise<ProfileShare>;
}

/** What a wait has, too. */
const VALUES_OF_TIME: readonly SampleValue[] = ['cpu', 'socket', 'time'];
/** Records between two looks at the clock while samples are handed out. */
const BATCH = 1024;

/** An open recording: its records, its samples with their stacks, or all of it summed up. Can be walked any number of times. */
export class Recording {
  readonly file: PerfDataFile;
  readonly machine: Machine;
  readonly #input: RecordingInput;
  readonly #diagnostics: Diagnostics;
  /** Whole stacks that cut ones are joined onto. */
  #known: KnownStacks | undefined;

  private constructor(file: PerfDataFile, input: RecordingInput, diagnostics: Diagnostics) {
    this.file = file;
    this.machine = recordedMachine(file);
    this.#input = input;
    this.#diagnostics = diagnostics;
  }

  /** Opens a recording. Throws PERFTS_NOT_PERF_DATA where it is none. */
  static async open(input: RecordingInput): Promise<Recording> {
    const diagnostics = input.diagnostics ?? new Diagnostics();
    const source = input.sources[0]!;
    const file = await perform(source, openPerfData(source.size, diagnostics));
    return new Recording(file, input, diagnostics);
  }

  /** What was wrong with the files so far. */
  get damage(): readonly Damage[] {
    return this.#diagnostics.all();
  }

  /**
   * The parts of its time that are asked for. Reads all records first where shares are meant and the recording does not say when its first and
   * last samples were taken. Throws PERFTS_USAGE where samples have no times.
   */
  async timeSpans(choice: TimeChoice): Promise<TimeSpans> {
    const { timeBase, features } = this.file;
    if (choice.kind === 'clock' && choice.relative !== true) return new TimeSpans(choice.spans, timeBase);
    const said = features.sampleTime;
    const bounds = said !== undefined && said.last > 0n ? said : await findTimeBounds(this.orderedRecords({ fileOrder: true }), timeBase);
    return new TimeSpans(choice.kind === 'clock' ? spansFrom(bounds, choice.spans) : spansOfShares(choice.shares, bounds), timeBase);
  }

  /** What the recording says about its tracepoints, to read their fields; undefined where it says nothing. Read anew each time. */
  async tracepoints(): Promise<Tracepoints | undefined> {
    return await perform(this.#input.sources[0]!, readTracepoints(this.file.features, this.#diagnostics));
  }

  /** A copy of bytes of one of its files (0: the recording itself, others the `data.N` of a directory); fewer at its end. */
  async bytes(source: number, offset: number, length: number): Promise<Uint8Array> {
    return (await (this.#input.sources[source]?.read(offset, length) ?? new Uint8Array(0))).slice();
  }

  /** The jitdump that was mapped under a recorded path, where it is found. */
  async jitdump(path: string): Promise<ByteSource | undefined> {
    return await this.#input.openJitdump(path);
  }

  /** How many files it consists of: more than one for a directory. */
  get fileCount(): number {
    return this.#input.sources.length;
  }

  /** The records alone, for views that need neither stacks nor names. Each call begins a walk of its own. */
  orderedRecords(order: OrderOptions = {}): OrderedRecords {
    return new OrderedRecords(this.#input.sources, this.file, this.#diagnostics, { makeStore: this.#input.makeStore, ...order });
  }

  /**
   * From now on stacks whose dump ended are joined onto whole stacks of the same thread, in every view (--stitch). Walks the recording
   * once to learn these; memory is bounded (MAX_KNOWN_STACK_NODES). What is joined is marked: `Sample.joined`.
   */
  async stitch(onProgress?: (share: number) => void): Promise<void> {
    const known = new KnownStacks();
    const pipeline = this.pipeline({ maxStack: Infinity, keepExited: false, known });
    await pipeline.run({ sample: () => {}, ...(onProgress !== undefined && { progress: onProgress }) });
    known.isLearning = false;
    this.#known = known;
  }

  /** A walk of the recording, for views that want samples as they are found. */
  pipeline(options: PipelineOptions, order: OrderOptions = {}): Pipeline {
    return this.#walk({ known: this.#known, ...options }, order).pipeline;
  }

  #walk(options: PipelineOptions, order: OrderOptions): { readonly pipeline: Pipeline; readonly loader: ModuleLoader } {
    const records = this.orderedRecords(order);
    const { trees, caches, more, kallsyms, vmlinux, kernelModules, vdso, demangle } = this.#input;
    const loader = new ModuleLoader({
      trees,
      caches: caches ?? [],
      ...(more !== undefined && { more }),
      kallsyms,
      vmlinux,
      kernelModules,
      release: this.file.features.osRelease ?? '',
      vdso,
      machine: this.machine,
      demangle: demangle ?? true,
      kernelReference: () => pipeline.processes.kernelReference,
      diagnostics: this.#diagnostics,
    });
    const files: RecordingFiles = {
      demangle: demangle ?? true,
      loadModule: (module, wants) => loader.load(module, wants),
      loadSource: (module) => loader.loadSource(module),
      openJitdump: (path) => this.#input.openJitdump(path),
      openPerfMap: (pid) => this.#input.openPerfMap(pid),
      listPerfMaps: () => this.#input.listPerfMaps(),
    };
    const pipeline: Pipeline = new Pipeline(this.file, records, files, options, this.#diagnostics);
    return { pipeline, loader };
  }

  /** What is wrong with the recording and with the files that belong to it: what `perfts doctor` says, as data. */
  async diagnose(options: Pick<WalkOptions, 'onProgress'> = {}): Promise<Diagnosis> {
    const { pipeline, loader } = this.#walk({ maxStack: Infinity, keepExited: true }, {});
    const { quality } = await summarize(this.file, pipeline, { onProgress: options.onProgress });
    const { contents } = pipeline.resolver;
    return diagnose({ file: this.file, quality, loader, contents, mapped: pipeline.processes.modules.all, damage: () => this.damage });
  }

  /** A walk for views that want samples as they are found, and when it has ended the code and source of the functions met: whoever asks for these closes them. */
  annotatedWalk(options: PipelineOptions, order: OrderOptions = {}): { readonly pipeline: Pipeline; readonly annotation: () => Annotation } {
    const { pipeline, loader } = this.#walk({ known: this.#known, ...options }, order);
    return { pipeline, annotation: () => Annotation.afterWalk(pipeline, loader, (path) => this.#input.openJitdump(path)) };
  }

  /** Where in functions samples were taken, with their code and source lines. Whoever gets it closes it. */
  async annotate(options: AnnotateOptions = {}): Promise<Annotation> {
    const { pipeline, loader } = this.#walk({ maxStack: Infinity, keepExited: false, known: this.#known }, {});
    return await Annotation.of(pipeline, loader, (path) => this.#input.openJitdump(path), options);
  }

  /** The recording summed up, for every view of totals, and how good its data is. */
  async profile(options: ProfileOptions = {}): Promise<{ readonly profile: Profile; readonly quality: QualityReport; readonly waits?: WaitReport | undefined }> {
    const { derived, weightField } = options;
    // What is between two events is told by samples in the order in which they come; a wait comes when it ends.
    if (derived !== undefined && (options.choice?.switches?.on ?? options.choice?.switches?.off) !== undefined) {
      throw new PerftsError('PERFTS_USAGE', '--switch-on and --switch-off choose recorded samples, not waits');
    }
    // Who looks at time, or at what functions ask for, looks for functions.
    const asked = derived !== undefined ? 'none' : (options.detail ?? (weightField === undefined ? usualDetail(this.file) : 'none'));
    const detail = asked === 'none' ? undefined : asked;
    const accepts = options.choice === undefined ? undefined : await this.#acceptance(options.choice);
    if (derived !== undefined || weightField !== undefined) {
      const tracepoints = await this.tracepoints();
      const unlike = derived === undefined ? undefined : options.values?.values.find((value) => !VALUES_OF_TIME.includes(value));
      if (unlike !== undefined) throw new PerftsError('PERFTS_USAGE', 'waits and all time can be told apart by CPU and time, not by what single samples say');
      const pipeline = this.#profilePipeline(options, {
        accepts,
        derived: derived === undefined ? undefined : { time: derived, tracepoints },
        weights: weightField === undefined ? undefined : new FieldWeights(weightField, this.file, tracepoints),
      });
      const summary = await summarize(this.file, pipeline, { detail, tracepoints, values: options.values, onProgress: options.onProgress });
      return { ...summary, waits: pipeline.derived?.report() };
    }
    // The others would have to learn whole stacks for themselves.
    const isShared = options.helpers !== undefined && this.#known === undefined && accepts === undefined && options.byWeight !== true && options.fullPaths !== true && isDivisible(this.file, detail !== undefined || options.values !== undefined);
    if (isShared) return this.#profileOfShares(options, options.helpers);
    const pipeline = this.#profilePipeline(options, { accepts });
    const needsTracepoints = detail === 'trace' || (options.values?.fields?.length ?? 0) > 0;
    const tracepoints = needsTracepoints ? await this.tracepoints() : undefined;
    return summarize(this.file, pipeline, { detail, tracepoints, values: options.values, rawTraces: options.rawTraces ?? false, branchPlaces: options.branchPlaces ?? false, byWeight: options.byWeight ?? false, onProgress: options.onProgress });
  }

  /** One share of the recording summed up: what `ProfileOptions.helpers` are to give. */
  async share(share: Share, options: Pick<ProfileOptions, 'maxStack' | 'inlines' | 'lines'> = {}): Promise<ProfileShare> {
    return (await this.#summarizeShare(share, options)).share;
  }

  async #summarizeShare(share: Share, options: ProfileOptions): Promise<{ readonly pipeline: Pipeline; readonly profile: Profile; readonly share: ProfileShare }> {
    const pipeline = this.#profilePipeline(options, { share });
    const first: number[][] = [];
    const { profile } = await summarize(this.file, pipeline, { onProgress: options.onProgress, onNew: (event) => (first[event] ??= []).push(pipeline.sampleNumber) });
    return { pipeline, profile, share: shareOf(profile, first, pipeline.quality.counts, this.damage) };
  }

  async #profileOfShares(options: ProfileOptions, helpers: ShareHelpers): Promise<{ readonly profile: Profile; readonly quality: QualityReport }> {
    const count = helpers.count + 1;
    const { stretch = USUAL_STRETCH } = helpers;
    const { maxStack, inlines, lines } = options;
    const others = Promise.all(Array.from({ length: helpers.count }, (_, i) => helpers.start({ index: i + 1, count, stretch }, { maxStack, inlines, lines })));
    // A helper may fail while this thread is still at work: that is said when it is waited for.
    others.catch(() => {});
    const own = await this.#summarizeShare({ index: 0, count, stretch }, options);
    const { modules } = own.profile.frames;
    for (const share of await others) {
      for (const module of new Set(share.frames.module)) if (module >= 0) await own.pipeline.load(modules[module]!);
      own.pipeline.quality.addCounts(share.quality);
      this.#diagnostics.addUnknown(share.damage);
    }
    const profile = mergeShares(own.profile, [own.share, ...(await others)]);
    return { profile, quality: own.pipeline.quality.report(profile) };
  }

  /** A walk for a profile. */
  #profilePipeline({ inlines = false, lines = false, fullPaths = false, maxStack = Infinity }: ProfileOptions, more: Pick<PipelineOptions, 'share' | 'accepts' | 'derived' | 'weights'> = {}): Pipeline {
    const source = inlines || lines ? ({ inlines, lines, byLine: lines, fullPaths, otherwise: 'function' } as const) : undefined;
    return this.pipeline({ maxStack, keepExited: true, source, ...more });
  }

  async #acceptance(choice: SampleChoice): Promise<AcceptsSample | undefined> {
    return acceptanceOf(this.file, choice.time === undefined ? undefined : await this.timeSpans(choice.time), choice);
  }

  /** Every sample with its resolved stack, in time order, as plain objects. */
  async *samples(options: WalkOptions = {}): AsyncGenerator<Sample, void, void> {
    const pipeline = this.pipeline({ maxStack: options.maxStack ?? Infinity, keepExited: false });
    let batch: Sample[] = [];
    const visitor: RecordingVisitor = { sample: (sample, raw) => batch.push(this.#plain(pipeline, sample, raw)) };
    if (options.onProgress !== undefined) visitor.progress = options.onProgress;
    for (let more = true; more; ) {
      more = await pipeline.run(visitor, BATCH);
      yield* batch;
      batch = [];
    }
  }

  #plain(pipeline: Pipeline, sample: Parameters<RecordingVisitor['sample']>[0], raw: Parameters<RecordingVisitor['sample']>[1]): Sample {
    const frames: Frame[] = [];
    if (sample.depth === 0 && sample.leaf >= 0) frames.push(this.#frame(pipeline, sample.ip, sample.leaf));
    for (let i = 0; i < sample.depth; i++) frames.push(this.#frame(pipeline, sample.addresses[i]!, sample.locations[i]!));
    return {
      event: this.file.events.events[sample.event]!.name,
      pid: raw.pid,
      tid: raw.tid,
      comm: sample.comm.text,
      cpu: raw.cpu,
      time: raw.hasTime ? this.file.timeBase.exact(raw.time) : undefined,
      period: sample.period,
      frames,
      joined: joinedFrames(sample),
      end: stackEnd(sample),
    };
  }

  #frame(pipeline: Pipeline, address: number, location: number): Frame {
    const { locations, frames } = pipeline.resolver;
    const frame = locations.frame[location]!;
    const module = frames.module[frame]!;
    const named = frames.symbol[frame]! >= 0;
    return {
      address: BigInt.asUintN(64, this.file.wide.exact(address)),
      name: frames.name(frame),
      offset: named ? locations.relative[location]! - frames.start[frame]! : undefined,
      module: module < 0 ? '' : frames.modules[module]!.path,
      isKernel: module >= 0 && frames.modules[module]!.isKernel,
    };
  }

  /** Every record in time order. The `record` of each is a view that the next one overwrites. */
  async *records(): AsyncGenerator<TimedRecord, void, void> {
    const records = this.orderedRecords();
    for (;;) {
      const more = records.next();
      if (!(typeof more === 'boolean' ? more : await more)) return;
      const { record } = records;
      const time = records.hasTime ? this.file.timeBase.exact(records.time) : undefined;
      yield { type: record.type, name: recordTypeName(record.type), record, time };
    }
  }
}
