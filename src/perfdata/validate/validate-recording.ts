// A recording held against SPEC.md, chapters 1 to 7: its structure, its events, its features, every record, and in the end what one part
// says about another. The readers are those of every other command; what they notice and forgive is said here (reader-damage.ts), and
// tables of checks look at what they do not mind.

import type { Findings } from '../../bytes/findings.ts';
import { perform } from '../../bytes/reading.ts';
import type { ByteSource } from '../../bytes/source.ts';
import { WatchedDiagnostics } from '../../bytes/watched-diagnostics.ts';
import type { ZstdStream } from '../../bytes/zstd.ts';
import { readAttr } from '../attr.ts';
import { FeatureId } from '../features/feature-id.ts';
import { OrderedRecords } from '../ordered-records.ts';
import { type PerfDataFile, openPerfData } from '../perf-data-file.ts';
import { tracingBytes } from '../tracing/read-tracepoints.ts';
import { Tracepoints } from '../tracing/tracepoints.ts';
import { ATTR_CHECKS } from './attr-checks.ts';
import { checkFeature, damagedFeature, type Found } from './feature-checks.ts';
import { FILE_CHECKS } from './file-checks.ts';
import { type FileStructure, isLost, readFileStructure } from './file-structure.ts';
import { featureOfDamage, ruleOfDamage } from './reader-damage.ts';
import { RecordChecker } from './record-checker.ts';
import { RECORDING_CHECKS } from './recording-checks.ts';
import { Seen } from './seen.ts';
import { TRACING_CHECKS, TRACING_CUT, TRACING_HEAD } from './tracing-checks.ts';

/** A recording's files. */
export interface RecordingSources {
  /** The recording; of a directory its `data` and then its `data.N`. */
  readonly sources: readonly ByteSource[];
  /** What these are called in what is found: '' for the first. `data.0` and so on where they are left out. */
  readonly names?: readonly string[] | undefined;
  /** Makes the decoder of compressed records, instead of the portable one. */
  readonly zstd?: (() => ZstdStream) | undefined;
  /** Told now and then how much was looked at, from 0 to 1. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** Records between two words about progress. */
const BATCH = 65_536;

/**
 * Adds to `findings` what departs from SPEC.md, and gives the number of records, those that were compressed among them.
 * @throws PerftsError PERFTS_NOT_PERF_DATA where it is no recording at all.
 */
export async function validateRecording(files: RecordingSources, findings: Findings): Promise<number> {
  const { sources } = files;
  const source = sources[0]!;
  const names = sources.map((_, index) => files.names?.[index] ?? (index === 0 ? '' : `data.${index - 1}`));
  const found: Found = (rule, offset, detail) => findings.add(rule, offset, detail);
  const damagedFeatures = new Set<number>();
  const diagnostics: WatchedDiagnostics = new WatchedDiagnostics((code, offset, message, name) => {
    const feature = featureOfDamage(code);
    const said = feature === undefined ? ruleOfDamage(code, message, diagnostics) : undefined;
    if (feature !== undefined) damagedFeatures.add(feature);
    else if (said !== undefined) findings.add(said.rule, offset, said.detail, name);
  });
  const file = await perform(source, openPerfData(source.size, diagnostics));
  const seen = new Seen();
  if (file.container === 'file') checkStructure(await perform(source, readFileStructure(file)), file, seen, found);
  await checkRecords(files, names, file, diagnostics, findings, seen);
  const tracepoints = await checkTracing(source, file, seen, found);
  const recording = { file, seen, otherFiles: sources.length - 1, tracepoints };
  for (const check of RECORDING_CHECKS) for (const [offset, detail] of check.find(recording)) found(check, offset, detail);
  for (const id of damagedFeatures) if (!seen.brokenFeatures.has(id)) found(damagedFeature(id), -1, '');
  return seen.records;
}

/** Header, attrs, features: what a file has besides its records. */
function checkStructure(structure: FileStructure, file: PerfDataFile, seen: Seen, found: Found): void {
  for (const check of FILE_CHECKS) for (const [offset, detail] of check.find(structure, file)) found(check, offset, detail);
  const { littleEndian, features, events } = file;
  for (const [index, { offset, bytes, statedSize, ids }] of structure.entries.entries()) {
    seen.attrs.push(offset);
    if (isLost(ids, structure.fileSize)) seen.lostIds.add(index);
    const attr = readAttr(bytes.subarray(0, bytes.length - 16), littleEndian);
    if (attr === undefined) continue;
    for (const check of ATTR_CHECKS) {
      const detail = check.find(attr, { statedSize, features });
      if (detail !== undefined) found(check, offset, detail);
    }
  }
  const context = { cpus: features.cpuCounts?.available, eventCount: events.events.length };
  for (const { id, payload } of structure.table) {
    const bytes = features.payload(id);
    if (bytes !== undefined && !checkFeature(id, bytes, littleEndian, payload.offset, context, found)) seen.brokenFeatures.add(id);
  }
}

async function checkRecords(
  files: RecordingSources, names: readonly string[], file: PerfDataFile, diagnostics: WatchedDiagnostics, findings: Findings, seen: Seen,
): Promise<void> {
  const { sources, zstd, onProgress } = files;
  const records = new OrderedRecords(sources, file, diagnostics, { fileOrder: true, withUnowned: true, names, ...(zstd !== undefined && { zstd }) });
  const checker = new RecordChecker(file, findings, names, seen);
  const total = sources.reduce((size, each) => size + each.size, 0);
  const before = sources.map((_, index) => sources.slice(0, index).reduce((size, each) => size + each.size, 0));
  let left = BATCH;
  for (let more = records.next(); typeof more === 'boolean' ? more : await more; more = records.next()) {
    const { record } = records;
    checker.check(record, records.event, records.time, records.hasTime);
    if (--left > 0) continue;
    left = BATCH;
    onProgress?.((before[record.source]! + record.fileOffset) / total);
  }
}

/** What the tracing data describe; undefined where there are none or they cannot be read. */
async function checkTracing(source: ByteSource, file: PerfDataFile, seen: Seen, found: Found): Promise<Tracepoints | undefined> {
  const section = file.features.section(FeatureId.TracingData);
  const bytes = await perform(source, tracingBytes(file.features));
  if (bytes === undefined) return undefined;
  const place = section?.offset ?? seen.tracingData;
  const diagnostics = new WatchedDiagnostics((code, offset) => {
    if (code === TRACING_CUT.code) found(TRACING_CUT, place, `it goes wrong behind byte ${offset - place} of ${bytes.length}`);
    else found(TRACING_HEAD, place, '');
  });
  const tracepoints = Tracepoints.from(bytes, place, diagnostics);
  if (tracepoints === undefined) return undefined;
  for (const check of TRACING_CHECKS) for (const detail of check.find({ file, tracepoints, size: bytes.length })) found(check, place, detail);
  return tracepoints;
}
