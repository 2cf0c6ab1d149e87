// A walk of a recording summed up: the visitor that counts its samples, with their tracepoints' texts or branches where these tell rows
// apart, and with shares of the time that passed where the recording says how many threads ran.

import { EventType } from '../perfdata/attr.ts';
import { disjointGroups } from '../perfdata/features/disjoint-groups.ts';
import type { PerfDataFile } from '../perfdata/perf-data-file.ts';
import type { Tracepoints } from '../perfdata/tracing/tracepoints.ts';
import { BranchStacks } from './branch-stacks.ts';
import { Parallelism } from './parallelism.ts';
import type { Pipeline, RecordingVisitor } from './pipeline.ts';
import type { Profile, SampleDetail } from './profile.ts';
import { ProfileBuilder, type EventDescription } from './profile-builder.ts';
import type { QualityReport } from './quality.ts';
import { TraceTexts } from './trace-texts.ts';

/**
 * Walks the recording to its end. `tracepoints`: where `detail` is 'trace', if the recording describes them. `onNew`: told of each new
 * tally, by its event.
 */
export async function summarize(
  file: PerfDataFile,
  pipeline: Pipeline,
  detail: SampleDetail | undefined,
  tracepoints: Tracepoints | undefined,
  onProgress?: (share: number) => void,
  onNew?: (event: number) => void,
): Promise<{ readonly profile: Profile; readonly quality: QualityReport }> {
  const { events } = file.events;
  const parallelism = Parallelism.of(file);
  const builder = new ProfileBuilder(detail, parallelism, pipeline.sources);
  const describe = describer(file);
  const { locations, frames } = pipeline.resolver;
  const visitor: RecordingVisitor = { sample: (sample) => builder.add(sample, locations, describe) };
  const branches = detail === 'branches' ? new BranchStacks(pipeline.resolver) : undefined;
  if (branches !== undefined) {
    visitor.wants = (_sample, raw, record) => branches.take(raw, record);
    visitor.sample = (sample, raw) => {
      if (raw.branchOffset >= 0) builder.addBranches(sample, branches, describe);
    };
  } else if (detail === 'trace') {
    const texts = tracepoints === undefined ? undefined : new TraceTexts(tracepoints, pipeline.resolver);
    const isTracepoint = events.map((event) => event.attr.type === EventType.Tracepoint);
    if (texts !== undefined) {
      visitor.wants = (sample, raw, record) => (isTracepoint[sample.event] === true ? texts.take(events[sample.event]!, raw, record) : undefined);
    }
    visitor.sample = (sample) => builder.add(sample, locations, describe, isTracepoint[sample.event] === true ? (texts?.text ?? '') : undefined);
  }
  if (parallelism !== undefined) {
    const { sample: count } = visitor;
    visitor.record = (record) => parallelism.take(record);
    visitor.sample = (sample, raw, record) => {
      parallelism.sample();
      count(sample, raw, record);
    };
  }
  if (detail === undefined && parallelism === undefined) visitor.again = (event, row, period) => builder.again(event, row, period);
  if (onNew !== undefined) visitor.sample = watched(visitor.sample, onNew);
  if (onProgress !== undefined) visitor.progress = onProgress;
  await pipeline.run(visitor);
  const rest = { lostSamples: pipeline.lostSamples, fromPipe: file.container === 'pipe', ...(branches !== undefined && { branches: branches.table }) };
  const profile = builder.finish(events.length, describe, frames, pipeline.processes, file.wide, rest);
  return { profile, quality: pipeline.quality.report(profile) };
}

/** Tallies are numbered as they are made: the highest number of an event yet is that of a new one. */
function watched(count: RecordingVisitor['sample'], onNew: (event: number) => void): RecordingVisitor['sample'] {
  const made: number[] = [];
  return (sample, raw, record) => {
    const row = count(sample, raw, record);
    if (typeof row === 'number' && row === (made[sample.event] ?? 0)) {
      made[sample.event] = row + 1;
      onNew(sample.event);
    }
    return row;
  };
}

/** What the profile says of each event. */
function describer(file: PerfDataFile): (index: number) => EventDescription {
  const { events } = file.events;
  const groups = disjointGroups(file.features.groupDesc ?? [], events.length);
  const byLeader = new Map(groups.map((group) => [group.leader, group]));
  const leaders = groupLeaders(events.length, groups);
  return (index) => {
    const event = events[index]!;
    const groupName = byLeader.get(index)?.name;
    const named = groupName === undefined || groupName === '{anon_group}' ? {} : { groupName };
    return { name: event.name, hasChains: event.hasCallchain, leader: leaders[index] ?? index, ...named };
  };
}

/** By event: the index of its group's leader (FORMAT 1.3, GROUP_DESC). */
function groupLeaders(events: number, groups: readonly { readonly leader: number; readonly members: number }[]): number[] {
  const leaders = Array.from({ length: events }, (_, index) => index);
  for (const group of groups) {
    for (let index = group.leader; index < group.leader + group.members; index++) leaders[index] = group.leader;
  }
  return leaders;
}
