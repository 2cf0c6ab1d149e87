// Events that no counter counted: the time in which threads waited (`offcpu-time`), or all time, running and waiting (`wall-clock`). They are
// made in the walk (pipeline.ts) out of switches and of what the recording samples, and stand in place of the recorded events.
//
//   sched:sched_switch   who leaves a CPU, why, with its stack, and who gets it     the best; of one program it tells of the leaving only
//   context-switches     who leaves a CPU, with its stack
//   SWITCH records       who leaves a CPU and who gets one (record --switch-events)
//   offcpu-time          whole waits, added up by perf itself (record --off-cpu)
//
// A wait has the stack with which its thread left the CPU, ends when the thread gets one again, and is a sample of that moment, with the
// time that passed as its period.

import type { Diagnostics } from '../../bytes/diagnostics.ts';
import type { PerfDataFile } from '../../perfdata/perf-data-file.ts';
import { readSwitch } from '../../perfdata/records/switch.ts';
import { TaskRecord } from '../../perfdata/records/task.ts';
import { RecordType } from '../../perfdata/record-types.ts';
import type { RecordView } from '../../perfdata/record-view.ts';
import { SampleView } from '../../perfdata/sample-view.ts';
import { TrailerView } from '../../perfdata/trailer-view.ts';
import type { Tracepoints } from '../../perfdata/tracing/tracepoints.ts';
import type { Processes } from '../../process/processes.ts';
import { CpuMode } from '../profile.ts';
import { ResolvedSample, StackSource } from '../resolved-sample.ts';
import { HeldSample } from './held-sample.ts';
import { SwitchEvents } from './switch-events.ts';
import { SwitchSource, ThreadTimes, WaitKind } from './thread-times.ts';
import { WaitCounts, type WaitReport } from './wait-report.ts';

/** `off-cpu`: the time in which threads waited; `off-cpu-states`: the same, an event for each WaitKind; `wall`: all time. */
export type DerivedTime = 'off-cpu' | 'off-cpu-states' | 'wall';

const NAMES: Readonly<Record<DerivedTime, readonly string[]>> = {
  'off-cpu': ['offcpu-time'],
  // By WaitKind.
  'off-cpu-states': ['offcpu-sleeping', 'offcpu-blocked', 'offcpu-runnable'],
  wall: ['wall-clock'],
};

/** Takes a sample of a derived event. Of a wait `raw` has pid, tid, time, cpu and period only. */
export type DerivedSink = (sample: ResolvedSample, raw: SampleView, record: RecordView) => void;

/** What derived events are made of, and which. */
export interface DerivedOptions {
  readonly time: DerivedTime;
  /** What the recording says about its tracepoints (Recording.tracepoints). */
  readonly tracepoints: Tracepoints | undefined;
}

/** A wait that has ended before its stack is there: kernels give user stacks later where that was asked for. */
interface LateWait {
  readonly from: number;
  readonly to: number;
  readonly kind: WaitKind;
  readonly ends: number;
  readonly place: HeldSample;
}

export class DerivedEvents {
  /** By index: what ResolvedSample.event means in such a walk. */
  readonly names: readonly string[];
  readonly #time: DerivedTime;
  readonly #file: PerfDataFile;
  readonly #processes: Processes;
  readonly #events: SwitchEvents;
  readonly #times: ThreadTimes<HeldSample>;
  readonly #counts = new WaitCounts();
  readonly #trailer: TrailerView;
  readonly #task: TaskRecord;
  /** Of a wait on its way out. */
  readonly #sample = new ResolvedSample();
  readonly #raw: SampleView;
  readonly #sink: DerivedSink;
  /** That is looked at now. */
  #record: RecordView | undefined;
  #cpu = -1;
  /** By tid. */
  readonly #late = new Map<number, LateWait[]>();
  readonly #idle: HeldSample[] = [];
  /** The numbers of threads in samples by the kernel's own, once they have been found to differ, as in containers. */
  readonly #numbers = new Map<number, number>();
  readonly #newPlace = (): HeldSample => this.#idle.pop() ?? new HeldSample();

