// Which samples `script` shows: what their own fields say, asked before anything is resolved; where they were taken, asked after that, once for
// each frame. --switch-on and --switch-off (profile/event-switches.ts) look at those that are left.

import { PerftsError } from '../../bytes/errors.ts';
import { grown } from '../../bytes/sorted.ts';
import type { PerfDataFile } from '../../perfdata/perf-data-file.ts';
import type { SampleView } from '../../perfdata/sample-view.ts';
import type { ResolvedSample } from '../../profile/resolved-sample.ts';
import type { Resolver } from '../../profile/resolver.ts';
import type { TimeSpans } from '../../profile/time-spans.ts';

/** What is left out does not limit. */
export interface TaskChoice {
  readonly comms: readonly string[] | undefined;
  readonly pids: readonly number[] | undefined;
  readonly tids: readonly number[] | undefined;
  readonly cpus: readonly number[] | undefined;
}

/** Asked of samples that are not resolved; undefined where all are shown. @throws PerftsError PERFTS_USAGE for CPUs where none were recorded. */
export function taskFilter(file: PerfDataFile, choice: TaskChoice, time: TimeSpans | undefined): ((sample: ResolvedSample, raw: SampleView) => boolean) | undefined {
  const { comms, pids, tids, cpus } = choice;
  if (cpus !== undefined && file.events.events.some((event) => event.layout.cpu < 0)) {
    throw new PerftsError('PERFTS_USAGE', '-C: the samples of this recording do not say on which CPU they were taken');
  }
  if (time === undefined && comms === undefined && pids === undefined && tids === undefined && cpus === undefined) return undefined;
  return (sample, raw) =>
    (time === undefined || !raw.hasTime || time.includes(raw.time)) &&
    (comms === undefined || comms.includes(sample.comm.text)) &&
    (pids === undefined || pids.includes(sample.thread.pid)) &&
    (tids === undefined || tids.includes(sample.thread.tid)) &&
    (cpus === undefined || cpus.includes(raw.cpu));
}

/** Of the innermost frame. */
export interface PlaceChoice {
  /** Short names or paths. */
  readonly dsos: readonly string[] | undefined;
  readonly symbols: readonly string[] | undefined;
  /** Absolute addresses (int64.ts) that do as well as a symbol, and how many bytes behind each do too. */
  readonly addresses: readonly number[];
  readonly addressRange: number;
}

/** Asked of resolved samples; undefined where all are shown. */
export function placeFilter(resolver: Resolver, choice: PlaceChoice): ((sample: ResolvedSample) => boolean) | undefined {
  const { dsos, symbols, addresses, addressRange } = choice;
  if (dsos === undefined && symbols === undefined) return undefined;
  const { locations, frames } = resolver;
  // By frame: 1 shown, 2 shown at some addresses only, 3 not.
  let known = new Uint8Array(1_024);
  const judge = (frame: number): number => {
    const module = frames.module[frame]!;
    const file = module < 0 ? undefined : frames.modules[module]!;
    if (dsos !== undefined && (file === undefined || !(dsos.includes(file.shortName) || dsos.includes(file.path)))) return 3;
    if (symbols === undefined || (frames.symbol[frame]! >= 0 && symbols.includes(frames.name(frame)))) return 1;
    return addresses.length > 0 ? 2 : 3;
  };
  return ({ leaf, ip }) => {
    if (leaf < 0) return false;
    const frame = locations.frame[leaf]!;
    while (frame >= known.length) known = grown(known);
    const verdict = known[frame]! || (known[frame] = judge(frame));
    return verdict === 1 || (verdict === 2 && addresses.some((address) => ip >= address && ip <= address + addressRange));
  };
}
