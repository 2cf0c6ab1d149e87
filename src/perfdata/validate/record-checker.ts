// Holds every record, in the order of the file, against the tables of checks (SPEC 4 to 6). Nothing is allocated for a record in which
// nothing is wrong; what the end of the recording needs to know is kept in a few numbers (seen.ts).

import { readUnsigned64 } from '../../bytes/int64.ts';
import type { Findings, Rule } from '../../bytes/findings.ts';
import { WatchedDiagnostics } from '../../bytes/watched-diagnostics.ts';
import { MAX_RECORD_SIZE } from '../../bytes/limits.ts';
import { MIN_ATTR_SIZE, readAttr } from '../attr.ts';
import { FIRST_SIMPLEPERF_TYPE } from '../data-behind.ts';
import type { PerfEvent } from '../event-table.ts';
import { FeatureId } from '../features/feature-id.ts';
import type { PerfDataFile } from '../perf-data-file.ts';
import { featureNumber } from '../pipe-prelude.ts';
import { FIRST_USER_TYPE, RecordType } from '../record-types.ts';
import type { RecordView } from '../record-view.ts';
import { SampleView } from '../sample-view.ts';
import { ATTR_CHECKS } from './attr-checks.ts';
import { type RecordCheck, type RecordContext, bytes as byteCount, u32Of } from './check.ts';
import { checkFeature, type Found } from './feature-checks.ts';
import { KERNEL_RECORD_CHECKS } from './kernel-record-checks.ts';
import { ruleOfDamage } from './reader-damage.ts';
import { RECORD_SHAPES } from './record-shapes.ts';
import { SAMPLE_CHECKS } from './sample-checks.ts';
import { Rounds, type Seen } from './seen.ts';
import { lengthCheck, shapeChecks } from './shape-checks.ts';
import { TRAILER_CHECKS } from './trailer-checks.ts';
import { USER_RECORD_CHECKS } from './user-record-checks.ts';

const UNKNOWN_TYPE: Rule = { code: 'record-type', clause: '4.1.3', severity: 'warning', says: 'A record is of a type that is not known' };
const SIMPLEPERF_TYPE: Rule = { code: 'record-simpleperf', clause: '10.3.2', severity: 'warning', says: "A record is one of Android's simpleperf" };
const TRAILER_CUT: Rule = { code: 'trailer-cut', clause: '5.5.1', severity: 'error', says: 'A record is too short for its trailer' };
const LATE: Rule = { code: 'late-record', clause: '6.1.5', severity: 'warning', says: 'A record comes later than its time allows' };
const NO_EVENT: Rule = { code: 'pipe-event-late', clause: '1.3.1', severity: 'error', says: "A record of the kernel comes before the pipe's first HEADER_ATTR" };
const TOO_MUCH: Rule = { code: 'compressed-much', clause: '3.2.27', severity: 'warning', says: 'A compressed record makes more than a ring buffer holds' };
const NOT_LISTED: Rule = { code: 'auxtrace-unlisted', clause: '3.2.18', severity: 'warning', says: 'An AUXTRACE record is not where feature 18 lists the next one' };

/** The checks of one type of record. */
interface TypeChecks {
  readonly length: RecordCheck;
  readonly others: readonly RecordCheck[];
}

const CHECKS: readonly (TypeChecks | undefined)[] = (() => {
  const checks: (TypeChecks | undefined)[] = [];
  for (const shape of RECORD_SHAPES) {
    const own = KERNEL_RECORD_CHECKS[shape.type] ?? USER_RECORD_CHECKS[shape.type] ?? [];
    checks[shape.type] = { length: lengthCheck(shape), others: [...shapeChecks(shape), ...own] };
  }
  return checks;
})();

