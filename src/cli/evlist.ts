// `perfts evlist`: its options, with perf evlist's names and meanings. What they do is in run-evlist.ts.

import { PerftsError } from '../bytes/errors.ts';
import type { Command } from './command.ts';
import { FILE_OPTIONS } from './file-options.ts';

export const evlist: Command = {
  name: 'evlist',
  positional: 'file',
  summary: 'The events of a recording',
  options: {
    input: FILE_OPTIONS['input']!,
    verbose: { type: 'count', alias: 'v', describe: 'with all that was asked of the kernel' },
    freq: { type: 'flag', alias: 'F', describe: 'with the frequency or period of samples' },
    group: { type: 'flag', alias: 'g', describe: 'groups in braces, instead of their members' },
    'trace-fields': { type: 'flag', describe: 'with the fields of tracepoints' },
    force: FILE_OPTIONS['force']!,
  },
  examples: [
    ['evlist perf.data', 'the names of the events'],
    ['evlist -v perf.data', 'how each was recorded'],
  ],
  run: async (given, out, err) => {
    const input = given.text('input') ?? given.positional[0] ?? 'perf.data';
    if (given.flag('group') === true && (given.count('verbose') > 0 || given.flag('freq') === true || given.flag('trace-fields') === true)) {
      throw new PerftsError('PERFTS_USAGE', '--group stands alone: the other options are about single events');
    }
    const options = {
      attrs: given.count('verbose') > 0,
      frequency: given.flag('freq') ?? false,
      groups: given.flag('group') ?? false,
      traceFields: given.flag('trace-fields') ?? false,
    };
    return (await import('./run-evlist.ts')).runEvlist(input, options, out, err);
  },
};
