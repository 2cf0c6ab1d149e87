// A walk of a recording summed up: the visitor that counts its samples, with their tracepoints' texts or branches where these tell rows
// apart, and with shares of the time that passed where the recording says how many threads ran.

import { EventType } from '../perfdata/attr.ts';
import { disjointGroups } from '../perfdata/features/disjoint-groups.ts';
import type { PerfDataFile } from '../perfdata/perf-data-file.ts';
import { SampleBit } from '../perfdata/sample-format.ts';
import type { Tracepoints } from '../perfdata/tracing/tracepoints.ts';
import { BranchStacks } from './branch-stacks.ts';
import { Parallelism } from './parallelism.ts';
import type { Pipeline, RecordingVisitor } from './pipeline.ts';
import type { Profile, SampleDetail } from './profile.ts';
import { ProfileBuilder, type EventDescription } from './profile-builder.ts';
import type { QualityReport } from './quality.ts';
import { SampleValueTable, weightOf } from './sample-values.ts';
import type { ValueOptions } from './sample-values.ts';
import { TraceTexts } from './trace-texts.ts';

/** What is to be counted, and how. */
export interface SummaryOptions {
  readonly detail?: SampleDetail | undefined;
  /** Where `detail` is 'trace' or `values` has fields of theirs, if the recording describes them. */
  readonly tracepoints?: Tracepoints | undefined;
  /** Whether branches are told apart by the places of their ends, not only by the functions there. */
  readonly branchPlaces?: boolean;
  /** Whether the texts are the fields as they are (perf's --raw-trace). */
  readonly rawTraces?: boolean;
  /** What tells samples apart besides. */
  readonly values?: ValueOptions | undefined;
  /** Whether accesses to memory are counted by their weight instead of the period (perf's --mem-mode). */
  readonly byWeight?: boolean;
  readonly onProgress?: ((share: number) => void) | undefined;
  /** Told of each new tally, by its event. */
  readonly onNew?: (event: number) => void;
}

/** Walks the recording to its end. */
export async function summarize(file: PerfDataFile, pipeline: Pipeline, options: SummaryOptions = {}): Promise<{ readonly profile: Profile; readonly quality: QualityReport }> {
  const { detail, tracepoints, onProgress, onNew } = options;
  const { events } = file.events;
  const { derived } = pipeline;
  // A wait is no time on a CPU that threads could share.
  const parallelism = derived === undefined ? Parallelism.of(file) : undefined;
  const values = options.values === undefined ? undefined : new SampleValueTable(file, pipeline.processes, pipeline.resolver, options.values, parallelism, detail !== undefined, tracepoints);
  const builder = new ProfileBuilder(detail, parallelism, pipeline.sources, values !== undefined);
  const describe = derived === undefined ? describer(file) : (index: number) => ({ name: derived.names[index]!, hasChains: derived.hasChains, leader: index });
  const { locations, frames } = pipeline.resolver;
  const visitor: RecordingVisitor = { sample: (sample) => builder.add(sample, locations, describe) };
  if (values !== undefined) {
    visitor.sample = (sample, raw, record) => builder.add(sample, locations, describe, values.number(sample, raw, record));
    visitor.wants = (sample, raw, record) => values.wants(sample, raw, record);
  }
  const branches = detail === 'branches' ? new BranchStacks(pipeline.resolver, options.branchPlaces === true) : undefined;
  if (branches !== undefined) {
    visitor.wants = (sample, raw, record) => branches.take(raw, record) ?? values?.wants(sample, raw, record);
    visitor.sample = (sample, raw, record) => {
      if (raw.branchOffset >= 0) builder.addBranches(sample, branches, describe, values === undefined ? undefined : (branch) => values.number(sample, raw, record, branch));
    };
  } else if (detail === 'trace') {
    const texts = tracepoints === undefined ? undefined : new TraceTexts(tracepoints, pipeline.resolver, options.rawTraces);
    const isTracepoint = events.map((event) => event.attr.type === EventType.Tracepoint);
    if (texts !== undefined) {
      visitor.wants = (sample, raw, record) => (isTracepoint[sample.event] === true ? texts.take(events[sample.event]!, raw, record) : undefined) ?? values?.wants(sample, raw, record);
    }
    visitor.sample = (sample, raw, record) => {
      const trace = builder.traceNumber(isTracepoint[sample.event] === true ? (texts?.text ?? '') : undefined);
      return builder.add(sample, locations, describe, values === undefined ? trace : values.number(sample, raw, record, trace));
    };
  }
  if (options.byWeight === true) countByWeight(visitor, events.map((event) => (event.layout.sampleType & SampleBit.WeightStruct) !== 0));
  if (values !== undefined) visitor.record = (record, _time, event) => values.record(record, event);
  if (parallelism !== undefined) {
    const { sample: count, record: look } = visitor;
    visitor.record = (record, time, event) => {
      parallelism.take(record);
      look?.(record, time, event);
    };
    visitor.sample = (sample, raw, record) => {
      parallelism.sample();
      count(sample, raw, record);
    };
  }
  const repeats = detail === undefined && parallelism === undefined && values === undefined && options.byWeight !== true;
  if (repeats) visitor.again = (event, row, period) => builder.again(event, row, period);
  if (onNew !== undefined) visitor.sample = watched(visitor.sample, onNew);
  if (onProgress !== undefined) visitor.progress = onProgress;
  await pipeline.run(visitor);
  branches?.finish(pipeline.sources);
  const rest = {
    lostSamples: pipeline.lostSamples, fromPipe: file.container === 'pipe', ...(branches !== undefined && { branches: branches.table }), ...(values !== undefined && { values }),
  };
  const profile = builder.finish(derived?.names.length ?? events.length, describe, frames, pipeline.processes, file.wide, rest);
  return { profile, quality: pipeline.quality.report(profile) };
}

/** A sample without a weight counts 1, as in perf. */
function countByWeight(visitor: RecordingVisitor, isStruct: readonly boolean[]): void {
  const { sample: count } = visitor;
  visitor.sample = (sample, raw, record) => {
    sample.period = weightOf('weight', raw, record, isStruct[sample.event]!) || 1;
    return count(sample, raw, record);
  };
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
