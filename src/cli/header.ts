// `perfts header`: `perfts report --header-only -I` under a name of its own.

import type { Command } from './command.ts';
import { FILE_OPTIONS } from './file-options.ts';
import { readReportOptions } from './report.ts';

export const header: Command = {
  name: 'header',
  positional: 'file',
  summary: 'What a recording says of itself: machine, command line, events, topology',
  options: { input: FILE_OPTIONS['input']!, force: FILE_OPTIONS['force']! },
  examples: [['header perf.data', 'as perf report --header-only -I']],
  run: async (given, out, err) => (await import('./run-report.ts')).runReport({ ...readReportOptions(given), header: 'only', headerDetails: true }, out, err),
};
