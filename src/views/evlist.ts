// `perf evlist`: the events of a recording, a line each, with their attrs, frequencies, groups or the fields of tracepoints
// (FORMAT 1.2, 1.3; perf's text but for the line ends).

import type { PerfEvent } from '../perfdata/event-table.ts';
import { EventType } from '../perfdata/attr.ts';
import { disjointGroups } from '../perfdata/features/disjoint-groups.ts';
import type { PerfDataFile } from '../perfdata/perf-data-file.ts';
import type { Tracepoints } from '../perfdata/tracing/tracepoints.ts';
import { attrText } from './attr-text.ts';

export interface EvlistOptions {
  /** -v: all of the attr. */
  readonly attrs: boolean;
  /** -F: the frequency or period. */
  readonly frequency: boolean;
  /** -g: groups in braces instead of their members. */
  readonly groups: boolean;
  /** --trace-fields. */
  readonly traceFields: boolean;
}

/** The lines for a recording whose events are all known. `tracepoints` is needed for --trace-fields only. */
export function* evlistLines(file: PerfDataFile, options: EvlistOptions, tracepoints?: Tracepoints): Generator<string> {
  const { events } = file.events;
  const groups = disjointGroups(file.features.groupDesc ?? [], events.length).filter(({ members }) => members > 1);
  const byLeader = new Map(groups.map((group) => [group.leader, group]));
  const follows = new Set<number>();
  for (const { leader, members } of groups) for (let i = leader + 1; i < leader + members; i++) follows.add(i);
  for (const event of events) {
    if (!options.groups) yield `${event.name}${detailText(file, event, options, tracepoints)}`;
    else if (!follows.has(event.index)) {
      const group = byLeader.get(event.index);
      if (group === undefined) yield event.name;
      else {
        const names = events.slice(event.index, event.index + group.members).map((member) => member.name);
        yield `${group.name === '{anon_group}' ? '' : group.name}{${names.join(',')}}`;
      }
    }
  }
  if (!options.traceFields && events.some((event) => event.attr.type === EventType.Tracepoint)) {
    yield "# Tip: use 'perf evlist --trace-fields' to show fields for tracepoint events";
  }
  if (!options.groups && groups.length > 0) yield "# Tip: use 'perf evlist -g' to show group information";
}

function detailText(file: PerfDataFile, event: PerfEvent, options: EvlistOptions, tracepoints: Tracepoints | undefined): string {
  const { attr } = event;
  let text = '';
  if (options.attrs) text = `: ${attrText(attr, event.name, file.features, ': ')}`;
  else if (options.frequency) text = `: ${attr.freq ? 'sample_freq' : 'sample_period'}=${attr.samplePeriod}`;
  if (!options.traceFields) return text;
  const lead = text === '' ? ':' : ',';
  if (attr.type !== EventType.Tracepoint) return `${text}${lead} (not a tracepoint)`;
  const fields = tracepoints?.format(event)?.fields ?? [];
  return `${text}${lead} ${fields.length === 0 ? '(no trace field)' : `trace_fields: ${fields.map((field) => field.name).join(',')}`}`;
}
