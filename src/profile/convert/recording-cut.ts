// Which records a part of a recording consists of: the samples of some time, processes or events, and all records without which
// these could not be understood: names, mappings and forks from before, of ancestors too, since children inherit their memory.

import { PerftsError } from '../../bytes/errors.ts';
import type { OrderedRecords } from '../../perfdata/ordered-records.ts';
import type { PerfDataFile } from '../../perfdata/perf-data-file.ts';
import { FIRST_USER_TYPE, RecordType } from '../../perfdata/record-types.ts';
import type { RecordView } from '../../perfdata/record-view.ts';
import { TaskRecord } from '../../perfdata/records/task.ts';
import type { TimeSpans } from '../time-spans.ts';

/** What is wanted; what is left out does not limit. */
export interface CutOptions {
  readonly time?: TimeSpans | undefined;
  readonly pids?: readonly number[] | undefined;
  /** Names of events, with or without modifiers. */
  readonly events?: readonly string[] | undefined;
}

/** These say something about a moment, not about what follows. */
const MOMENTS: readonly number[] = [
  RecordType.Sample, RecordType.Lost, RecordType.Throttle, RecordType.Unthrottle, RecordType.Read, RecordType.LostSamples, RecordType.Switch,
  RecordType.SwitchCpuWide, RecordType.Aux, RecordType.CallchainDeferred,
];
/** These begin with the process they are about. */
const WITH_PID: readonly number[] = [RecordType.Mmap, RecordType.Mmap2, RecordType.Comm, RecordType.Exit, RecordType.Fork, RecordType.Read, RecordType.ItraceStart, RecordType.Namespaces];

/** Whether anything is cut off at all. */
export function isCut(options: CutOptions): boolean {
  return options.time !== undefined || options.pids !== undefined || options.events !== undefined;
}

export class RecordingCut {
  readonly #file: PerfDataFile;
  readonly #time: TimeSpans | undefined;
  readonly #pids: ReadonlySet<number> | undefined;
  #family: ReadonlySet<number> = new Set();
  readonly #events: ReadonlySet<number> | undefined;

  /** @throws PerftsError PERFTS_USAGE for an event that the recording does not have. */
  constructor(file: PerfDataFile, options: CutOptions) {
    this.#file = file;
    this.#time = options.time;
    this.#pids = options.pids === undefined ? undefined : new Set(options.pids);
    this.#events = options.events === undefined ? undefined : new Set(options.events.flatMap((name) => eventsNamed(file, name)));
  }

  /** Whether `findFamily` must be called, with the records in any order, before the first `keeps`. */
  get needsFamily(): boolean {
    return this.#pids !== undefined;
  }

  /** Finds the ancestors of the processes. */
  async findFamily(records: OrderedRecords): Promise<void> {
    const parents = new Map<number, number>();
    const task = new TaskRecord(this.#file.timeBase);
    for (let more = records.next(); typeof more === 'boolean' ? more : await more; more = records.next()) {
      if (records.record.type === RecordType.Fork && task.read(records.record) && task.pid !== task.ppid) parents.set(task.pid, task.ppid);
    }
    const family = new Set(this.#pids);
    for (const pid of family) {
      const parent = parents.get(pid);
      if (parent !== undefined) family.add(parent);
    }
    this.#family = family;
  }

  /** Whether a record stays. `time` counts where it has one. */
  keeps(record: RecordView, event: number, time: number, hasTime: boolean): boolean {
    const { type } = record;
    if (type >= FIRST_USER_TYPE) return true;
    if (this.#time !== undefined && hasTime && (MOMENTS.includes(type) ? !this.#time.includes(time) : this.#time.isPast(time))) return false;
    if (type === RecordType.Sample && this.#events !== undefined && !this.#events.has(event)) return false;
    return this.#pids === undefined || this.#isOfFamily(record, event, this.#pids);
  }

  #isOfFamily(record: RecordView, event: number, pids: ReadonlySet<number>): boolean {
    const { type, view, offset, end, littleEndian } = record;
    const layout = (this.#file.events.events[event] ?? this.#file.events.events[0])?.layout;
    if (layout === undefined) return true;
    if (type === RecordType.Sample) return layout.tid < 0 || offset + layout.tid + 4 > end || pids.has(view.getInt32(offset + layout.tid, littleEndian));
    if (WITH_PID.includes(type)) {
      const pid = offset + 12 <= end ? view.getInt32(offset + 8, littleEndian) : -1;
      return pid <= 0 || this.#family.has(pid);
    }
    if (!MOMENTS.includes(type) || layout.trailerTid === 0 || end - layout.trailerTid < offset + 8) return true;
    const pid = view.getInt32(end - layout.trailerTid, littleEndian);
    return pid <= 0 || pids.has(pid);
  }
}

/**
 * The indices of the events of a name, given with or without its modifiers.
 * @throws PerftsError PERFTS_USAGE where the recording has none.
 */
export function eventsNamed(file: PerfDataFile, name: string): number[] {
  const { events } = file.events;
  const found = events.filter((event) => event.name === name || withoutModifiers(event.name) === name).map((event) => event.index);
  if (found.length > 0) return found;
  throw new PerftsError('PERFTS_USAGE', `the recording has no event ${name}, but ${events.map((event) => event.name).join(', ')}`);
}

/** `cycles` of `cycles:u`, `cpu/cycles/` of `cpu/cycles/P`; a tracepoint's name has a colon of its own. */
function withoutModifiers(name: string): string {
  return name.replace(/:[ukhGHpPSDWIeb]+$/, '').replace(/\/[ukhGHpPSDWIeb]+$/, '/');
}
