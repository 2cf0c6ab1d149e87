// What `perfts validate` prints: each kind of departure from SPEC.md with its count and its first places, or every one in a line, as text
// or JSON; and how many there are.

import { FIRST_FINDINGS, type Finding, type FindingGroup } from '../bytes/findings.ts';
import type { Validation } from '../profile/validate.ts';

/** One line for a finding: the place, as a compiler would say it. */
export function findingLine(finding: Finding): string {
  const { severity, clause, message, detail } = finding;
  const what = detail === '' ? message : `${message}: ${detail}`;
  return `${placeText(finding)}: ${severity} ${clause}: ${what}`;
}

/** One line of JSON, all that is known of a finding. Offsets are numbers; -1 and '' are left out. */
export function findingJson(finding: Finding): string {
  const { severity, clause, code, file, offset, plainOffset, message, detail } = finding;
  return JSON.stringify({
    severity, clause, code, ...(file !== '' && { file }), ...(offset >= 0 && { offset }), ...(plainOffset >= 0 && { plainOffset }),
    message, ...(detail !== '' && { detail }),
  });
}

/** The lines of a kind: what is wrong and how often, then where and with which values. */
export function groupLines({ rule, count, first }: FindingGroup): string[] {
  const often = count === 1 ? '' : ` (${count} times)`;
  const lines = [`${rule.severity} ${rule.clause}: ${rule.says}${often}`];
  for (const finding of first) {
    // What has no place in the file and no values is said already.
    const place = finding.file === '' && finding.offset < 0 ? '' : placeText(finding);
    const text = [place, finding.detail].filter((part) => part !== '').join(': ');
    if (text !== '') lines.push(`    ${text}`);
  }
  if (count > FIRST_FINDINGS) lines.push('    …');
  return lines;
}

/** `3 errors, 1 warning in 812 records`. */
export function summaryLine({ kind, records, errors, warnings }: Validation): string {
  const unit = kind === 'perf map' ? 'line' : 'record';
  return `${counted(errors, 'error')}, ${counted(warnings, 'warning')} in ${counted(records, unit)}`;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** `0x1a8`, `data.3 0x1a8`, and of what was compressed `0x1a8 (0x2040 decompressed)`; of no place in particular `the recording`. */
function placeText({ file, offset, plainOffset }: Finding): string {
  const where = offset < 0 ? '' : `0x${offset.toString(16)}`;
  const plain = plainOffset < 0 ? '' : `(0x${plainOffset.toString(16)} decompressed)`;
  return [file, where, plain].filter((part) => part !== '').join(' ') || 'the recording';
}
