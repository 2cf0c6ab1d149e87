// An export: recordings walked one after the other, what passes the filters handed to a format.

import { PerftsError } from '../bytes/errors.ts';
import type { PerfEvent } from '../perfdata/event-table.ts';
import type { PerfDataFile } from '../perfdata/perf-data-file.ts';
import type { ByteSink } from '../perfdata/writer/byte-sink.ts';
import type { Annotation } from '../profile/annotation.ts';
import { eventsNamed } from '../profile/convert/recording-cut.ts';
import type { PipelineOptions, RecordingVisitor } from '../profile/pipeline.ts';
import { CpuMode } from '../profile/profile.ts';
import { type EventDescription, ProfileBuilder } from '../profile/profile-builder.ts';
import type { Recording } from '../profile/recording.ts';
import { stackEnd } from '../profile/resolved-sample.ts';
import { taskFilter } from '../profile/sample-choice.ts';
import { StackTable } from '../profile/stack-table.ts';
import type { TimeSpans } from '../profile/time-spans.ts';
import { unitOf } from '../profile/weighted-stacks.ts';
import { FieldWeights } from '../profile/field-weights.ts';
import { eventCalled } from '../profile/event-choice.ts';
import type { DerivedTime } from '../profile/off-cpu/derived-events.ts';
import type { WaitReport } from '../profile/off-cpu/wait-report.ts';
import type { QualityReport } from '../profile/quality.ts';
import { CodeTable } from './code-table.ts';
import type { ExportFormat, ExportTables, ExportedEvent, ExportedRecording, FormatOptions, FormatWriter, SampleRow } from './format.ts';
import { StackMaker } from './stack-maker.ts';
import { wallClockOffset } from './wall-clock.ts';
import { wellFormed } from './well-formed.ts';

/** Which samples; what is left out does not limit. */
export interface ExportFilter {
  /** Names, with or without modifiers. */
  readonly events?: readonly string[] | undefined;
  readonly comms?: readonly string[] | undefined;
  readonly pids?: readonly number[] | undefined;
  readonly tids?: readonly number[] | undefined;
  readonly time?: TimeSpans | undefined;
}

/** One of the recordings of an export. */
export interface ExportInput {
  readonly recording: Recording;
  /** What it is called: its path, or the last part of it. */
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  /** When the file was written last. */
  readonly modified?: Date | undefined;
}

/** How recordings are walked. */
export interface ExportWalk extends ExportFilter {
  readonly maxStack?: number | undefined;
  readonly inlines?: boolean | undefined;
  /** Stacks as Python's developers know them (profile/python/); `both`: whole, and these beside them (ExportTables.pythonNodes; of one recording only). */
  readonly python?: boolean | 'both' | undefined;
  /** Time of threads in place of the recorded events; and what samples count by: as in ProfileOptions (profile/recording.ts). */
  readonly derived?: DerivedTime | undefined;
  readonly weightField?: string | undefined;
  /** Whether Export.quality says what only all stacks together tell, as report does: named functions, modules. False if left out. */
  readonly frameQuality?: boolean | undefined;
  /** Called when a recording was walked, while its files are still open. */
  readonly whenWalked?: ((annotation: Annotation) => Promise<void>) | undefined;
  readonly onProgress?: (share: number) => void;
}

/** What nothing has filled. */
const NOBODY: ExportedRecording = {
  index: -1, labels: new Map(), name: '', hostName: '', architecture: '', cpu: '', cpus: 0, kernel: '', command: [], clockTime: () => 0n, wallTime: () => undefined,
};

