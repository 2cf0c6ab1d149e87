// What the header says, without names of the user's (FORMAT 1.3). Payloads stay in the byte order of the file.

import { Diagnostics } from '../../bytes/diagnostics.ts';
import type { EventTable } from '../../perfdata/event-table.ts';
import { FeatureId } from '../../perfdata/features/feature-id.ts';
import type { Features } from '../../perfdata/features/features.ts';
import { readTracingData } from '../../perfdata/tracing/tracing-data.ts';
import { ByteBuilder } from '../../perfdata/writer/byte-builder.ts';
import { eventDescPayload } from '../../perfdata/writer/event-desc.ts';
import { anonymousBuildIds } from './anonymous-records.ts';
import type { NameReplacements } from './name-replacements.ts';
import type { Payloads } from './recording-output.ts';

/** Code and names of BPF programs; traces, which are left out themselves. */
const LEFT_OUT: readonly number[] = [FeatureId.BpfProgInfo, FeatureId.BpfBtf, FeatureId.Auxtrace];

/** `features` are those that were read, `events` those that are written: their attrs stand in the features too. */
export function anonymousFeatures(payloads: Payloads, features: Features, events: EventTable, littleEndian: boolean, names: NameReplacements): Payloads {
  for (const id of LEFT_OUT) payloads.delete(id);
  const builder = (): ByteBuilder => new ByteBuilder(littleEndian);
  if (payloads.has(FeatureId.Hostname)) payloads.set(FeatureId.Hostname, builder().featureText('host').bytes());
  const cmdline = features.cmdline;
  if (payloads.has(FeatureId.Cmdline)) {
    const words = (cmdline ?? []).map((text, index) => (index === 1 && /^[a-z]+$/.test(text) ? text : names.argument(text)));
    payloads.set(FeatureId.Cmdline, builder().featureTexts(words).bytes());
  }
  const buildIds = payloads.get(FeatureId.BuildId);
  if (buildIds !== undefined) payloads.set(FeatureId.BuildId, anonymousBuildIds(buildIds, littleEndian, names));
  const descriptions = features.eventDesc;
  if (payloads.has(FeatureId.EventDesc)) payloads.set(FeatureId.EventDesc, eventDesc(descriptions ?? [], events, littleEndian));
  const tracing = payloads.get(FeatureId.TracingData);
  if (tracing !== undefined) payloads.set(FeatureId.TracingData, withoutCommandLines(tracing));
  return payloads;
}

function eventDesc(descriptions: NonNullable<Features['eventDesc']>, events: EventTable, littleEndian: boolean): Uint8Array {
  const written = descriptions.map(({ attr, name, ids }, index) => {
    const event = events.events[events.eventOfId(ids[0] ?? -1n)] ?? events.events[index];
    return { attr: event?.attr.bytes ?? attr.bytes, name, ids };
  });
  return eventDescPayload(written, littleEndian);
}

/** The kernel's list of `PID COMM` is the last of a stream's parts, its length as a u64 before it. */
function withoutCommandLines(stream: Uint8Array): Uint8Array {
  const data = readTracingData(stream, 0, new Diagnostics());
  if (data === undefined || data.savedCmdlines.length === 0) return stream;
  const start = data.savedCmdlines.byteOffset - stream.byteOffset;
  const copy = stream.slice(0, start);
  copy.fill(0, start - 8);
  return copy;
}
