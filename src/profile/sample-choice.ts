// Which samples of a recording take part at all (perf's --time, --cpu, --switch-on and --switch-off): decided by their own fields, before anything is resolved.
// Those left out count nowhere, as in perf; what only hides rows is a SampleFilter (tally-filter.ts).

import { PerftsError } from '../bytes/errors.ts';
import type { PerfDataFile } from '../perfdata/perf-data-file.ts';
import type { SampleView } from '../perfdata/sample-view.ts';
import { switchFilter } from './event-switches.ts';
import type { SwitchChoice } from './event-switches.ts';
import type { ResolvedSample } from './resolved-sample.ts';
import type { TimeChoice, TimeSpans } from './time-spans.ts';

/** Plain data: what fits all that is given takes part. */
export interface SampleChoice {
  readonly time?: TimeChoice | undefined;
  readonly cpus?: readonly number[] | undefined;
  /** Events that switch looking at samples on and off, of those that fit the rest. */
  readonly switches?: SwitchChoice | undefined;
}

/** Whether a sample takes part. */
export type AcceptsSample = (raw: SampleView, event: number) => boolean;

/** The choice as a test of samples; undefined where all take part. Throws PERFTS_USAGE where samples have no CPU, or for an event that is not there. */
export function acceptanceOf(file: PerfDataFile, time: TimeSpans | undefined, { cpus, switches }: SampleChoice): AcceptsSample | undefined {
  const isOn = switches === undefined ? undefined : switchFilter(file, switches);
  if (time === undefined && cpus === undefined && isOn === undefined) return undefined;
  if (cpus !== undefined && file.events.events.some((event) => event.layout.cpu < 0)) {
    throw new PerftsError('PERFTS_USAGE', '-C: the samples of this recording do not say on which CPU they were taken (record with --sample-cpu)');
  }
  const isChosen = cpus === undefined ? undefined : new Set(cpus);
  return (raw, event) => (isChosen === undefined || isChosen.has(raw.cpu)) && (time === undefined || !raw.hasTime || time.includes(raw.time)) && (isOn === undefined || isOn(event));
}

/** Samples by their tasks, too. What is left out does not limit. */
export interface TaskChoice {
  readonly comms?: readonly string[] | undefined;
  readonly pids?: readonly number[] | undefined;
  readonly tids?: readonly number[] | undefined;
  readonly cpus?: readonly number[] | undefined;
}

/** Asked of samples whose thread is known; undefined where all are shown. Throws as acceptanceOf. */
export function taskFilter(file: PerfDataFile, { comms, pids, tids, cpus }: TaskChoice, time: TimeSpans | undefined): ((sample: ResolvedSample, raw: SampleView) => boolean) | undefined {
  const accepts = acceptanceOf(file, time, { cpus });
  if (accepts === undefined && comms === undefined && pids === undefined && tids === undefined) return undefined;
  return (sample, raw) =>
    (accepts === undefined || accepts(raw, sample.event)) &&
    (comms === undefined || comms.includes(sample.comm.text)) &&
    (pids === undefined || pids.includes(sample.thread.pid)) &&
    (tids === undefined || tids.includes(sample.thread.tid));
}
