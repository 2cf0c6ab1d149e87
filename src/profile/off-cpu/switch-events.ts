// What the events of a recording are for where time is made of switches (derived-events.ts).

import { PerftsError } from '../../bytes/errors.ts';
import { EventType } from '../../perfdata/attr.ts';
import type { PerfEvent } from '../../perfdata/event-table.ts';
import type { PerfDataFile } from '../../perfdata/perf-data-file.ts';
import type { Tracepoints } from '../../perfdata/tracing/tracepoints.ts';
import { SchedSwitch } from './sched-switch.ts';

const SCHED_SWITCH = 'sched:sched_switch';
const CPU_CLOCK = 0n;
const TASK_CLOCK = 1n;
const CONTEXT_SWITCHES = 3n;

/**
 * `sched-switch`, `context-switches`: a thread leaves its CPU. `off-cpu`: perf's own sum of a wait. `clock`: the period is time on a
 * CPU. `counter`: sampled while threads run.
 */
export type EventRole = 'sched-switch' | 'context-switches' | 'off-cpu' | 'clock' | 'counter' | 'none';

export class SwitchEvents {
  readonly #file: PerfDataFile;
  readonly #tracepoints: Tracepoints | undefined;
  readonly #roles: EventRole[] = [];
  readonly #readers: (SchedSwitch | undefined)[] = [];
  #hasRecords = false;

  /** `tracepoints`: what the recording says about its tracepoints. */
  constructor(file: PerfDataFile, tracepoints: Tracepoints | undefined) {
    this.#file = file;
    this.#tracepoints = tracepoints;
  }

  /** A pipe may tell of events after its first samples: they are looked at anew when there are more. */
  roleOf(event: number): EventRole {
    this.#look();
    return this.#roles[event] ?? 'none';
  }

  /** Reads the events of a sched-switch event. */
  reader(event: number): SchedSwitch | undefined {
    return this.#readers[event];
  }

  /** Whether SWITCH records count. */
  get hasRecords(): boolean {
    this.#look();
    return this.#hasRecords;
  }

  /** Whether the kernel left out most switches, since a frequency was asked for and not every one. */
  get areSampled(): boolean {
    this.#look();
    return this.#file.events.events.some(({ attr }, index) => attr.freq && (this.#roles[index] === 'sched-switch' || this.#roles[index] === 'context-switches'));
  }

  /** Throws PERFTS_USAGE where the recording has not what is needed. */
  check(runningToo: boolean): void {
    this.#look();
    const has = (...roles: EventRole[]): boolean => this.#roles.some((role) => roles.includes(role));
    if (!this.#hasRecords && !has('sched-switch', 'context-switches', 'off-cpu')) {
      throw new PerftsError('PERFTS_USAGE', 'the recording does not tell when threads wait: record with -e sched:sched_switch --switch-events, or with --off-cpu');
    }
    if (runningToo && !has('clock', 'counter')) {
      throw new PerftsError('PERFTS_USAGE', 'the recording does not tell where threads run: record with -e cpu-clock too');
    }
  }

  #look(): void {
    const { events } = this.#file.events;
    if (this.#roles.length === events.length) return;
    const clock = events.find(isClock);
    // Where nothing counts time, what counts something else is taken at the times that it was sampled.
    const running = clock ?? events.find(({ attr }) => attr.type !== EventType.Software && attr.type !== EventType.Tracepoint && attr.type !== EventType.Breakpoint);
    const hasOffCpu = events.some((event) => event.isOffCpu);
    this.#hasRecords = !hasOffCpu && events.some(({ attr }) => attr.contextSwitch);
    events.forEach((event, index) => (this.#roles[index] = this.#role(event, running, hasOffCpu)));
  }

  #role(event: PerfEvent, running: PerfEvent | undefined, hasOffCpu: boolean): EventRole {
    const { attr, index } = event;
    if (event.isOffCpu) return 'off-cpu';
    if (event === running) return isClock(event) ? 'clock' : 'counter';
    // Else the same waits would count twice.
    if (hasOffCpu) return 'none';
    if (attr.type === EventType.Software && attr.config === CONTEXT_SWITCHES) return 'context-switches';
    if (attr.type !== EventType.Tracepoint || this.#tracepoints?.name(Number(attr.config)) !== SCHED_SWITCH) return 'none';
    this.#readers[index] = SchedSwitch.of(this.#tracepoints.format(event));
    return this.#readers[index] === undefined ? 'none' : 'sched-switch';
  }
}

function isClock({ attr }: PerfEvent): boolean {
  return attr.type === EventType.Software && (attr.config === CPU_CLOCK || attr.config === TASK_CLOCK);
}
