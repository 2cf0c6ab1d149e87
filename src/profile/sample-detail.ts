// What perf's report tells rows apart by if nobody says otherwise (FORMAT 3.8, "Grouping key"): the kind of recording decides, and
// with it what a profile has to keep of each sample.

import { EventType } from '../perfdata/attr.ts';
import { FeatureId } from '../perfdata/features/feature-id.ts';
import type { PerfDataFile } from '../perfdata/perf-data-file.ts';
import type { SampleDetail } from './profile.ts';

/** The texts of tracepoints where all events are such; branches where perf was told to record them. From a pipe neither, as in perf. */
export function usualDetail(file: PerfDataFile): SampleDetail | undefined {
  if (file.container === 'pipe') return undefined;
  const { events } = file.events;
  if (events.length > 0 && events.every((event) => event.attr.type === EventType.Tracepoint)) return 'trace';
  return file.features.has(FeatureId.BranchStack) && events.some((event) => event.hasBranchStack) ? 'branches' : undefined;
}
