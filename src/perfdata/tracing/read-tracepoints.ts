// Getting the TRACING_DATA of an open recording (FORMAT 6.1; SPEC 7.1): a file keeps it in a section that is read when it is asked for, a pipe
// has it among its first records.

import type { Diagnostics } from '../../bytes/diagnostics.ts';
import { type Reading, bytesAt } from '../../bytes/reading.ts';
import { EventType } from '../attr.ts';
import { defaultEventName } from '../event-name.ts';
import type { EventTable } from '../event-table.ts';
import type { Features } from '../features/features.ts';
import { FeatureId } from '../features/feature-id.ts';
import { Tracepoints } from './tracepoints.ts';

/** The stream of a recording; undefined where it has none. */
export function* tracingBytes(features: Features): Reading<Uint8Array | undefined> {
  const section = features.section(FeatureId.TracingData);
  let bytes = features.payload(FeatureId.TracingData);
  if (bytes === undefined && section !== undefined && section.size > 0) bytes = yield* bytesAt(section.offset, section.size);
  return bytes === undefined || bytes.length === 0 ? undefined : bytes;
}

/** The tracepoints that a recording describes; undefined where it describes none or they are damaged. */
export function* readTracepoints(features: Features, diagnostics: Diagnostics): Reading<Tracepoints | undefined> {
  const bytes = yield* tracingBytes(features);
  return bytes === undefined ? undefined : Tracepoints.from(bytes, features.section(FeatureId.TracingData)?.offset ?? -1, diagnostics);
}

/** Gives tracepoints that nothing else names their names, `sched:sched_switch`. */
export function* nameTracepoints(events: EventTable, features: Features, diagnostics: Diagnostics): Reading<void> {
  const nameless = events.events.filter((event) => event.attr.type === EventType.Tracepoint && event.name === defaultEventName(event.attr));
  if (nameless.length === 0) return;
  const tracepoints = yield* readTracepoints(features, diagnostics);
  if (tracepoints === undefined) return;
  for (const event of nameless) event.name = tracepoints.name(Number(event.attr.config)) ?? event.name;
}
