// What the header says, without names of the user's (FORMAT 1.3). Payloads stay in the byte order of the file. What is not known to be
// the machine's or perf's is left out.

import type { EventTable } from '../../perfdata/event-table.ts';
import { FeatureId } from '../../perfdata/features/feature-id.ts';
import type { EventGroup, Features } from '../../perfdata/features/features.ts';
import { ByteBuilder } from '../../perfdata/writer/byte-builder.ts';
import { eventDescPayload } from '../../perfdata/writer/event-desc.ts';
import { anonymousBuildIds } from './anonymous-records.ts';
import { anonymousTracing } from './anonymous-tracing.ts';
import type { NameReplacements } from './name-replacements.ts';
import type { Payloads } from './recording-output.ts';

/** Of the machine, its kernel and perf. */
const KEPT: readonly number[] = [
  FeatureId.OsRelease, FeatureId.Version, FeatureId.Arch, FeatureId.NrCpus, FeatureId.CpuDesc, FeatureId.CpuId, FeatureId.TotalMem, FeatureId.CpuTopology,
  FeatureId.NumaTopology, FeatureId.BranchStack, FeatureId.PmuMappings, FeatureId.Stat, FeatureId.Cache, FeatureId.SampleTime, FeatureId.MemTopology,
  FeatureId.Clockid, FeatureId.CpuPmuCaps, FeatureId.ClockData, FeatureId.HybridTopology, FeatureId.PmuCaps, FeatureId.CpuDomainInfo, FeatureId.EMachine,
  FeatureId.ClnSize,
];
/** The name of a group that nobody named. */
const NO_NAME = '{anon_group}';

/** `features` are those that were read, `events` those that are written. */
export function anonymousFeatures(payloads: Payloads, features: Features, events: EventTable, littleEndian: boolean, names: NameReplacements): Payloads {
  const kept: Payloads = new Map();
  for (const [id, payload] of payloads) {
    const anonymous = KEPT.includes(id) ? payload : anonymousFeature(id, payload, features, events, littleEndian, names);
    if (anonymous !== undefined) kept.set(id, anonymous);
  }
  return kept;
}

function anonymousFeature(id: number, payload: Uint8Array, features: Features, events: EventTable, littleEndian: boolean, names: NameReplacements): Uint8Array | undefined {
  const builder = new ByteBuilder(littleEndian);
  switch (id) {
    case FeatureId.Hostname:
      return builder.featureText('host').bytes();
    case FeatureId.Cmdline:
      // perf itself, then `record`, then what the user wrote.
      return builder.featureTexts((features.cmdline ?? []).map((text, index) => (index === 1 && /^[a-z]+$/.test(text) ? text : names.argument(text)))).bytes();
    case FeatureId.BuildId:
      return anonymousBuildIds(payload, littleEndian, names);
    case FeatureId.EventDesc:
      return eventDescPayload(events.events.map(({ attr, name, ids }) => ({ attr: attr.bytes, name, ids })), littleEndian);
    case FeatureId.GroupDesc:
      return groupDesc(features.groupDesc ?? [], builder, names);
    case FeatureId.TracingData:
      return anonymousTracing(payload, names);
    default:
      return undefined;
  }
}

function groupDesc(groups: readonly EventGroup[], builder: ByteBuilder, names: NameReplacements): Uint8Array {
  builder.u32(groups.length);
  for (const { name, leader, members } of groups) builder.featureText(name === NO_NAME ? name : names.word(name)).u32(leader).u32(members);
  return builder.bytes();
}
