// The fields of perf's own records as JSON (SPEC 4.6).

import { Diagnostics } from '../../bytes/diagnostics.ts';
import { MIN_ATTR_SIZE, readAttr } from '../../perfdata/attr.ts';
import { Features } from '../../perfdata/features/features.ts';
import { FEATURE_NAMES, FeatureId } from '../../perfdata/features/feature-id.ts';
import { readIds } from '../../perfdata/file-sections.ts';
import type { PerfDataFile } from '../../perfdata/perf-data-file.ts';
import { isSaidByBeingThere } from '../../perfdata/features/feature-id.ts';
import { featureNumber } from '../../perfdata/pipe-prelude.ts';
import { RecordType } from '../../perfdata/record-types.ts';
import type { RecordView } from '../../perfdata/record-view.ts';
import { readBpfMetadata, readEventType, readEventUpdate, readSchedstatCpu, readSchedstatDomain, readTimeConv } from '../../perfdata/records/about-recording.ts';
import { readAuxtrace, readAuxtraceError, readAuxtraceInfo } from '../../perfdata/records/auxtrace.ts';
import { readBuildId } from '../../perfdata/records/build-id.ts';
import { hasCpuMap, readCpuRuns, readIdIndex, readThreadMap } from '../../perfdata/records/maps.ts';
import { hexOfBytes } from '../../perfdata/records/mmap.ts';
import { readStat, readStatConfig, readStatRound } from '../../perfdata/records/stat.ts';
import { decimal } from '../records/exact-numbers.ts';
import type { CpuLists } from './cpu-lists.ts';
import { attrJson } from './event-json.ts';
import { featureJson } from './feature-json.ts';
import { type JsonObject, hexAt, hexOf, realNumber, signedAt } from './json.ts';

/** unit, scale, name, cpus. */
const KNOWN_UPDATES: readonly string[] = ['0', '1', '2', '3'];

/** Undefined where there is nothing to decode, or too little. */
export function ownRecordFields(record: RecordView, file: PerfDataFile, cpuLists: CpuLists): JsonObject | undefined {
  const { offset, end, view, littleEndian } = record;
  switch (record.type) {
    case RecordType.HeaderAttr: return attrFields(record);
    case RecordType.HeaderEventType: {
      const type = readEventType(record);
      return type && { id: String(type.id), name: type.name };
    }
    case RecordType.HeaderTracingData: return offset + 12 > end ? undefined : { dataSize: view.getUint32(offset + 8, littleEndian) };
    case RecordType.HeaderBuildId: {
      const file = readBuildId(record);
      return file && { pid: file.pid, buildId: file.buildId, filename: file.filename };
    }
    case RecordType.FinishedRound:
    case RecordType.FinishedInit: return {};
    case RecordType.IdIndex: return idIndexFields(record);
    case RecordType.AuxtraceInfo: {
      const info = readAuxtraceInfo(record);
      return info && { kind: info.kind, values: info.values.map(String) };
    }
    case RecordType.Auxtrace: {
      const trace = readAuxtrace(record);
      if (trace === undefined) return undefined;
      const { traceOffset, reference, index, tid, cpu } = trace;
      return { dataSize: decimal(record, offset + 8), traceOffset: String(traceOffset), reference: String(reference), index, tid, cpu };
    }
    case RecordType.AuxtraceError: {
      const error = readAuxtraceError(record);
      if (error === undefined) return undefined;
      const { kind, code, cpu, pid, tid, layout, time, message, machinePid, vcpu } = error;
      return { kind, code, cpu, pid, tid, layout, ip: hexAt(record, offset + 32), time: time === undefined ? undefined : String(time), message, machinePid, vcpu };
    }
    case RecordType.ThreadMap: {
      if (offset + 16 > end) return undefined;
      return { threads: readThreadMap(record).map(({ name }, i) => ({ tid: signedAt(record, offset + 16 + i * 24), name })) };
    }
    case RecordType.CpuMap: return hasCpuMap(record) ? { cpus: cpuLists.of(readCpuRuns(record)) } : undefined;
    case RecordType.StatConfig: {
      if (offset + 16 > end) return undefined;
      return { entries: readStatConfig(record).map(({ tag, value }) => ({ tag: String(tag), value: String(value) })) };
    }
    case RecordType.Stat: {
      const stat = readStat(record);
      return stat && { ...stat, id: String(stat.id), value: String(stat.value), enabled: String(stat.enabled), running: String(stat.running) };
    }
    case RecordType.StatRound: {
      const round = readStatRound(record);
      return round && { kind: decimal(record, offset + 8), time: String(round.time) };
    }
    case RecordType.EventUpdate: return updateFields(record, cpuLists);
    case RecordType.TimeConv: return timeConvFields(record);
    case RecordType.HeaderFeature: return featureFields(record, file);
    case RecordType.Compressed: return { dataSize: record.size - 8 };
    case RecordType.Compressed2: return offset + 16 > end ? undefined : { dataSize: decimal(record, offset + 8) };
    case RecordType.BpfMetadata: {
      const metadata = readBpfMetadata(record);
      return metadata && { program: metadata.program, entries: metadata.entries.map((entry) => ({ ...entry })) };
    }
    case RecordType.SchedstatCpu: {
      const stat = readSchedstatCpu(record);
      if (stat === undefined) return undefined;
      const { runTime, runDelay, timeslices, ...counters } = stat.counters;
      const wide = { runTime: String(runTime), runDelay: String(runDelay), timeslices: String(timeslices) };
      return { time: String(stat.timestamp), cpu: stat.cpu, version: stat.version, counters: { ...counters, ...wide } };
    }
    case RecordType.SchedstatDomain: {
      const stat = readSchedstatDomain(record);
      return stat && { time: String(stat.timestamp), cpu: stat.cpu, version: stat.version, domain: stat.domain, counters: stat.counters };
    }
    default: return undefined;
  }
}

