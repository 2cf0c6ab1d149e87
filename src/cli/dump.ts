// `perfts dump`: `perfts script -D` under a name of its own. What it does is in run-dump.ts.

import type { Command } from './command.ts';
import { FILE_OPTIONS } from './file-options.ts';
import { JSON_OPTION, readScriptOptions, script } from './script.ts';

const { header, ns, fields } = script.options;

export const dump: Command = {
  name: 'dump',
  positional: 'file',
  summary: 'Every record of a recording: its bytes and its fields',
  options: { ...FILE_OPTIONS, json: JSON_OPTION, header: header!, 'show-info': script.options['show-info']!, ns: ns!, fields: fields! },
  examples: [
    ['dump perf.data', 'as perf script -D'],
    ['dump --json perf.data', 'for programs: one record a line, no bytes, no stacks resolved'],
  ],
  run: async (given, out, err) => {
    const { runDump, runJsonDump } = await import('./run-dump.ts');
    const options = readScriptOptions(given);
    return given.flag('json') === true ? runJsonDump(options, out, err) : runDump(options, out, err);
  },
};
