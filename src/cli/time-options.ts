// Options of several commands that say what is counted instead of the recorded events: waits, all time, a field of the samples.

import { PerftsError } from '../bytes/errors.ts';
import type { DerivedTime } from '../profile/off-cpu/derived-events.ts';
import type { OptionTable } from './command.ts';
import type { Given } from './given.ts';

export const TIME_OPTIONS: OptionTable = {
  'off-cpu': {
    type: 'optional-text',
    value: 'states',
    describe: 'the time in which threads waited, by where they did (recorded with -e sched:sched_switch --switch-events -g); states: as three events, asleep, blocked, runnable',
    accepts: (text) => text === 'states',
  },
  wall: { type: 'flag', describe: 'all time of threads: on CPUs by samples (with -e cpu-clock too), and waiting' },
  'weight-field': { type: 'text', value: 'FIELD', describe: "samples count by this number of their tracepoint or probe, such as malloc's size, or by weight, ins_lat, retire_lat; not by their period" },
};

/** What is counted. */
export interface TimeOptions {
  /** --off-cpu, --wall; undefined: the recorded events. */
  readonly derived: DerivedTime | undefined;
  readonly weightField: string | undefined;
}

export function readTimeOptions(given: Given): TimeOptions {
  const asked = given.text('off-cpu');
  // `none` is --no-off-cpu.
  const waits = given.has('off-cpu') && asked !== 'none';
  if (waits && asked !== undefined && asked !== 'states') throw new PerftsError('PERFTS_USAGE', `--off-cpu takes 'states', or nothing, not '${asked}'`);
  const wall = given.flag('wall') ?? false;
  const weightField = given.text('weight-field');
  const chosen = [waits && '--off-cpu', wall && '--wall', weightField !== undefined && '--weight-field'].filter((option) => option !== false);
  if (chosen.length > 1) throw new PerftsError('PERFTS_USAGE', `${chosen.join(' and ')} do not go together`);
  return { derived: waits ? (asked === 'states' ? 'off-cpu-states' : 'off-cpu') : wall ? 'wall' : undefined, weightField };
}