function attrFields(record: RecordView): JsonObject | undefined {
  const { view, bytes, offset, end, littleEndian } = record;
  const start = offset + 8;
  const size = start + 8 <= end ? view.getUint32(start + 4, littleEndian) || MIN_ATTR_SIZE : 0;
  const attr = size <= end - start ? readAttr(bytes.subarray(start, start + size), littleEndian) : undefined;
  return attr && attrJson(attr, readIds(bytes.subarray(start + size, end), littleEndian));
}

/** machinePid and vcpu only where the record has its second array. */
function idIndexFields(record: RecordView): JsonObject | undefined {
  const { offset, end } = record;
  if (offset + 16 > end) return undefined;
  const entries = readIdIndex(record);
  const first = offset + 16;
  const second = first + entries.length * 32;
  const hasGuests = second + entries.length * 16 <= end && entries.length > 0;
  return {
    entries: entries.map((entry, i) => {
      const at = first + i * 32;
      const guest = second + i * 16;
      return {
        id: String(entry.id), index: decimal(record, at + 8), cpu: signedAt(record, at + 16), tid: signedAt(record, at + 24),
        ...(hasGuests && { machinePid: signedAt(record, guest), vcpu: signedAt(record, guest + 8) }),
      };
    }),
  };
}

function updateFields(record: RecordView, cpuLists: CpuLists): JsonObject | undefined {
  const update = readEventUpdate(record);
  if (update === undefined) return unknownUpdateFields(record);
  const { kind } = update;
  const id = String(update.id);
  if (kind === 'scale') return { id, kind, scale: realNumber(update.scale) };
  return kind === 'cpus' ? { id, kind, cpus: cpuLists.of(update.cpus) } : { id, kind, text: update.text };
}

/** Of a kind that is not known. */
function unknownUpdateFields(record: RecordView): JsonObject | undefined {
  const { bytes, offset, end } = record;
  const kind = offset + 24 > end ? '0' : decimal(record, offset + 8);
  return KNOWN_UPDATES.includes(kind) ? undefined : { id: decimal(record, offset + 16), kind, bytes: hexOfBytes(bytes, offset + 24, end) };
}

function timeConvFields(record: RecordView): JsonObject | undefined {
  const conversion = readTimeConv(record);
  if (conversion === undefined) return undefined;
  const { shift, multiplier, zero, cycles, mask, hasZero, isShort } = conversion;
  const isLong = record.offset + 56 <= record.end;
  return { shift: String(shift), multiplier: String(multiplier), zero: String(zero), ...(isLong && { cycles: String(cycles), mask: hexOf(mask), hasZero, isShort }) };
}

/** The payload means what the section of a file does. */
function featureFields(record: RecordView, file: PerfDataFile): JsonObject | undefined {
  const { bytes, offset, end, littleEndian } = record;
  if (offset + 16 > end) return undefined;
  const feature = featureNumber(record);
  const name = FEATURE_NAMES[feature];
  // Without payload it is the mark of the end, but for two features that say all by being there.
  if (offset + 16 === end) return { feature, name, value: isSaidByBeingThere(feature) ? {} : undefined };
  const alone = new Features(littleEndian, new Diagnostics());
  alone.addPayload(feature, bytes.slice(offset + 16, end));
  // CPU_TOPOLOGY cannot be read without the number of CPUs.
  const cpus = file.features.payload(FeatureId.NrCpus);
  if (feature === FeatureId.CpuTopology && cpus !== undefined) alone.addPayload(FeatureId.NrCpus, cpus);
  return { feature, name, value: featureJson(alone, feature, true) };
}