export class RecordChecker {
  readonly #file: PerfDataFile;
  readonly #findings: Findings;
  readonly #names: readonly string[];
  readonly #seen: Seen;
  readonly #context: RecordContext;
  readonly #sampleChecks: (readonly RecordCheck[])[] = [];
  readonly #rounds: Rounds | undefined;
  /** The record at hand, for what the sample's reader says of it. */
  #record: RecordView | undefined;
  #isWithoutEvent = false;
  /** The compressed record whose content passes: where it lies, in which file, and where its content begins. */
  #compressedAt = -1;
  #compressedSource = 0;
  #plainBase = 0;
  /** The entries of feature 18, as they lie there. */
  readonly #auxtraceIndex: DataView | undefined;

  /** `names`: of the files, by source; '' for the recording itself. */
  constructor(file: PerfDataFile, findings: Findings, names: readonly string[], seen: Seen) {
    this.#file = file;
    this.#findings = findings;
    this.#names = names;
    this.#seen = seen;
    const diagnostics: WatchedDiagnostics = new WatchedDiagnostics((code, _offset, message) => {
      const said = ruleOfDamage(code, message, diagnostics);
      if (said !== undefined) this.#found(this.#record!, said.rule, said.detail);
    });
    this.#context = { file, event: undefined, limit: 0, sample: new SampleView(file.wide, file.timeBase, diagnostics) };
    // Rounds of a directory's `data` say nothing about its other files.
    this.#rounds = names.length === 1 ? new Rounds() : undefined;
    const index = file.container === 'file' ? file.features.payload(FeatureId.Auxtrace) : undefined;
    if (index !== undefined && index.length >= 8) this.#auxtraceIndex = new DataView(index.buffer, index.byteOffset + 8, index.length - 8);
  }

  /** Looks at the next record. `eventIndex`: of its event, or -1; `time` on the recording's TimeBase, where it has one. */
  check(record: RecordView, eventIndex: number, time: number, hasTime: boolean): void {
    this.#record = record;
    this.#seen.records++;
    const { events } = this.#file.events;
    this.#context.event = events[eventIndex] ?? events[0];
    if (record.isDecompressed && record.fileBase !== this.#compressedAt) this.#compressed(record);
    if (record.type === RecordType.Sample) this.#sample(record, time, hasTime);
    else if (record.type < FIRST_USER_TYPE) this.#kernelRecord(record);
    else this.#userRecord(record);
    if (hasTime && this.#rounds?.isLate(time) === true && this.#file.events.ordered) this.#found(record, LATE, '');
  }

  #sample(record: RecordView, time: number, hasTime: boolean): void {
    const context = this.#context;
    const seen = this.#seen;
    seen.samples++;
    if (hasTime) {
      if (time < seen.firstSample) seen.firstSample = time;
      if (time > seen.lastSample) seen.lastSample = time;
    }
    const { event } = context;
    context.limit = record.end;
    if (event === undefined) this.#withoutEvent(record);
    if (event === undefined || !context.sample.read(record, event)) return;
    this.#each(record, (this.#sampleChecks[event.index] ??= checksOf(event)));
  }

  #kernelRecord(record: RecordView): void {
    const context = this.#context;
    const trailer = context.event?.layout.trailerSize ?? 0;
    const fits = record.size >= 8 + trailer;
    context.limit = fits ? record.end - trailer : record.end;
    // Without an event nobody knows where the trailer begins, nor what lies before it.
    if (context.event === undefined) return this.#withoutEvent(record);
    if (!fits) this.#found(record, TRAILER_CUT, `${byteCount(record.size)}, of which ${trailer} should be the trailer`);
    else if (this.#typed(record) && trailer > 0) this.#each(record, TRAILER_CHECKS);
  }

  #userRecord(record: RecordView): void {
    this.#context.limit = record.end;
    if (!this.#typed(record)) return;
    switch (record.type) {
      case RecordType.FinishedRound:
        this.#rounds?.finished();
        break;
      case RecordType.HeaderAttr:
        this.#attr(record);
        break;
      case RecordType.HeaderFeature:
        this.#feature(record);
        break;
      case RecordType.Auxtrace:
        this.#auxtrace(record);
        break;
      case RecordType.HeaderTracingData:
        this.#seen.tracingData = record.fileOffset + record.size;
        break;
    }
  }

  /** The checks of the record's type. False where the record is of an unknown one, too short, or not to be trusted. */
  #typed(record: RecordView): boolean {
    const checks = CHECKS[record.type];
    if (checks === undefined) {
      this.#found(record, record.type >= FIRST_SIMPLEPERF_TYPE ? SIMPLEPERF_TYPE : UNKNOWN_TYPE, `type ${record.type} of ${byteCount(record.size)}`);
      return false;
    }
    const short = checks.length.find(record, this.#context);
    if (short !== undefined) {
      this.#found(record, checks.length, short);
      return false;
    }
    this.#each(record, checks.others);
    return true;
  }

  #each(record: RecordView, checks: readonly RecordCheck[]): void {
    for (let i = 0; i < checks.length; i++) {
      const check = checks[i]!;
      const detail = check.find(record, this.#context);
      if (detail !== undefined) this.#found(record, check, detail);
    }
  }

  #attr(record: RecordView): void {
    const start = record.offset + 8;
    const statedSize = u32Of(record, 12);
    const size = statedSize || MIN_ATTR_SIZE;
    const attr = size <= record.end - start ? readAttr(record.bytes.subarray(start, start + size), record.littleEndian) : undefined;
    // One that does not fit the reader has told of.
    if (attr === undefined) return;
    if (this.#file.container === 'pipe') this.#seen.attrs.push(record.fileOffset);
    const { features } = this.#file;
    for (const check of ATTR_CHECKS) {
      const detail = check.find(attr, { statedSize, features });
      if (detail !== undefined) this.#found(record, check, detail);
    }
  }

  #feature(record: RecordView): void {
    const seen = this.#seen;
    if (record.size === 16) {
      seen.featuresEnded = true;
      return;
    }
    seen.features++;
    const { features, events } = this.#file;
    const context = { cpus: features.cpuCounts?.available, eventCount: events.events.length };
    const payload = record.bytes.subarray(record.offset + 16, record.end);
    const id = featureNumber(record);
    const found: Found = (rule, _offset, detail) => this.#found(record, rule, detail);
    if (!checkFeature(id, payload, record.littleEndian, record.fileOffset, context, found)) seen.brokenFeatures.add(id);
  }