  constructor(options: DerivedOptions, file: PerfDataFile, processes: Processes, sink: DerivedSink, diagnostics: Diagnostics) {
    this.#time = options.time;
    this.names = NAMES[options.time];
    this.#file = file;
    this.#processes = processes;
    this.#sink = sink;
    this.#events = new SwitchEvents(file, options.tracepoints);
    this.#trailer = new TrailerView(file.timeBase);
    this.#task = new TaskRecord(file.timeBase);
    this.#raw = new SampleView(file.wide, file.timeBase, diagnostics);
    this.#raw.hasTime = true;
    this.#times = new ThreadTimes((tid, from, to, kind, ends, place) => {
      if (place !== undefined && !place.isFilled && this.#comesLate) this.#keepLate(tid, { from, to, kind, ends, place });
      else this.#handOver(tid, from, to, kind, ends, place);
    });
    // A pipe has not told all of its events yet.
    if (file.container !== 'pipe') this.#events.check(this.#time === 'wall');
  }

  /** Whether samples have stacks. */
  get hasChains(): boolean {
    return this.#file.events.events.some((event) => event.hasCallchain);
  }

  /** What is to be said of the waits; complete when the walk is. */
  report(): WaitReport {
    return this.#counts.report(this.#time, this.#events.areSampled);
  }

  /** Takes a record that is no sample, before the process model does. */
  record(record: RecordView, event: number, time: number, hasTime: boolean): void {
    if (!hasTime) return;
    this.#record = record;
    const times = this.#times;
    times.moment(time);
    switch (record.type) {
      case RecordType.Switch:
      case RecordType.SwitchCpuWide: {
        const said = readSwitch(record);
        const tid = this.#taskOf(record, event);
        if (said === undefined || tid <= 0 || !this.#events.hasRecords) return;
        this.#processes.thread(this.#trailer.pid, tid);
        if (!said.isOut) times.in(tid, time);
        else times.out(tid, time, said.isPreempted ? WaitKind.Runnable : WaitKind.Sleeping, SwitchSource.SwitchRecord);
        break;
      }
      case RecordType.Comm:
      case RecordType.Mmap:
      case RecordType.Mmap2: {
        // Said by a thread that runs.
        const tid = this.#taskOf(record, event);
        if (tid > 0) times.runs(tid, time);
        break;
      }
      case RecordType.Fork:
        if (this.#task.read(record) && !this.#task.isSynthesized && this.#task.tid > 0) times.starts(this.#task.tid, time);
        break;
      case RecordType.Exit:
        if (this.#task.read(record) && this.#task.tid > 0) times.ends(this.#task.tid, time);
        break;
    }
  }

  /** Takes a sample that has been read; its stack may not be known yet. False: it is not needed. */
  arrives(raw: SampleView, event: number, mode: number, record: RecordView): boolean {
    const role = this.#events.roleOf(event);
    if (!raw.hasTime) return role === 'off-cpu' || (role === 'clock' && this.#time === 'wall');
    this.#record = record;
    this.#cpu = raw.cpu;
    const { tid, time } = raw;
    this.#times.moment(time);
    switch (role) {
      case 'sched-switch':
        return this.#switched(raw, event, record);
      case 'context-switches':
        return tid > 0 && this.#leaves(tid, time, WaitKind.Sleeping, SwitchSource.ContextSwitches);
      case 'off-cpu':
        return true;
      default:
        // In the kernel it may be on its way to the switch.
        if (tid > 0 && mode === CpuMode.User) this.#times.runs(tid, time);
        return this.#time === 'wall' && tid !== 0 && (raw.readOffset >= 0 || role !== 'none');
    }
  }

  /** Takes a sample with its stack. `sample.event` is the recorded one. */
  resolved(sample: ResolvedSample, raw: SampleView, record: RecordView): void {
    this.#record = record;
    switch (this.#events.roleOf(sample.event)) {
      case 'sched-switch':
      case 'context-switches':
        this.#fillPlace(sample, raw);
        break;
      case 'off-cpu':
        sample.event = 0;
        this.#counts.recorded(raw.tid, sample.period);
        this.#sink(sample, raw, record);
        break;
      case 'clock':
        this.#ran(sample, raw, record, sample.period);
        break;
      case 'counter':
        this.#ran(sample, raw, record, raw.hasTime ? this.#times.takeRun(raw.tid, raw.time) : 0);
        break;
    }
  }

  /** The recording ends. Throws PERFTS_USAGE where it has not told what is needed. `record`: the last one. */
  finish(record: RecordView): void {
    this.#events.check(this.#time === 'wall');
    this.#record = record;
    this.#cpu = -1;
    this.#times.finish();
    for (const [tid, waits] of this.#late) for (const { from, to, kind, ends, place } of waits) this.#handOver(tid, from, to, kind, ends, place);
    this.#late.clear();
  }

  #ran(sample: ResolvedSample, raw: SampleView, record: RecordView, time: number): void {
    if (this.#time !== 'wall' || raw.tid === 0 || time <= 0) return;
    sample.event = 0;
    sample.period = time;
    this.#counts.ran(time);
    this.#sink(sample, raw, record);
  }

  /** The thread that a record belongs to by its trailer; -1 where that is not said. */
  #taskOf(record: RecordView, event: number): number {
    const { events } = this.#file.events;
    this.#trailer.read(record, events[event] ?? events[0]);
    this.#cpu = this.#trailer.cpu;
    return this.#trailer.tid;
  }

  /** A sched:sched_switch: one thread gets the CPU, and the sample's own leaves it. False: no stack is needed. */
  #switched(raw: SampleView, event: number, record: RecordView): boolean {
    const said = this.#events.reader(event);
    if (said === undefined || raw.rawOffset < 0 || !said.read(record.view, raw.rawOffset, raw.rawSize, record.littleEndian)) return false;
    const { tid, time } = raw;
    if (tid > 0 && said.previous !== tid) this.#numbers.set(said.previous, tid);
    // Without the number of the thread in this container nobody knows which one that is.
    const next = this.#numbers.size === 0 ? said.next : (this.#numbers.get(said.next) ?? -1);
    // A program's own switches tell of other programs' threads, which are not in the recording.
    if (next > 0 && this.#processes.knows(next)) this.#times.in(next, time);
    return tid > 0 && this.#leaves(tid, time, said.kind, SwitchSource.SchedSwitch);
  }

  /** Whether the stack is needed. */
  #leaves(tid: number, time: number, kind: WaitKind | undefined, source: number): boolean {
    this.#times.out(tid, time, kind, source);
    const known = this.#times.placeOf(tid);
    if (known !== undefined) return false;
    const place = this.#times.placeOf(tid, this.#newPlace);
    if (place === undefined) return false;
    place.time = time;
    place.isFilled = false;
    return true;
  }

  #fillPlace(sample: ResolvedSample, { tid, time }: SampleView): void {
    const place = this.#times.placeOf(tid);
    if (place !== undefined && place.time === time) {
      if (!place.isFilled) place.fill(sample);
      return;
    }
    const late = this.#late.get(tid);
    const index = late?.findIndex((wait) => wait.place.time === time) ?? -1;
    if (index < 0) return;
    const [wait] = late!.splice(index, 1);
    wait!.place.fill(sample);
    this.#handOver(tid, wait!.from, wait!.to, wait!.kind, wait!.ends, wait!.place);
  }

  get #comesLate(): boolean {
    return this.#file.events.events.some((event) => event.attr.deferCallchain);
  }

  /** As many as samples wait for their stacks (MAX_DEFERRED_BYTES). */
  #keepLate(tid: number, wait: LateWait): void {
    const known = this.#late.get(tid);
    if (known === undefined) this.#late.set(tid, [wait]);
    else known.push(wait);
  }

  #handOver(tid: number, from: number, to: number, kind: WaitKind, ends: number, place: HeldSample | undefined): void {
    const sample = this.#sample;
    const raw = this.#raw;
    const isPlaced = place?.isFilled === true;
    if (isPlaced) place.restore(sample);
    else this.#nowhere(sample, tid);
    if (place !== undefined) this.#idle.push(place);
    if (to <= from) return;
    sample.event = this.#time === 'off-cpu-states' ? kind : 0;
    sample.period = to - from;
    raw.pid = sample.thread.pid;
    raw.tid = tid;
    raw.time = to;
    raw.cpu = this.#cpu;
    raw.period = sample.period;
    this.#counts.wait(tid, sample.period, kind, ends, isPlaced && (sample.depth > 0 || sample.leaf >= 0));
    this.#sink(sample, raw, this.#record!);
  }

  /** Nothing is known but the thread. */
  #nowhere(sample: ResolvedSample, tid: number): void {
    sample.thread = this.#processes.thread(-1, tid);
    sample.comm = sample.thread.comm;
    sample.mode = CpuMode.Kernel;
    sample.ip = 0;
    sample.leaf = -1;
    sample.depth = 0;
    sample.kernelDepth = 0;
    sample.hasStack = false;
    sample.source = StackSource.None;
    sample.joined = 0;
    sample.fromBranches = 0;
    sample.dumpSize = 0;
    sample.dumpAsked = 0;
  }
}
