// `perfts dump`: `perfts script -D` under a name of its own. What it does is in run-dump.ts.

import type { Command } from './command.ts';
import { FILE_OPTIONS } from './file-options.ts';
import { JSON_OPTIONS, readJsonDumpOptions, readScriptOptions, script } from './script.ts';

const { header, ns, fields } = script.options;

export const dump: Command = {
  name: 'dump',
  positional: 'file',
  summary: 'Every record of a recording: its bytes and its fields',
  options: { ...FILE_OPTIONS, ...JSON_OPTIONS, header: header!, 'show-info': script.options['show-info']!, ns: ns!, fields: fields! },
  examples: [
    ['dump perf.data', 'as perf script -D'],
    ['dump --json perf.data', 'for programs: what the recording is in the first line, then one record a line, no stacks resolved'],
    ['dump --json --order file --bytes perf.data', 'as testdata/conformance wants it'],
  ],
  run: async (given, out, err) => {
    const { runDump, runJsonDump } = await import('./run-dump.ts');
    return given.flag('json') === true ? runJsonDump(readJsonDumpOptions(given), out, err) : runDump(readScriptOptions(given), out, err);
  },
};
