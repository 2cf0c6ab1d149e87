// What the reader of jitdumps notices by itself, as rules of SPEC.md: every code that jit/ gives to Diagnostics has its line here, or is
// one that the validation finds in its own way (a test holds both together complete).

import type { Rule, Severity } from '../../bytes/findings.ts';

const rule = (code: string, clause: string, severity: Severity, says: string): readonly [string, Rule] => [code, { code, clause, severity, says }];

/** By the reader's code. */
export const READER_RULES: ReadonlyMap<string, Rule> = new Map([
  rule('jitdump-magic', '8.1.1', 'error', 'The file does not begin as a jitdump'),
  rule('jitdump-version', '8.1.1', 'error', 'The version of the jitdump is not known'),
  rule('jitdump-header', '8.1.3', 'error', 'The header says an impossible size of itself'),
  rule('jitdump-empty', '8.4.1', 'error', 'The file is empty: its program ended before anything was written'),
  rule('jitdump-torn', '8.4.1', 'error', 'The file ends within a record: its program was killed or still runs'),
  rule('jitdump-damaged', '8.4.2', 'error', 'Bytes are no record'),
]);

/** Codes of readers that do not run here: the validation has rules of the same meaning. */
export const FOUND_OTHERWISE: Readonly<Record<string, string>> = {
  'jitdump-move': 'jitdump-move',
  'jitdump-debug-info': 'jitdump-debug-entries',
  'jitdump-unwinding': 'jitdump-unwinding',
  'perf-map-torn': 'perf-map-torn',
  'perf-map-line': 'perf-map-line',
};

/** The rule for a reader's code, with its words where they hold numbers. */
export function ruleOfDamage(code: string, message: string): { readonly rule: Rule; readonly detail: string } {
  const known = READER_RULES.get(code) ?? { code, clause: '', severity: 'error' as const, says: message };
  return { rule: known, detail: /\d/.test(message) ? message : '' };
}