/** One file of a format, made of any number of recordings. */
export class Export {
  readonly #tables: ExportTables & { readonly events: ExportedEvent[]; readonly recordings: ExportedRecording[] };
  readonly #format: ExportFormat;
  readonly #writer: FormatWriter;
  readonly #quality: QualityReport[] = [];
  readonly #waits: (WaitReport | undefined)[] = [];
  readonly #row: SampleRow = {
    recording: NOBODY, event: { index: -1, name: '', unit: 'count', period: 0, frequency: 0 }, time: -0.5, hasTime: false, pid: -1, tid: -1, comm: '', cpu: -1,
    inKernel: false, period: -0.5, stack: 0, end: undefined,
  };

  constructor(format: ExportFormat, options: FormatOptions, sink: ByteSink) {
    this.#format = format;
    this.#tables = { code: new CodeTable(), stacks: new StackTable(), events: [], recordings: [] };
    this.#writer = format.make(this.#tables, options, sink);
  }

  /** Of each recording so far. */
  get quality(): readonly QualityReport[] {
    return this.#quality;
  }

  /** Of each recording so far; undefined where recorded events were exported. */
  get waits(): readonly (WaitReport | undefined)[] {
    return this.#waits;
  }

  /** Hands the samples of a recording to the format. @throws PerftsError PERFTS_USAGE for an event that it does not have. */
  async add(input: ExportInput, walk: ExportWalk): Promise<void> {
    const { recording } = input;
    const { file } = recording;
    // When they are met: a pipe may tell of events after its first samples.
    const events: (ExportedEvent | undefined)[] = [];
    const eventOf = (index: number): ExportedEvent => (events[index] ??= pipeline.derived === undefined ? this.#recordedEvent(file.events.events[index]!) : this.#eventOf(pipeline.derived.names[index]!, 0, 0));
    const { byAddress } = this.#format;
    const { inlines = true } = walk;
    const source = inlines || byAddress ? ({ inlines, lines: byAddress, fullPaths: true, otherwise: 'function' } as const) : undefined;
    const { pipeline, annotation } = recording.annotatedWalk({ maxStack: walk.maxStack ?? Infinity, keepExited: false, source, ...(await countedBy(recording, walk)) });
    const wanted = wantedEvents(file, pipeline.derived?.names, walk.events);
    const { code, stacks } = this.#tables;
    const maker = new StackMaker(pipeline, code, stacks, byAddress, walk.python ?? false);
    if (walk.python === 'both') this.#tables.pythonNodes = () => maker.pythonNodes();
    const counted = walk.frameQuality === true ? new ProfileBuilder(undefined, undefined, pipeline.sources) : undefined;
    const describe = (index: number): EventDescription => ({ name: pipeline.derived?.names[index] ?? file.events.events[index]!.name, hasChains: true, leader: index });
    const { comms: wantedComms, pids, tids, time } = walk;
    const accepts = taskFilter(file, { comms: wantedComms, pids, tids }, time);
    const row = this.#row;
    const writer = this.#writer;
    const recorded: string[] = [];
    const comms: string[] = [];
    row.recording = this.#describe(input);
    const visitor: RecordingVisitor = {
      sample: (sample, raw) => {
        if (wanted !== undefined && !wanted.has(sample.event)) return undefined;
        if (accepts !== undefined && !accepts(sample, raw)) return undefined;
        row.event = eventOf(sample.event);
        row.time = raw.hasTime ? raw.time : 0;
        row.hasTime = raw.hasTime;
        row.pid = sample.thread.pid;
        row.tid = sample.thread.tid;
        const { text } = sample.comm;
        // The default name of a thread is replaced once its real one is known (FORMAT 3.8).
        if (recorded[sample.comm.id] !== text) {
          recorded[sample.comm.id] = text;
          comms[sample.comm.id] = wellFormed(text);
        }
        row.comm = comms[sample.comm.id]!;
        row.cpu = raw.cpu;
        row.inKernel = sample.mode === CpuMode.Kernel;
        row.period = sample.period;
        row.stack = maker.nodeOf(sample);
        row.end = stackEnd(sample);
        counted?.add(sample, pipeline.resolver.locations, describe);
        return writer.sample(row);
      },
    };
    if (writer.again !== undefined && time === undefined) visitor.again = (_event, token, period) => writer.again!(token, period);
    if (walk.onProgress !== undefined) visitor.progress = walk.onProgress;
    await pipeline.run(visitor);
    const rest = { lostSamples: pipeline.lostSamples, fromPipe: file.container === 'pipe' };
    this.#quality.push(pipeline.quality.report(counted?.finish(pipeline.derived?.names.length ?? file.events.events.length, describe, pipeline.resolver.frames, pipeline.processes, file.wide, rest)));
    this.#waits.push(pipeline.derived?.report());
    if (walk.whenWalked === undefined) return;
    const annotated = annotation();
    try {
      await walk.whenWalked(annotated);
    } finally {
      annotated.close();
    }
  }

  /** Writes what is left. */
  async finish(): Promise<void> {
    await this.#writer.finish();
  }

  #recordedEvent({ name, attr }: PerfEvent): ExportedEvent {
    const asked = Number(attr.samplePeriod);
    return this.#eventOf(name, attr.freq ? 0 : asked, attr.freq ? asked : 0);
  }

  #eventOf(name: string, period: number, frequency: number): ExportedEvent {
    const { events } = this.#tables;
    const shown = wellFormed(name);
    const known = events.find((event) => event.name === shown);
    if (known !== undefined) return known;
    const event: ExportedEvent = {
      index: events.length,
      name: shown,
      unit: unitOf(name),
      period,
      frequency,
    };
    events.push(event);
    return event;
  }

  #describe({ recording, name, labels, modified }: ExportInput): ExportedRecording {
    const { file } = recording;
    const { features, timeBase } = file;
    let offset = wallClockOffset(file, modified);
    const described: ExportedRecording = {
      index: this.#tables.recordings.length,
      labels,
      name,
      hostName: wellFormed(features.hostname ?? ''),
      architecture: wellFormed(features.arch ?? ''),
      cpu: wellFormed(features.cpuDesc ?? ''),
      cpus: features.cpuCounts?.online ?? 0,
      kernel: wellFormed(features.osRelease ?? ''),
      command: (features.cmdline ?? []).map(wellFormed),
      clockTime: (time) => timeBase.exact(time),
      wallTime: (time) => {
        const clock = timeBase.exact(time);
        // Where not even the last sample's time is known, the first one counts as written when the file was.
        if (offset === undefined && modified !== undefined) offset = BigInt(modified.getTime()) * 1_000_000n - clock;
        return offset === undefined ? undefined : clock + offset;
      },
    };
    this.#tables.recordings.push(described);
    return described;
  }
}

/** What of a walk says how samples are counted. */
async function countedBy(recording: Recording, { derived, weightField }: ExportWalk): Promise<Pick<PipelineOptions, 'derived' | 'weights'>> {
  if (derived === undefined && weightField === undefined) return {};
  const tracepoints = await recording.tracepoints();
  return {
    derived: derived === undefined ? undefined : { time: derived, tracepoints },
    weights: weightField === undefined ? undefined : new FieldWeights(weightField, recording.file, tracepoints),
  };
}

/** `derived`: the names of the events, where they are not the recorded ones. */
function wantedEvents(file: PerfDataFile, derived: readonly string[] | undefined, names: readonly string[] | undefined): ReadonlySet<number> | undefined {
  if (names === undefined) return undefined;
  if (derived === undefined) return new Set(names.flatMap((name) => eventsNamed(file, name)));
  return new Set(
    names.map((name) => {
      const called = eventCalled(name, derived);
      if (called === undefined) throw new PerftsError('PERFTS_USAGE', `there is no event ${name}, but ${derived.join(', ')}`);
      return derived.indexOf(called);
    }),
  );
}
