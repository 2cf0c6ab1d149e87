// What `perfts report` does. A stub: the pipeline is not joined yet.

import type { ReportOptions } from './options.ts';
import type { Output } from './output.ts';

export async function runReport(options: ReportOptions, _out: Output, err: Output): Promise<number> {
  err.write(`perfts: report of ${options.input} is not there yet\n`);
  return 1;
}