  /** Told once: all that follow are no better. */
  #withoutEvent(record: RecordView): void {
    if (this.#file.container !== 'pipe' || this.#isWithoutEvent) return;
    this.#isWithoutEvent = true;
    this.#found(record, NO_EVENT, '');
  }

  /** The first record of another compressed one: how much the one before made can be told now, but for what it left over. */
  #compressed(record: RecordView): void {
    const most = this.#file.features.compressed?.mmapLength ?? 0;
    const made = record.plainBase - this.#plainBase;
    if (most > 0 && this.#compressedAt >= 0 && this.#compressedSource === record.source && made > most + MAX_RECORD_SIZE) {
      this.#findings.add(TOO_MUCH, this.#compressedAt, `${byteCount(made)}, a ring buffer has ${most}`, this.#names[record.source] ?? '');
    }
    this.#compressedAt = record.fileBase;
    this.#compressedSource = record.source;
    this.#plainBase = record.plainBase;
  }

  /** Feature 18 lists them in the order in which they lie. */
  #auxtrace(record: RecordView): void {
    const index = this.#auxtraceIndex;
    if (index === undefined || record.source !== 0) return;
    const seen = this.#seen;
    const at = seen.auxtraceListed * 16;
    const { littleEndian } = record;
    const isListed = at + 16 <= index.byteLength && readUnsigned64(index, at, littleEndian) === record.fileOffset && readUnsigned64(index, at + 8, littleEndian) === record.size;
    if (isListed) seen.auxtraceListed++;
    else this.#found(record, NOT_LISTED, byteCount(record.size));
  }

  #found(record: RecordView, rule: Rule, detail: string): void {
    this.#findings.add(rule, record.fileOffset, detail, this.#names[record.source] ?? '', record.plainOffset);
  }
}

function checksOf(event: PerfEvent): readonly RecordCheck[] {
  return SAMPLE_CHECKS.filter(({ concerns }) => concerns === undefined || concerns(event));
}
