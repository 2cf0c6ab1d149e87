// What the readers of perfdata/ notice by themselves, as rules of SPEC.md: every code that they give to Diagnostics has its line here, so
// that nothing is noticed twice or not at all (a test holds the list complete).

import type { Diagnostics } from '../../bytes/diagnostics.ts';
import type { Rule, Severity } from '../../bytes/findings.ts';
import { FeatureId } from '../features/feature-id.ts';

const rule = (code: string, clause: string, severity: Severity, says: string): readonly [string, Rule] => [code, { code, clause, severity, says }];

/** By the reader's code. */
export const READER_RULES: ReadonlyMap<string, Rule> = new Map([
  // Opening (perf-data-file.ts, file-sections.ts, pipe-prelude.ts, event-table.ts).
  rule('data-cut', '1.2.6', 'error', 'The records end beyond the file'),
  rule('attr-size', '1.2.3', 'error', 'The header says an impossible size of the entries of the attr section'),
  rule('no-events', '1.2.2', 'warning', 'The file has no events'),
  rule('too-many-events', '1.2.2', 'warning', 'There are more events than perfts keeps'),
  rule('events-disagree', '5.6.2', 'error', 'The events do not agree on where records say their id'),
  rule('attr-record', '4.6.1', 'error', 'The attr of a HEADER_ATTR record does not fit into it'),
  rule('feature-table-cut', '1.2.7', 'error', 'The file ends within the feature table'),
  rule('feature-out-of-file', '1.2.9', 'error', 'The payload of a feature lies outside the file'),
  // Records one after the other (record-stream.ts).
  rule('not-a-record', '1.6.2', 'error', 'Bytes are no record'),
  rule('record-cut', '1.6.1', 'error', 'The records end within one'),
  rule('record-size', '1.6.1', 'error', 'A record says that it is longer than it is'),
  rule('payload-cut', '1.6.3', 'error', 'The recording ends within the data that follow a record'),
  rule('compressed-size', '1.4.1', 'error', 'A compressed record says that it holds more than it does'),
  rule('compressed-twice', '1.4.6', 'error', 'A compressed record lies within a compressed record'),
  rule('compressed-record-cut', '1.4.3', 'error', 'The compressed records end within a record'),
  rule('zstd', '1.4.4', 'error', 'A compressed record cannot be decompressed'),
  // Their events and order (ordered-records.ts).
  rule('unknown-event-id', '5.6.3', 'error', 'A record says an id that no event has'),
  rule('late-record', '6.1.5', 'warning', 'A record comes later than its time allows'),
  // Samples (sample-view.ts).
  rule('sample-cut', '5.1.1', 'error', 'A field of a sample does not fit into it'),
  rule('sample-too-long', '5.1.29', 'warning', 'A sample is longer than its fields'),
  rule('sample-fields-unknown', '5.1.3', 'warning', 'Samples have fields that are not known'),
]);

/** What other tables find in a place, or with values, that the reader does not tell: by the reader's code the rule's. */
export const FOUND_OTHERWISE: Readonly<Record<string, string>> = {
  'writer-killed': 'writer-killed',
  'attrs-cut': 'attrs-in-records',
  'ids-out-of-file': 'ids-place',
  'events-without-id': 'events-without-id',
  'tracing-data': 'tracing-data',
  'tracing-data-cut': 'tracing-data-cut',
};

/** What follows from other damage, and is not said besides. */
const FOLLOWS: Readonly<Record<string, string>> = { 'feature-table-cut': 'data-cut' };

/** What of the reader's words is a value that the rule's do not say: which field, which feature, what zstd says. */
const VALUES: Readonly<Record<string, RegExp>> = {
  'attr-size': /takes (\S+ bytes)/,
  'feature-out-of-file': /says as (.+) lies/,
  'sample-cut': /ends within (.+)$/,
  'sample-too-long': /has (\S+ bytes)/,
  zstd: /: (.+)$/,
};

/** Codes of features' payloads, which are walked anew by feature-checks.ts and said there. */
const FEATURE_DAMAGE = /^feature-(\d+)-damaged$/;
const BUILD_ID_DAMAGE = 'build-id-cut';

/** The feature that a reader's code says is damaged; undefined where it is about something else. */
export function featureOfDamage(code: string): number | undefined {
  if (code === BUILD_ID_DAMAGE) return FeatureId.BuildId;
  const id = FEATURE_DAMAGE.exec(code)?.[1];
  return id === undefined ? undefined : Number(id);
}

/**
 * The rule for a reader's code, and the value in its words; undefined where it is found otherwise or follows from what was
 * said already. A code that has no line above is said all the same.
 */
export function ruleOfDamage(code: string, message: string, diagnostics: Diagnostics): { readonly rule: Rule; readonly detail: string } | undefined {
  const cause = FOLLOWS[code];
  if (FOUND_OTHERWISE[code] !== undefined || (cause !== undefined && diagnostics.has(cause))) return undefined;
  const known = READER_RULES.get(code);
  if (known === undefined) return { rule: { code, clause: '', severity: 'error', says: message }, detail: '' };
  return { rule: known, detail: VALUES[code]?.exec(message)?.[1] ?? '' };
}
