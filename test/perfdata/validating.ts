// What the tests of validation share: what is found in bytes, and which rules there are at all.

import { type Finding, Findings, type Rule } from '../../src/bytes/findings.ts';
import { MemorySource } from '../../src/bytes/source.ts';
import { Writer } from './recording.ts';
import { ATTR_CHECKS } from '../../src/perfdata/validate/attr-checks.ts';
import { FILE_CHECKS } from '../../src/perfdata/validate/file-checks.ts';
import { KERNEL_RECORD_CHECKS } from '../../src/perfdata/validate/kernel-record-checks.ts';
import { READER_RULES } from '../../src/perfdata/validate/reader-damage.ts';
import { RECORD_SHAPES } from '../../src/perfdata/validate/record-shapes.ts';
import { RECORDING_CHECKS } from '../../src/perfdata/validate/recording-checks.ts';
import { SAMPLE_CHECKS } from '../../src/perfdata/validate/sample-checks.ts';
import { lengthCheck, shapeChecks } from '../../src/perfdata/validate/shape-checks.ts';
import { TRACING_CHECKS } from '../../src/perfdata/validate/tracing-checks.ts';
import { TRAILER_CHECKS } from '../../src/perfdata/validate/trailer-checks.ts';
import { USER_RECORD_CHECKS } from '../../src/perfdata/validate/user-record-checks.ts';
import { validateRecording } from '../../src/perfdata/validate/validate-recording.ts';

/** What was found, and how many records there were. */
export interface Validated {
  readonly findings: readonly Finding[];
  readonly codes: readonly string[];
  readonly records: number;
}

/** Validates a recording; `more`: the further files of a directory. */
export async function validated(bytes: Uint8Array, more: readonly Uint8Array[] = []): Promise<Validated> {
  const findings: Finding[] = [];
  const collected = new Findings((finding) => findings.push(finding));
  const records = await validateRecording({ sources: [bytes, ...more].map((each) => new MemorySource(each)) }, collected);
  return { findings, codes: [...new Set(findings.map(({ code }) => code))].sort(), records };
}

/** A finding in one line, for comparing. */
export function lineOf({ severity, clause, code, offset, detail }: Finding): string {
  return `${severity} ${clause} ${code} ${offset}${detail === '' ? '' : ` ${detail}`}`;
}

/** The rules about records. */
export function rulesOfRecords(): Rule[] {
  return [
    ...SAMPLE_CHECKS, ...TRAILER_CHECKS, ...Object.values(KERNEL_RECORD_CHECKS).flat(), ...Object.values(USER_RECORD_CHECKS).flat(),
    ...RECORD_SHAPES.flatMap((shape) => [lengthCheck(shape), ...shapeChecks(shape)]),
  ];
}

/** The rules about everything else. */
export function rulesOfFiles(): Rule[] {
  return [...ATTR_CHECKS, ...FILE_CHECKS, ...RECORDING_CHECKS, ...TRACING_CHECKS, ...READER_RULES.values()];
}

/** The same file with features: their bits, the table behind the records, and the payloads. */
export function withFeatures(file: Uint8Array, littleEndian: boolean, features: readonly (readonly [id: number, payload: Uint8Array])[]): Uint8Array {
  const table = new Writer(littleEndian);
  let place = file.length + features.length * 16;
  for (const [, payload] of features) {
    table.u64(place).u64(payload.length);
    place += payload.length;
  }
  const whole = Uint8Array.from([...file, ...table.bytes(), ...features.flatMap(([, payload]) => [...payload])]);
  const view = new DataView(whole.buffer);
  for (const [id] of features) {
    const at = 72 + 8 * (id >> 6);
    view.setBigUint64(at, view.getBigUint64(at, littleEndian) | (1n << BigInt(id & 63)), littleEndian);
  }
  return whole;
}

/** A text as perf writes it. */
export function featureText(writer: Writer, value: string): Writer {
  const length = Math.ceil((value.length + 1) / 64) * 64;
  return writer.u32(length).raw(Array.from({ length }, (_, i) => value.charCodeAt(i) || 0));
}
