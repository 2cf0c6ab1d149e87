// --switch-on and --switch-off: between a sample of one event and a sample of another samples are looked at, and otherwise not.

import { PerftsError } from '../bytes/errors.ts';
import type { PerfDataFile } from '../perfdata/perf-data-file.ts';

/** Names of events. */
export interface SwitchChoice {
  readonly on: string | undefined;
  readonly off: string | undefined;
  /** Whether the samples that switch are shown too. */
  readonly showsSwitches: boolean;
}

/** Asked of every sample that is left, in their order, by its event; undefined where nothing switches. @throws PerftsError PERFTS_USAGE for an event that is not there. */
export function switchFilter(file: PerfDataFile, { on, off, showsSwitches }: SwitchChoice): ((event: number) => boolean) | undefined {
  if (on === undefined && off === undefined) return undefined;
  const onEvent = on === undefined ? -1 : eventCalled(file, '--switch-on', on);
  const offEvent = off === undefined ? -1 : eventCalled(file, '--switch-off', off);
  let isOn = on === undefined;
  return (event) => {
    if (!isOn) {
      isOn = event === onEvent;
      return isOn && showsSwitches;
    }
    if (event !== offEvent) return true;
    isOn = false;
    return showsSwitches;
  };
}

function eventCalled(file: PerfDataFile, option: string, name: string): number {
  const { events } = file.events;
  const found = events.findIndex((event) => event.name === name);
  if (found < 0) throw new PerftsError('PERFTS_USAGE', `${option}: the recording has no event ${name}, but ${events.map((event) => event.name).join(', ')}`);
  return found;
}
