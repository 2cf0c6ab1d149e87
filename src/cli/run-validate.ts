// What `perfts validate` does: looks at the file, says what departs from SPEC.md, and gives 1 where an error was among it.

import type { Finding } from '../bytes/findings.ts';
import { validateFile } from '../node/validate-file.ts';
import { findingJson, findingLine, groupLines, summaryLine } from '../views/validate.ts';
import type { ValidateOptions } from './options.ts';
import type { Output } from './output.ts';
import { Progress } from './progress.ts';

/** Runs the command; PerftsError for what cannot be opened. */
export async function runValidate(options: ValidateOptions, out: Output, err: Output): Promise<number> {
  const { input, all, json, quiet } = options;
  const isShown = (severity: Finding['severity']): boolean => severity === 'error' || !quiet;
  const write = (finding: Finding): void => {
    if (isShown(finding.severity)) out.write(`${json ? findingJson(finding) : findingLine(finding)}\n`);
  };
  const progress = new Progress(err);
  const validation = await validateFile(input, all || json ? write : undefined, (share) => progress.update('validating', share, 1));
  out.flush();
  progress.end();
  if (!json) {
    if (!all) for (const group of validation.groups) if (isShown(group.rule.severity)) for (const line of groupLines(group)) out.write(`${line}\n`);
    if (!quiet || validation.errors > 0) out.write(`${summaryLine(validation)}\n`);
  }
  return validation.errors > 0 ? 1 : 0;
}
